/** A share with its 95 % interval, in per cent. `of` is how many it was measured on. */
export type Share = { percent: number; low: number; high: number; count: number; of: number };

const Z = 1.959964;

/** Wilson's interval: honest for few cases and near 0 or 100 %. Of nothing, everything is possible. */
export function wilson(count: number, of: number): Share {
  if (of === 0) return { percent: 0, low: 0, high: 100, count, of };
  const share = count / of;
  const middle = (share + Z ** 2 / (2 * of)) / (1 + Z ** 2 / of);
  const half = (Z / (1 + Z ** 2 / of)) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  return { percent: share * 100, low: Math.max(0, (middle - half) * 100), high: Math.min(100, (middle + half) * 100), count, of };
}
