import { shiftsFrom, type DutyShift } from '#bot/store/duty.ts';
import type { Tx } from '#bot/store/schema.ts';
import { DUTY_LINES, type DutyLine } from '#bot/store/tables/staff.ts';
import { addDays, clockOf, dayOf, weekdayOf, type Day } from '#knowledge/day.ts';

/** What the weekly roster lacks, and whose turn it is. */

/** A commune has at least so many numbers on its roster before it goes live. */
export const NUMBERS_NEEDED = 4;

export type RosterLook = {
  /** Different phone numbers of the seven days that begin today. */
  numbers: number;
  enough: boolean;
  /** Days of those seven on which nobody is on a line. */
  gaps: { day: Day; line: DutyLine }[];
};

/** How the roster of the coming seven days stands; what `doctor` says about it. */
export async function lookAtRoster(tx: Tx, nowMs: number): Promise<RosterLook> {
  return lookAt(await shiftsFrom(tx, dayOf(nowMs), 7), dayOf(nowMs));
}

/** The same of any week, from what is written down for it. */
export function lookAt(shifts: readonly DutyShift[], from: Day): RosterLook {
  const numbers = new Set(shifts.map((shift) => shift.phone.replace(/\D/gu, ''))).size;
  const gaps = Array.from({ length: 7 }, (_, n) => addDays(from, n))
    .flatMap((day) => DUTY_LINES.filter((line) => !shifts.some((shift) => shift.day === day && shift.line === line)).map((line) => ({ day, line })));
  return { numbers, enough: numbers >= NUMBERS_NEEDED, gaps };
}

/** The Monday of the week that `day` is in. */
export function mondayOf(day: Day): Day {
  return addDays(day, 1 - weekdayOf(day));
}

/** The Monday of a next week of which somebody should be reminded now; null when it is in order, or not the hour. */
export async function weekThatLacks(tx: Tx): Promise<Day | null> {
  const monday = weekToRemindOf(tx.nowMs);
  if (monday === null) return null;
  const { gaps, enough } = lookAt(await shiftsFrom(tx, monday, 7), monday);
  return gaps.length === 0 && enough ? null : monday;
}

/** On Fridays from this hour on, whoever heads the station is reminded of a next week that is not written down. */
const REMIND_FROM_HOUR = 14;

/** The Monday of a next week of which to remind now; null when it is not the hour. The week itself may be in order. */
export function weekToRemindOf(nowMs: number): Day | null {
  const today = dayOf(nowMs);
  const weekday = weekdayOf(today);
  const late = weekday === 6 || weekday === 7 || (weekday === 5 && clockOf(nowMs).hour >= REMIND_FROM_HOUR);
  return late ? addDays(mondayOf(today), 7) : null;
}
