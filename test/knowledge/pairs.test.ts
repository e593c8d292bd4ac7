import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPairs } from '#knowledge/pairs.ts';

test('pairs keep the same numbers as a Map, however many there are; the other way round is another pair', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { maxLength: 3_000 }), (added) => {
    const [pairs, map] = [createPairs(), new Map<string, number>()];
    added.forEach(([first, second], number) => {
      pairs.set(first, second, number);
      map.set(`${first} ${second}`, number);
    });
    for (let first = 0; first <= 60; first += 1) for (let second = 0; second <= 60; second += 1) expect(pairs.get(first, second)).toBe(map.get(`${first} ${second}`));
    expect(pairs.size()).toBe(map.size);
  }), { numRuns: 15 });
});
