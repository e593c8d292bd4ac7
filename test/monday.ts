/** A day on which every card that ships holds and the station is at work, whatever day and hour it is where the tests run. */

const SHIFT_MS = Date.parse('2026-11-23T08:00:00+07:00') - Date.now();

/** Epoch milliseconds of that Monday morning; time goes on as everywhere. */
export function mondayMs(): number {
  return Date.now() + SHIFT_MS;
}

/** The same for the fake of Zalo, whose repetitions fall due by it. */
export const mondayClock = {
  now: mondayMs,
  at: (whenMs: number, job: () => Promise<void> | void): void => {
    setTimeout(() => void job(), Math.max(0, whenMs - mondayMs())).unref();
  },
};
