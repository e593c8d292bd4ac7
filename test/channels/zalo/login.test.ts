import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { startFakeZalo, type FakeZalo } from 'zalo-sdk-adapter/fake';
import { login, type LoginSettings } from '#bot/channels/zalo/login.ts';
import { tokensIn } from '#bot/channels/zalo/tokens.ts';
import { createTexts } from '#locales/texts.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';
import { until } from '../serve.ts';

const texts = await createTexts();
const PUBLIC_URL = 'https://tram.example';

function settingsOf(fake: FakeZalo): LoginSettings {
  return { appId: fake.app.appId, appSecret: fake.app.appSecret, oaSecretKey: fake.app.oaSecretKey, publicUrl: PUBLIC_URL, apiRoot: fake.url, oauthRoot: fake.url };
}

/** An officer at the terminal: reads what is printed, opens the link, and types what `types` makes of the address they land on. */
async function officer(fake: FakeZalo, dataDir: string, types: (address: string) => string, settings: Partial<LoginSettings> = {}, verifier: string | null = null) {
  const store = await openOrThrow({ dataDir });
  const printed: string[] = [];
  const paper = (): Writable => new Writable({ write: (chunk, _encoding, done) => {
    printed.push(String(chunk));
    done();
  } });
  const input = new PassThrough();
  const going = login({ settings: { ...settingsOf(fake), ...settings }, verifier, texts, input, out: paper(), err: paper(), withTokens: (act) => act(tokensIn(store)) });
  void until(() => printed.some((line) => line.includes('Bước 3'))).then(async () => {
    const link = /http\S+permission\S+/.exec(printed.join(''))?.[0] ?? '';
    const landed = await fetch(link, { redirect: 'manual' });
    input.end(`${types(landed.headers.get('location') ?? '')}\n`);
  }).catch(() => input.end());
  const done = await going;
  const record = await tokensIn(store).read();
  await store.close();
  return { done, record, printed: printed.join('') };
}

async function atZalo(): Promise<FakeZalo> {
  return startFakeZalo({ app: { callbacks: [`${PUBLIC_URL}/webhooks/zalo/callback`] } });
}

test('from nothing to an authorised account: the link, the address copied back, the account’s name, the webhook’s address', async () => {
  using folder = freshFolder();
  const fake = await atZalo();
  const { done, record, printed } = await officer(fake, folder.path, (address) => address);
  expect(done).toBe(true);
  expect(record).toMatchObject({ refresh_token: fake.oauth.latest?.refresh_token, oa_id: fake.app.oaId, reauth: null });
  expect(printed).toContain(`${PUBLIC_URL}/webhooks/zalo/callback`);
  expect(printed).toContain('Đã nối với tài khoản');
  for (const secret of [fake.oauth.latest?.access_token ?? '?', fake.oauth.latest?.refresh_token ?? '?', fake.app.appSecret]) expect(printed).not.toContain(secret);
  // Once more, over what is there, with a verifier from the console.
  const again = await officer(fake, folder.path, (address) => `  ${address}  `, {}, 'v'.repeat(43));
  expect(again.done).toBe(true);
  expect(again.record?.refresh_token).toBe(fake.oauth.latest?.refresh_token);
  expect(again.record?.version).toBeGreaterThan(record?.version ?? 99);
  await fake.stop();
});

test.each([
  { types: 'nothing', says: 'Chưa nhận được địa chỉ nào' },
  { types: 'no code', says: 'không có mã' },
  { types: 'the address of another attempt', says: 'không phải của lần làm này' },
  { types: 'a used code', says: 'Zalo không nhận' },
])('an officer who types $types is told what to do, and nothing is stored', async ({ types, says }) => {
  using folder = freshFolder();
  const fake = await atZalo();
  const { done, record, printed } = await officer(fake, folder.path, (address) => {
    if (types === 'nothing') return '';
    if (types === 'no code') return address.split('?')[0] ?? '';
    if (types === 'a used code') return address.replace(/code=[^&]+/, 'code=used');
    return address.replace(/state=[^&]+/, 'state=other');
  });
  expect(done).toBe(false);
  expect(record).toBeNull();
  expect(printed).toContain(says);
  await fake.stop();
});

test('what is missing is named, with where to find it; equal secrets and a plain http address are refused', async () => {
  using folder = freshFolder();
  const fake = await atZalo();
  const missing = await officer(fake, folder.path, (address) => address, { appId: null, publicUrl: null });
  expect(missing.done).toBe(false);
  expect(missing.printed).toMatch(/ZALO_APP_ID.*developers\.zalo\.me/);
  expect(missing.printed).toContain('PUBLIC_URL');
  const same = await officer(fake, folder.path, (address) => address, { oaSecretKey: fake.app.appSecret });
  expect(same.printed).toContain('đang giống nhau');
  const http = await officer(fake, folder.path, (address) => address, { publicUrl: 'http://tram.example' });
  expect(http.printed).toContain('https://');
  await fake.stop();
});
