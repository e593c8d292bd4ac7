import { describe, expect, test } from 'vitest';
import type { Inbound } from '#bot/channels/channel.ts';
import { troubleSentence } from '#bot/channels/telegram/words.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';
import { until } from '../serve.ts';
import { listen, texts } from './listener.ts';

describe('by polling', () => {
  test('what a person writes is stored once, with their address and the time they wrote it', async () => {
    await using it = await listen();
    const beforeMs = Date.now();
    it.fake.person(42).says('trẻ em tiêm mũi gì');
    await until(() => it.stored.length === 1);
    expect(it.stored[0]).toMatchObject({ channel: 'telegram', address: '42', content: { kind: 'text', text: 'trẻ em tiêm mũi gì', forwarded: false } });
    // Telegram says it in whole seconds.
    expect(it.stored[0]?.atMs).toBeGreaterThanOrEqual(Math.floor(beforeMs / 1000) * 1000);
    expect(it.stored[0]?.atMs).toBeLessThanOrEqual(Date.now());
    await until(() => it.fake.updates.unconfirmed().length === 0);
  });

  test('an update is confirmed only after it is stored: while the disk is full it stays with Telegram', async () => {
    await using it = await listen({ hurry: false });
    it.failWrites(1);
    it.fake.person(42).says('bị chó cắn');
    await until(() => it.troubles.includes('not-stored'));
    expect(it.fake.updates.unconfirmed()).toHaveLength(1);
    await until(() => it.stored.length === 1);
    await until(() => it.fake.updates.unconfirmed().length === 0);
  });

  test('what was stored and not confirmed comes again after a restart, and changes nothing', async () => {
    const fake = await startFakeTelegram();
    const person = fake.person(42);
    await using first = await listen({ with: fake });
    person.says('một');
    await until(() => first.stored.length === 1);
    await first.telegram.stop();
    person.says('hai');
    await using second = await listen({ with: fake });
    await until(() => second.stored.length > 0);
    await until(() => fake.updates.unconfirmed().length === 0);
    const ids = [...first.stored, ...second.stored].map((each) => each.platformId);
    expect(texts(second.stored)).toContain('hai');
    expect(new Set(ids).size).toBe(2);
    await fake.stop();
  });

  test('a network that goes away and comes back ends nothing and loses nothing', async () => {
    await using it = await listen();
    it.fake.setDown(true);
    await until(() => it.troubles.includes('network'));
    expect(it.telegram.health()).toBe('down');
    it.fake.person(42).says('sốt cao');
    it.fake.setDown(false);
    await until(() => it.stored.length === 1);
    expect(it.telegram.health()).toBe('up');
    expect(it.pauses.slice(0, 3).every((pause, i, all) => i === 0 || pause > (all[i - 1] ?? 0) * 1.2)).toBe(true);
  });

  test('a start without any network is no failure: the channel comes up when Telegram does', async () => {
    const fake = await startFakeTelegram();
    fake.setDown(true);
    await using it = await listen({ with: fake, mode: 'none' });
    await it.telegram.start();
    await until(() => it.troubles.includes('network'));
    fake.setDown(false);
    fake.person(42).says('xin chào');
    await until(() => it.stored.length === 1);
    await it.telegram.stop();
    await fake.stop();
  });

  test('a second poller is explained in one sentence, once, and tried again at growing distances', async () => {
    await using it = await listen();
    for (let i = 0; i < 4; i += 1) it.fake.faults.add({ method: 'getUpdates', fault: { kind: 'error', status: 409, description: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running' } });
    const before = it.pauses.length;
    it.fake.person(42).says('alo');
    await until(() => it.pauses.length >= before + 4);
    expect(it.troubles.filter((trouble) => trouble === 'another-poller')).toHaveLength(1);
    expect(troubleSentence('another-poller')).toMatch(/^[^\n]*TELEGRAM_BOT_TOKEN[^\n]*$/);
    const pauses = it.pauses.slice(before, before + 4);
    expect(pauses[0]).toBeGreaterThanOrEqual(4000);
    expect(pauses[3]).toBeGreaterThan((pauses[0] ?? 0) * 4);
    await until(() => it.stored.length === 1);
  });

  test('two programs with one token: nothing is lost, and both say what is wrong', async () => {
    const fake = await startFakeTelegram();
    await using one = await listen({ with: fake, hurry: false });
    await using two = await listen({ with: fake, hurry: false });
    await until(() => one.troubles.includes('another-poller') || two.troubles.includes('another-poller'));
    const person = fake.person(42);
    for (let i = 0; i < 5; i += 1) person.says(`câu ${i}`);
    await until(() => new Set([...one.stored, ...two.stored].map((each) => each.platformId)).size === 5);
    await one.telegram.stop();
    await two.telegram.stop();
    await fake.stop();
  });

  test('a refused token shows as such, and does not end the program', async () => {
    await using it = await listen();
    it.fake.revokeToken();
    it.fake.person(42).says('alo');
    await until(() => it.telegram.health() === 'reauth');
    expect(it.troubles).toContain('token-refused');
  });

  test('an update of a form nobody knows does not stand before everybody else’s', async () => {
    await using it = await listen();
    it.fake.updates.push('message', { message_id: 'not a number' }, 'x');
    it.fake.person(42).says('sau đó');
    await until(() => it.stored.length === 1);
    expect(it.troubles).toEqual(['not-understood']);
  });
});

describe('by webhook', () => {
  test('an update is acknowledged after it is stored, letters split between packets included', async () => {
    await using it = await listen({ mode: 'webhook' });
    it.fake.person(42).says('Ở làng Đê Kjêng có ổ bệnh bạch hầu không ạ?');
    await until(() => it.fake.updates.unconfirmed().length === 0);
    expect(texts(it.stored)).toEqual(['Ở làng Đê Kjêng có ổ bệnh bạch hầu không ạ?']);
  });

  test('without the secret nothing is read: 401 for none, a wrong one and a longer one', async () => {
    await using it = await listen({ mode: 'webhook' });
    const url = it.fake.updates.webhook()?.url ?? '';
    for (const secret of [undefined, '', 'wrong', `${it.fake.updates.webhook()?.secret ?? ''}x`]) {
      const response = await fetch(url, { method: 'POST', body: '{"update_id":1}', headers: secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret } });
      expect(response.status).toBe(401);
    }
    expect(it.stored).toEqual([]);
  });

  test('what is no update is 400, what is endless is 413, and a full disk is 503 so that it comes again', async () => {
    await using it = await listen({ mode: 'webhook' });
    const { url = '', secret = '' } = it.fake.updates.webhook() ?? {};
    const post = (body: string | Uint8Array<ArrayBuffer>) => fetch(url, { method: 'POST', body, headers: { 'x-telegram-bot-api-secret-token': secret } });
    expect((await post('{"update_id":')).status).toBe(400);
    expect((await post(new Uint8Array([0x22, 0xe1, 0xba, 0x22]))).status).toBe(400);
    expect((await post('x'.repeat(1_100_000))).status).toBe(413);
    it.failWrites(2);
    it.fake.person(42).says('còn không');
    await until(() => it.fake.updates.unconfirmed().length === 0);
    expect(it.troubles.filter((trouble) => trouble === 'not-stored')).toHaveLength(2);
    expect(texts(it.stored)).toEqual(['còn không']);
  });

  test('the same update again is acknowledged again and stored once', async () => {
    await using it = await listen({ mode: 'webhook' });
    it.fake.person(42).says('một lần');
    await until(() => it.stored.length === 1);
    const [update] = it.fake.updates.history();
    if (update === undefined) throw new Error('no update');
    expect(await Promise.all([1, 2, 3].map(() => it.fake.updates.repeat(update)))).toEqual([200, 200, 200]);
    expect(it.stored).toHaveLength(1);
  });

  test('updates that arrive while another is being written are stored in Telegram’s own order', async () => {
    await using it = await listen({ mode: 'webhook' });
    const { url = '', secret = '' } = it.fake.updates.webhook() ?? {};
    const chat = { id: 7, type: 'private', first_name: 'A' };
    const post = (id: number) => fetch(url, { method: 'POST', headers: { 'x-telegram-bot-api-secret-token': secret }, body: JSON.stringify({ update_id: id, message: { message_id: id, date: 1, chat, from: { id: 7, is_bot: false, first_name: 'A' }, text: String(id) } }) });
    const release = it.holdWrites();
    const first = post(1);
    await until(() => it.writing() === 1);
    const others = [5, 3, 4, 2].map(post);
    await until(() => it.arrived() === 5);
    expect(texts(it.stored)).toEqual([]);
    release();
    expect((await Promise.all([first, ...others])).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(texts(it.stored)).toEqual(['1', '2', '3', '4', '5']);
  });

  test('a webhook that another program takes away is noticed, and not fought over', async () => {
    await using it = await listen({ mode: 'webhook' });
    const ours = it.fake.updates.webhook();
    it.fake.updates.setWebhook(null, false);
    await until(() => it.troubles.includes('another-poller'));
    expect(it.telegram.health()).toBe('down');
    expect(it.fake.updates.webhook()).toBeNull();
    it.fake.updates.setWebhook(ours, false);
    await until(() => it.telegram.health() === 'up');
  });

  test('a webhook that the API does not take is said so', async () => {
    await using it = await listen({ mode: 'none', channel: { mode: { kind: 'webhook', publicUrl: 'ftp://nowhere' } } });
    await it.telegram.start();
    await until(() => it.troubles.includes('webhook-refused'));
    expect(it.telegram.health()).toBe('down');
  });
});

test('switching from polling to webhook and back loses nothing and doubles nothing', async () => {
  const fake = await startFakeTelegram();
  const person = fake.person(42);
  const stored: Inbound[][] = [];
  for (const [i, mode] of (['polling', 'webhook', 'polling', 'webhook'] as const).entries()) {
    person.says(`trước ${i}`);
    await using it = await listen({ with: fake, mode });
    stored.push(it.stored);
    person.says(`trong ${i}`);
    await until(() => texts(it.stored).includes(`trong ${i}`));
    person.says(`sau ${i}`);
    await it.telegram.stop();
  }
  await using last = await listen({ with: fake });
  stored.push(last.stored);
  await until(() => fake.updates.unconfirmed().length === 0);
  expect(new Set(stored.flat().map((each) => each.platformId)).size).toBe(fake.updates.history().length);
  await last.telegram.stop();
  await fake.stop();
});
