import { expect, test } from 'vitest';
import { startFakeZalo } from 'zalo-sdk-adapter/fake';
import { createZaloBotChannel } from '#bot/channels/zalo-bot/zalo-bot.ts';
import type { ZaloTrouble } from '#bot/channels/zalo/ports.ts';
import { createDispatcher } from '#bot/delivery/dispatcher.ts';
import type { Handling } from '#bot/delivery/handle.ts';
import { createMemoryPacing } from '#bot/delivery/pacing.ts';
import { createWorker } from '#bot/delivery/worker.ts';
import { countInbox } from '#bot/store/inbox.ts';
import { createTexts } from '#locales/texts.ts';
import { serveApp, until } from '#test/channels/serve.ts';
import { echoing, freshFolder, openOrThrow } from '#test/store/fresh.ts';
import { realHandling } from '#test/conversation/real.ts';

const SECRET = 'a-secret-of-the-bot';

/** A station with a Zalo bot only, on a fake of the Bot Platform. */
async function openStation(dataDir: string, mode: 'polling' | 'webhook', options: { handling?: Handling; failWrites?: number } = {}) {
  const fake = await startFakeZalo();
  const texts = await createTexts();
  const store = await openOrThrow({ dataDir });
  const troubles: ZaloTrouble[] = [];
  const worker = createWorker({ store, handling: options.handling ?? echoing, sweepEveryMs: 200, onHandled: () => {
    dispatcher.wake('zalo-bot');
  } });
  let failures = options.failWrites ?? 0;
  const bot = createZaloBotChannel({
    token: fake.bot.token, apiRoot: fake.url, webhook: mode === 'webhook' ? { secret: SECRET, publicUrl: 'https://tram.example' } : null, texts, pollSeconds: 1,
    ports: {
      store: async (inbound) => {
        failures -= 1;
        if (failures >= 0) throw new Error('the disk is full');
        await worker.receive(inbound);
      },
      report: (trouble) => {
        troubles.push(trouble);
      },
    },
  });
  const server = await serveApp(bot.webhook);
  const dispatcher = createDispatcher({ store, channels: [bot], pacing: createMemoryPacing({}), lookEveryMs: 100 });
  worker.start();
  dispatcher.start();
  await bot.start();
  await until(() => mode === 'polling' || bot.health() === 'up');
  // The fake cannot reach an address on the internet; what the channel registered is put aside for this machine's.
  if (mode === 'webhook') fake.bot.connectWebhook(`${server.url}/webhooks/zalo-bot`, SECRET);
  const received = (chat: string) => fake.bot.sent.filter(({ chat_id: to, method }) => to === chat && method === 'sendMessage').map(({ text }) => text ?? '');
  return { fake, store, bot, server, troubles, received, end: async () => {
    await bot.stop();
    await worker.stop();
    await dispatcher.stop();
    await server.close();
    await store.close();
    await fake.stop();
  } };
}

test.each(['polling', 'webhook'] as const)('a resident talks to the bot by %s: an answer, a number for a choice, pictures, danger', async (mode) => {
  using folder = freshFolder();
  const { fake, store, bot, troubles, received, end } = await openStation(folder.path, mode, { handling: await realHandling() });
  const hears = async (words: RegExp, act: () => unknown): Promise<string> => {
    const before = received('77').length;
    act();
    await until(() => received('77').slice(before).some((text) => words.test(text)));
    return received('77').slice(before).find((text) => words.test(text)) ?? '';
  };
  const first = await hears(/Nguồn: |1\. /, () => fake.bot.writes('77', 'Tiêm vắc xin COVID-19 có mất tiền không?'));
  const answer = /Nguồn: /.test(first) ? first : await hears(/Nguồn: /, () => fake.bot.writes('77', '1'));
  const wrong = /Nhắn (\d): Chưa đúng ý/.exec(answer)?.[1] ?? '';
  await hears(/chuyển câu hỏi cho cán bộ/, () => fake.bot.writes('77', wrong));
  await hears(/1\. /, () => fake.bot.writes('77', 'đổi tiếng'));
  await hears(/mình nói|nói tiếng/i, () => fake.bot.writes('77', '1'));
  await hears(/chuyển/, () => fake.bot.delivers(fake.bot.update('77', 'message.image.received', { photo_url: 'https://zalo.example/a.jpg' })));
  await hears(/chuyển/, () => fake.bot.delivers(fake.bot.update('77', 'message.voice.received', { voice_url: 'https://zalo.example/a.amr' })));
  await hears(/./, () => fake.bot.delivers(fake.bot.update('77', 'message.sticker.received', { sticker: '9' })));
  await hears(/115/, () => fake.bot.writes('77', 'con tôi co giật, gọi không dậy'));
  await bot.typing('77');
  expect(fake.bot.sent.map(({ method }) => method)).toContain('sendChatAction');
  expect(await store.read(countInbox)).toMatchObject({ new: 0, failed: 0 });
  expect(troubles).toEqual([]);
  expect(bot.health()).toBe('up');
  await end();
});

