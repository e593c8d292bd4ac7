import { createServer, type Server } from 'node:http';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ZaloBot } from '../bot/client.ts';
import { readBotUpdate } from '../bot/updates.ts';
import { ZaloBotWebhook, type BotWebhookVerdict } from '../bot/webhook.ts';
import { ManualClock, startFakeZalo, type FakeZalo } from '../fake/index.ts';
import { unwrap } from '../result.ts';

let clock: ManualClock;
let zalo: FakeZalo;
let bot: ZaloBot;

beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-22T02:00:00Z'));
  zalo = await startFakeZalo({ clock });
  bot = new ZaloBot({ token: zalo.bot.token, apiRoot: zalo.url });
});
afterEach(() => zalo.stop());

describe('polling', () => {
  test('gives one update at a time, in order', async () => {
    await zalo.bot.writes('c1', 'một');
    await zalo.bot.writes('c2', 'hai');
    expect(unwrap(await bot.getUpdates())).toMatchObject({ event_name: 'message.text.received', message: { chat: { id: 'c1' }, text: 'một' } });
    expect(unwrap(await bot.getUpdates())).toMatchObject({ message: { text: 'hai' } });
  });

  test('that finds nothing is healthy', async () => {
    const waiting = bot.getUpdates({ timeoutSeconds: 30 });
    await movingTime(waiting);
    expect(await waiting).toEqual({ ok: true, value: null });
  });

  test('in a loop lives through idle times and faults, and ends when it is told to', async () => {
    const stop = new AbortController();
    zalo.faults.add('getUpdates', { kind: 'code', code: 408 }, 2);
    zalo.faults.add('getUpdates', { kind: 'status', status: 500 });
    await zalo.bot.writes('c1', 'một');
    await zalo.bot.writes('c1', 'hai');
    const texts: (string | null)[] = [];
    for await (const update of bot.updates({ signal: stop.signal, timeoutSeconds: 1 })) {
      texts.push(update.message.text);
      if (texts.length === 2) stop.abort();
    }
    expect(texts).toEqual(['một', 'hai']);
  });

  test('twice at the same time, or beside a webhook, ends with the reason', async () => {
    const first = bot.getUpdates({ timeoutSeconds: 5 });
    await expect.poll(() => zalo.bot.polled).toBe(true);
    expect(await bot.getUpdates()).toMatchObject({ failure: { code: 409, remedy: { kind: 'human' } } });
    await movingTime(first);
    zalo.bot.connectWebhook(zalo.url, 'secret-secret');
    const updates = bot.updates({ signal: new AbortController().signal });
    expect(await updates.next()).toMatchObject({ done: true, value: { code: 400 } });
  });

  test('with a wrong token asks for a person', async () => {
    const wrong = new ZaloBot({ token: '1:wrong', apiRoot: zalo.url });
    expect(await wrong.getMe()).toMatchObject({ failure: { code: 401, remedy: { kind: 'human' } } });
  });
});

describe('sending', () => {
  test('works for texts, pictures, stickers and signs of life, to a chat that has written', async () => {
    await zalo.bot.writes('c1', 'chào');
    const results = [
      await bot.sendMessage('c1', 'Dạ chào'.normalize('NFD'), { parse_mode: 'markdown' }),
      await bot.sendPhoto('c1', 'https://x.example/a.png', { caption: 'Lịch' }),
      await bot.sendSticker('c1', 'abc'),
      await bot.sendChatAction('c1', 'typing'),
    ];
    expect(results.every((result) => result.ok)).toBe(true);
    expect(zalo.bot.sent.map(({ method, text }) => [method, text])).toEqual([['sendMessage', 'Dạ chào'], ['sendPhoto', 'Lịch'], ['sendSticker', null], ['sendChatAction', null]]);
    expect(unwrap(await bot.getMe())).toMatchObject({ account_name: 'bot.thunghiem', can_join_groups: false });
  });

  test('to a stranger is refused, and a text over 2000 is not even tried', async () => {
    expect(await bot.sendMessage('unknown', 'a')).toMatchObject({ failure: { code: 400 } });
    expect(await bot.sendMessage('c1', 'a'.repeat(2001))).toMatchObject({ failure: { kind: 'limit', message: 'text is 2001 characters long; Zalo takes at most 2000' } });
  });

  test('whose answer was lost may have happened', async () => {
    await zalo.bot.writes('c1', 'chào');
    zalo.faults.add('sendMessage', { kind: 'lost_reply' });
    expect(await bot.sendMessage('c1', 'a')).toMatchObject({ failure: { acted: 'unknown', remedy: { kind: 'unknown' } } });
    expect(zalo.bot.sent).toHaveLength(1);
  });
});

