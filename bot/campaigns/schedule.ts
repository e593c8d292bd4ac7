import { z } from 'zod';
import { addDays, dayOf, epochOf, isDay, weekdayOf, type Day } from '#knowledge/day.ts';

const day = z.custom<Day>((value) => typeof value === 'string' && isDay(value));
const hour = z.int().min(0).max(23);
const minute = z.int().min(0).max(59);

/** When an announcement goes out. Hours are Vietnam's. */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('now') }),
  z.strictObject({ kind: z.literal('at'), atMs: z.int() }),
  /** Each week on this day, 1 = Monday … 7 = Sunday, until the day, if one is given. */
  z.strictObject({ kind: z.literal('weekly'), weekday: z.int().min(1).max(7), hour, minute, until: day.nullable() }),
  /** Each day from the first to the last, both included. */
  z.strictObject({ kind: z.literal('peak'), from: day, to: day, hour, minute }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;

/** Whether it goes out more than once. */
export function repeats(schedule: Schedule): boolean {
  return schedule.kind === 'weekly' || schedule.kind === 'peak';
}

/**
 * Whether a round is begun at `nowMs`, when the program was not there at its moment `dueMs`: the latest moment that has
 * passed since is made up while its day lasts, a weekly one's on the day after as well; what is older is left out.
 */
export function isMadeUp(schedule: Schedule, dueMs: number, nowMs: number): boolean {
  const today = dayOf(nowMs);
  return (schedule.kind === 'weekly' ? [today, addDays(today, -1)] : [today]).some((day) => {
    const passed = nextDue(schedule, epochOf(day) - 1);
    return passed !== null && dayOf(passed) === day && passed >= dueMs && passed <= nowMs;
  });
}

/** Most moments that are told of; whoever was away for longer than these sends anew anyway. */
const MOST_MISSED = 60;

/** The moments from `dueMs` to `nowMs` at which nothing was sent and nothing is made up, the oldest first; of very many the latest. */
export function missedSince(schedule: Schedule, dueMs: number, nowMs: number): number[] {
  const passed: number[] = [];
  for (let at: number | null = dueMs; at !== null && at <= nowMs; at = nextDue(schedule, at)) passed.push(at);
  return (isMadeUp(schedule, dueMs, nowMs) ? passed.slice(0, -1) : passed).slice(-MOST_MISSED);
}

/** The first moment of the schedule after `afterMs`; null when there is none any more. `now` is due at once. */
export function nextDue(schedule: Schedule, afterMs: number): number | null {
  switch (schedule.kind) {
    case 'now':
      return afterMs;
    case 'at':
      return schedule.atMs > afterMs ? schedule.atMs : null;
    case 'weekly': {
      const today = dayOf(afterMs);
      const ahead = (schedule.weekday - weekdayOf(today) + 7) % 7;
      const due = [ahead, ahead + 7].map((days) => addDays(today, days)).find((candidate) => epochOf(candidate, schedule.hour, schedule.minute) > afterMs);
      return due === undefined || (schedule.until !== null && due > schedule.until) ? null : epochOf(due, schedule.hour, schedule.minute);
    }
    case 'peak': {
      const today = dayOf(afterMs);
      const first = today > schedule.from ? today : schedule.from;
      const due = epochOf(first, schedule.hour, schedule.minute) > afterMs ? first : addDays(first, 1);
      return due > schedule.to ? null : epochOf(due, schedule.hour, schedule.minute);
    }
  }
}
