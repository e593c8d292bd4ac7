import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { startFakeZalo } from 'zalo-sdk-adapter/fake';
import { countInbox } from '#bot/store/inbox.ts';
import { wireOf, type StationOptions } from '#test/channels/zalo/station.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';
import { quantile, type Bench, type Figure } from './figure.ts';

const RATE_PER_SECOND = 200;
const SECONDS = 10;
const WARM_UP_SECONDS = 2;
const QUESTIONS = ['chích ngừa cho bé có mất tiền không', 'nha het gao roi lam sao', 'sốt xuất huyết có dấu hiệu gì', 'be ho co tiem dc k', 'gặp cán bộ', 'cảm ơn trạm'];

/**
 * Zalo's webhook with all that stands behind it: verified, stored on SQLite with FULL synchronisation, acknowledged,
 * while the same process handles what came before and sends the answers, with the memory that `npm start` gives it. Those who write, and the Zalo that takes the
 * answers, are another process on the same machine.
 */
export const bench: Bench = {
  name: 'zalo-channel',
  run: async () => {
    const echo = await underLoad('echo');
    const real = await underLoad('real');
    return [
      ...figures(`stored and acknowledged at ${RATE_PER_SECOND}/s`, echo),
      ...figures(`the same with the real conversation behind it`, real),
      { what: 'webhooks of both runs that were not stored', value: echo.lost + real.lost, unit: 'webhooks', goal: { sign: '<=', value: 0 } },
    ];
  },
};

type Load = { waits: number[]; lost: number };

function figures(what: string, { waits }: Load): Figure[] {
  return [
    { what: `${what}, p50`, value: quantile(waits, 0.5), unit: 'ms' },
    { what: `${what}, p99`, value: quantile(waits, 0.99), unit: 'ms', goal: { sign: '<=', value: 20 } },
  ];
}

async function underLoad(conversation: 'echo' | 'real'): Promise<Load> {
  using folder = freshFolder();
  const fake = await startFakeZalo({ echoes: false });
  fake.oa.ratePerMinute = Number.MAX_SAFE_INTEGER;
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const options: StationOptions = { dataDir: folder.path, zalo: wireOf(fake), seedRefreshToken: fake.oauth.issue().refresh_token, conversation, port, lookEveryMs: 2000, channel: { buttons: false } };
  const station = spawn(process.execPath, ['--max-semi-space-size=8', 'test/channels/zalo/station.ts', JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(station.stdout, 'data');
  const agent = new Agent({ keepAlive: true });
  const { appId, oaSecretKey, oaId } = fake.app;
  const all = (WARM_UP_SECONDS + SECONDS) * RATE_PER_SECOND;
  const beganMs = performance.now();
  const waits = await Promise.all(Array.from({ length: all }, async (_, number) => {
    await delay(Math.max(0, beganMs + (number * 1000) / RATE_PER_SECOND - performance.now()));
    const person = `25125236${String(number % 1000).padStart(8, '0')}`;
    // They have just written, so that answers are taken.
    fake.person(person).user.lastInteractionMs = Date.now();
    const timestamp = String(Date.now());
    const message = { msg_id: createHash('sha1').update(`${conversation}${number}`).digest('hex'), text: QUESTIONS[number % QUESTIONS.length] };
    const body = JSON.stringify({ app_id: appId, user_id_by_app: `9${person}`, event_name: 'user_send_text', timestamp, sender: { id: person }, recipient: { id: oaId }, message });
    const mac = createHash('sha256').update(appId + body + timestamp + oaSecretKey).digest('hex');
    const sentMs = performance.now();
    const deliver = (): Promise<void> => post(`http://127.0.0.1:${port}/webhooks/zalo`, agent, body, mac);
    // A connection that both sides let go of at the same instant; the wait counts on.
    await deliver().catch((error: unknown) => (error instanceof Error && 'code' in error && error.code === 'ECONNRESET' ? deliver() : Promise.reject(error instanceof Error ? error : new Error('a webhook was not answered'))));
    return performance.now() - sentMs;
  }));
  agent.destroy();
  const ended = once(station, 'exit');
  station.kill('SIGKILL');
  await ended;
  const store = await openOrThrow({ dataDir: folder.path });
  const stored = Object.values(await store.read(countInbox)).reduce((sum, count) => sum + count, 0);
  await store.close();
  await fake.stop();
  return { waits: waits.slice(WARM_UP_SECONDS * RATE_PER_SECOND), lost: all - stored };
}

function post(url: string, agent: Agent, body: string, mac: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: 'POST', headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), 'X-ZEvent-Signature': `mac=${mac}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`a webhook was answered ${String(response.statusCode)}`));
      response.resume().on('end', resolve);
    });
    sent.on('error', reject).end(body);
  });
}
