import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible';
import { campaignStatus, createCampaign, planCampaign, startCampaign } from '#bot/campaigns/campaigns.ts';
import type { Channel } from '#bot/channels/channel.ts';
import { createDispatcher } from '#bot/delivery/dispatcher.ts';
import { createMemoryPacing } from '#bot/delivery/pacing.ts';
import { createWorker } from '#bot/delivery/worker.ts';
import type { Store } from '#bot/store/store.ts';
import { BY, DRAFT, many, NOON, portsFor, residents } from '#test/campaigns/ground.ts';
import { freshDatabase, hasPostgres, startMachine } from '#test/machine.ts';
import { echoing, freshFolder, openOrThrow } from '#test/store/fresh.ts';
import { busiestSecond } from './busiest.ts';
import { quantile, type Bench, type Figure } from './figure.ts';

/**
 * Announcements: planning and writing the ledger of a hundred thousand people; sending as fast as a platform without
 * limits takes them, the real store and dispatcher under it; and sending under 30 a second, while a resident asks, beside
 * the queue of rate-limiter-flexible at the same limit.
 */

const LEDGER_PEOPLE = 100_000;
const SENDING_PEOPLE = 4000;
const PER_SECOND = 30;
const PACED_SECONDS = 20;

export const bench: Bench = {
  name: 'campaigns',
  run: async () => {
    const machine = await startMachine();
    try {
      const figures = [...await ledger('SQLite', undefined), ...await unlimited('SQLite', undefined, 400)];
      if (hasPostgres()) figures.push(...await ledger('PostgreSQL', await freshDatabase()), ...await unlimited('PostgreSQL', await freshDatabase(), 300));
      return [...figures, ...await paced()];
    } finally {
      await machine.stop();
    }
  },
};

/** Noon that goes on: at night announcements rest. */
function noon(): () => number {
  const began = performance.now();
  return () => Math.round(NOON + performance.now() - began);
}

