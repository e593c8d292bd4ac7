import type { Reply } from '#bot/conversation/turn.ts';
import { addDays, type Day } from '#knowledge/day.ts';
import type { ScheduleRow, ScheduleTable } from '#knowledge/immunisation/table.ts';
import type { BirthReading } from './age.ts';
import { addMonths, daysOf, wholeMonths } from './calendar.ts';
import { answerReply, sessionLine } from './replies.ts';
import type { AskReason, RowResult, ScheduleResult } from './schedule.ts';
import type { Session } from './sessions.ts';
import { shortDay, type Say, type Station, type Voice } from './texts.ts';

/** A child's schedule in words: what is due, what comes, what is late, what only the station knows, and by which text. */

export type ScheduleReplyInput = {
  reading: BirthReading;
  today: Day;
  table: ScheduleTable;
  /** By the doses that were told; by none when nothing was told. */
  result: ScheduleResult;
  /** By a history without delay, when nothing was told; null when the family said what was given. */
  onTime: ScheduleResult | null;
  /** The next session at which something due is given, if one is published. */
  session: Session | null;
};

/** What comes next are the doses of the nearest visit, which this many days still count as. */
const VISIT_DAYS = 7;
const NEXT_SHOWN = 4;
/** Rows that only the station can say are named from this long before their time. */
const ASK_AHEAD_DAYS = 30;
const OLDER_MONTHS = 72;

export function scheduleReply(voice: Voice, station: Station, input: ScheduleReplyInput): Reply {
  const { say } = voice;
  const { reading, result } = input;
  if (result.kind === 'not-born') return answerReply(voice, say('child.notBorn'), [], '', [restart(say)]);
  if (result.kind === 'not-child') return answerReply(voice, say('child.notChild', { age: result.ageYears, phone: station.phone }), [], '', [restart(say)]);

  const age = sayAge(say, reading.birth, input.today, reading.earliest !== reading.birth);
  const lead = reading.precision === 'day' ? say('child.leadDay', { day: shortDay(reading.birth), age }) : say('child.leadAbout', { age });
  const isOlder = (result.ageMonths ?? 0) >= OLDER_MONTHS;
  const lines = [
    ...(isOlder ? [say('child.older'), ...(names(result.rows, isDue) === '' ? [] : [say('child.due', { doses: names(result.rows, isDue) })])] : input.onTime === null ? toldLines(say, result.rows) : untoldLines(say, result.rows, input.onTime)),
    ...nextLines(say, rowsOf(input.onTime ?? result)),
    ...askLines(say, result.rows, input.today, input.onTime === null),
    ...(result.doubts.length > 0 ? [say('child.doubt')] : []),
    ...(input.session === null ? [] : [say('child.session', { line: sessionLine(say, input.session) })]),
    ...(reading.precision === 'day' ? [] : [say('child.about', { day: shortDay(reading.birth) })]),
    say('child.decide'),
    say('child.notCome', { phone: station.phone }),
    ...(result.tableStale ? [say('child.stale', { phone: station.phone })] : []),
  ];
  const buttons = [...(reading.precision === 'day' && !isOlder ? [{ label: say('child.button.remind'), value: 'vaccine:remind' }] : []), { label: say('child.button.tick'), value: 'vaccine:tick' }, restart(say), { label: say('child.button.sessions'), value: 'vaccine:sessions' }];
  return answerReply(voice, lead, lines, say('child.source', { circular: input.table.circular, day: shortDay(input.table.publishedOn) }), buttons);
}

/** An age as people say it: days for a newborn, then months and days, then years and months. */
export function sayAge(say: Say, birth: Day, today: Day, isAbout = false): string {
  const months = wholeMonths(daysOf(birth), daysOf(today));
  const exactly = daysOf(today) - addMonths(daysOf(birth), months);
  // "Hơn 1 tuổi" is reckoned from a year and a day; nobody said the day.
  const days = isAbout && months > 0 && exactly === 1 ? 0 : exactly;
  if (months === 0) return say('child.age.days', { days });
  if (months < 24) return days === 0 ? say('child.age.months', { months }) : say('child.age.monthsDays', { months, days });
  const years = Math.floor(months / 12);
  return months % 12 === 0 ? say('child.age.years', { years }) : say('child.age.yearsMonths', { years, months: months % 12 });
}

