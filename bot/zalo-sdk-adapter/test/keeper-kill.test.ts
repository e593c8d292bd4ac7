import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFakeZalo, type FakeZalo } from '../fake/index.ts';
import { isObject, parseJson, textAt } from '../json.ts';
import { FileTokenStorage } from '../oauth/storages.ts';

const NODE = process.execPath;
const LEASE_AND_MORE_MS = 60_000;

let zalo: FakeZalo;
let folder: string;

beforeEach(async () => {
  zalo = await startFakeZalo();
  folder = await mkdtemp(join(tmpdir(), 'zalo-kill-'));
  const pair = zalo.oauth.issue();
  const longAgo = Date.now() - 26 * 3_600_000;
  await new FileTokenStorage(folder).swap(0, {
    version: 1, oa_id: zalo.app.oaId, ...pair, obtained_at_ms: longAgo, expires_at_ms: longAgo + 90_000_000, pending: null, unsure_since_ms: null, not_before_ms: 0, failures: 0, reauth: null,
  });
});
afterEach(async () => {
  await zalo.stop();
  await rm(folder, { recursive: true });
});

describe('killed during a refresh', () => {
  test.each(['after reading', 'before storing the mark', 'after storing the mark', 'before asking Zalo'])('%s, nothing is lost: the next process refreshes', async (step) => {
    expect(await ask({ DIE: step })).toEqual({ signal: 'SIGKILL' });
    expect(await ask({ LATER_MS: String(LEASE_AND_MORE_MS) })).toEqual({ token: zalo.oauth.latest?.access_token });
    expect(zalo.oauth.asked.refresh_token).toBe(1);
  });

  test.each(['when Zalo has answered', 'before storing the pair'])('%s, the token is gone: the next process tries once, says so, and does not loop', async (step) => {
    expect(await ask({ DIE: step })).toEqual({ signal: 'SIGKILL' });
    expect(await ask({ LATER_MS: String(LEASE_AND_MORE_MS) })).toEqual({ failure: 'reauth_required' });
    expect(await ask({ LATER_MS: String(2 * LEASE_AND_MORE_MS) })).toEqual({ failure: 'reauth_required' });
    expect(zalo.oauth.asked.refresh_token).toBe(2);
    const record = await new FileTokenStorage(folder).read();
    expect(record?.reauth).toMatchObject({ code: -14020 });
    expect(record?.reauth?.why).toContain('an earlier refresh was lost');
  });

  test.each(['after storing the pair', 'before handing the token out'])('%s, the new token is there', async (step) => {
    expect(await ask({ DIE: step })).toEqual({ signal: 'SIGKILL' });
    expect(await ask({})).toEqual({ token: zalo.oauth.latest?.access_token });
    expect(zalo.oauth.asked.refresh_token).toBe(1);
  });

  test('the next process waits for the lease to end before it takes over', async () => {
    expect(await ask({ DIE: 'after storing the mark' })).toEqual({ signal: 'SIGKILL' });
    const markedMs = (await new FileTokenStorage(folder).read())?.pending?.since_ms ?? Infinity;
    expect(await ask({ TIMEOUT_MS: '3000' })).toEqual({ token: zalo.oauth.latest?.access_token });
    expect(Date.now() - markedMs).toBeGreaterThanOrEqual(9_000);
  });
});

test('six processes at once ask Zalo once, and all get the same token', async () => {
  zalo.faults.add('access_token', { kind: 'slow', delayMs: 500 });
  const answers = await Promise.all(Array.from({ length: 6 }, () => ask({})));
  expect(answers).toEqual(Array.from({ length: 6 }, () => ({ token: zalo.oauth.latest?.access_token })));
  expect(zalo.oauth.asked.refresh_token).toBe(1);
});

test('a process that is killed while it writes files leaves the last safe version, whole', async () => {
  const inside = join(folder, 'writes');
  let safe = 0;
  for (let round = 0; round < 8; round += 1) {
    const child = spawn(NODE, [join(import.meta.dirname, 'write-process.ts')], { env: { FOLDER: inside }, stdio: ['ignore', 'pipe', 'inherit'] });
    const said: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => said.push(chunk));
    // Two at the least, however slow the disk is; then at any moment of the next ones.
    await expect.poll(() => said.join('').split('\n').length, { interval: 5 }).toBeGreaterThan(2);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    child.kill('SIGKILL');
    await once(child, 'close');
    safe = Math.max(safe, ...said.join('').split('\n').slice(0, -1).map(Number));
    const record = await new FileTokenStorage(inside).read();
    expect(record?.version).toBeGreaterThanOrEqual(safe);
    expect(record?.access_token).toBe(String(record?.version).repeat(400));
    expect(record?.refresh_token).toBe(record?.access_token);
  }
  expect(safe).toBeGreaterThanOrEqual(16);
});

/** Runs the process and reads what it says: a token, a failure, or the signal that ended it. */
async function ask(env: Record<string, string>): Promise<{ token?: string | undefined; failure?: string | undefined; signal?: string }> {
  const child = spawn(NODE, [join(import.meta.dirname, 'refresh-process.ts')], {
    env: { ROOT: zalo.url, FOLDER: folder, APP_ID: zalo.app.appId, APP_SECRET: zalo.app.appSecret, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = text(child.stdout);
  await once(child, 'close');
  if (child.signalCode !== null) return { signal: child.signalCode };
  const answer = parseJson(await said);
  if (!isObject(answer)) throw new Error('the process said nothing');
  const [token, failure] = [textAt(answer, 'token'), textAt(answer, 'failure')];
  return token === undefined ? { failure } : { token };
}
