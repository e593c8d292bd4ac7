import { chromium } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { startFakeZalo } from 'zalo-sdk-adapter/fake';
import { invite } from '#bot/accounts/accounts.ts';
import { codeAt, fromBase32 } from '#bot/accounts/totp.ts';
import { start, type App } from '#bot/app.ts';
import { readConfig } from '#bot/config.ts';
import { createLog } from '#bot/log.ts';
import { listRecordings } from '#bot/store/recordings.ts';
import { openStore, type Store } from '#bot/store/store.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';
import { chromium as installed, freePort, hasChromium } from '#test/machine.ts';
import { freshFolder } from '#test/store/fresh.ts';
import { asks, createClient, PASSWORD, type Client } from '../console/house.ts';
import { hasFfmpeg, recorded, wav } from './sounds.ts';

/** Voices on the platforms' fakes, through the whole program: recorded at the translator's desk, heard by residents, and the other way round. */

type Station = { app: App; store: Store; client: Client; stop: () => Promise<void> };

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** The program over this folder, and somebody of the station who is logged in. */
async function station(dataDir: string, env: Record<string, string>): Promise<Station> {
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...env });
  if (!config.ok) throw new Error(JSON.stringify(config.faults));
  const started = await start(config.config, { log: createLog('silent') });
  if (!started.ok) throw new Error(started.say);
  const { app } = started;
  const opened = await openStore({ dataDir });
  if (!opened.ok) throw new Error(opened.problem.kind);
  const { store } = opened;
  const client = createClient(app.url);
  const login = `hlan${Date.now()}`;
  const link = await store.write((tx) => invite(tx, { name: 'H’Lan', role: 'editor', domains: ['health', 'social', 'food', 'order'], byAccount: null }));
  expect((await client.post(`/staff/join/${link}`, { name: 'H’Lan', title: 'Y sĩ', login, password: PASSWORD })).status).toBe(303);
  if (env['PUBLIC_URL'] !== undefined) {
    // Whoever can be reached from outside needs a code besides the password.
    const page = (await client.get('/staff/code')).text;
    const field = (name: string): string => new RegExp(`name="${name}" value="([^"]+)"`, 'u').exec(page)?.[1] ?? '';
    expect((await client.post('/staff/code', { csrf: field('csrf'), secret: field('secret'), code: codeAt(fromBase32(field('secret')), Math.floor(Date.now() / 30_000)) })).status).toBe(303);
  }
  let isOpen = true;
  const stop = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await store.close();
    await app.stop();
  };
  open.push(stop);
  return { app, store, client, stop };
}

async function sends(at: Station, path: string, fields: Record<string, string>, sound: Uint8Array): Promise<number> {
  const body = new FormData();
  for (const [key, value] of Object.entries(fields)) body.set(key, value);
  body.set('voice', new File([new Uint8Array(sound)], 'ghi-am.ogg'));
  return (await fetch(new URL(path, at.app.url), { method: 'POST', body, redirect: 'manual', headers: { 'cookie': at.client.cookie(), 'sec-fetch-site': 'same-origin' } })).status;
}

/** Records the card on washing hands in Jrai at the translator's desk. */
async function recordCard(at: Station): Promise<void> {
  const page = await at.client.get('/staff/translate?lang=jra&id=card%3A5k.disinfect');
  const csrf = /name="csrf" value="([^"]+)"/u.exec(page.text)?.[1] ?? '';
  expect(await sends(at, '/staff/translate/voice', { csrf, lang: 'jra', show: 'all', id: 'card:5k.disinfect', speaker: 'Ksor H’Nhi', dialect: 'Pleiku', heard: 'yes' }, wav(2))).toBe(303);
  expect(await at.store.read(listRecordings)).toMatchObject([{ subject: 'card:5k.disinfect', lang: 'jra', state: 'approved' }]);
}

/** What somebody of the station says to the one open question. */
async function answersAloud(at: Station): Promise<void> {
  const { csrf, version } = await at.client.seen(1);
  expect(await sends(at, '/staff/ticket/1/voice', { csrf, version }, wav(2))).toBe(303);
}

