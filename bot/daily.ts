import { dayOf } from '#knowledge/day.ts';
import type { Log } from './log.ts';

/** How often to look whether a new day has begun. */
const LOOK_EVERY_MS = 60_000;

/**
 * Runs `jobs` once a day: soon after the start, because a station's computer is often off at night, and when a new day
 * begins in Vietnam. One that fails is logged and tried again the next day; it stops no other.
 */
export function everyDay(clock: () => number, log: Log, jobs: Record<string, () => Promise<void>>, lookEveryMs = LOOK_EVERY_MS): { stop: () => void } {
  let done: string | null = null;
  const timer = setInterval(() => {
    const today = dayOf(clock());
    if (today === done) return;
    done = today;
    for (const [name, job] of Object.entries(jobs)) {
      job().catch((error: unknown) => {
        log.error(name, error);
      });
    }
  }, lookEveryMs);
  return { stop: () => { clearInterval(timer); } };
}
