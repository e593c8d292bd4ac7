import type { Child, RemindedDoses } from '#bot/store/children.ts';
import { addDays, epochOf, type Day } from '#knowledge/day.ts';
import type { Scheduler } from './schedule.ts';
import { byTime, type Session } from './sessions.ts';

/** What a parent is reminded of, decided from what is known of the children: pure, so that every case is a test. */

/** On the eve of a session a reminder goes out from this hour on, in Vietnam. */
const EVE_HOUR = 18;
/** A dose is called late to the parent when its on-time days have been over for so long. */
const LATE_DAYS = 30;
/** One message in so much time at most, whatever is due. */
export const APART_MS = 7 * 86_400_000;

export type KnownChild = { id: number; child: Child };

export type Choice =
  | { kind: 'session'; session: Session; doses: RemindedDoses }
  | { kind: 'late'; day: Day; doses: RemindedDoses };

/** What a reminder says of a session that may change: the day, the hours and the place. */
export function toldOf({ day, fromMinute, toMinute, place }: Session): string {
  return JSON.stringify([day, fromMinute, toMinute, place]);
}

/** When people may begin to be reminded of a session (epoch ms). */
function eveOf(session: Session): number {
  return epochOf(addDays(session.day, -1), EVE_HOUR);
}

/** When it is too late to remind of it: it begins (epoch ms). */
export function startOf(session: Session): number {
  return epochOf(session.day, Math.floor(session.fromMinute / 60), session.fromMinute % 60);
}

/** Sessions whose eve has come and that have not begun. */
export function sessionsToTell(sessions: readonly Session[], nowMs: number): Session[] {
  return sessions.filter((session) => session.state === 'planned' && eveOf(session) <= nowMs && nowMs < startOf(session)).sort(byTime);
}

/**
 * What to remind the parent of today, or null. A session of their village at which something is due goes before a word
 * about lateness. `sessions`: those to tell of, in order; `isLateHour`: whether lateness may be spoken of now.
 */
export function choose(schedule: Scheduler, children: readonly KnownChild[], villageId: string | null, sessions: readonly Session[], today: Day, isLateHour: boolean): Choice | null {
  for (const session of sessions) {
    if (session.villages.length > 0 && (villageId === null || !session.villages.includes(villageId))) continue;
    const doses = children.flatMap(({ id, child }) => named(id, dueAt(schedule, child, session)));
    if (doses.length > 0) return { kind: 'session', session, doses };
  }
  if (!isLateHour) return null;
  const late = children.flatMap(({ id, child }) => named(id, longLate(schedule, child, today)));
  return late.length === 0 ? null : { kind: 'late', day: today, doses: late };
}

/** The key under which a choice is written once for all time. */
export function keyOf(personId: string, choice: Choice): string {
  switch (choice.kind) {
    case 'session': return `${personId}:session:${choice.session.id}:${choice.session.day}`;
    case 'late': return `${personId}:late:${choice.doses.map((dose) => `${dose.childId}.${dose.rows.join('.')}`).join('+')}`;
  }
}

/** Whether the child has grown past the table, so that nothing of them need be kept. */
export function hasOutgrown(schedule: Scheduler, child: Child, today: Day): boolean {
  return schedule({ who: { kind: 'child', birth: child.birth }, given: child.given, today }).kind === 'not-child';
}

/** Rows due on the session's day that are given there; all of them where staff did not say what is given. */
function dueAt(schedule: Scheduler, child: Child, session: Session): string[] {
  const result = schedule({ who: { kind: 'child', birth: child.birth }, given: child.given, today: session.day });
  if (result.kind !== 'rows') return [];
  const offered = session.vaccines.flatMap((vaccine) => vaccine.rows);
  return result.rows.flatMap(({ row, status }) => ((status === 'due' || status === 'due-if') && (session.vaccines.length === 0 || offered.includes(row.id)) ? [row.id] : []));
}

function longLate(schedule: Scheduler, child: Child, today: Day): string[] {
  const result = schedule({ who: { kind: 'child', birth: child.birth }, given: child.given, today });
  if (result.kind !== 'rows') return [];
  return result.rows.flatMap((row) => (row.status === 'due' && row.late && addDays(row.until, LATE_DAYS) <= today && !child.lateTold.includes(row.row.id) ? [row.row.id] : []));
}

function named(childId: number, rows: string[]): RemindedDoses {
  return rows.length === 0 ? [] : [{ childId, rows }];
}