const telegramEnv = (fake: { token: string; root: string }): Record<string, string> => ({ TELEGRAM_BOT_TOKEN: fake.token, TELEGRAM_API_ROOT: fake.root });
const zaloEnv = (fake: Awaited<ReturnType<typeof startFakeZalo>>, refresh: string): Record<string, string> => ({
  ZALO_APP_ID: fake.app.appId, ZALO_APP_SECRET: fake.app.appSecret, ZALO_OA_SECRET_KEY: fake.app.oaSecretKey, ZALO_REFRESH_TOKEN: refresh, ZALO_API_ROOT: fake.url, ZALO_OAUTH_ROOT: fake.url,
});

const PATIENCE = { interval: 100 };

describe.skipIf(!hasFfmpeg())('voices on the platforms', () => {
  test('on Telegram a card is read aloud as a voice note; the sound is uploaded once, also over a restart', async () => {
    using folder = freshFolder();
    const fake = await startFakeTelegram();
    open.push(() => fake.stop());
    const person = fake.person(42);
    const heard = () => fake.received(42).filter(({ kind }) => kind === 'voice').length;
    const uploads = () => fake.calls.filter(({ method, status, uploads: isUpload }) => method === 'sendVoice' && status === 200 && isUpload).length;
    const hears = async (times: number): Promise<void> => {
      const before = fake.received(42).length;
      person.says('rao tơngan hiư̆m pă');
      await expect.poll(() => JSON.stringify(fake.received(42).slice(before).map(({ keyboard }) => keyboard)), PATIENCE).toContain('Đọc cho tôi nghe');
      person.presses('Đọc cho tôi nghe');
      await expect.poll(heard, PATIENCE).toBe(times);
    };

    const first = await station(folder.path, telegramEnv(fake));
    await recordCard(first);
    person.says('tiếng jrai');
    await expect.poll(() => fake.received(42).length, PATIENCE).toBeGreaterThan(0);
    await hears(1);
    await hears(2);
    expect(uploads()).toBe(1);
    await first.stop();
    await station(folder.path, telegramEnv(fake));
    await hears(3);
    expect(uploads()).toBe(1);
  });

  test('on Zalo a card is read aloud on a page with one big key', async () => {
    using folder = freshFolder();
    const fake = await startFakeZalo();
    open.push(() => fake.stop());
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    const at = await station(folder.path, { ...zaloEnv(fake, fake.oauth.issue().refresh_token), PORT: String(port), PUBLIC_URL: publicUrl });
    expect(await fake.webhook.register(`${at.app.url}/webhooks/zalo`)).toBe(true);
    await recordCard(at);
    const person = fake.person('4711');
    const read = () => person.received.map(({ text }) => text ?? '').join('\n');
    await person.writes('tiếng jrai');
    await person.writes('rao tơngan hiư̆m pă');
    await expect.poll(read, PATIENCE).toContain('rửa tay');
    await person.writes('đọc cho tôi nghe');
    await expect.poll(read, PATIENCE).toContain(`${publicUrl}/nghe/`);
    const address = /http\S+\/nghe\/\S+/u.exec(read())?.[0] ?? '';

    if (!hasChromium()) return;
    const browser = await chromium.launch(installed());
    open.push(() => browser.close());
    const page = await (await browser.newContext({ viewport: { width: 360, height: 640 }, javaScriptEnabled: false })).newPage();
    await page.goto(address);
    const key = page.locator('a.big');
    expect((await key.innerText()).normalize('NFC')).toContain('Rơkâo ih hmư̆'.normalize('NFC'));
    expect((await key.innerText())).toContain('Bấm để nghe (2 giây)');
    expect((await key.boundingBox())?.height ?? 0).toBeGreaterThan(70);
    const sound = await fetch(new URL(await key.getAttribute('href') ?? '', address));
    expect([sound.status, sound.headers.get('content-type')]).toEqual([200, 'audio/mpeg']);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test('in the web chat a card is read aloud by the key that comes with its answer, and by words', async () => {
    using folder = freshFolder();
    const at = await station(folder.path, {});
    await recordCard(at);
    const { cookie } = await asks(at.app.url, 'tiếng jrai');
    await asks(at.app.url, 'rao tơngan hiư̆m pă', cookie);
    const page = await (await fetch(at.app.url, { headers: { cookie } })).text();
    const key = /href="(\/nghe\/[^"]+)" data-aloud/u.exec(page)?.[1] ?? '';
    expect((await fetch(`${at.app.url}${key}/giong`)).headers.get('content-type')).toContain('audio/');
    expect((await asks(at.app.url, 'đọc cho tôi nghe', cookie)).replies[0]?.normalize('NFC')).toMatch(/^Giọng đọc: /u);
    const after = await (await fetch(at.app.url, { headers: { cookie } })).text();
    expect(after.split(`href="${key}" data-aloud`)).toHaveLength(3);
  });

  test("a resident's voice note on Telegram is heard by the station, whose spoken answer comes back as a voice note and is never kept under a file id", async () => {
    using folder = freshFolder();
    const fake = await startFakeTelegram();
    open.push(() => fake.stop());
    const at = await station(folder.path, telegramEnv(fake));
    const person = fake.person(42);
    person.says('tiếng jrai');
    await expect.poll(() => fake.received(42).length, PATIENCE).toBe(1);
    person.sendsVoice(new Uint8Array(recorded('ogg')));
    await expect.poll(() => fake.received(42).at(-1)?.text.normalize('NFC'), PATIENCE).toContain('Kâo hơmâo mơ-it kơ nai ia jrao laih.'.normalize('NFC'));
    const { text } = await at.client.get('/staff/ticket/1');
    expect(text).toContain('tiếng Jrai');
    const said = /\/staff\/ticket\/1\/voice\/\d+/u.exec(text)?.[0] ?? '';
    expect((await at.client.get(said)).headers.get('content-type')).toBe('audio/mpeg');
    await answersAloud(at);
    await expect.poll(() => fake.received(42).at(-1)?.kind, PATIENCE).toBe('voice');
    const answer = fake.received(42).filter(({ text: words }) => words.includes('H’Lan')).map(({ text: words }) => words).join('\n').normalize('NFC');
    expect(answer).toContain('Nai ia jrao pơhiăp lăi glăi kơ ih.'.normalize('NFC'));
  });

  test('a spoken answer is a page for who wrote on Zalo, and a key in the chat for who wrote on the web', async () => {
    using folder = freshFolder();
    const fake = await startFakeZalo();
    open.push(() => fake.stop());
    const port = await freePort();
    const at = await station(folder.path, { ...zaloEnv(fake, fake.oauth.issue().refresh_token), PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` });
    expect(await fake.webhook.register(`${at.app.url}/webhooks/zalo`)).toBe(true);
    const person = fake.person('4711');
    await person.sendsVoice(`${fake.url}/voice.amr`);
    await expect.poll(() => person.received.length, PATIENCE).toBeGreaterThan(0);
    await answersAloud(at);
    const read = () => person.received.map(({ text }) => text ?? '').join('\n');
    await expect.poll(read, PATIENCE).toMatch(/http:\/\/127\.0\.0\.1:\d+\/nghe\//u);
    const address = /http\S+\/nghe\/\S+/u.exec(read())?.[0] ?? '';
    expect(await (await fetch(address)).text()).toContain('trả lời bà con');

    const { cookie } = await asks(at.app.url, 'gặp cán bộ');
    const { csrf, version } = await at.client.seen(2);
    expect(await sends(at, '/staff/ticket/2/voice', { csrf, version }, wav(1))).toBe(303);
    await expect.poll(async () => (await (await fetch(at.app.url, { headers: { cookie } })).text()), PATIENCE).toMatch(/href="\/nghe\/[^"]+" data-aloud/u);
  });
});
