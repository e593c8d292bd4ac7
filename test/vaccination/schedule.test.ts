import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addMonths, addSpan, civilFromDays, dayFrom, daysFromCivil, daysOf, wholeMonths } from '#bot/vaccination/calendar.ts';
import { createScheduler, dueIds, givenOnTime, type Given, type SwitchedOn } from '#bot/vaccination/schedule.ts';
import { addDays, type Day } from '#knowledge/day.ts';
import { checkScheduleTable, loadScheduleTable } from '#knowledge/immunisation/table.ts';
import { wanted } from '#knowledge/wanted.ts';
import { agree, BIRTH_DAYS } from './agreement.ts';
import { AGES_IN_DAYS, historiesOf } from './histories.ts';

const read = await loadScheduleTable();
if (!read.ok) throw new Error(JSON.stringify(read.faults));
const { table } = read;
const children = table.rows.filter((row) => row.audience === 'child');
const byId = new Map(children.map((row) => [row.id, row]));

const someDay = fc.integer({ min: daysOf('2018-01-01'), max: daysOf('2030-12-31') }).map(dayFrom);
const someAge = fc.integer({ min: 0, max: 3_000 });
const someGiven = (birth: Day, age: number) => fc.array(
  fc.record({ id: fc.constantFrom(...children.map((row) => row.id)), on: fc.option(fc.integer({ min: 0, max: age }).map((days) => addDays(birth, days))) }),
  { maxLength: 12 },
);
const someChild = fc.tuple(someDay, someAge).chain(([birth, age]) => fc.record({
  birth: fc.constant(birth),
  today: fc.constant(addDays(birth, age)),
  given: someGiven(birth, age),
  switchedOn: fc.subarray(['rota', 'pcv', 'td', 'hpv', 'measles0']).map((ids): SwitchedOn[] => ids.map((id) => ({ id, by: 'Y Mẫu', on: '2018-01-01' }))),
}));
const RUNS = { numRuns: 3_000 };

test('two implementations agree for every birth date of four years and sixty ages', () => {
  // Two of the twenty histories for each pair, turning, so that each age meets each history; `npm run soak` takes all.
  const turning = (birth: number, age: number) => [(birth + age) % 20, (birth * 7 + age * 3 + 11) % 20];
  expect(historiesOf('2026-01-31')).toHaveLength(20);
  expect(new Set(AGES_IN_DAYS).size).toBe(60);
  expect(agree(table, turning)).toBe(BIRTH_DAYS * 60 * 2);
});

test('no dose is due before its age, its interval, or out of order', () => {
  fc.assert(fc.property(someChild, ({ birth, today, given, switchedOn }) => {
    const result = createScheduler(table, switchedOn)({ who: { kind: 'child', birth }, given, today });
    for (const id of dueIds(result)) {
      const row = byId.get(id);
      if (row?.age === undefined) throw new Error(`${id} has no age`);
      if (daysOf(today) < addSpan(daysOf(birth), row.age)) throw new Error(`${id} before its age`);
      if (row.before !== undefined && daysOf(today) >= addSpan(daysOf(birth), row.before)) throw new Error(`${id} past its age`);
      if (row.after === undefined) continue;
      const before = given.filter((dose) => dose.id === row.after?.row);
      const last = before.map((dose) => dose.on).filter((on) => on !== null).sort().at(-1);
      if (last === undefined) throw new Error(`${id} due without the dose before it on a known day`);
      if (row.after.at !== null && daysOf(today) < addSpan(daysOf(last), row.after)) throw new Error(`${id} before its interval`);
    }
  }), RUNS);
});

test('nothing is due twice: no dose that was given, and of each vaccine at most one', () => {
  fc.assert(fc.property(someChild, ({ birth, today, given, switchedOn }) => {
    const due = dueIds(createScheduler(table, switchedOn)({ who: { kind: 'child', birth }, given, today }));
    expect(due.filter((id) => given.some((dose) => dose.id === id))).toEqual([]);
    const series = due.map((id) => byId.get(id)?.series);
    expect(new Set(series).size).toBe(series.length);
  }), RUNS);
});

test('telling of one more dose, given today or on an unknown day, never adds a due one', () => {
  fc.assert(fc.property(someChild, fc.constantFrom(...children.map((row) => row.id)), fc.boolean(), ({ birth, today, given, switchedOn }, id, isToday) => {
    const schedule = createScheduler(table, switchedOn);
    const before = dueIds(schedule({ who: { kind: 'child', birth }, given, today }));
    const after = dueIds(schedule({ who: { kind: 'child', birth }, given: [...given, { id, on: isToday ? today : null }], today }));
    expect(after.filter((due) => !before.includes(due))).toEqual([]);
  }), RUNS);
});

test('a dose given earlier brings at most what follows or is spaced from that very dose', () => {
  fc.assert(fc.property(someChild, fc.constantFrom(...children.map((row) => row.id)), fc.nat(), ({ birth, today, given, switchedOn }, id, back) => {
    const on = addDays(birth, back % (daysOf(today) - daysOf(birth) + 1));
    const schedule = createScheduler(table, switchedOn);
    const before = dueIds(schedule({ who: { kind: 'child', birth }, given, today }));
    const after = dueIds(schedule({ who: { kind: 'child', birth }, given: [...given, { id, on }], today }));
    const allowed = children.filter((row) => row.after?.row === id || row.spacing?.row === id).map((row) => row.id);
    expect(after.filter((due) => !before.includes(due) && !allowed.includes(due))).toEqual([]);
  }), RUNS);
});

