import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { everyDay } from '#bot/daily.ts';
import { createLog } from '#bot/log.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T23:30:00+07:00') });
});
afterEach(() => {
  vi.useRealTimers();
});

test('the daily work is done soon after the start, because the computer may be off at night, and once a day from then on', async () => {
  const done: string[] = [];
  const daily = everyDay(Date.now, createLog('silent'), { work: () => Promise.resolve(void done.push(new Date(Date.now()).toISOString())) });
  await vi.advanceTimersByTimeAsync(20 * 60_000);
  expect(done).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(15 * 60_000);
  expect(done).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(23 * 3_600_000);
  expect(done).toHaveLength(2);
  daily.stop();
  await vi.advanceTimersByTimeAsync(48 * 3_600_000);
  expect(done).toHaveLength(2);
});

test('work that fails stops no other, and is tried again the next day', async () => {
  const done: string[] = [];
  const daily = everyDay(Date.now, createLog('silent'), {
    broken: () => {
      done.push('broken');
      return Promise.reject(new Error('the disk is full'));
    },
    sound: () => Promise.resolve(void done.push('sound')),
  });
  await vi.advanceTimersByTimeAsync(40 * 60_000);
  expect(done).toEqual(['broken', 'sound', 'broken', 'sound']);
  daily.stop();
});
