/** Vietnam keeps UTC+7 all year, so its days and nights are plain arithmetic. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const VIETNAM_OFFSET_MS = 7 * HOUR_MS;

/** The hour of the day in Vietnam, 0 to 23, at this instant (epoch ms). */
export function vietnamHour(atMs: number): number {
  return Math.floor(sinceVietnamMidnight(atMs) / HOUR_MS);
}

/** The next midnight in Vietnam after this instant (epoch ms): when daily quotas start anew. */
export function nextVietnamMidnight(atMs: number): number {
  return atMs - sinceVietnamMidnight(atMs) + DAY_MS;
}

/** The next time that the clock in Vietnam shows `hour`:00, strictly after this instant (epoch ms). */
export function nextVietnamHour(atMs: number, hour: number): number {
  const today = atMs - sinceVietnamMidnight(atMs) + hour * HOUR_MS;
  return today > atMs ? today : today + DAY_MS;
}

/** Milliseconds since the last midnight in Vietnam. */
function sinceVietnamMidnight(atMs: number): number {
  return (((atMs + VIETNAM_OFFSET_MS) % DAY_MS) + DAY_MS) % DAY_MS;
}
