import { addDays, type Day } from '#knowledge/day.ts';
import type { ScheduleRow, ScheduleTable, Span } from '#knowledge/immunisation/table.ts';
import type { Given } from '#bot/vaccination/schedule.ts';

/**
 * The schedule a second time, from the table alone and by another road: for each dose it asks of a single day whether
 * the dose may be given on it. Slow and plain; the tests hold the engine against it.
 */

export type Answer = 'given' | 'due' | 'late' | 'due-if' | 'not-yet' | 'ask';

/** `mayOn` says whether the dose may be given on a day, for all that is known, if nothing else is given before. */
export type SecondRow = { id: string; answer: Answer; mayOn: (day: Day) => boolean };

export function childRows(table: ScheduleTable): Map<string, ScheduleRow> {
  return new Map(table.rows.filter((row) => row.audience === 'child').map((row) => [row.id, row]));
}

export function secondSchedule(rows: Map<string, ScheduleRow>, birth: Day, told: readonly Given[], today: Day): SecondRow[] {
  const given = completed(rows, told, birth, today);
  return [...rows.values()].map((row) => ({
    id: row.id,
    answer: answerFor(row, rows, given, birth, today),
    mayOn: (day) => ['yes', 'if'].includes(mayBeGiven(row, rows, given, birth, day)),
  }));
}

type Days = Map<string, Day | 'some day'>;

function completed(rows: Map<string, ScheduleRow>, told: readonly Given[], birth: Day, today: Day): Days {
  const given: Days = new Map();
  for (const { id, on } of told) {
    if (!rows.has(id) || (on !== null && on > today)) continue;
    const day = on === null || on < birth ? 'some day' : on;
    const known = given.get(id);
    if (known === undefined || known === 'some day') given.set(id, day);
    else if (day !== 'some day' && day > known) given.set(id, day);
  }
  for (let changed = true; changed;) {
    changed = false;
    for (const id of [...given.keys()]) {
      const before = rows.get(rows.get(id)?.after?.row ?? '');
      if (before !== undefined && before.series === rows.get(id)?.series && !given.has(before.id)) {
        given.set(before.id, 'some day');
        changed = true;
      }
    }
  }
  return given;
}

function answerFor(row: ScheduleRow, rows: Map<string, ScheduleRow>, given: Days, birth: Day, today: Day): Answer {
  if (given.has(row.id)) return 'given';
  switch (mayBeGiven(row, rows, given, birth, today)) {
    case 'yes': return row.windowDays !== undefined && mayBeGiven(row, rows, given, birth, addDays(today, -row.windowDays - 1)) === 'yes' ? (row.late === 'ask' ? 'ask' : 'late') : 'due';
    case 'if': return 'due-if';
    case 'wait': return 'not-yet';
    case 'ask': return 'ask';
  }
}

function mayBeGiven(row: ScheduleRow, rows: Map<string, ScheduleRow>, given: Days, birth: Day, day: Day): 'yes' | 'if' | 'wait' | 'ask' {
  if (row.gate !== 'open') return 'ask';
  if (hasLater(row.id, rows, given)) return 'ask';
  if (row.before !== undefined && day >= plus(birth, row.before)) return 'ask';
  if (row.after !== undefined) {
    const before = given.get(row.after.row);
    if (before === undefined) return reachable(row, rows, given, birth, day) ? 'wait' : 'ask';
  }
  if (row.age !== undefined && day < plus(birth, row.age)) return fits(row, rows, given, birth) ? 'wait' : 'ask';
  let unsure = false;
  for (const link of [row.after, row.spacing]) {
    const on = link === undefined ? undefined : given.get(link.row);
    if (link === undefined || on === undefined || link.at === null) continue;
    const age = rows.get(link.row)?.age;
    const earliest = begins(on, age, link === row.after, birth);
    if (day < plus(earliest, link)) return fits(row, rows, given, birth) ? 'wait' : 'ask';
    if (on === 'some day') unsure = true;
  }
  return unsure ? 'if' : 'yes';
}

/** Whether a dose that must still wait can become possible before the table's age ends. */
function fits(row: ScheduleRow, rows: Map<string, ScheduleRow>, given: Days, birth: Day): boolean {
  if (row.before === undefined) return true;
  const limit = plus(birth, row.before);
  return [row.after, row.spacing].every((link) => {
    const on = link === undefined ? undefined : given.get(link.row);
    if (link === undefined || on === undefined || link.at === null) return true;
    const age = rows.get(link.row)?.age;
    return plus(begins(on, age, link === row.after, birth), link) < limit;
  });
}

/** Whether the dose before can still be given, so that this one can follow it. */
function reachable(row: ScheduleRow, rows: Map<string, ScheduleRow>, given: Days, birth: Day, day: Day): boolean {
  const first = soonest(row, rows, given, birth, day);
  return first !== null && (row.before === undefined || first < plus(birth, row.before));
}

function soonest(row: ScheduleRow, rows: Map<string, ScheduleRow>, given: Days, birth: Day, day: Day): Day | null {
  if (row.gate !== 'open' || hasLater(row.id, rows, given)) return null;
  let at = row.age === undefined ? day : later(day, plus(birth, row.age));
  for (const link of [row.after, row.spacing]) {
    const before = link === undefined ? undefined : rows.get(link.row);
    if (link === undefined || before === undefined || link.at === null) continue;
    const on = given.get(link.row);
    const base = on === undefined ? (link === row.spacing ? null : soonest(before, rows, given, birth, day)) : begins(on, before.age, link === row.after, birth);
    if (base === null && link === row.spacing) continue;
    if (base === null) return null;
    at = later(at, plus(base, link));
  }
  return row.before !== undefined && at >= plus(birth, row.before) ? null : at;
}

/** The day from which an interval counts: a dose of the series given before its age counts from that age. */
function begins(on: Day | 'some day', age: Span | undefined, isSeries: boolean, birth: Day): Day {
  const atAge = age === undefined ? birth : plus(birth, age);
  return on === 'some day' ? atAge : isSeries ? later(on, atAge) : on;
}

function hasLater(id: string, rows: Map<string, ScheduleRow>, given: Days): boolean {
  for (const dose of given.keys()) {
    for (let before = rows.get(dose)?.after?.row; before !== undefined; before = rows.get(before)?.after?.row) if (before === id) return true;
  }
  return false;
}

function later(a: Day, b: Day): Day {
  return a > b ? a : b;
}

/** Calendar months with `Date`, whose day 0 is the last day of the month before. */
function plus(day: Day, span: Span | { at: number; unit: Span['unit'] }): Day {
  if (span.unit === 'day') return addDays(day, span.at);
  if (span.unit === 'week') return addDays(day, 7 * span.at);
  const months = span.unit === 'year' ? 12 * span.at : span.at;
  const key = `${day}+${months}`;
  const known = MONTHS_ON.get(key);
  if (known !== undefined) return known;
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  const moved = new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10) as Day;
  MONTHS_ON.set(key, moved);
  return moved;
}

const MONTHS_ON = new Map<string, Day>();
