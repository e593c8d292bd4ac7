import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { signWebhook } from 'zalo-sdk-adapter';
import { startFakeZalo } from 'zalo-sdk-adapter/fake';
import { tokensIn } from '#bot/channels/zalo/tokens.ts';
import { countInbox } from '#bot/store/inbox.ts';
import { countOutbox } from '#bot/store/outbox.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';
import { until } from '../serve.ts';
import { openStation, wireOf, type StationOptions } from './station.ts';

async function together(dataDir: string, options: Partial<StationOptions> = {}, secrets: Partial<StationOptions['zalo']> = {}, clock: () => number = Date.now) {
  const fake = await startFakeZalo({ app: { ...(secrets.appSecret === undefined ? {} : { appSecret: secrets.appSecret }), ...(secrets.oaSecretKey === undefined ? {} : { oaSecretKey: secrets.oaSecretKey }) } });
  const station = await openStation({ dataDir, zalo: wireOf(fake), seedRefreshToken: fake.oauth.issue().refresh_token, conversation: 'echo', ...options }, clock);
  await fake.webhook.register(station.webhook);
  return { fake, station, end: async () => {
    await station.stop();
    await fake.stop();
  } };
}

test('three copies of each message, held back and delivered in reverse: each is answered once', async () => {
  using folder = freshFolder();
  const { fake, station, end } = await together(folder.path);
  const people = Array.from({ length: 5 }, (_, i) => fake.person(`251252362541250${i}`));
  fake.webhook.hold();
  for (let n = 0; n < 4; n += 1) for (const person of people) await person.writes(`câu ${n}`, { copies: 3 });
  await fake.webhook.release('reversed');
  await until(() => people.every((person) => person.received.length >= 4));
  await fake.webhook.settled();
  for (const person of people) expect(person.received.map(({ text }) => text).toSorted()).toEqual([0, 1, 2, 3].map((n) => `đáp: câu ${n}`));
  expect((await station.store.read(countInbox)).done).toBe(20);
  await end();
});

test('copies that arrive at once from many people are stored once each', async () => {
  using folder = freshFolder();
  const { fake, station, end } = await together(folder.path);
  const people = Array.from({ length: 10 }, (_, i) => fake.person(`251252362541251${i}`));
  await Promise.all(people.map((person) => person.writes('một', { copies: 4 })));
  await until(() => people.every((person) => person.received.length === 1));
  expect((await station.store.read(countInbox)).done).toBe(10);
  expect(fake.webhook.deliveries.every(({ status }) => status === 200)).toBe(true);
  await end();
});

test('an answer whose confirmation was lost is settled by Zalo’s echo, and is not said again', async () => {
  using folder = freshFolder();
  let aheadMs = 0;
  const { fake, station, end } = await together(folder.path, {}, {}, () => Date.now() + aheadMs);
  const mai = fake.person('2512523625412515');
  fake.faults.add('/message/cs', { kind: 'lost_reply' });
  await mai.writes('một');
  await until(async () => (await station.store.read(countOutbox)).sent === 1);
  // Long after the time in which an answer that is in doubt waits for its receipt.
  aheadMs = 120_000;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await mai.writes('hai');
  await until(() => mai.received.length >= 2);
  expect(mai.received.map(({ text }) => text)).toEqual(['đáp: một', 'đáp: hai']);
  await end();
});

test('an echo that overtakes the answer to the call is acknowledged at once, and the answer is counted once', async () => {
  using folder = freshFolder();
  const { fake, station, end } = await together(folder.path, { sendTimeoutMs: 2000, receiptGraceMs: 120_000 });
  const mai = fake.person('2512523625412515');
  fake.faults.add('/message/cs', { kind: 'slow', delayMs: 8_000 });
  await mai.writes('một');
  await until(() => fake.webhook.deliveries.some(({ event_name: name }) => name === 'oa_send_text'));
  const echo = fake.webhook.deliveries.find(({ event_name: name }) => name === 'oa_send_text');
  expect(echo?.status).toBe(200);
  // Without waiting for the call, whose answer takes longer.
  expect(echo?.tookMs).toBeLessThan(7_000);
  await new Promise((resolve) => setTimeout(resolve, 8_500));
  expect(mai.received).toHaveLength(1);
  await expect.poll(() => station.store.read(countOutbox)).toMatchObject({ sent: 1, unknown: 0, queued: 0, sending: 0 });
  await end();
});