async function ledger(engine: string, databaseUrl: string | undefined): Promise<Figure[]> {
  using folder = freshFolder();
  const clock = noon();
  const store = await openOrThrow({ dataDir: folder.path, clock, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  await crowd(store);
  const ports = portsFor(store, clock);
  const created = await createCampaign(ports, DRAFT, BY);
  if (!created.ok) throw new Error(created.problem.kind);

  const plannedFrom = performance.now();
  const planned = await planCampaign(ports, created.id);
  const planSeconds = (performance.now() - plannedFrom) / 1000;
  if (!planned.ok || planned.plan.audience !== LEDGER_PEOPLE) throw new Error('the plan does not count everybody');

  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => { most = Math.max(most, process.memoryUsage.rss()); }, 20);
  const startedFrom = performance.now();
  await startCampaign(ports, created.id, BY);
  // Starting plans once more, to see that nothing has changed; that is counted here.
  const startSeconds = (performance.now() - startedFrom) / 1000;
  clearInterval(watch);
  const status = await campaignStatus(ports, created.id);
  if (!status.ok || status.status.queued !== LEDGER_PEOPLE) throw new Error('the ledger does not hold everybody');
  await store.close();
  return [
    { what: `100,000 people planned, ${engine}`, value: planSeconds, unit: 's', goal: { sign: '<=', value: 5 } },
    { what: `100,000 rows enqueued, ${engine}`, value: startSeconds, unit: 's', goal: { sign: '<=', value: 10 } },
    { what: `memory more while enqueuing, ${engine}`, value: (most - before) / 1_048_576, unit: 'MB', goal: { sign: '<=', value: 60 } },
  ];
}

/** People with consent, written by the engine itself; nothing is sent to them, so they need neither key nor address. */
async function crowd(store: Store): Promise<void> {
  await store.write(async (tx) => {
    const n = tx.engine === 'postgres' ? sql`generate_series(1, ${sql.lit(LEDGER_PEOPLE)}) as n(i)` : sql`(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(LEDGER_PEOPLE)}) select i from n) as n`;
    const id = tx.engine === 'postgres' ? sql`md5(i::text)` : sql`printf('%08x-%d', (i * 2654435761) % 4294967296, i)`;
    await sql`insert into residents (id, channel, lang, village_id, greeted, state, last_inbound_ms, out_seq, created_ms)
      select ${id}, case i % 3 when 0 then 'web' when 1 then 'telegram' else 'zalo' end, case i % 10 when 0 then 'jra' when 1 then 'bdq' else 'vi' end, case i % 4 when 0 then null else 'plei-mau' end, 1, 'active', cast(${NOON - 3_600_000} as bigint), 0, cast(${NOON - 86_400_000} as bigint) from ${n}`.execute(tx.db);
    await sql`insert into consents (person_id, purpose, given, text_version, at_ms) select id, 'announcements', 1, 'v1', created_ms from residents`.execute(tx.db);
  });
}

async function unlimited(engine: string, databaseUrl: string | undefined, goal: number): Promise<Figure[]> {
  using folder = freshFolder();
  const clock = noon();
  const store = await openOrThrow({ dataDir: folder.path, clock, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  await residents(store, many(SENDING_PEOPLE));
  const ports = portsFor(store, clock);
  const created = await createCampaign(ports, DRAFT, BY);
  if (!created.ok) throw new Error(created.problem.kind);
  await startCampaign(ports, created.id, BY);
  const times: number[] = [];
  const all = Promise.withResolvers<undefined>();
  let settled = 0;
  const dispatcher = createDispatcher({
    store, clock, pacing: createMemoryPacing({}),
    channels: [platform(() => { times.push(performance.now()); })],
    onSettled: () => { if ((settled += 1) === SENDING_PEOPLE) all.resolve(undefined); },
  });
  const from = performance.now();
  dispatcher.start();
  await all.promise;
  const seconds = (performance.now() - from) / 1000;
  await dispatcher.stop();
  await store.close();
  return [{ what: `sends, platform without limits, ${engine}`, value: SENDING_PEOPLE / seconds, unit: '/s', goal: { sign: '>=', value: goal } }];
}

/** A platform that answers after two milliseconds. */
function platform(onSend: (address: string) => void): Channel {
  return {
    name: 'telegram',
    capabilities: { buttons: true, edit: false, receipts: false, typing: false, voice: true, textLimit: 4096, replyWindowHours: null, topics: false },
    send: async (address) => {
      onSend(address);
      await sleep(2);
      return { kind: 'sent', platformMessageId: 'x' };
    },
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    health: () => 'up',
  };
}

async function paced(): Promise<Figure[]> {
  using folder = freshFolder();
  const clock = noon();
  const store = await openOrThrow({ dataDir: folder.path, clock });
  await residents(store, [...many(PER_SECOND * (PACED_SECONDS + 5)), { address: 'người hỏi', agreed: false }]);
  const ports = portsFor(store, clock);
  const created = await createCampaign(ports, DRAFT, BY);
  if (!created.ok) throw new Error(created.problem.kind);
  await startCampaign(ports, created.id, BY);
  const times: number[] = [];
  const answered: ((atMs: number) => void)[] = [];
  const dispatcher = createDispatcher({
    store, clock, pacing: createMemoryPacing({ telegram: PER_SECOND }),
    channels: [platform((address) => {
      times.push(performance.now());
      if (address === 'người hỏi') answered.shift()?.(performance.now());
    })],
  });
  const worker = createWorker({ store, clock, handling: echoing, onHandled: () => { dispatcher.wake(); } });
  worker.start();
  dispatcher.start();
  const from = performance.now();
  const replies: number[] = [];
  for (let n = 0; performance.now() - from < PACED_SECONDS * 1000; n += 1) {
    const askedMs = performance.now();
    const answer = new Promise<number>((resolve) => { answered.push(resolve); });
    await worker.receive({ channel: 'telegram', platformId: `q${n}`, address: 'người hỏi', atMs: clock(), content: { kind: 'text', text: 'mai có tiêm không', forwarded: false } });
    replies.push(await answer - askedMs);
    await sleep(150);
  }
  const within = times.filter((time) => time >= from + 2000 && time < from + PACED_SECONDS * 1000);
  await worker.stop();
  await dispatcher.stop();
  await store.close();

  const peer = await peerTimes(10);
  const rate = (all: readonly number[]): number => (all.length - 1) / (((all.at(-1) ?? 0) - (all[0] ?? 0)) / 1000);
  return [
    { what: 'sends under 30 a second', value: rate(within), unit: '/s', goal: { sign: '>=', value: 29 }, peer: { name: 'rate-limiter-flexible', value: rate(peer) } },
    { what: 'busiest sliding second under 30', value: busiestSecond(times), unit: 'sends', goal: { sign: '<=', value: 30 }, peer: { name: 'rate-limiter-flexible', value: busiestSecond(peer) } },
    { what: 'a question during a run answered, p50', value: quantile(replies, 0.5), unit: 'ms' },
    { what: 'a question during a run answered, p99', value: quantile(replies, 0.99), unit: 'ms', goal: { sign: '<=', value: 300 } },
  ];
}

/** The peer's queue under the same limit, as its documentation uses it. */
async function peerTimes(seconds: number): Promise<number[]> {
  const queue = new RateLimiterQueue(new RateLimiterMemory({ points: PER_SECOND, duration: 1 }), { maxQueueSize: 10_000 });
  const times: number[] = [];
  await Promise.all(Array.from({ length: PER_SECOND * seconds }, async () => {
    await queue.removeTokens(1);
    times.push(performance.now());
  }));
  return times;
}

