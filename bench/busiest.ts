/** The most moments of `times` (ms) in any sliding window of one second. */
export function busiestSecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let from = 0;
  return sorted.reduce((most, time, to) => {
    while ((sorted[from] ?? 0) <= time - 1000) from += 1;
    return Math.max(most, to - from + 1);
  }, 0);
}
