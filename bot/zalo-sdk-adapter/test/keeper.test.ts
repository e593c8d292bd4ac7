import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock, startFakeZalo, type FakeZalo } from '../fake/index.ts';
import type { LogEntry } from '../errors.ts';
import { ZaloOAuth } from '../oauth/client.ts';
import { TokenKeeper } from '../oauth/keeper.ts';
import { challengeOf } from '../oauth/pkce.ts';
import type { TokenRecord, TokenStorage } from '../oauth/record.ts';
import { FileTokenStorage, MemoryTokenStorage } from '../oauth/storages.ts';
import { unwrap } from '../result.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let clock: ManualClock;
let zalo: FakeZalo;
let log: LogEntry[];

beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-22T02:00:00Z'));
  zalo = await startFakeZalo({ clock });
  log = [];
});
afterEach(() => zalo.stop());

describe('the consent of an admin', () => {
  test('goes from the link with PKCE to a stored pair', async () => {
    const { keeper, storage } = keeping();
    const begun = oauth().authorise({ redirectUri: 'https://bot.example/zalo/callback', state: 'abc' });
    const redirected = await fetch(begun.url, { redirect: 'manual' });
    const callback = new URL(redirected.headers.get('location') ?? '');
    expect(callback.searchParams.get('state')).toBe('abc');
    const pair = unwrap(await oauth().exchange({ code: callback.searchParams.get('code') ?? '', verifier: begun.verifier }));
    expect(pair.expires_in_seconds).toBe(90_000);
    await keeper.accept(pair, callback.searchParams.get('oa_id'));
    expect(await storage.read()).toMatchObject({ ...latest(), oa_id: zalo.app.oaId, pending: null });
  });

  test('uses the verifier that is saved in the console, when there is one', () => {
    const verifier = 'v'.repeat(43);
    const begun = oauth().authorise({ redirectUri: 'https://bot.example/zalo/callback', verifier });
    expect(new URL(begun.url).searchParams.get('code_challenge')).toBe(challengeOf(verifier));
    expect(oauth().authorise({ redirectUri: 'https://x.example/' }).verifier).toMatch(/^[\w-]{43}$/);
  });

  test('the challenge is the one of RFC 7636', () => {
    expect(challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });

  test('with a code that was used, a wrong verifier or an old code is refused with a remedy', async () => {
    const code = zalo.oauth.consent(challengeOf('right'));
    expect(await oauth().exchange({ code, verifier: 'wrong' })).toMatchObject({ ok: false, failure: { kind: 'refused', code: -118, remedy: { kind: 'human' } } });
    const late = zalo.oauth.consent(challengeOf('right'));
    await clock.advance(11 * 60_000);
    expect(await oauth().exchange({ code: late, verifier: 'right' })).toMatchObject({ ok: false, failure: { code: -118 } });
  });
});

describe('an access token', () => {
  test('is asked for once in its first 80 percent, and then renewed', async () => {
    const { keeper } = await authorised();
    const first = unwrap(await keeper.accessToken());
    await clock.advance(19.9 * HOUR);
    expect(unwrap(await keeper.accessToken())).toBe(first);
    await clock.advance(0.2 * HOUR);
    expect(unwrap(await keeper.accessToken())).toBe(latest().access_token);
    expect(zalo.oauth.asked.refresh_token).toBe(1);
  });

  test('is refreshed once, however many ask at the same time', async () => {
    const { keeper } = await authorised();
    await clock.advance(26 * HOUR);
    const tokens = await Promise.all(Array.from({ length: 50 }, () => keeper.accessToken()));
    expect(new Set(tokens.map(unwrap))).toEqual(new Set([latest().access_token]));
    expect(zalo.oauth.asked.refresh_token).toBe(1);
  });

  test('is refreshed once by several keepers that share a storage', async () => {
    const { storage } = await authorised();
    await clock.advance(26 * HOUR);
    const keepers = Array.from({ length: 8 }, () => keeping(storage).keeper);
    const tokens = await Promise.all(keepers.map((keeper) => keeper.accessToken()));
    expect(new Set(tokens.map(unwrap))).toEqual(new Set([latest().access_token]));
    expect(zalo.oauth.asked.refresh_token).toBe(1);
  });

  test('obeys the life that Zalo states, also one of an hour', async () => {
    zalo.oauth.accessLifeSeconds = 3600;
    const { keeper } = await authorised(3600);
    await clock.advance(0.81 * HOUR);
    unwrap(await keeper.accessToken());
    expect(zalo.oauth.asked.refresh_token).toBe(1);
  });

  test('that Zalo calls invalid is renewed, unless another has renewed it already', async () => {
    const { keeper, storage } = await authorised();
    const old = unwrap(await keeper.accessToken());
    await clock.advance(HOUR);
    const renewed = await Promise.all([keeper.renew(old), keeper.renew(old), keeping(storage).keeper.renew(old)]);
    expect(new Set(renewed.map(unwrap))).toEqual(new Set([latest().access_token]));
    expect(zalo.oauth.asked.refresh_token).toBe(1);
  });

  test('less than a minute old is not renewed in a circle', async () => {
    const { keeper } = await authorised();
    const token = unwrap(await keeper.accessToken());
    expect(await keeper.renew(token)).toMatchObject({ ok: false, failure: { code: -216, remedy: { kind: 'human' } } });
    expect(zalo.oauth.asked.refresh_token).toBe(0);
  });

  test('from a seed is used once, when the storage is empty', async () => {
    const { keeper, storage } = keeping(new MemoryTokenStorage(), { seedRefreshToken: zalo.oauth.issue().refresh_token });
    unwrap(await keeper.accessToken());
    await clock.advance(26 * HOUR);
    unwrap(await keeping(storage, { seedRefreshToken: 'stale' }).keeper.accessToken());
    expect(await storage.read()).toMatchObject(latest());
  });

  test('that nobody has authorised is a failure that asks for a person', async () => {
    expect(await keeping().keeper.accessToken()).toMatchObject({ ok: false, failure: { kind: 'reauth_required', remedy: { kind: 'human' } } });
    expect(await keeping().keeper.status()).toMatchObject({ state: 'empty' });
  });
});

describe('when a refresh fails', () => {
  test('the token that still lives goes on being used, and the next try waits', async () => {
    const { keeper } = await authorised();
    const old = unwrap(await keeper.accessToken());
    await clock.advance(21 * HOUR);
    zalo.faults.add('access_token', { kind: 'status', status: 500 }, 9);
    for (let asked = 0; asked < 20; asked += 1) expect(unwrap(await keeper.accessToken())).toBe(old);
    zalo.faults.clear();
    await clock.advance(16_000);
    expect(unwrap(await keeper.accessToken())).toBe(latest().access_token);
    expect(latest().access_token).not.toBe(old);
  });

  test('before anything was sent, the token is not lost', async () => {
    const { keeper } = await authorised();
    await clock.advance(26 * HOUR);
    zalo.faults.add('access_token', { kind: 'status', status: 503 });
    expect(await keeper.accessToken()).toMatchObject({ ok: false, failure: { kind: 'unreached', acted: 'no', remedy: { kind: 'retry' } } });
    await clock.advance(16_000);
    expect(unwrap(await keeper.accessToken())).toBe(latest().access_token);
  });

  test.each(['lost_reply', 'not_json'] as const)('after Zalo acted (%s), one more try finds out, and a person is asked', async (kind) => {
    const { keeper } = await authorised();
    await clock.advance(26 * HOUR);
    zalo.faults.add('access_token', { kind });
    const failure = await keeper.accessToken();
    expect(failure).toMatchObject({ ok: false, failure: { kind: 'reauth_required', code: -14020 } });
    expect(zalo.oauth.asked.refresh_token).toBe(2);
    await clock.advance(DAY);
    await keeper.accessToken();
    expect(zalo.oauth.asked.refresh_token).toBe(2);
    expect(await keeper.status()).toMatchObject({ state: 'reauth_required', reauth: { code: -14020 } });
  });

  test('with the network gone for hours it asks more and more rarely, and comes back by itself', async () => {
    const { keeper } = await authorised();
    await clock.advance(26 * HOUR);
    zalo.faults.add('access_token', { kind: 'refuse' }, 10_000);
    for (let minute = 0; minute < 240; minute += 1) {
      await keeper.accessToken();
      await clock.advance(60_000);
    }
    expect(log.filter(({ event }) => event === 'zalo_refresh_failed').length).toBeLessThan(25);
    expect(await keeper.status()).toMatchObject({ state: 'unsure' });
    zalo.faults.clear();
    await clock.advance(15 * 60_000);
    expect(unwrap(await keeper.accessToken())).toBe(latest().access_token);
    expect(await keeper.status()).toMatchObject({ state: 'ready' });
  });

  test('for good, the last access token is used until it ends', async () => {
    const { keeper } = await authorised();
    const old = unwrap(await keeper.accessToken());
    await clock.advance(21 * HOUR);
    zalo.faults.add('access_token', { kind: 'code', code: -14014 });
    expect(unwrap(await keeper.accessToken())).toBe(old);
    expect(await keeper.status()).toMatchObject({ state: 'reauth_required' });
    await clock.advance(5 * HOUR);
    expect(await keeper.accessToken()).toMatchObject({ ok: false, failure: { kind: 'reauth_required' } });
  });

  test('a new consent ends the state', async () => {
    const { keeper } = await authorised();
    await clock.advance(26 * HOUR);
    zalo.oauth.revokeAll();
    expect(await keeper.accessToken()).toMatchObject({ ok: false });
    await keeper.accept({ ...zalo.oauth.issue(), expires_in_seconds: 90_000 }, zalo.app.oaId);
    expect(unwrap(await keeper.accessToken())).toBe(latest().access_token);
  });

  test('for a wrong app secret, one more try can be asked for once it is put right', async () => {
    const { storage } = await authorised();
    await clock.advance(26 * HOUR);
    const wrong = new TokenKeeper({ oauth: new ZaloOAuth({ appId: zalo.app.appId, appSecret: 'wrong', oauthRoot: zalo.url }), storage, now: () => clock.now() });
    expect(await wrong.accessToken()).toMatchObject({ ok: false, failure: { kind: 'reauth_required', code: -14002 } });
    expect(unwrap(await keeping(storage).keeper.tryAgain())).toBe(latest().access_token);
  });
});

describe('when the storage fails', () => {
  test('after the refresh, the pair is kept and stored as soon as it can be, and not used before', async () => {
    const { storage } = await authorised();
    const broken = new Breakable(storage);
    const { keeper } = keeping(broken);
    await clock.advance(26 * HOUR);
    broken.failsAfterSwaps = 1;
    expect(await keeper.accessToken()).toMatchObject({ ok: false, failure: { kind: 'storage' } });
    expect(await storage.read()).not.toMatchObject(latest());
    broken.failsAfterSwaps = Infinity;
    expect(unwrap(await keeper.accessToken())).toBe(latest().access_token);
    expect(await storage.read()).toMatchObject(latest());
    expect(zalo.oauth.asked.refresh_token).toBe(1);
  });

  test('for reading, the token that is known goes on', async () => {
    const { storage } = await authorised();
    const broken = new Breakable(storage);
    const { keeper } = keeping(broken);
    const token = unwrap(await keeper.accessToken());
    broken.failsAfterSwaps = 0;
    await clock.advance(21 * HOUR);
    expect(unwrap(await keeper.accessToken())).toBe(token);
  });
});

test('a pair that arrives late is stored over the verdict of a process that thought its owner dead', async () => {
  const { storage } = await authorised();
  await clock.advance(26 * HOUR);
  zalo.faults.add('access_token', { kind: 'slow', delayMs: 400 });
  const slow = keeping(storage).keeper.accessToken();
  await until(async () => (await storage.read())?.pending != null && zalo.oauth.asked.refresh_token === 1);
  await clock.advance(60_000);
  expect(await keeping(storage).keeper.accessToken()).toMatchObject({ ok: false, failure: { code: -14020 } });
  expect(unwrap(await slow)).toBe(latest().access_token);
  expect(await storage.read()).toMatchObject({ ...latest(), reauth: null });
});

test('an old refresh token is told, since something keeps the program from refreshing', async () => {
  const { keeper } = await authorised();
  await clock.advance(76 * DAY);
  expect(await keeper.status()).toMatchObject({ refreshTokenIsOld: true, refreshTokenAgeMs: 76 * DAY });
});

describe('the storage in files', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'zalo-tokens-'))));
  afterEach(() => rm(folder, { recursive: true }));

  test.each([
    ['memory', () => new MemoryTokenStorage()],
    ['files', () => new FileTokenStorage(join(folder, 'oa'))],
  ])('keeps the contract of a storage, as %s does', async (_, make) => {
    const storage = make();
    expect(await storage.read()).toBeNull();
    expect(await storage.swap(0, record(1))).toBe(true);
    expect(await storage.swap(0, record(1))).toBe(false);
    expect(await storage.swap(1, record(2, 'b'))).toBe(true);
    expect(await storage.swap(1, record(2, 'c'))).toBe(false);
    expect(await storage.read()).toEqual(record(2, 'b'));
    const races = await Promise.all(Array.from({ length: 20 }, (_each, index) => storage.swap(2, record(3, `r${index}`))));
    expect(races.filter(Boolean)).toHaveLength(1);
    expect(await storage.read()).toMatchObject({ refresh_token: `r${races.indexOf(true)}` });
  });

  test('is readable by its owner only, and leaves neither old versions nor half-written ones behind', async () => {
    const storage = new FileTokenStorage(folder);
    for (let version = 1; version <= 20; version += 1) await storage.swap(version - 1, record(version));
    expect((await readdir(folder)).sort()).toEqual(['tokens-19.json', 'tokens-20.json']);
    expect((await stat(join(folder, 'tokens-20.json'))).mode & 0o077).toBe(0);
  });

  test('says so when a file is damaged', async () => {
    const storage = new FileTokenStorage(folder);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(join(folder, 'tokens-1.json'), '{"version":1');
    await expect(storage.read()).rejects.toThrow(/damaged/);
  });
});

