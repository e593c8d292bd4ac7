import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openWakeUps, tellOfWork } from '#bot/delivery/wake-ups.ts';
import { hasRedis, ownRedis, redisUrl } from '#test/machine.ts';

/** A process that listens: how often it was woken for work, and for which of its addresses. */
async function listening(url: string, addresses: string[] = []) {
  const heard = { work: 0, seen: [] as string[] };
  const wakeUps = await openWakeUps(url, {
    work: () => { heard.work += 1; },
    seen: (isMeant) => { heard.seen.push(...addresses.filter(isMeant)); },
  });
  await expect.poll(() => heard.work).toBeGreaterThan(0);
  return { ...wakeUps, heard, [Symbol.asyncDispose]: wakeUps.close };
}

describe.skipIf(!hasRedis())('wake-ups through Redis', () => {
  test('work that another process stored is heard of at once, one’s own is not', async () => {
    await using one = await listening(redisUrl());
    await using other = await listening(redisUrl());
    await sleep(300);
    const before = { ...one.heard };
    const others = other.heard.work;
    one.work();
    await expect.poll(() => other.heard.work).toBeGreaterThan(others);
    await tellOfWork(redisUrl());
    await expect.poll(() => one.heard.work).toBeGreaterThan(before.work);
  });

  test('a reply that may be read is told to the page that waits for it, wherever it is open, without its address', async () => {
    const [mine, another] = ['visitor-canary-1', 'visitor-canary-2'];
    await using here = await listening(redisUrl());
    await using there = await listening(redisUrl(), [mine, another]);
    await expect.poll(() => {
      here.seen(mine);
      return there.heard.seen.length;
    }).toBeGreaterThan(0);
    expect(new Set(there.heard.seen)).toEqual(new Set([mine]));
  });

  test('Redis may go and come back: nothing fails, and upon its return everybody looks', async () => {
    const redis = await ownRedis();
    await using one = await listening(redis.url);
    redis.kill();
    one.work();
    one.seen('x');
    await tellOfWork(redis.url);
    const before = one.heard.work;
    await redis.restart();
    await expect.poll(() => one.heard.work).toBeGreaterThan(before);
    redis.stop();
  });
});