function restart(say: Say): { label: string; value: string } {
  return { label: say('child.button.restart'), value: 'vaccine:restart' };
}

function toldLines(say: Say, rows: RowResult[]): string[] {
  const now = names(rows, (row) => row.status === 'due' && !row.late);
  const late = names(rows, (row) => row.status === 'due' && row.late);
  const ifRows = names(rows, (row) => row.status === 'due-if');
  return [
    ...(now === '' ? [] : [say('child.due', { doses: now })]),
    ...(late === '' ? [] : [say('child.late', { doses: late })]),
    ...(ifRows === '' ? [] : [say('child.dueIf', { doses: ifRows })]),
    ...(now + late + ifRows === '' ? [say('child.nothing')] : []),
  ];
}

/** Nothing was said of doses: what this age brings, and what to do when something is missing. */
function untoldLines(say: Say, rows: RowResult[], onTime: ScheduleResult): string[] {
  const byAge = names(rowsOf(onTime), isDue);
  const fromNone = names(rows, isDue);
  if (byAge === fromNone) return byAge === '' ? [say('child.nothing')] : [say('child.due', { doses: byAge })];
  return [
    byAge === '' ? say('child.ifOnTimeNothing') : say('child.ifOnTime', { doses: byAge }),
    fromNone === '' ? say('child.ifNoneNothing') : say('child.ifNone', { doses: fromNone }),
  ];
}

function nextLines(say: Say, rows: RowResult[]): string[] {
  const coming = rows
    .flatMap((row) => (row.status === 'next' || row.status === 'follows' ? [{ name: row.row.name, from: row.from, to: row.to }] : []))
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const shown = coming.filter(({ from }) => from <= addDays(coming[0]?.from ?? from, VISIT_DAYS)).slice(0, NEXT_SHOWN).map(({ name, from, to }) => say('child.nextDose', { dose: name, from: shortDay(from), to: shortDay(to) }));
  return shown.length === 0 ? [] : [say('child.next', { doses: shown.join('; ') })];
}

/** One line a reason, the first open dose of each vaccine, and only in the days in which it is worth asking. */
function askLines(say: Say, rows: RowResult[], today: Day, isTold: boolean): string[] {
  const asked = rows.flatMap((row) => (row.status === 'ask' && !isOver(row.row, today) && isWorthAsking(row.reason, row.from, row.until, today, isTold) ? [row] : []));
  const reasons = [...new Set(asked.map((row) => row.reason))];
  return reasons.map((reason) => {
    const ofReason = asked.filter((row) => row.reason === reason);
    const first = ofReason.filter((row, i) => ofReason.findIndex((other) => other.row.series === row.row.series) === i);
    return say(`child.ask.${reason}`, { doses: first.map((row) => row.row.name).join('; ') });
  });
}

/** A campaign that has ended is not asked about. */
function isOver(row: ScheduleRow, today: Day): boolean {
  return row.validUntil !== undefined && row.validUntil < today;
}

function isWorthAsking(reason: AskReason, from: Day | null, until: Day | null, today: Day, isTold: boolean): boolean {
  const isTime = from !== null && today >= addDays(from, -ASK_AHEAD_DAYS) && (until === null || today <= until);
  switch (reason) {
    case 'not-here':
    case 'window-passed': return isTime;
    // Only what a family told leaves a gap; and past the table's age it is worth a word for a year.
    case 'gap': return isTold && isTime;
    case 'too-old': return isTold && until !== null && today <= addDays(until, 365);
    case 'unverified':
    case 'unsigned': return false;
  }
}

function names(rows: RowResult[], pick: (row: RowResult) => boolean): string {
  return rows.filter(pick).map((row) => row.row.name).join('; ');
}

function isDue(row: RowResult): boolean {
  return row.status === 'due';
}

function rowsOf(result: ScheduleResult): RowResult[] {
  return result.kind === 'rows' ? result.rows : [];
}
