import type { Day } from '#knowledge/day.ts';
import type { ScheduleRow, ScheduleTable } from '#knowledge/immunisation/table.ts';
import { addSpan, ageDay, civilFromDays, dayFrom, daysOf, startOf, wholeMonths, type Start } from './calendar.ts';

/**
 * Which doses a person needs, from a table and what is known: pure arithmetic, nothing generated, nothing guessed.
 * Ages and intervals are calendar months as the text says; the only day counts are the widths of windows. What the
 * table does not settle comes back as "ask", never as "due". How to use it elsewhere: README.md in this folder.
 */

/** A dose that was given; `on` is null when nobody remembers the day. */
export type Given = { id: string; on: Day | null };

/** A vaccine (`rota`) or one dose (`rota1`) that this place gives, switched on by a named person from a day on. */
export type SwitchedOn = { id: string; by: string; on: Day };

export type ScheduleInput = {
  who: { kind: 'child'; birth: Day } | { kind: 'pregnant' };
  given: readonly Given[];
  /** The day in Vietnam for which the answer holds. */
  today: Day;
};

/** Why only the station can say. */
export type AskReason =
  /** Introduced province by province, and nobody has switched it on here. */
  | 'not-here'
  /** A clinical step that no health worker of the place has signed. */
  | 'unsigned'
  /** The sources do not settle it. */
  | 'unverified'
  /** Past the age up to which the table speaks. */
  | 'too-old'
  /** The days in which it is given have passed, and making up is the station's decision. */
  | 'window-passed'
  /** A later dose was given but not this one, or the one before cannot be placed. */
  | 'gap';

export type RowState =
  | { status: 'given'; on: Day | null }
  /** May be given now. `late`: the on-time days (to `until`) have passed; the series goes on, it does not restart. */
  | { status: 'due'; since: Day; until: Day; late: boolean }
  /** Due only if the dose before, whose day is unknown, lies at least the interval back. */
  | { status: 'due-if'; since: Day; after: string }
  /** Not yet: on time from `from` to `to`. */
  | { status: 'next'; from: Day; to: Day }
  /** Waits for the dose before it, which is not given; `from` is the earliest day if that one comes as soon as it may. */
  | { status: 'follows'; after: string; from: Day; to: Day }
  /** `from` and `until`: the days in which asking makes sense; null where the table has no age. */
  | { status: 'ask'; reason: AskReason; from: Day | null; until: Day | null };

export type RowResult = { row: ScheduleRow } & RowState;

/** A told dose that cannot be as told: counted with its day unknown, or (future) not counted. */
export type GivenDoubt = { id: string; why: 'unknown-dose' | 'future' | 'before-birth' | 'too-early' };

export type ScheduleResult =
  | { kind: 'rows'; rows: RowResult[]; doubts: GivenDoubt[]; ageMonths: number | null; tableStale: boolean }
  | { kind: 'not-born' }
  /** Of an age at which the child table does not speak. */
  | { kind: 'not-child'; ageYears: number };

export type Scheduler = (input: ScheduleInput) => ScheduleResult;

/** Prepares a table once; the returned function is pure. Switches count from their day on. */
export function createScheduler(table: ScheduleTable, switchedOn: readonly SwitchedOn[]): Scheduler {
  const plan = { child: planFor(table, 'child', switchedOn), pregnant: planFor(table, 'pregnant', switchedOn) };
  const reviewBy = daysOf(table.reviewBy);

  return ({ who, given, today: todayText }) => {
    const today = daysOf(todayText);
    const start = who.kind === 'child' ? startOf(who.birth) : null;
    if (start !== null && start.days > today) return { kind: 'not-born' };
    if (start !== null && today >= ageDay(start, table.childBefore)) return { kind: 'not-child', ageYears: Math.floor(wholeMonths(start.days, today) / 12) };
    const rows = plan[who.kind];
    const history = placeGiven(rows, given, start, today);
    return {
      kind: 'rows',
      rows: decide(rows, history.on, start, today),
      doubts: history.doubts,
      ageMonths: start === null ? null : wholeMonths(start.days, today),
      tableStale: today > reviewBy,
    };
  };
}

/** The ids of the rows that are due, in the table's order. */
export function dueIds(result: ScheduleResult): string[] {
  return result.kind === 'rows' ? result.rows.flatMap((row) => (row.status === 'due' ? [row.row.id] : [])) : [];
}

/**
 * The doses a child has had if everything was on time so far: every open row whose on-time days have ended, on an
 * unknown day. With it as history, `due` is what this very age brings.
 */
