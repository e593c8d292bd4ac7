import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryPacing, type Pacing } from '#bot/delivery/pacing.ts';
import { createRedisPacing } from '#bot/delivery/pacing-redis.ts';
import { hasRedis, ownRedis, redisUrl } from '#test/machine.ts';
import { busiestSecond } from '../../bench/busiest.ts';

/** A permit: it was given at some moment after it was asked for and before it was there. */
type Permit = { askedMs: number; gotMs: number };

/** Takes permits as fast as they are given while `goesOn`. */
async function greedy(pacing: Pacing, key: string, goesOn: () => boolean, permits: Permit[]): Promise<void> {
  while (goesOn()) {
    const askedMs = performance.now();
    const waitMs = await pacing.take(key);
    if (waitMs === 0) permits.push({ askedMs, gotMs: performance.now() });
    else await sleep(Math.min(waitMs, 50));
  }
}

/** The most permits that were given within one second for certain, however late this process heard of some. */
function mostInASecond(permits: readonly Permit[]): number {
  return Math.max(0, ...permits.map(({ askedMs: fromMs }) => permits.filter(({ askedMs, gotMs }) => askedMs >= fromMs && gotMs <= fromMs + 1000).length));
}

/** Goes on for so long, and then until there are so many permits; a test's own time ends what never comes. */
function until(permits: readonly Permit[], leastMs: number, least: number): () => boolean {
  const fromMs = performance.now();
  return () => performance.now() < fromMs + leastMs || permits.length < least;
}

test('within one process no second ever holds more than the limit, whatever the pattern of asking', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 300 }), async (limit, gaps) => {
    let nowMs = 0;
    const pacing = createMemoryPacing({ k: limit }, () => nowMs);
    const times: number[] = [];
    for (const gap of gaps) {
      nowMs += gap % 7 === 0 ? gap : gap % 3;
      if (await pacing.take('k') === 0) times.push(nowMs);
    }
    expect(busiestSecond(times)).toBeLessThanOrEqual(limit);
  }));
});

test('the time to wait is neither too short nor much too long, and keys do not wait for each other', async () => {
  let nowMs = 0;
  const pacing = createMemoryPacing({ k: 2, l: 1 }, () => nowMs);
  expect([await pacing.take('k'), await pacing.take('k')]).toEqual([0, 0]);
  const waitMs = await pacing.take('k');
  expect(waitMs).toBeGreaterThan(1000);
  expect(waitMs).toBeLessThan(1050);
  expect(await pacing.take('l')).toBe(0);
  expect(await pacing.take('unpaced')).toBe(0);
  nowMs += waitMs;
  expect(await pacing.take('k')).toBe(0);
});

test('the time until the next permit is known without taking it: not a moment before, and then it is there', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }), fc.boolean(), async (limit, gaps, evenly) => {
    let nowMs = 0;
    const pacing = createMemoryPacing({ k: limit }, () => nowMs);
    for (const gap of gaps) {
      nowMs += gap;
      await pacing.take('k', evenly);
    }
    const untilMs = pacing.untilPermit('k', 1, evenly);
    const from = nowMs;
    for (let nth = 2; nth <= limit; nth += 1) expect(pacing.untilPermit('k', nth, evenly)).toBeGreaterThanOrEqual(pacing.untilPermit('k', nth - 1, evenly));
    if (untilMs > 1) {
      nowMs = from + untilMs - 1;
      expect(await pacing.take('k', evenly)).toBeGreaterThan(0);
    }
    nowMs = from + untilMs;
    expect(await pacing.take('k', evenly)).toBe(0);
  }));
});

test('a rest that the platform asked for is part of the time until the next permit, and what has no limit has no wait', async () => {
  const pacing = createMemoryPacing({ k: 5 }, () => 0);
  expect(pacing.untilPermit('k', 5)).toBe(0);
  await pacing.rest('k', 3000);
  expect(pacing.untilPermit('k', 1)).toBe(3000);
  expect(pacing.untilPermit('unpaced', 100)).toBe(0);
  expect([pacing.perSecond('k'), pacing.perSecond('unpaced')]).toEqual([5, null]);
});

describe.skipIf(!hasRedis())('several processes on one Redis', () => {
  test('share one limit in every second, and use it', async () => {
    const key = `k${crypto.randomUUID()}`;
    const members = Array.from({ length: 3 }, () => createRedisPacing({ url: redisUrl(), limits: { [key]: 20 } }));
    await sleep(3500);
    const permits: Permit[] = [];
    const goesOn = until(permits, 4000, 51);
    await Promise.all(members.map((pacing) => greedy(pacing, key, goesOn, permits)));
    expect(mostInASecond(permits)).toBeLessThanOrEqual(20);
    await Promise.all(members.map((pacing) => pacing.close()));
  });

  test('when Redis is killed and comes back empty, the sum stays within the limit throughout, and sending goes on', async () => {
    const redis = await ownRedis();
    const changes: boolean[] = [];
    const members = Array.from({ length: 3 }, () => createRedisPacing({ url: redis.url, limits: { k: 20 }, mostProcesses: 4, onChange: (away) => changes.push(away) }));
    await sleep(3500);
    const permits: Permit[] = [];
    const state = { going: true };
    const since = (ms: number): Permit[] => permits.filter(({ askedMs }) => askedMs > ms);
    const running = Promise.all(members.map((pacing) => greedy(pacing, 'k', () => state.going, permits)));
    await sleep(3000);
    redis.kill();
    const killedMs = performance.now();
    await expect.poll(() => changes.filter((isAway) => isAway).length).toBeGreaterThanOrEqual(3);
    // While it is away each goes on with its share.
    await expect.poll(() => since(killedMs + 1200).length).toBeGreaterThan(15);
    await sleep(1000);
    await redis.restart();
    const backMs = performance.now();
    // More than the three shares together: the whole limit is used again.
    await expect.poll(() => mostInASecond(since(backMs))).toBeGreaterThan(15);
    await sleep(3000);
    state.going = false;
    await running;
    expect(mostInASecond(permits)).toBeLessThanOrEqual(20);
    await Promise.all(members.map((pacing) => pacing.close()));
    redis.stop();
  });

  test('without any Redis from the start, each keeps to its share', async () => {
    const pacing = createRedisPacing({ url: 'redis://127.0.0.1:9', limits: { k: 20 }, mostProcesses: 4 });
    const permits: Permit[] = [];
    await greedy(pacing, 'k', until(permits, 4000, 10), permits);
    expect(mostInASecond(permits)).toBeLessThanOrEqual(5);
    await pacing.close();
  });
});