test('the same update brought three times is answered once', async () => {
  using folder = freshFolder();
  const { fake, received, end } = await openStation(folder.path, 'webhook');
  const update = fake.bot.update('77', 'message.text.received', { text: 'một' });
  expect(await Promise.all([1, 2, 3].map(() => fake.bot.delivers(update)))).toEqual([200, 200, 200]);
  fake.bot.wrapped = true;
  expect(await fake.bot.delivers(update)).toBe(200);
  expect(await fake.bot.writes('77', 'hai')).toBe(200);
  await until(() => received('77').length >= 2);
  expect(received('77')).toEqual(['đáp: một', 'đáp: hai']);
  await end();
});

test('what Zalo hands out once is held until it is on disk; by webhook it is asked for again', async () => {
  for (const mode of ['polling', 'webhook'] as const) {
    using folder = freshFolder();
    const { fake, troubles, received, end } = await openStation(folder.path, mode, { failWrites: 1 });
    if (mode === 'webhook') {
      const update = fake.bot.update('77', 'message.text.received', { text: 'một' });
      expect(await fake.bot.delivers(update)).toBe(503);
      expect(await fake.bot.delivers(update)).toBe(200);
    } else {
      await fake.bot.writes('77', 'một');
    }
    await until(() => received('77').length === 1);
    expect(troubles).toEqual(['not-stored']);
    await end();
  }
});

test('without the secret nothing is taken: 401; what is no update is answered 400 or 200, and nothing is stored', async () => {
  using folder = freshFolder();
  const { server, store, end } = await openStation(folder.path, 'webhook');
  const post = async (body: string, secret: string | null): Promise<number> => (await fetch(`${server.url}/webhooks/zalo-bot`, { method: 'POST', body, headers: secret === null ? {} : { 'X-Bot-Api-Secret-Token': secret } })).status;
  expect(await post('{}', null)).toBe(401);
  expect(await post('{}', 'a-secret-of-the-cat')).toBe(401);
  expect(await post('không', SECRET)).toBe(400);
  expect(await post('{"event_name":"message.text.received"}', SECRET)).toBe(200);
  expect(await store.read(countInbox)).toEqual({ new: 0, done: 0, failed: 0 });
  await end();
});

test('neighbours in one group have conversations of their own, answered in the group', async () => {
  using folder = freshFolder();
  const { fake, store, received, end } = await openStation(folder.path, 'webhook');
  for (const id of ['1', '2']) await fake.bot.delivers(fake.bot.update('g9', 'message.text.received', { text: `câu ${id}`, chat: { id: 'g9', chat_type: 'GROUP' }, from: { id, display_name: 'x', is_bot: false } }));
  await fake.bot.delivers(fake.bot.update('g9', 'message.text.received', { text: 'máy khác', chat: { id: 'g9', chat_type: 'GROUP' }, from: { id: '3', display_name: 'x', is_bot: true } }));
  await until(() => received('g9').length === 2);
  expect((await store.read(countInbox)).done).toBe(2);
  await end();
});

test('a token that Zalo refuses: the operator hears of it once, and the program goes on', async () => {
  using folder = freshFolder();
  const { fake, bot, troubles, received, end } = await openStation(folder.path, 'polling');
  await fake.bot.writes('77', 'một');
  await until(() => received('77').length === 1);
  fake.faults.add('/getUpdates', { kind: 'status', status: 401 }, 1);
  await until(() => bot.health() === 'reauth');
  expect(troubles).toEqual(['polling-refused']);
  await end();
});