describe('the webhook', () => {
  let server: Server;
  let verdicts: BotWebhookVerdict[];

  beforeEach(async () => {
    verdicts = [];
    const webhook = new ZaloBotWebhook({ secretToken: 'secret-secret' });
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const verdict = webhook.receive(Buffer.concat(parts), request.headers);
        verdicts.push(verdict);
        response.writeHead(verdict.status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    zalo.bot.connectWebhook(`http://127.0.0.1:${address.port}`, 'secret-secret');
  });
  afterEach(() => new Promise<void>((resolve) => server.close(() => {
    resolve();
  })));

  test.each([true, false])('takes updates (wrapped: %s) with the right secret', async (wrapped) => {
    zalo.bot.wrapped = wrapped;
    expect(await zalo.bot.writes('c1', 'chào')).toBe(200);
    expect(verdicts).toMatchObject([{ kind: 'update', update: { message: { text: 'chào' } } }]);
  });

  test('refuses others with 401, and what is no JSON with 400', async () => {
    expect(await zalo.bot.delivers({}, { 'X-Bot-Api-Secret-Token': 'wrong' })).toBe(401);
    expect(new ZaloBotWebhook({ secretToken: 'secret-secret' }).receive(Buffer.from('{'), { 'x-bot-api-secret-token': 'secret-secret' }).status).toBe(400);
    expect(await zalo.bot.delivers({ event_name: 'something.else' })).toBe(200);
  });

  test('answers any bytes with 200, 400 or 401', () => {
    const webhook = new ZaloBotWebhook({ secretToken: 'secret-secret' });
    const body = fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.record({ event_name: fc.string(), message: fc.jsonValue(), result: fc.jsonValue() }).map((value) => JSON.stringify(value)));
    fc.assert(
      fc.property(body, fc.boolean(), (content, honest) => {
        const { status } = webhook.receive(Buffer.from(content), { 'x-bot-api-secret-token': honest ? 'secret-secret' : content });
        return honest ? status === 200 || status === 400 : status === 401;
      }),
      { numRuns: 2_000 },
    );
  });

  test('is set with an https address and a long enough secret, and can be looked at and removed', async () => {
    expect(await bot.setWebhook({ url: 'https://bot.example/zalo-bot', secret_token: 'short' })).toMatchObject({ failure: { kind: 'limit' } });
    unwrap(await bot.setWebhook({ url: 'https://bot.example/zalo-bot', secret_token: 'secret-secret' }));
    expect(unwrap(await bot.getWebhookInfo())).toMatchObject({ url: 'https://bot.example/zalo-bot' });
    unwrap(await bot.deleteWebhook());
    expect(unwrap(await bot.getWebhookInfo())).toMatchObject({ url: null });
    expect(() => new ZaloBotWebhook({ secretToken: 'short' })).toThrow(RangeError);
  });
});

test('updates with earlier field names, of new kinds, and seconds for milliseconds are read', () => {
  const message = { message_id: 'm', date: 1_790_000_000, from: { id: 'u', name: 'Mai' }, chat: { id: 'c', chat_type: 'GROUP' }, photo: 'https://p' };
  expect(readBotUpdate({ event_name: 'message.image.received', message })).toMatchObject({
    key: 'message.image.received:m', message: { date: 1_790_000_000_000, from: { display_name: 'Mai', is_bot: false }, chat: { chat_type: 'GROUP' }, photo_url: 'https://p' },
  });
  expect(readBotUpdate({ event_name: 'message.dance.received', message })).toMatchObject({ event_name: 'unknown', name: 'message.dance.received' });
  expect(readBotUpdate({ ok: true })).toBeNull();
});

/** Moves the fake's time until the work is done. */
async function movingTime(work: Promise<unknown>): Promise<void> {
  const tick = () => new Promise<'waiting'>((resolve) => setTimeout(resolve, 2, 'waiting'));
  while ((await Promise.race([work, tick()])) === 'waiting') await clock.advance(1000);
}
