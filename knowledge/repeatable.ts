/** What both learners are made of. The same numbers come out on every machine, so that what is published can be made again. */

/** Sums as chances that add up to one; in place. */
export function softmax(sums: Float64Array): Float64Array {
  let highest = -Infinity;
  for (const sum of sums) if (sum > highest) highest = sum;
  let total = 0;
  for (let i = 0; i < sums.length; i += 1) total += sums[i] = Math.exp((sums[i] ?? 0) - highest);
  for (let i = 0; i < sums.length; i += 1) sums[i] = (sums[i] ?? 0) / total;
  return sums;
}

/** A plain repeatable sequence of numbers from 0 to below 1 (mulberry32). */
export function createRandom(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