class Breakable implements TokenStorage {
  failsAfterSwaps = Infinity;
  readonly #inner: TokenStorage;
  constructor(inner: TokenStorage) {
    this.#inner = inner;
  }
  read(): Promise<TokenRecord | null> {
    return this.failsAfterSwaps <= 0 ? Promise.reject(new Error('disk full')) : this.#inner.read();
  }
  swap(version: number, next: TokenRecord): Promise<boolean> {
    if (this.failsAfterSwaps <= 0) return Promise.reject(new Error('disk full'));
    this.failsAfterSwaps -= 1;
    return this.#inner.swap(version, next);
  }
}

function oauth() {
  return new ZaloOAuth({ appId: zalo.app.appId, appSecret: zalo.app.appSecret, oauthRoot: zalo.url, now: () => clock.now() });
}

function keeping(storage: TokenStorage = new MemoryTokenStorage(), more: { seedRefreshToken?: string } = {}) {
  // Real time passes too, so that the fake can answer while a keeper waits.
  const sleep = () => new Promise((resolve) => setTimeout(resolve, 5));
  const keeper = new TokenKeeper({ oauth: oauth(), storage, now: () => clock.now(), sleep, log: (entry) => log.push(entry), ...more });
  return { keeper, storage };
}

async function authorised(expiresInSeconds = 90_000) {
  const made = keeping();
  await made.keeper.accept({ ...zalo.oauth.issue(), expires_in_seconds: expiresInSeconds }, zalo.app.oaId);
  return made;
}

function latest() {
  if (zalo.oauth.latest === null) throw new Error('no pair was issued');
  return zalo.oauth.latest;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

function record(version: number, refresh = 'r'): TokenRecord {
  return { version, oa_id: null, access_token: 'a', refresh_token: refresh, obtained_at_ms: 1, expires_at_ms: 2, pending: null, unsure_since_ms: null, not_before_ms: 0, failures: 0, reauth: null };
}