export function givenOnTime(table: ScheduleTable, birth: Day, today: Day): Given[] {
  const start = startOf(birth);
  return table.rows
    .filter((row) => row.audience === 'child' && row.gate === 'open' && row.age !== undefined && onTimeEnd(table, row, start) < daysOf(today))
    .map((row) => ({ id: row.id, on: dayFrom(onTimeDay(table, row, start)) }));
}

/** The table with positions instead of names, so that one schedule costs microseconds. */
type Planned = {
  row: ScheduleRow;
  /** The days since 1970 from and until which it is given here, once for each switch. */
  open: readonly { from: number; until: number }[];
  after: number;
  /** The age of the dose before. */
  ageBefore: ScheduleRow['age'];
  spacing: number;
  /** Position of the dose of the same vaccine that must have been given if this one was; -1: none. */
  implies: number;
};

function planFor(table: ScheduleTable, audience: ScheduleRow['audience'], switchedOn: readonly SwitchedOn[]): Planned[] {
  const rows = table.rows.filter((row) => row.audience === audience);
  const at = (id: string | undefined) => (id === undefined ? -1 : rows.findIndex((row) => row.id === id));
  return rows.map((row) => {
    const after = at(row.after?.row);
    return { row, open: openDays(row, switchedOn), after, ageBefore: rows[after]?.age, spacing: at(row.spacing?.row), implies: after >= 0 && rows[after]?.series === row.series ? after : -1 };
  });
}

function openDays(row: ScheduleRow, switchedOn: readonly SwitchedOn[]): Planned['open'] {
  const validUntil = row.validUntil === undefined ? Infinity : daysOf(row.validUntil);
  if (row.gate === 'open') return [{ from: -Infinity, until: validUntil }];
  if (row.gate === 'never') return [];
  // A vaccine does not bring along a dose that only confidence C speaks of: somebody must name that dose.
  const isCarried = row.confidence !== 'C' || row.clinical;
  return switchedOn
    .filter((s) => (s.id === row.id || (s.id === row.series && isCarried)) && s.by.trim() !== '')
    // What was switched on while the row held ends with it; a later switch is a new announcement.
    .map((s) => ({ from: daysOf(s.on), until: daysOf(s.on) <= validUntil ? validUntil : Infinity }));
}

/** NaN: given on an unknown day; undefined: not given; otherwise the day. */
type GivenDays = (number | undefined)[];

function placeGiven(rows: Planned[], given: readonly Given[], start: Start | null, today: number): { on: GivenDays; doubts: GivenDoubt[] } {
  const on: GivenDays = new Array<number | undefined>(rows.length).fill(undefined);
  const doubts: GivenDoubt[] = [];
  for (const { id, on: dayText } of given) {
    const i = rows.findIndex((planned) => planned.row.id === id);
    const day = dayText === null ? NaN : daysOf(dayText);
    if (i < 0) doubts.push({ id, why: 'unknown-dose' });
    else if (day > today) doubts.push({ id, why: 'future' });
    else if (start !== null && day < start.days) {
      doubts.push({ id, why: 'before-birth' });
      on[i] ??= NaN;
    } else {
      // Told twice: the later day stands, which can only move what follows back.
      const known = on[i];
      on[i] = known === undefined || Number.isNaN(known) ? day : Number.isNaN(day) ? known : Math.max(known, day);
    }
  }
  for (let i = rows.length - 1; i >= 0; i--) {
    const implied = rows[i]?.implies ?? -1;
    if (on[i] !== undefined && implied >= 0) on[implied] ??= NaN;
  }
  rows.forEach((planned, i) => {
    const day = on[i];
    if (day !== undefined && day < earliest(planned, on, start, -Infinity)) doubts.push({ id: planned.row.id, why: 'too-early' });
  });
  return { on, doubts };
}

/**
 * The first day on which age, dose before and spacing allow a row; an unknown day of a dose counts as `unknownDay`. An
 * interval begins no earlier than the age of the dose before it: one given too early brings nothing forward.
 */
function earliest(planned: Planned, on: GivenDays, start: Start | null, unknownDay: number): number {
  const { row, after, spacing, ageBefore } = planned;
  let from = row.age !== undefined && start !== null ? ageDay(start, row.age) : -Infinity;
  const before = after < 0 ? undefined : on[after];
  if (before !== undefined && row.after !== undefined && row.after.at !== null) {
    const day = Number.isNaN(before) ? unknownDay : before;
    if (day !== -Infinity) from = Math.max(from, addSpan(start === null || ageBefore === undefined ? day : Math.max(day, ageDay(start, ageBefore)), row.after));
  }
  const apart = spacing < 0 ? undefined : on[spacing];
  if (apart !== undefined && row.spacing !== undefined) {
    const day = Number.isNaN(apart) ? unknownDay : apart;
    if (day !== -Infinity) from = Math.max(from, addSpan(day, row.spacing));
  }
  return from;
}

