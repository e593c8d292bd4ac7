import { createServer } from 'node:net';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startFakeZalo } from 'zalo-sdk-adapter/fake';
import { readConfig } from '#bot/config.ts';
import { cardFolders } from '#bot/conversation/assemble.ts';
import type { Level } from '#bot/doctor/finding.ts';
import { withoutSecrets } from '#bot/doctor/doctor.ts';
import { publish } from '#bot/store/revisions.ts';
import { verb } from '#bot/verbs/doctor.ts';
import { formatCard } from '#knowledge/card-file.ts';
import { dayOf } from '#knowledge/day.ts';
import { loadCards } from '#knowledge/load.ts';
import { cardPrint } from '#knowledge/revisions.ts';
import { createTexts } from '#locales/texts.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';

const texts = await createTexts();

type Said = { id: string; level: Level; fine: boolean; say: string };

function configOf(env: Record<string, string>) {
  const read = readConfig(env);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.config;
}

async function run(env: Record<string, string>, ...args: string[]): Promise<{ code: number; printed: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await verb.run(args, { config: configOf(env), texts, out, err, input: new PassThrough() });
  return { code, printed: `${String(out.read() ?? '')}${String(err.read() ?? '')}` };
}

/** What the doctor says of each thing, by its id. */
async function look(env: Record<string, string>): Promise<{ code: number; printed: string; of: (id: string) => string }> {
  const { code, printed } = await run(env, '--json');
  const said: Said[] = JSON.parse(printed);
  return { code, printed, of: (id) => said.filter((each) => each.id === id).map((each) => each.level).join(' ') };
}

/** A place with numbers of its own, which are nobody's. */
function ownPlace(dir: string): string {
  const place = join(dir, 'xa-minh');
  mkdirSync(place);
  let number = 0;
  writeFileSync(join(place, 'place.yaml'), readFileSync('knowledge/places/mau/place.yaml', 'utf8')
    .replace('sample: true', '').replaceAll(/0900 000 \d{3}/g, () => `0269 000 ${String(number += 1).padStart(4, '0')}`));
  return place;
}