describe('tokens', () => {
  test('lost consent: what people write is still stored, health says so, and a new consent brings the answers', async () => {
    using folder = freshFolder();
    const { fake, station, end } = await together(folder.path);
    await until(() => station.zalo.health() === 'up');
    fake.oauth.revokeAll();
    const mai = fake.person('2512523625412515');
    // A token that is refused within its first minute is not renewed in a circle; the record says what follows later.
    const storage = tokensIn(station.store);
    const record = await storage.read();
    if (record === null) throw new Error('no tokens');
    await storage.swap(record.version, { ...record, version: record.version + 1, access_token: null, reauth: { since_ms: Date.now(), code: -14020, why: 'test' } });
    await until(() => station.zalo.health() === 'reauth');
    expect(station.troubles).toContain('reauth');
    await mai.writes('một');
    expect(fake.webhook.deliveries.at(-1)).toMatchObject({ event_name: 'user_send_text', status: 200 });
    expect((await station.store.read(countInbox)).new + (await station.store.read(countInbox)).done).toBe(1);
    const again = await storage.read();
    const pair = fake.oauth.issue();
    if (again === null) throw new Error('no tokens');
    await storage.swap(again.version, { ...again, ...pair, version: again.version + 1, reauth: null, obtained_at_ms: Date.now(), expires_at_ms: Date.now() + 90_000_000 });
    await until(() => station.zalo.health() !== 'reauth');
    await end();
  });

  test('are stored once from the seed, sealed, and swapped only from the version that was read', async () => {
    using folder = freshFolder();
    const { fake, station, end } = await together(folder.path);
    await until(() => station.zalo.health() === 'up');
    const storage = tokensIn(station.store);
    const record = await storage.read();
    expect(record?.refresh_token).toBe(fake.oauth.latest?.refresh_token);
    if (record === null) throw new Error('no tokens');
    expect(await storage.swap(record.version - 1, { ...record, version: record.version })).toBe(false);
    expect(await storage.swap(0, { ...record, version: 1 })).toBe(false);
    const both = await Promise.all([1, 2].map((n) => storage.swap(record.version, { ...record, version: record.version + 1, failures: n })));
    expect(both.toSorted()).toEqual([false, true]);
    await end();
  });

  test('sealed by a key that is gone count as none, so that a new consent can replace them', async () => {
    using folder = freshFolder();
    const store = await openOrThrow({ dataDir: folder.path });
    const heard: string[] = [];
    const storage = tokensIn(store, () => {
      heard.push('unreadable');
    });
    const record = { version: 1, oa_id: null, access_token: 'a', refresh_token: 'r', obtained_at_ms: 1, expires_at_ms: 2, pending: null, unsure_since_ms: null, not_before_ms: 0, failures: 0, reauth: null };
    expect(await storage.swap(0, record)).toBe(true);
    expect(await storage.read()).toEqual(record);
    await store.write(({ db }) => db.updateTable('meta').set({ value: '0123456789ab:AAAA' }).where('key', '=', 'sealed:zalo-tokens').execute());
    expect(await storage.read()).toBeNull();
    expect(heard).toEqual(['unreadable']);
    expect(await storage.swap(0, record)).toBe(true);
    expect(await storage.read()).toEqual(record);
    await store.close();
  });
});

test('no token, secret, id or word reaches a log, the console or the files of the store in the open', async () => {
  using folder = freshFolder();
  const printed: string[] = [];
  const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')].map((spy) => spy.mockImplementation((chunk) => {
    printed.push(String(chunk));
    return true;
  }));
  const { fake, station, end } = await together(folder.path, {}, { appSecret: 'CANARY-app-secret', oaSecretKey: 'CANARY-oa-secret' });
  const mai = fake.person('2512523625419999');
  const reasons: string[] = [];
  for (const code of [-201, -32, -230, -999, -216]) fake.faults.add('/message/cs', { kind: 'echo', code });
  await mai.follows();
  await mai.writes('CANARY tin nhắn riêng');
  await mai.sendsImage('https://zalo.example/CANARY.jpg');
  await mai.unfollows();
  await fake.webhook.send({ app_id: fake.app.appId, event_name: 'something_new', timestamp: String(Date.now()), note: 'CANARY' });
  await until(async () => (await station.store.read(countInbox)).done === 4);
  await new Promise((resolve) => setTimeout(resolve, 500));
  reasons.push(...await station.store.read(async ({ db }) => (await db.selectFrom('outbox').select('reason').execute()).map(({ reason }) => reason ?? '')));
  const tokens = [fake.oauth.latest?.access_token ?? '?', fake.oauth.latest?.refresh_token ?? '?'];
  await end();
  for (const spy of spies) spy.mockRestore();
  const files = readdirSync(folder.path).filter((name) => name.startsWith('loa.db')).map((name) => readFileSync(join(folder.path, name)).toString('latin1')).join('');
  for (const [where, text] of Object.entries({ console: printed.join(''), events: station.events.join(' '), troubles: station.troubles.join(' '), reasons: reasons.join(' '), files })) {
    for (const secret of ['CANARY', mai.id, ...tokens]) expect(text.includes(secret), `${secret.slice(0, 20)} in ${where}`).toBe(false);
  }
});

