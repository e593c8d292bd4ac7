import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCounts } from '#knowledge/identify/counts.ts';

test('counts hold the same sums as a Map, however many keys there are', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 24 - 1 }), fc.integer({ min: 1, max: 9 })), { maxLength: 3_000 }), (added) => {
    const [counts, map] = [createCounts(), new Map<number, number>()];
    for (const [key, by] of added) {
      counts.add(key, by);
      map.set(key, (map.get(key) ?? 0) + by);
    }
    for (const [key, sum] of map) expect(counts.get(key)).toBe(sum);
    for (let key = 1; key < 50; key += 1) expect(counts.get(key)).toBe(map.get(key));
  }), { numRuns: 30 });
});
