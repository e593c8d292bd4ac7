import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { TelegramServer } from 'telegram-test-api/lib/telegramServer.js';
import { describe, expect, test } from 'vitest';
import type { FakeTelegram } from '#test/fakes/telegram/server.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';
import { freePort } from '#test/machine.ts';
import { until } from '../serve.ts';
import { listen, texts } from './listener.ts';

describe('the public telegram-test-api as a second opinion', () => {
  test('it hears the same things and takes the same messages as our own fake', async () => {
    const server = new TelegramServer({ port: await freePort(), host: '127.0.0.1' });
    await server.start();
    const token = '77:second-opinion';
    await using it = await listen({ mode: 'none', channel: { token, apiRoot: server.config.apiURL } });
    try {
      await it.telegram.start();
      const client = server.getClient(token, { timeout: 30_000 });
      await client.sendMessage(client.makeMessage('Trẻ em có tiêm sởi không ạ?'));
      await until(() => it.stored.length === 1);
      await client.sendCommand(client.makeCommand('/start jra_plei-mau'));
      await until(() => it.stored.length === 2);
      expect(texts(it.stored)).toEqual(['Trẻ em có tiêm sởi không ạ?', 'start']);

      const outcome = await it.telegram.send(it.stored[0]?.address ?? '', { text: 'Có. Mang sổ tiêm.', lang: 'vi', cardId: null, buttons: [{ label: 'Xem thêm', value: 'more:epi' }], layout: { form: 'plain' } });
      expect(outcome.kind).toBe('sent');
      const updates = await client.getUpdates();
      expect(JSON.stringify(updates.result)).toContain('Có. Mang sổ tiêm.');

      await client.sendCallback(client.makeCallbackQuery('o:more:epi', { message: { message_id: 1, chat: { id: 1, type: 'private' }, date: 1 } }));
      await until(() => it.stored.length === 3);
      expect(it.stored[2]?.content).toEqual({ kind: 'button', value: 'more:epi' });
    } finally {
      await it.telegram.stop();
      await server.stop();
    }
  });
});

/** A program as telegraf's guide has it: a handler that works, and answers. Killed in the middle, or failing once. */
const unwrapped = (fails: boolean): string => `
  import { Telegraf } from 'telegraf';
  const bot = new Telegraf(process.env.TOKEN, { telegram: { apiRoot: process.env.ROOT } });
  bot.on('text', async (ctx) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (${String(fails)} && ctx.message.text === 'câu 2') throw new Error('a handler that fails once');
    await ctx.reply('đáp: ' + ctx.message.text);
  });
  bot.launch().catch(() => process.exit(1));
`;

async function answeredBy(fake: FakeTelegram, program: string, watch: (kill: () => void) => Promise<void>): Promise<number | null> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: { ...process.env, TOKEN: fake.token, ROOT: fake.root }, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await watch(() => child.kill('SIGKILL'));
  child.kill('SIGKILL');
  await ended;
  return child.exitCode;
}

describe('telegraf’s own polling, which we do not use', () => {
  test('confirms a whole batch although a handler failed, ends, and the questions are gone', async () => {
    const fake = await startFakeTelegram();
    const person = fake.person(42);
    for (let i = 0; i < 10; i += 1) person.says(`câu ${i}`);
    await answeredBy(fake, unwrapped(true), () => until(() => fake.updates.unconfirmed().length === 0));
    expect(fake.updates.unconfirmed()).toEqual([]);
    expect(fake.received(42).length).toBeLessThan(10);
    await fake.stop();
  });

  test('ours, with the same failing question: every one is stored before it is confirmed', async () => {
    const fake = await startFakeTelegram();
    const person = fake.person(42);
    for (let i = 0; i < 10; i += 1) person.says(`câu ${i}`);
    await using it = await listen({ with: fake, mode: 'none' });
    it.failWrites(1);
    await it.telegram.start();
    await until(() => fake.updates.unconfirmed().length === 0);
    expect(texts(it.stored)).toHaveLength(10);
    await it.telegram.stop();
    await fake.stop();
  });
});