describe('the webhook', () => {
  test('refuses what Zalo did not sign: 401, nothing stored, the operator told once', async () => {
    using folder = freshFolder();
    const { fake, station, end } = await together(folder.path);
    const mai = fake.person('2512523625412515');
    for (const signature of ['wrong_secret', 'missing'] as const) await mai.writes('giả', { signature });
    await mai.writes('giả', { body: 'changed' });
    expect(fake.webhook.deliveries.map(({ status }) => status)).toEqual([401, 401, 401]);
    for (const signature of ['mac', 'bare', 'upper', 'header_time'] as const) await mai.writes(`thật ${signature}`, { signature });
    await until(() => mai.received.length === 4);
    expect(station.troubles.filter((trouble) => trouble === 'signature-refused')).toHaveLength(1);
    await end();
  });

  test('whatever is sent to it, ten thousand times, the answer is 200, 400 or 401, and only what is signed is stored', async () => {
    using folder = freshFolder();
    const { fake, station, end } = await together(folder.path);
    const { appId, oaSecretKey } = fake.app;
    const names = ['user_send_text', 'user_send_image', 'user_send_location', 'user_submit_info', 'follow', 'unfollow', 'oa_send_text', 'user_withdraw', 'user_seen_message', 'anonymous_send_text', 'add_user_to_tag', 'no_such_event'];
    const event = fc.record({
      event_name: fc.constantFrom(...names), app_id: fc.constant(appId), timestamp: fc.constantFrom(String(Date.now()), Date.now(), 'x', null),
      sender: fc.option(fc.record({ id: fc.oneof(fc.string(), fc.integer(), fc.constant('77')), admin_id: fc.option(fc.string()) })), recipient: fc.option(fc.record({ id: fc.string() })),
      follower: fc.option(fc.record({ id: fc.constant('77') })), oa_id: fc.option(fc.string()), info: fc.option(fc.record({ name: fc.string(), ward: fc.string() })),
      message: fc.option(fc.record({ msg_id: fc.string(), text: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('#ll:'), fc.constant('#ll:erase:yes')), attachments: fc.oneof(fc.constant('x'), fc.array(fc.record({ type: fc.string(), payload: fc.object() }))) })),
    });
    const body = fc.oneof({ weight: 4, arbitrary: event.map((value) => JSON.stringify(value)) }, { weight: 1, arbitrary: fc.json() }, { weight: 1, arbitrary: fc.string() });
    const deliveries = fc.sample(fc.tuple(body, fc.boolean()), { numRuns: 10_000 });
    const seen = new Set<number>();
    const deliver = async ([text, signed]: [string, boolean]): Promise<void> => {
      const timestamp = /"timestamp":"?(\d+)/.exec(text)?.[1] ?? '';
      const headers: Record<string, string> = signed ? { 'X-ZEvent-Signature': signWebhook({ appId, body: Buffer.from(text), timestamp, oaSecretKey }) } : {};
      const { status } = await station.zalo.webhook.request('/webhooks/zalo', { method: 'POST', body: text, headers });
      seen.add(status);
      if (![200, 400, 401].includes(status)) throw new Error(`${status} for ${text}`);
      if (!signed && status === 200 && !['', '{}'].includes(text.replace(/\s/g, ''))) throw new Error(`unsigned and taken: ${text}`);
    };
    // Side by side, as they come from Zalo, so that they share commits.
    for (let i = 0; i < deliveries.length; i += 200) await Promise.all(deliveries.slice(i, i + 200).map(deliver));
    expect([...seen].toSorted()).toEqual([200, 400, 401]);
    expect(station.troubles.filter((trouble) => trouble === 'not-stored' || trouble === 'unexpected')).toEqual([]);
    await end();
  });

  test('shows the officer’s browser what to do with the address, and lets nobody keep it', async () => {
    using folder = freshFolder();
    const { station, end } = await together(folder.path);
    const page = await fetch(`${station.webhook}/callback?code=abc&state=x`);
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(await page.text()).toMatch(/Chép toàn bộ địa chỉ/);
    await end();
  });
});
