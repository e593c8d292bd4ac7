import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StationOptions } from '#test/channels/telegram/station.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';
import { freshFolder } from '#test/store/fresh.ts';
import { quantile, type Bench } from './figure.ts';

/**
 * Telegram end to end: the real store, conversation, dispatcher and channel in one process with the memory that
 * `npm start` gives it, a strict Telegram in another, people who write at a steady pace, so that what falls behind shows. Flood control is off on both sides, because 30 messages a second is all
 * that Telegram takes and would be all that is measured.
 */

const WEBHOOKS_PER_SECOND = 200;
const QUESTIONS_PER_SECOND = 100;
const QUESTIONS = ['Tiêm vắc xin COVID-19 có mất tiền không?', 'sốt xuất huyết phải làm sao', 'mai làng mình có tiêm không', 'đeo khẩu trang khi nào', 'bị chó cắn phải làm gì', 'cảm ơn'];

export const bench: Bench = {
  name: 'telegram',
  run: async () => {
    const webhook = await measure({ conversation: 'real', perSecond: WEBHOOKS_PER_SECOND, forMs: 10_000 });
    const reply = await measure({ conversation: 'real', perSecond: QUESTIONS_PER_SECOND, forMs: 10_000 });
    return [
      { what: `webhook stored and acknowledged at ${WEBHOOKS_PER_SECOND}/s, p50`, value: quantile(webhook.acknowledgedMs, 0.5), unit: 'ms' },
      { what: `webhook stored and acknowledged at ${WEBHOOKS_PER_SECOND}/s, p99`, value: quantile(webhook.acknowledgedMs, 0.99), unit: 'ms', goal: { sign: '<=', value: 20 } },
      { what: `reply handed to Telegram at ${QUESTIONS_PER_SECOND}/s, p50`, value: quantile(reply.repliedMs, 0.5), unit: 'ms' },
      { what: `reply handed to Telegram at ${QUESTIONS_PER_SECOND}/s, p99`, value: quantile(reply.repliedMs, 0.99), unit: 'ms', goal: { sign: '<=', value: 150 } },
    ];
  },
};

async function measure(options: { conversation: StationOptions['conversation']; perSecond: number; forMs: number }): Promise<{ acknowledgedMs: number[]; repliedMs: number[] }> {
  using folder = freshFolder();
  const nowMs = (): number => performance.timeOrigin + performance.now();
  const fake = await startFakeTelegram({ nowMs });
  const station: StationOptions = { dataDir: folder.path, apiRoot: fake.root, token: fake.token, mode: 'webhook', conversation: options.conversation };
  const child = spawn(process.execPath, ['--max-semi-space-size=8', 'test/channels/telegram/station.ts', JSON.stringify(station)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  while (fake.updates.webhook() === null) await sleep(10);

  const people = Array.from({ length: options.perSecond * 2 }, (_, i) => fake.person(1000 + i));
  const askedMs = new Map<number, number>();
  const warmMs = options.forMs / 5;
  const beganMs = performance.now();
  let asked = 0;
  let warmedAt = 0;
  while (performance.now() - beganMs < warmMs + options.forMs) {
    const due = Math.floor((performance.now() - beganMs) * options.perSecond / 1000);
    for (; asked < due; asked += 1) {
      const person = people[asked % people.length];
      if (person === undefined) continue;
      if (performance.now() - beganMs < warmMs) warmedAt = fake.updates.deliveries.acknowledgedMs.length;
      else if (!askedMs.has(person.id)) askedMs.set(person.id, nowMs());
      // Each person is timed once: how many replies an earlier question had does not matter then.
      person.says(QUESTIONS[asked % QUESTIONS.length] ?? '');
    }
    await sleep(1);
  }
  await sleep(1500);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const repliedMs = [...askedMs].flatMap(([id, at]) => {
    const reply = fake.received(id).find((message) => message.atMs >= at);
    return reply === undefined ? [Number.POSITIVE_INFINITY] : [reply.atMs - at];
  });
  const acknowledgedMs = fake.updates.deliveries.acknowledgedMs.slice(warmedAt);
  await fake.stop();
  return { acknowledgedMs, repliedMs };
}
