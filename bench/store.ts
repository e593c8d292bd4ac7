import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import type { Inbound, Piece } from '#bot/channels/channel.ts';
import type { Handling } from '#bot/delivery/handle.ts';
import { createWorker } from '#bot/delivery/worker.ts';
import { openStore, type StoreOptions } from '#bot/store/store.ts';

/**
 * Messages through the whole of the store (written down, committed, handled, answered, marked) beside the bare engine
 * under them (one insert, one commit, one after another). The conversation is the smallest there is, so what is
 * measured is the store. Run by itself: `node bench/store.ts [--seconds 5] [--postgres postgres://…]`.
 */
export type StoreFigure = {
  what: string;
  engine: 'sqlite' | 'postgres';
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
};

export type StoreBenchOptions = { seconds: number; postgresUrl: string | null };

export async function benchStore({ seconds, postgresUrl }: StoreBenchOptions): Promise<StoreFigure[]> {
  const figures = [
    bareSqlite(seconds),
    await throughput({ engine: 'sqlite', seconds, options: {} }),
    await atRate({ engine: 'sqlite', seconds, perSecond: 100, options: {} }),
    await atRate({ engine: 'sqlite', seconds, perSecond: 50, options: { commitDelayMs: 20 } }),
  ];
  if (postgresUrl === null) return figures;
  return [
    ...figures,
    await barePostgres(seconds, postgresUrl),
    await throughput({ engine: 'postgres', seconds, options: { databaseUrl: postgresUrl } }),
    await atRate({ engine: 'postgres', seconds, perSecond: 100, options: { databaseUrl: postgresUrl } }),
    await atRate({ engine: 'postgres', seconds, perSecond: 50, options: { databaseUrl: postgresUrl, commitDelayMs: 20 } }),
  ];
}

type Run = { engine: StoreFigure['engine']; seconds: number; options: Partial<StoreOptions> };

/** Thirty-two people who write again as soon as they are answered. */
async function throughput({ engine, seconds, options }: Run): Promise<StoreFigure> {
  return withWorker(options, async (handle) => {
    const times: number[] = [];
    const untilMs = performance.now() + seconds * 1000;
    await Promise.all(Array.from({ length: 32 }, async (_, person) => {
      for (let n = 0; performance.now() < untilMs; n += 1) times.push(await handle(`nguoi-${person}`, n));
    }));
    return figure('messages, as many as go', engine, times, seconds);
  });
}

/** Messages at even distances, from ever new people, whether or not the earlier ones are answered. */
async function atRate({ engine, seconds, options, perSecond }: Run & { perSecond: number }): Promise<StoreFigure> {
  return withWorker(options, async (handle) => {
    const times: Promise<number>[] = [];
    const startMs = performance.now();
    for (let n = 0; n < seconds * perSecond; n += 1) {
      const dueMs = startMs + (n * 1000) / perSecond;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      // Counted from when it was due: a program that stalls does not get away with being asked late.
      times.push(handle(`nguoi-${n % 500}`, n).then(() => performance.now() - dueMs));
    }
    const delay = options.commitDelayMs === undefined ? '' : `, ${options.commitDelayMs} ms on each commit`;
    return figure(`messages, ${perSecond} a second${delay}`, engine, await Promise.all(times), seconds);
  });
}

async function withWorker(options: Partial<StoreOptions>, measure: (handle: (address: string, n: number) => Promise<number>) => Promise<StoreFigure>): Promise<StoreFigure> {
  const dataDir = mkdtempSync(join(tmpdir(), 'loa-bench-'));
  const databaseUrl = options.databaseUrl === undefined ? undefined : await freshDatabase(options.databaseUrl);
  const opened = await openStore({ dataDir, ...options, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  if (!opened.ok) throw new Error(opened.problem.kind);
  const worker = createWorker({ store: opened.store, handling: SMALLEST });
  const run = crypto.randomUUID();
  try {
    return await measure(async (address, n) => {
      const startMs = performance.now();
      const rows = await worker.handleNow(message(address, `${run}:${address}:${n}`));
      if (rows?.length !== 1) throw new Error('a message was not answered');
      return performance.now() - startMs;
    });
  } finally {
    await worker.stop();
    await opened.store.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function bareSqlite(seconds: number): StoreFigure {
  const dataDir = mkdtempSync(join(tmpdir(), 'loa-bench-'));
  const db = new DatabaseSync(join(dataDir, 'bare.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE inbox (id INTEGER PRIMARY KEY, platform_id TEXT UNIQUE, content BLOB)');
  const insert = db.prepare('INSERT INTO inbox (platform_id, content) VALUES (?, ?)');
  const content = Buffer.alloc(120, 1);
  const times: number[] = [];
  for (const untilMs = performance.now() + seconds * 1000; performance.now() < untilMs;) {
    const startMs = performance.now();
    insert.run(`p${times.length}`, content);
    times.push(performance.now() - startMs);
  }
  db.close();
  rmSync(dataDir, { recursive: true, force: true });
  return figure('bare inserts, one commit each', 'sqlite', times, seconds);
}

async function barePostgres(seconds: number, url: string): Promise<StoreFigure> {
  const client = new pg.Client({ connectionString: await freshDatabase(url) });
  await client.connect();
  await client.query('CREATE TABLE inbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, platform_id text UNIQUE, content bytea)');
  const content = Buffer.alloc(120, 1);
  const times: number[] = [];
  for (const untilMs = performance.now() + seconds * 1000; performance.now() < untilMs;) {
    const startMs = performance.now();
    await client.query({ name: 'insert', text: 'INSERT INTO inbox (platform_id, content) VALUES ($1, $2)', values: [`p${times.length}`, content] });
    times.push(performance.now() - startMs);
  }
  await client.end();
  return figure('bare inserts, one commit each', 'postgres', times, seconds);
}

async function freshDatabase(url: string): Promise<string> {
  const name = `bench_${crypto.randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const fresh = new URL(url);
  fresh.pathname = `/${name}`;
  return fresh.href;
}

function message(address: string, platformId: string): Inbound {
  return { channel: 'web', platformId, address, atMs: Date.now(), content: { kind: 'text', text: 'Cháu sốt xuất huyết thì phải làm gì ở nhà?', forwarded: false } };
}

const ANSWER: Piece = { text: 'Nghỉ ngơi, uống nhiều nước, hạ sốt đúng cách và đến trạm khi có dấu hiệu nặng. '.repeat(5), lang: 'vi', cardId: 'disease.dengue', buttons: [], layout: { form: 'plain' } };

const SMALLEST: Handling = {
  converse: ({ atMs }) => ({
    replies: [{ ...ANSWER, priority: 'reply' }],
    effects: [{ kind: 'greeted' }, { kind: 'context', context: { lastCardId: 'disease.dengue', atMs } }],
    judgement: null,
  }),
  apology: () => ANSWER,
  tellHeld: () => [],
};

function figure(what: string, engine: StoreFigure['engine'], times: number[], seconds: number): StoreFigure {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2));
  return { what, engine, perSecond: Math.round(times.length / seconds), p50Ms: at(0.5), p99Ms: at(0.99) };
}

if (import.meta.main) {
  const value = (flag: string): string | undefined => process.argv[process.argv.indexOf(flag) + 1];
  const seconds = process.argv.includes('--seconds') ? Number(value('--seconds')) : 5;
  const postgresUrl = process.argv.includes('--postgres') ? (value('--postgres') ?? null) : null;
  console.table(await benchStore({ seconds, postgresUrl }));
}
