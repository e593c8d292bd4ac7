import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createScheduler, type Given, type RowResult, type ScheduleResult, type SwitchedOn } from '#bot/vaccination/schedule.ts';
import { isDay, type Day } from '#knowledge/day.ts';
import { loadScheduleTable } from '#knowledge/immunisation/table.ts';

/** Every line of `cases.txt` was worked by hand from the national table. */

const ALL6 = 'penta3@? opv3@? ipv2@? mcv1@? mr@? dtp4@?';
const read = await loadScheduleTable();
if (!read.ok) throw new Error(JSON.stringify(read.faults));
const { table } = read;
const lines = readFileSync(new URL('./cases.txt', import.meta.url), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('there are at least eighty of them', () => {
  expect(lines.length).toBeGreaterThanOrEqual(80);
});

for (const line of lines) {
  const [what = '', born = '', today = '', given = '', on = '', due = '', also = ''] = line.split('|').map((cell) => cell.trim());
  test(what, () => {
    const who = born === 'pregnant' ? { kind: 'pregnant' as const } : { kind: 'child' as const, birth: day(born) };
    const result = createScheduler(table, switches(on))({ who, given: history(given), today: day(today) });
    expect(rowsOf(result).flatMap((row) => (row.status === 'due' ? [row.row.id + (row.late ? '!' : '')] : [])).join(' ')).toBe(due);
    for (const clause of also.split(';').map((part) => part.trim()).filter((part) => part !== '')) expect(said(result, clause)).toBe(clause);
  });
}

/** What the result says in the words of the clause, so that a difference reads like a sentence. */
function said(result: ScheduleResult, clause: string): string {
  const [verb = '', ...rest] = clause.split(' ');
  if (verb === 'not-born') return result.kind;
  if (verb === 'not-child') return result.kind === 'not-child' ? `not-child ${result.ageYears}` : result.kind;
  const doubts = result.kind === 'rows' ? result.doubts : [];
  return [verb, ...rest.map((claim) => {
    const id = claim.split('=')[0] ?? '';
    if (verb === 'doubt') return `${id}=${doubts.find((doubt) => doubt.id === id)?.why ?? 'no doubt'}`;
    const row = rowsOf(result).find((candidate) => candidate.row.id === id);
    if (row === undefined) return `${id} has no row`;
    return row.status === verb || (row.status === 'due-if' && verb === 'if') ? inWords(row) : `${id} is ${row.status}`;
  })].join(' ');
}

function inWords(row: RowResult): string {
  switch (row.status) {
    case 'given': return row.row.id;
    case 'due': return `${row.row.id}=due`;
    case 'due-if': return `${row.row.id}=${row.after}`;
    case 'next':
    case 'follows': return `${row.row.id}=${row.from}..${row.to}`;
    case 'ask': return `${row.row.id}=${row.reason}`;
  }
}

function rowsOf(result: ScheduleResult): RowResult[] {
  return result.kind === 'rows' ? result.rows : [];
}

function history(text: string): Given[] {
  return text.replace('all6', ALL6).split(' ').filter((part) => part !== '').map((part) => {
    const [id = '', on = ''] = part.split('@');
    return { id, on: on === '?' ? null : day(on) };
  });
}

function switches(text: string): SwitchedOn[] {
  return text.split(' ').filter((part) => part !== '').map((part) => {
    const [id = '', on = ''] = part.split('@');
    return { id, by: 'Y Mẫu, trưởng trạm', on: day(on) };
  });
}

function day(text: string): Day {
  if (!isDay(text)) throw new Error(`not a day: ${text}`);
  return text;
}
