import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDoubt } from '#bot/delivery/doubt.ts';

const settled = (ms: number, concurrency = 8) => {
  const doubt = createDoubt({ perSecond: 30, concurrency });
  for (let n = 0; n < 50; n += 1) doubt.tookToSettle(ms);
  return doubt;
};

test('a platform that answers quickly needs two rows in doubt to keep its pace, a slow one as many as go at once', () => {
  expect(settled(15).most(0)).toBe(2);
  expect(settled(60).most(0)).toBe(5);
  expect(settled(250).most(0)).toBe(8);
});

test('a call that hangs does not keep the others waiting', () => {
  const doubt = settled(15);
  expect(doubt.most(20)).toBe(2);
  expect(doubt.most(500)).toBe(8);
});

test('without a limit there is nothing to keep pace with: as many as go at once', () => {
  expect(createDoubt({ perSecond: null, concurrency: 8 }).most(0)).toBe(8);
});

test('whatever the times, there are enough to keep the pace and never more than go at once', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 16 }), fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 20 }), (perSecond, concurrency, times) => {
    const doubt = createDoubt({ perSecond, concurrency });
    for (const ms of times) doubt.tookToSettle(ms);
    const most = doubt.most(0);
    expect(most).toBeLessThanOrEqual(concurrency);
    expect(most).toBeGreaterThanOrEqual(2);
    const same = times.length > 0 && times.every((ms) => ms === times[0]);
    if (same && times.length > 8) expect(most).toBeGreaterThanOrEqual(Math.min(concurrency, perSecond * (times[0] ?? 0) / 1000));
  }));
});

test('on a slow disk rows are begun earlier before their permit', () => {
  const quick = createDoubt({ perSecond: 30, concurrency: 8 });
  const slow = createDoubt({ perSecond: 30, concurrency: 8 });
  for (let n = 0; n < 50; n += 1) {
    quick.tookToBegin(1);
    slow.tookToBegin(30);
  }
  expect(quick.leadMs()).toBeLessThan(5);
  expect(slow.leadMs()).toBeGreaterThan(50);
});
