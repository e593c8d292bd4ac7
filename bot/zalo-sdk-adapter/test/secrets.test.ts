import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ZaloBot } from '../bot/client.ts';
import { ZaloBotWebhook } from '../bot/webhook.ts';
import { startFakeZalo, type Fault, type FakeZalo } from '../fake/index.ts';
import type { LogEntry } from '../errors.ts';
import { ZaloOA } from '../oa/client.ts';
import { ZaloOAuth } from '../oauth/client.ts';
import { TokenKeeper } from '../oauth/keeper.ts';
import { fixedToken } from '../oauth/source.ts';
import { FileTokenStorage, MemoryTokenStorage } from '../oauth/storages.ts';
import { unwrap, type Result } from '../result.ts';
import { ZaloWebhook } from '../webhook/receive.ts';
import { ZaloRouter } from '../webhook/router.ts';

/** Each secret looks like nothing else, so that finding it anywhere is finding a leak. */
const CANARIES = {
  appSecret: 'canary-app-secret/+ "1"',
  oaSecretKey: 'canary-oa-key',
  accessToken: 'canary-access+token/=',
  refreshToken: 'canary-refresh+token/=',
  code: 'canary-code+/=',
  verifier: 'canary-verifier',
  botToken: '123:canary-bot-token',
  webhookSecret: 'canary-webhook-secret',
  text: 'canary of what a person wrote',
  userId: '987654321098765',
};

const FAULTS: readonly Fault[] = [
  { kind: 'echo', code: -201 },
  { kind: 'echo', code: -9999 },
  { kind: 'echo', code: -216 },
  { kind: 'echo', code: 500 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 404 },
  { kind: 'refuse' },
  { kind: 'lost_reply' },
  { kind: 'not_json' },
  { kind: 'slow', delayMs: 400 },
];

let zalo: FakeZalo;
let log: LogEntry[];
let seen: unknown[];

beforeEach(async () => {
  zalo = await startFakeZalo();
  log = [];
  seen = [];
});
afterEach(() => zalo.stop());

test.each(FAULTS)('no call that meets %o shows a secret in a failure, an error or the log', async (fault) => {
  zalo.faults.add('/', fault, 1000);
  const options = { timeoutMs: 200, log: (entry: LogEntry) => log.push(entry) };
  const oauth = new ZaloOAuth({ appId: '1', appSecret: CANARIES.appSecret, oauthRoot: zalo.url, ...options });
  const keeper = new TokenKeeper({ oauth, storage: new MemoryTokenStorage(), seedRefreshToken: CANARIES.refreshToken, sleep: () => Promise.resolve(), log: options.log });
  const oa = new ZaloOA({ tokens: fixedToken(CANARIES.accessToken), apiRoot: zalo.url, templateRoot: zalo.url, ...options });
  const bot = new ZaloBot({ token: CANARIES.botToken, apiRoot: zalo.url, ...options });
  const results: Result<unknown>[] = [
    await oauth.exchange({ code: CANARIES.code, verifier: CANARIES.verifier }),
    await keeper.accessToken(),
    await oa.getOa(),
    await oa.uploads.image({ bytes: new Uint8Array(3), filename: 'a.png' }),
    await oa.sendText(CANARIES.userId, CANARIES.text),
    await oa.templates.sendToUser({ user_id: CANARIES.userId, template_id: '1', template_data: { name: CANARIES.text } }),
    await bot.getMe(),
    await bot.sendMessage(CANARIES.userId, CANARIES.text),
    await bot.setWebhook({ url: 'https://x.example/', secret_token: CANARIES.webhookSecret }),
  ];
  seen.push(log, results, await keeper.status(), oauth, keeper, oa, bot);
  for (const result of results) {
    try {
      unwrap(result);
    } catch (error) {
      seen.push(error, error instanceof Error ? error.stack : null);
    }
  }
  expect(results.every((result) => !result.ok) || fault.kind === 'slow').toBe(true);
  expectNoCanary();
});

test('an address that cannot be read does not show the token that is part of it', async () => {
  const bot = new ZaloBot({ token: CANARIES.botToken, apiRoot: 'not an address' });
  const result = await bot.getMe();
  expect(result).toMatchObject({ ok: false, failure: { kind: 'unreached', acted: 'no' } });
  seen.push(result);
  expectNoCanary();
});

test('objects that hold secrets do not show them when they are printed or made JSON', () => {
  const oauth = new ZaloOAuth({ appId: '1', appSecret: CANARIES.appSecret });
  const oa = new ZaloOA({ tokens: fixedToken(CANARIES.accessToken) });
  seen.push(
    oauth, oa, oa.users, new ZaloRouter(oa),
    new TokenKeeper({ oauth, storage: new FileTokenStorage('/nowhere'), seedRefreshToken: CANARIES.refreshToken }),
    new ZaloBot({ token: CANARIES.botToken }),
    new ZaloBotWebhook({ secretToken: CANARIES.webhookSecret }),
    new ZaloWebhook({ appId: '1', oaSecretKey: CANARIES.oaSecretKey }),
  );
  expectNoCanary();
});

test('a refused webhook says why without what it said or how it should have been signed', () => {
  const webhook = new ZaloWebhook({ appId: '1', oaSecretKey: CANARIES.oaSecretKey });
  const body = JSON.stringify({ app_id: '1', event_name: 'user_send_text', timestamp: String(Date.now()), message: { text: CANARIES.text } });
  seen.push(webhook.receive(Buffer.from(body), { 'x-zevent-signature': 'mac=0' }), webhook.receive(Buffer.from(`${body}x`), {}));
  expectNoCanary();
});

test('a damaged token file is reported without its content', async () => {
  const { mkdtemp, writeFile } = await import('node:fs/promises');
  const folder = await mkdtemp('/tmp/zalo-canary-');
  await writeFile(`${folder}/tokens-1.json`, `{"refresh_token":"${CANARIES.refreshToken}"`);
  const oauth = new ZaloOAuth({ appId: '1', appSecret: CANARIES.appSecret });
  const keeper = new TokenKeeper({ oauth, storage: new FileTokenStorage(folder), log: (entry) => log.push(entry) });
  seen.push(await keeper.accessToken(), log);
  expect(log).toMatchObject([{ event: 'zalo_token_storage_failed' }]);
  expectNoCanary();
});

function expectNoCanary(): void {
  const shown = seen.map((each) => `${inspect(each, { depth: 20, showHidden: true })}\n${JSON.stringify(each)}`).join('\n');
  for (const secret of Object.values(CANARIES)) {
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), new URLSearchParams({ s: secret }).toString().slice(2)]) expect(shown).not.toContain(form);
  }
}