function decide(rows: Planned[], on: GivenDays, start: Start | null, today: number): RowResult[] {
  const laterGiven = new Array<boolean>(rows.length).fill(false);
  for (let i = rows.length - 1; i >= 0; i--) {
    const after = rows[i]?.after ?? -1;
    if (after >= 0 && (on[i] !== undefined || laterGiven[i] === true)) laterGiven[after] = true;
  }
  const results: RowResult[] = [];
  rows.forEach((planned, i) => {
    const day = on[i];
    const state: RowState = day !== undefined ? { status: 'given', on: Number.isNaN(day) ? null : dayFrom(day) } : stateOf(rows, planned, laterGiven[i] === true, results, on, start, today);
    results.push(Object.assign(state, { row: planned.row }));
  });
  return results;
}

function stateOf(rows: Planned[], planned: Planned, laterGiven: boolean, results: RowResult[], on: GivenDays, start: Start | null, today: number): RowState {
  const { row } = planned;
  const birthday = start ?? { days: today, civil: civilFromDays(today) };
  const youngest = row.age === undefined ? null : ageDay(birthday, row.age);
  const limit = row.before === undefined ? Infinity : ageDay(birthday, row.before);
  const ask = (reason: AskReason): RowState => ({ status: 'ask', reason, from: youngest === null ? null : dayFrom(youngest), until: limit === Infinity ? null : dayFrom(limit - 1) });
  const window = row.windowDays ?? 0;
  const range = (from: number) => ({ from: dayFrom(from), to: dayFrom(Math.min(from + window, limit - 1)) });

  if (row.gate === 'never') return ask('unverified');
  if (!planned.open.some(({ from, until }) => from <= today && today <= until)) return ask(row.clinical ? 'unsigned' : 'not-here');
  if (laterGiven) return ask('gap');
  if (today >= limit) return ask('too-old');

  const previous = planned.after < 0 ? undefined : results[planned.after];
  if (previous !== undefined && previous.status !== 'given') {
    const earliestPrevious = previous.status === 'due' || previous.status === 'due-if' ? today : previous.status === 'ask' ? null : daysOf(previous.from);
    if (earliestPrevious === null || row.after === undefined || row.after.at === null) return ask('gap');
    const from = Math.max(youngest ?? -Infinity, addSpan(earliestPrevious, row.after));
    return from >= limit ? ask('too-old') : { status: 'follows', after: row.after.row, ...range(from) };
  }
  // Where no source states the interval, only a dose that clearly belongs to an earlier age is far enough back.
  if (row.after?.at === null) {
    const before = on[planned.after];
    if (before === undefined || Number.isNaN(before) || youngest === null || before >= youngest) return ask('gap');
  }

  const unknownBefore = isUnknown(on, planned.after) || isUnknown(on, planned.spacing);
  // A dose on an unknown day was not given before its own age, nor before the birth.
  const soonest = unknownBefore ? earliestGiven(rows, planned, start) : -Infinity;
  const bound = earliest(planned, on, start, soonest);
  const from = bound === -Infinity ? today : bound;
  if (from >= limit) return ask('too-old');
  if (from > today) return { status: 'next', ...range(from) };
  // A clinical step has no on-time days of a text: the health worker names the day, and nobody is called late.
  const late = !row.clinical && today > from + window;
  if (late && row.late === 'ask') return ask('window-passed');
  if (unknownBefore) return { status: 'due-if', since: dayFrom(from), after: row.after?.row ?? row.spacing?.row ?? row.id };
  return { status: 'due', since: dayFrom(from), until: range(from).to, late };
}

function isUnknown(on: GivenDays, index: number): boolean {
  const day = index < 0 ? undefined : on[index];
  return day !== undefined && Number.isNaN(day);
}

/** The earliest day on which the dose before (or beside) `planned` can have been given, by its own age. */
function earliestGiven(rows: Planned[], planned: Planned, start: Start | null): number {
  const before = rows[planned.after < 0 ? planned.spacing : planned.after]?.row;
  return start === null ? -Infinity : before?.age === undefined ? start.days : ageDay(start, before.age);
}

/** The day a row falls on for a child that was never late, through the intervals of its chain. */
function onTimeDay(table: ScheduleTable, row: ScheduleRow, start: Start): number {
  const byAge = row.age === undefined ? start.days : ageDay(start, row.age);
  const previous = table.rows.find((other) => other.id === row.after?.row);
  return previous === undefined || row.after?.at == null ? byAge : Math.max(byAge, addSpan(onTimeDay(table, previous, start), { at: row.after.at, unit: row.after.unit }));
}

function onTimeEnd(table: ScheduleTable, row: ScheduleRow, start: Start): number {
  return onTimeDay(table, row, start) + (row.windowDays ?? 0);
}

