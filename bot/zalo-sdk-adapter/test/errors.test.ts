import { expect, test } from 'vitest';
import { ERROR_TABLE } from '../error-table.ts';
import { refusal, remedyFor, type LogEntry } from '../errors.ts';

const VIETNAM = 7 * 3_600_000;
const at = (day: string, hour: string) => Date.parse(`${day}T${hour}:00Z`) - VIETNAM;

test('no code of a service stands in the table twice', () => {
  const keys = ERROR_TABLE.map((row) => `${row.area}:${row.code}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test('an unknown code is permanent for this message, and is logged with what Zalo said', () => {
  const log: LogEntry[] = [];
  const failure = refusal({ area: 'oa', call: 'cs', code: -9999, message: 'lạ', nowMs: 0, log: (entry) => log.push(entry) });
  expect(failure).toMatchObject({ known: false, remedy: { kind: 'permanent', scope: 'message' } });
  expect(log).toEqual([{ event: 'zalo_unknown_code', call: 'cs', code: -9999, message: 'lạ' }]);
});

test('a known code is not logged', () => {
  const log: LogEntry[] = [];
  refusal({ area: 'oa', call: 'cs', code: -230, message: '', nowMs: 0, log: (entry) => log.push(entry) });
  expect(log).toEqual([]);
});

test.each([
  [-32, { kind: 'retry', afterMs: 60_000, tries: null }],
  [-200, { kind: 'retry', tries: 1 }],
  [-216, { kind: 'refresh' }],
  [-220, { kind: 'refresh' }],
  [-223, { kind: 'human' }],
  [-227, { kind: 'permanent', scope: 'person' }],
  [-230, { kind: 'window', opensAtMs: null }],
  [-232, { kind: 'window', opensAtMs: null }],
  [-248, { kind: 'permanent', scope: 'message', tellStaff: true }],
  [12010, { kind: 'retry' }],
])('code %i of the account API has the remedy %o', (code, remedy) => {
  expect(remedyFor('oa', code, 0).remedy).toMatchObject(remedy);
});

test('the same number means different things to different services', () => {
  expect(remedyFor('template', -118, 0).remedy).toMatchObject({ kind: 'permanent', scope: 'person' });
  expect(remedyFor('token', -118, 0).remedy).toEqual({ kind: 'human' });
});

test('a code that the token endpoint invents asks for a person, since no table of it is published', () => {
  expect(remedyFor('token', -14999, 0).remedy).toEqual({ kind: 'human' });
});

test.each([
  ['22:00', at('2026-11-23', '06:00')],
  ['05:59', at('2026-11-22', '06:00')],
  ['06:00', at('2026-11-23', '06:00')],
])('a night refusal at %s opens at the next six in the morning in Vietnam', (hour, opensAtMs) => {
  expect(remedyFor('oa', -234, at('2026-11-22', hour)).remedy).toEqual({ kind: 'window', opensAtMs });
});

test('a used-up quota waits for the next day in Vietnam and tells staff', () => {
  const now = at('2026-11-22', '23:30');
  expect(remedyFor('oa', -211, now).remedy).toEqual({ kind: 'retry', afterMs: 30 * 60_000, tries: null, tellStaff: true });
});