test('a fresh machine: the sample place is wrong to go live with, nothing else is, and nothing is made by looking', async () => {
  using folder = freshFolder();
  const env = { DATA_DIR: join(folder.path, 'none') };
  const { code, of } = await look(env);
  expect(code).toBe(1);
  expect([of('place'), of('duty'), of('store'), of('redis'), of('telegram'), of('zalo'), of('cards'), of('disk')]).toEqual(['wrong', 'wrong', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
  const plain = await run({ ...env, PLACE: ownPlace(folder.path) });
  expect(plain.code).toBe(0);
  expect(plain.printed).toContain('0 điều cần sửa');
  expect((await run(env, '--nothing')).code).toBe(2);
  expect(() => readFileSync(join(env.DATA_DIR, 'loa.db'))).toThrow();
  // What the first start would stumble over is no "will be made".
  writeFileSync(join(folder.path, 'tep'), '');
  expect((await look({ DATA_DIR: join(folder.path, 'tep', 'data') })).of('store')).toBe('wrong');
});

test('with both platforms, every line is asked, and no secret is ever printed', async () => {
  using folder = freshFolder();
  const [telegram, zalo] = await Promise.all([startFakeTelegram(), startFakeZalo()]);
  telegram.group(-1001, { forum: true, admin: true });
  const store = await openOrThrow({ dataDir: folder.path });
  await store.close();
  const seed = zalo.oauth.issue();
  const { tokensIn } = await import('#bot/channels/zalo/tokens.ts');
  const env = {
    DATA_DIR: folder.path, PLACE: ownPlace(folder.path),
    TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.root, TELEGRAM_WEBHOOK_SECRET: 'canary-telegram-secret', TELEGRAM_STAFF_CHAT_ID: '-1001',
    ZALO_APP_ID: zalo.app.appId, ZALO_APP_SECRET: zalo.app.appSecret, ZALO_OA_SECRET_KEY: zalo.app.oaSecretKey, ZALO_API_ROOT: zalo.url, ZALO_OAUTH_ROOT: zalo.url,
    ZALO_REFRESH_TOKEN: 'canary-refresh-token', REDIS_URL: 'redis://:canary-redis-password@127.0.0.1:9',
  };
  const before = await look(env);
  expect([before.of('zalo-tokens'), before.of('zalo-webhook'), before.of('redis'), before.of('address')]).toEqual(['wrong', 'warning', 'wrong', 'wrong']);

  const filled = await openOrThrow({ dataDir: folder.path });
  await tokensIn(filled).swap(0, {
    version: 1, oa_id: zalo.app.oaId, access_token: seed.access_token, refresh_token: seed.refresh_token, obtained_at_ms: Date.now(), expires_at_ms: Date.now() + 90_000_000,
    pending: null, unsure_since_ms: null, not_before_ms: 0, failures: 0, reauth: null,
  });
  await filled.close();
  const after = await look(env);
  for (const id of ['telegram', 'telegram-updates', 'telegram-group', 'zalo-secrets', 'zalo-tokens', 'zalo-account', 'clock', 'store', 'key', 'duty', 'place']) expect(`${id} ${after.of(id)}`).toBe(`${id} ok`);
  expect(after.of('roster')).toBe('warning');

  telegram.updates.setWebhook({ url: 'https://elsewhere.example/hook', secret: '', allowed: null, maxConnections: 1 }, false);
  expect((await look(env)).of('telegram-updates')).toBe('warning');
  expect((await look({ ...env, ZALO_APP_SECRET: env.ZALO_OA_SECRET_KEY })).of('zalo-secrets')).toBe('wrong');
  expect((await look({ ...env, ZALO_APP_SECRET: '' })).of('zalo-secrets')).toBe('wrong');
  telegram.revokeToken();
  expect((await look(env)).of('telegram')).toBe('wrong');

  const plain = await run(env);
  for (const secret of [telegram.token, zalo.app.appSecret, zalo.app.oaSecretKey, seed.access_token, seed.refresh_token, 'canary-']) {
    for (const said of [before.printed, after.printed, plain.printed]) expect(said).not.toContain(secret);
  }
  await Promise.all([telegram.stop(), zalo.stop()]);
});

test('what staff signed in the console counts, and a card that was changed in two places is named', async () => {
  using folder = freshFolder();
  const env = { DATA_DIR: folder.path };
  const store = await openOrThrow({ dataDir: folder.path });
  const unsigned = async (): Promise<number> => Number(/(\d+) thẻ có phần chuyên môn chưa duyệt/.exec((await run(env)).printed)?.[1] ?? 0);
  const before = await unsigned();
  const { cards } = await loadCards(cardFolders('knowledge/places/mau'), dayOf(Date.now()));
  const card = cards.find(({ clinical, review }) => clinical !== null && review.status !== 'signed');
  if (card === undefined) throw new Error('every card is signed');
  const signed = formatCard({ ...card, review: { status: 'signed', by: 'Y Thử Một', role: 'trưởng trạm', on: '2026-11-22' } });
  await store.write((tx) => publish(tx, { cardId: card.id, text: signed, of: cardPrint(card), accountId: null }));
  expect(await unsigned()).toBe(before - 1);
  expect((await look(env)).of('conflicts')).toBe('');
  await store.write((tx) => publish(tx, { cardId: card.id, text: signed, of: 'another', accountId: null }));
  expect((await look(env)).of('conflicts')).toBe('warning');
  await store.close();
});

test('an address that Telegram never calls, and a seed that waits for the first start, are told with what to do', async () => {
  using folder = freshFolder();
  const telegram = await startFakeTelegram();
  const env = { DATA_DIR: folder.path, TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.root, PUBLIC_URL: 'https://tram.invalid:8081' };
  const webhook = await look({ ...env, TELEGRAM_MODE: 'webhook' });
  expect(webhook.of('address')).toBe('wrong');
  expect((await run({ ...env, TELEGRAM_MODE: 'webhook' })).printed).toMatch(/443, 80, 88 hoặc 8443.*TELEGRAM_MODE=polling/u);
  expect((await look({ ...env, TELEGRAM_MODE: 'polling' })).of('address')).toBe('warning');
  expect((await look({ ...env, TELEGRAM_MODE: 'webhook', PUBLIC_URL: 'https://tram.invalid:8443' })).of('address')).toBe('warning');
  await telegram.stop();

  const zalo = { DATA_DIR: folder.path, ZALO_APP_ID: '1234567890123456789', ZALO_APP_SECRET: 'một', ZALO_OA_SECRET_KEY: 'hai', ZALO_API_ROOT: 'http://127.0.0.1:9', ZALO_OAUTH_ROOT: 'http://127.0.0.1:9' };
  const line = async (more: Record<string, string>): Promise<string> => /^.*Chưa nối tài khoản Zalo OA.*$/mu.exec((await run({ ...zalo, ...more })).printed)?.[0] ?? '';
  expect(await line({})).not.toContain('ZALO_REFRESH_TOKEN');
  expect(await line({ ZALO_REFRESH_TOKEN: 'canary-seed' })).toMatch(/Chạy chương trình một lần.*zalo login/u);
});

test('a platform that repeats a secret back is not quoted', () => {
  const config = configOf({ ZALO_APP_SECRET: 'canary-app-secret', DATABASE_URL: 'postgres://u:canary@h/d' });
  expect(withoutSecrets('error: canary-app-secret at postgres://u:canary@h/d', config)).toBe('error: *** at ***');
});

describe('without a network', () => {
  test.each(['refuses', 'swallows'] as const)('that %s, the doctor says so within seconds and goes on', async (how) => {
    using folder = freshFolder();
    const hole = createServer(() => undefined);
    hole.listen(0, '127.0.0.1');
    await once(hole, 'listening');
    const address = hole.address();
    const port = how === 'refuses' || address === null || typeof address === 'string' ? 9 : address.port;
    const root = `http://127.0.0.1:${port}`;
    const beganMs = performance.now();
    const { of } = await look({
      DATA_DIR: folder.path, PUBLIC_URL: `https://127.0.0.1:${port}`, TELEGRAM_BOT_TOKEN: '123456:canary-canary-canary-canary', TELEGRAM_API_ROOT: root,
      ZALO_BOT_TOKEN: '1:canary', ZALO_BOT_API_ROOT: root, REDIS_URL: `redis://127.0.0.1:${port}`,
    });
    // All are asked side by side, each for a few seconds; one after the other on a slow machine would take minutes.
    expect(performance.now() - beganMs).toBeLessThan(60_000);
    expect([of('telegram'), of('zalo-bot'), of('clock'), of('address'), of('redis'), of('cards')]).toEqual(['warning', 'warning', 'warning', 'warning', 'wrong', 'ok']);
    hole.close();
  });
});
