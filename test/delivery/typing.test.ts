import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Channel } from '#bot/channels/channel.ts';
import { createTyping } from '#bot/delivery/typing.ts';
import { plainPiece } from '#test/store/fresh.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A platform that remembers to whom it showed that somebody is typing, and how many people wait for that call. */
function platform(act: () => Promise<void> = () => Promise.resolve()) {
  const shown: string[] = [];
  const channel: Channel = {
    name: 'telegram',
    capabilities: { buttons: true, edit: true, receipts: false, typing: true, voice: true, textLimit: 4096, replyWindowHours: null, topics: true },
    send: () => Promise.resolve({ kind: 'sent', platformMessageId: null }),
    typing: (address) => {
      shown.push(address);
      return act();
    },
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    health: () => 'up',
  };
  const typing = createTyping({ channel: () => channel });
  return { shown, typing, watched: typing.watched(channel), writes: (address: string) => { typing.begun({ channel: 'telegram', address }, `person ${address}`); } };
}

test('a quick answer is not preceded by it', async () => {
  const { shown, watched, writes } = platform();
  writes('a');
  await vi.advanceTimersByTimeAsync(400);
  await watched.send('a', plainPiece('đáp'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown).toEqual([]);
});

test('a slow answer is, again and again, until it is handed over', async () => {
  const { shown, watched, writes } = platform();
  writes('a');
  writes('a');
  await vi.advanceTimersByTimeAsync(5000);
  expect(shown).toEqual(['a', 'a']);
  await watched.send('a', plainPiece('đáp'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown).toEqual(['a', 'a']);
});

test('who gets no answer is not told that one is coming, and who waits very long not for ever', async () => {
  const { shown, typing, writes } = platform();
  writes('a');
  typing.over('person a');
  writes('b');
  await vi.advanceTimersByTimeAsync(120_000);
  expect(shown).toEqual(['b', 'b', 'b', 'b', 'b']);
});

test('a platform that does not answer is asked for few people at once, and failing is nobody’s trouble', async () => {
  const hanging = platform(() => new Promise(() => undefined));
  for (let i = 0; i < 50; i += 1) hanging.writes(String(i));
  await vi.advanceTimersByTimeAsync(1000);
  expect(hanging.shown).toHaveLength(4);
  const failing = platform(() => Promise.reject(new Error('away')));
  for (let i = 0; i < 3; i += 1) failing.writes(String(i));
  await vi.advanceTimersByTimeAsync(1000);
  expect(failing.shown).toHaveLength(3);
});