test('what a province introduces step by step, and what nobody has verified, is never due unless switched on by name', () => {
  fc.assert(fc.property(someChild, fc.boolean(), ({ birth, today, given }, blank) => {
    const nameless: SwitchedOn[] = blank ? ['rota', 'pcv', 'td', 'hpv', 'measles0', 'pcv3'].map((id) => ({ id, by: ' ', on: '2018-01-01' })) : [];
    const due = dueIds(createScheduler(table, nameless)({ who: { kind: 'child', birth }, given, today }));
    expect(due.filter((id) => byId.get(id)?.gate !== 'open')).toEqual([]);
  }), RUNS);
});

test('a row of confidence C can only make a dose later', () => {
  const without = { ...table, rows: table.rows.map((row) => ({ ...row, ...(row.after?.confidence === 'C' ? { after: { ...row.after, at: 1, unit: 'day' as const } } : {}), ...(row.spacing === undefined ? {} : { spacing: undefined }) })) };
  const checked = checkScheduleTable(JSON.parse(JSON.stringify(without)), 'without C');
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
  const loose = createScheduler(checked.table, []);
  const strict = createScheduler(table, []);
  fc.assert(fc.property(someChild, ({ birth, today, given }) => {
    const possible = dueIds(loose({ who: { kind: 'child', birth }, given, today }));
    expect(dueIds(strict({ who: { kind: 'child', birth }, given, today })).filter((id) => !possible.includes(id))).toEqual([]);
  }), RUNS);
});

test('once due, a dose stays due or goes to the station, and is never "next" again', () => {
  fc.assert(fc.property(someChild, fc.integer({ min: 1, max: 400 }), ({ birth, today, given, switchedOn }, days) => {
    const schedule = createScheduler(table, switchedOn);
    const now = dueIds(schedule({ who: { kind: 'child', birth }, given, today }));
    const then = schedule({ who: { kind: 'child', birth }, given, today: addDays(today, days) });
    if (then.kind !== 'rows') return;
    for (const row of then.rows) if (now.includes(row.row.id)) expect(['due', 'ask']).toContain(row.status);
  }), RUNS);
});

test('a child that was never late is due exactly what its age brings', () => {
  const schedule = createScheduler(table, []);
  const due = (birth: Day, today: Day) => dueIds(schedule({ who: { kind: 'child', birth }, given: givenOnTime(table, birth, today), today }));
  expect(due('2026-07-12', '2026-11-22')).toEqual(['penta3', 'opv3']);
  expect(due('2026-02-22', '2026-11-22')).toEqual(['ipv2', 'mcv1']);
  expect(due('2025-05-22', '2026-11-22')).toEqual(['mr', 'dtp4']);
  expect(due('2026-04-22', '2026-11-22')).toEqual([]);
});

test('calendar months clamp to the end of a shorter month', () => {
  const plus = (day: Day, months: number) => dayFrom(addMonths(daysOf(day), months));
  expect(plus('2026-08-31', 6)).toBe('2027-02-28');
  expect(plus('2023-08-31', 6)).toBe('2024-02-29');
  expect(plus('2024-02-29', 12)).toBe('2025-02-28');
  expect(plus('2026-01-31', -2)).toBe('2025-11-30');
  expect(wholeMonths(daysOf('2026-08-31'), daysOf('2027-02-27'))).toBe(5);
  expect(wholeMonths(daysOf('2026-08-31'), daysOf('2027-02-28'))).toBe(6);
});

test('days and dates are the same as those of Date', () => {
  fc.assert(fc.property(fc.integer({ min: daysOf('1900-01-01'), max: daysOf('2199-12-31') }), (days) => {
    const date = new Date(days * 86_400_000);
    expect(civilFromDays(days)).toEqual({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, date: date.getUTCDate() });
    expect(daysFromCivil(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())).toBe(days);
    expect(dayFrom(days)).toBe(date.toISOString().slice(0, 10));
  }));
});

test('after its review day the table says that it is stale', () => {
  const at = (today: Day) => createScheduler(table, [])({ who: { kind: 'child', birth: '2027-05-01' }, given: [] satisfies Given[], today });
  expect(at(table.reviewBy)).toMatchObject({ tableStale: false });
  expect(at(addDays(table.reviewBy, 1))).toMatchObject({ tableStale: true });
});

test('a table that breaks the form is refused with the field and what is expected', () => {
  const broken = { ...table, rows: table.rows.map((row) => (row.id === 'penta2' ? { ...row, after: { row: 'penta9', at: 1, unit: 'month', confidence: 'B' } } : row.id === 'pcv3' ? { ...row, gate: 'open' } : row)) };
  const result = checkScheduleTable(broken, 'x.yaml');
  if (result.ok) throw new Error('it passed');
  expect(result.faults.map((fault) => fault.expected)).toEqual(expect.arrayContaining([wanted('rowAbove', { row: 'penta2' }), wanted('neverUnclaimed', { row: 'pcv3' })]));
});

test('every row names its sources, its validity and its confidence', () => {
  for (const row of table.rows) {
    expect(row.sources.length).toBeGreaterThan(0);
    expect(row.validFrom).toMatch(/^\d{4}-/);
  }
  expect(children.filter((row) => row.confidence === 'D').map((row) => row.id)).toEqual(['pcv3']);
});
