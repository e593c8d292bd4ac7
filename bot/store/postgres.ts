import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { preparing } from './prepared.ts';
import { StoreUnavailable } from './sqlite.ts';
import type { Tables } from './schema.ts';

/** PostgreSQL: a pool, one transaction a job, and patience with what passes by itself. */

export type PostgresOptions = {
  url: string;
  /** Delays every commit this long. For tests and the benchmark. @defaultValue 0 */
  commitDelayMs?: number;
  /** Longest wait for a server that is away before a job has begun. @defaultValue 5000 */
  awayLimitMs?: number;
  /** Connections at once. @defaultValue 10 */
  poolSize?: number;
  /** @defaultValue `BOUNDS` */
  bounds?: PostgresBounds;
  /** Hears of a connection that broke while idle, in words without data. */
  onLostConnection?: (why: string) => void;
};

/** How long the server lets one of us hold what the others wait for, in milliseconds. */
export type PostgresBounds = {
  /** One statement. Half as long again, and a server that says nothing at all is given up. */
  statementMs: number;
  /** Waiting for rows that another transaction holds. */
  lockMs: number;
  /** A transaction in which nothing happens, as when its process was halted in the middle. */
  idleMs: number;
};

/**
 * Our statements take milliseconds; a slow disk under load makes seconds of it. What is far beyond that hangs, and would
 * keep its connection, and the rows it holds, from everybody else for ever.
 */
const BOUNDS: PostgresBounds = { statementMs: 60_000, lockMs: 30_000, idleMs: 60_000 };

export type PostgresStore = {
  /** Throws `StoreUnavailable` for a server that is away, as writing does. */
  read: <T>(job: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
  write: <T>(job: (db: Transaction<Tables>) => Promise<T>) => Promise<T>;
  /** Removes the dead rows of the key table, so that a destroyed key is gone from the table's file. */
  vacuumKeys: () => Promise<void>;
  close: () => Promise<void>;
};

export function openPostgres(options: PostgresOptions): PostgresStore {
  const size = Math.max(options.poolSize ?? 10, 3);
  // Two connections stay free for reading; and callers wait here, where waiting in line is no failure to connect.
  const gate = createGate(size - 2);
  const bounds = options.bounds ?? BOUNDS;
  const numbersForInt8 = new pg.TypeOverrides();
  numbersForInt8.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: options.url,
    max: size,
    connectionTimeoutMillis: 5000,
    // A server that is gone without a word is noticed by the system, which by itself asks only after two hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    statement_timeout: bounds.statementMs,
    lock_timeout: bounds.lockMs,
    idle_in_transaction_session_timeout: bounds.idleMs,
    // int8 and count(*) as numbers: ids and epoch milliseconds stay far below 2^53.
    types: numbersForInt8,
  });
  // Without listeners a server that restarts would end this process: the pool's hears of connections at rest, each
  // connection's own of one that is inside a transaction and between two queries.
  const lost = (error: Error): void => { options.onLostConnection?.(error.message); };
  pool.on('error', lost);
  pool.on('connect', (client) => { client.on('error', lost); });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparing(pool, bounds.statementMs * 1.5) }) });

  return {
    read: (job) => job(db).catch((error: unknown) => { throw asUnavailable(error); }),
    write: (job) => patiently(options.awayLimitMs ?? 5000, () => gate(() => {
      let begun = false;
      return db.transaction().execute(async (trx) => {
        begun = true;
        const value = await job(trx);
        if (options.commitDelayMs) await sleep(options.commitDelayMs);
        return value;
      }).catch((error: unknown) => { throw new Attempt(error, begun); });
    })),
    // Not in a transaction, and so without the freedom of one: the table is a few rows a resident.
    vacuumKeys: async () => { await sql`vacuum keys`.execute(db); },
    close: () => db.destroy(),
  };
}

/** Lets at most `limit` run at once; the others wait in line. */
function createGate(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const line: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => line.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

class Attempt extends Error {
  readonly begun: boolean;
  constructor(cause: unknown, begun: boolean) {
    super('attempt', { cause });
    this.begun = begun;
  }
}

const DEADLOCK = '40P01';
const SERIALIZATION = '40001';
/** A statement, a lock and a transaction at rest that took too long. Nothing was written; at once again would only wait again. */
const OUT_OF_BOUNDS: readonly string[] = ['57014', '55P03', '25P03'];

/**
 * Runs again what is certain not to have happened: a job the server rolled back to end a deadlock, and one that never
 * began because the server was away. A connection lost in the middle is reported, since its commit may have arrived.
 */
async function patiently<T>(awayLimitMs: number, attempt: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + awayLimitMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (failure) {
      if (!(failure instanceof Attempt)) throw failure;
      const { cause, begun } = failure;
      const code = codeOf(cause);
      const rolledBack = (code === DEADLOCK || code === SERIALIZATION) && tries < 5;
      const away = !begun && isAway(cause) && performance.now() < untilMs;
      if (!rolledBack && !away) throw asUnavailable(cause);
      await sleep(Math.min(20 * 2 ** tries, 500) * (0.5 + Math.random()));
    }
  }
}

function asUnavailable(cause: unknown): unknown {
  return isAway(cause) ? new StoreUnavailable(messageOf(cause), { cause }) : cause;
}

/** Connection errors, the server's own words for going down or coming up (SQLSTATE classes 08 and 57P, and 53), and its bounds. */
function isAway(cause: unknown): boolean {
  const code = codeOf(cause);
  if (/^(08|57P|53)/.test(code) || OUT_OF_BOUNDS.includes(code)) return true;
  if (/^(ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT)$/.test(code)) return true;
  return /Connection terminated|not queryable|timeout exceeded when trying to connect/i.test(messageOf(cause));
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

