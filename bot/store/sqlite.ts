import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tables } from './schema.ts';

/**
 * SQLite through Node's own driver: WAL, synchronous=FULL, one writing connection whose jobs share commits, and one
 * reading connection that sees only what is committed.
 */

export type SqliteOptions = {
  file: string;
  /** Blocks every commit this long, as a slow disk would. For tests and the benchmark. @defaultValue 0 */
  commitDelayMs?: number;
  /** Longest wait for another process that is writing. @defaultValue 15000 */
  busyLimitMs?: number;
  /** Largest size of the file in pages of 4 KB; beyond it writes fail as on a full disk. */
  maxPages?: number;
};

export type SqliteStore = {
  /** For jobs of `write` only. */
  writing: Kysely<Tables>;
  reading: Kysely<Tables>;
  /**
   * Runs `job` inside a transaction that may also hold other jobs, each in its own savepoint, and resolves once the
   * whole is on disk. A job that throws takes back its own work only. Jobs run one after another, those that are
   * `first` before all others, because somebody outside waits for them.
   */
  write: <T>(job: () => Promise<T>, options?: { first?: boolean }) => Promise<T>;
  /** Writes the WAL back into the file and empties it, so that nothing deleted lingers there. */
  checkpoint: () => Promise<void>;
  /** A consistent copy into `target`, which must not exist, while others go on writing. */
  copyTo: (target: string) => void;
  close: () => Promise<void>;
};

/** The store could not take the write: disk full, disk read-only, or busy for too long. Nothing was written. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}

/**
 * A group is committed when it has run for some time; more jobs wait for the next one. On a disk that commits quickly
 * the time is short, and on one that commits slowly long enough to be worth the commit.
 */
const SHORTEST_GROUP_MS = 4;
const LONGEST_GROUP_MS = 15;
const GROUP_PER_COMMIT = 4;
/** On a machine that has other things to do, time passes without work: so many jobs share a commit in any case. */
const FEWEST_JOBS = 4;
/** So long at most nothing is heard from outside while a group runs, apart from a single job that takes longer. */
const BREATH_EVERY_MS = 3;
/** How much a new commit's time counts in the running mean. */
const LATEST_SHARE = 0.2;

export function openSqlite(options: SqliteOptions): SqliteStore {
  const writer = connect(options.file);
  const reader = connect(options.file);
  reader.exec('PRAGMA query_only = ON');
  if (options.maxPages !== undefined) writer.exec(`PRAGMA max_page_count = ${options.maxPages}`);
  // Waiting inside SQLite would stop the whole process; `begin` below waits without blocking instead.
  writer.exec('PRAGMA busy_timeout = 0');

  const marks: JobMarks = { begin: writer.prepare('SAVEPOINT job'), takeBack: writer.prepare('ROLLBACK TO job'), end: writer.prepare('RELEASE job') };
  const writing = kysely(writer);
  const reading = kysely(reader);
  const line: Line = { first: [], others: [], commitMs: 0 };
  const between: (() => void)[] = [];
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    while (line.first.length + line.others.length > 0 || between.length > 0) {
      if (line.first.length + line.others.length > 0) await runGroup(writer, marks, line, options);
      for (const work of between.splice(0)) work();
      // A breath between groups: timers and sockets of this process, and the other process's turn to write.
      await breath();
    }
    running = null;
  };

  return {
    writing,
    reading,
    write: (work, { first = false } = {}) =>
      new Promise((resolve, reject) => {
        (first ? line.first : line.others).push(job(work, resolve, reject));
        running ??= run();
      }),
    checkpoint: () =>
      new Promise((resolve, reject) => {
        between.push(() => {
          try {
            writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
            resolve();
          } catch (error) {
            reject(unavailable(error));
          }
        });
        running ??= run();
      }),
    copyTo: (target) => {
      makePrivate(target);
      const copying = new DatabaseSync(options.file, { timeout: 5000 });
      try {
        copying.prepare('VACUUM INTO ?').run(target);
      } finally {
        copying.close();
      }
    },
    close: async () => {
      while (running !== null) await running;
      writer.close();
      reader.close();
    },
  };
}

/** One queued piece of work: `run` leaves its result behind, `settle` hands it out once it is on disk. */
type Job = { run: () => Promise<'done' | 'failed'>; settle: () => void; refuse: (error: unknown) => void };

/** Jobs that wait, and how long commits have taken of late. */
type Line = { first: Job[]; others: Job[]; commitMs: number };

function job<T>(work: () => Promise<T>, resolve: (value: T) => void, reject: (error: unknown) => void): Job {
  let settle = (): void => undefined;
  return {
    run: async () => {
      try {
        const value = await work();
        settle = () => { resolve(value); };
        return 'done';
      } catch (thrown) {
        const error = isStorage(thrown) ? unavailable(thrown) : thrown;
        settle = () => { reject(error); };
        return 'failed';
      }
    },
    settle: () => { settle(); },
    refuse: reject,
  };
}

/** What stands around each job of a group: prepared once, as every message needs them twice. */
type JobMarks = { begin: StatementSync; takeBack: StatementSync; end: StatementSync };

async function runGroup(db: DatabaseSync, marks: JobMarks, line: Line, options: SqliteOptions): Promise<void> {
  const taken: Job[] = [];
  try {
    await begin(db, options.busyLimitMs ?? 15_000);
    const wholeMs = Math.min(Math.max(line.commitMs * GROUP_PER_COMMIT, SHORTEST_GROUP_MS), LONGEST_GROUP_MS);
    const beganMs = performance.now();
    let untilMs = beganMs + wholeMs;
    let hurried = false;
    let breathMs = beganMs;
    do {
      const first = line.first.shift();
      const next = first ?? line.others.shift();
      if (!next) break;
      taken.push(next);
      // Somebody outside waits for this one: the others may come along for half the time.
      if (first !== undefined && !hurried) {
        hurried = true;
        untilMs = Math.min(untilMs, performance.now() + wholeMs / 2);
      }
      marks.begin.run();
      const outcome = await next.run();
      // A full disk may have ended the whole transaction under us, and every job of the group with it.
      if (!db.isTransaction) throw new StoreUnavailable('the store took back a transaction, as it does when the disk is full');
      if (outcome === 'failed') marks.takeBack.run();
      marks.end.run();
      // What a platform brings meanwhile is heard between two jobs, and goes into this very group.
      if (performance.now() - breathMs > BREATH_EVERY_MS) {
        await breath();
        breathMs = performance.now();
      }
    } while (performance.now() < untilMs || (line.first.length > 0 ? performance.now() < beganMs + LONGEST_GROUP_MS : !hurried && taken.length < FEWEST_JOBS));
    const committingMs = performance.now();
    if (options.commitDelayMs) block(options.commitDelayMs);
    db.exec('COMMIT');
    line.commitMs += (performance.now() - committingMs - line.commitMs) * LATEST_SHARE;
  } catch (cause) {
    if (db.isTransaction) db.exec('ROLLBACK');
    const error = unavailable(cause);
    // When not even the transaction could begin, those in line have waited as long as the first.
    if (taken.length === 0) taken.push(...line.first.splice(0), ...line.others.splice(0));
    for (const each of taken) each.refuse(error);
    return;
  }
  for (const each of taken) each.settle();
}

/** Takes the write lock, waiting for another process in short uneven steps so that neither starves. */
async function begin(db: DatabaseSync, busyLimitMs: number): Promise<void> {
  const untilMs = performance.now() + busyLimitMs;
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 1.5, 20)) {
    try {
      db.exec('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > untilMs) throw error;
      await sleep(waitMs * (0.5 + Math.random()));
    }
  }
}

// Primary result codes, https://sqlite.org/rescode.html
const SQLITE_BUSY = 5;
const STORAGE_CODES = new Set([SQLITE_BUSY, 6, 8, 10, 11, 13, 14, 26]); // locked, read-only, I/O, corrupt, full, cannot open, not a database

const isBusy = (error: unknown): boolean => resultCode(error) === SQLITE_BUSY;
/** The disk is full, read-only, broken, or held by somebody for too long. */
export const isStorage = (error: unknown): boolean => STORAGE_CODES.has(resultCode(error));

function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
}

function unavailable(cause: unknown): StoreUnavailable {
  if (cause instanceof StoreUnavailable) return cause;
  return new StoreUnavailable(cause instanceof Error ? cause.message : String(cause), { cause });
}

/** Once around for timers and sockets. */
function breath(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Makes a file that its owner alone reads, as everything does that SQLite later puts beside it. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch {
    return; // it is there already, or cannot be made: SQLite says so in its own words
  }
}

function connect(file: string): DatabaseSync {
  makePrivate(file);
  try {
    const db = new DatabaseSync(file, { timeout: 5000 });
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
    return db;
  } catch (error) {
    throw isStorage(error) ? unavailable(error) : error;
  }
}

function kysely(db: DatabaseSync): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: shim(db) }) });
}

/**
 * What Kysely expects of a driver. Over a raw `node:sqlite` database it would take every statement for one without
 * rows and return none, silently; and parameters must be spread.
 */
function shim(db: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => { db.close(); },
    prepare: (text) => {
      const known = prepared.get(text);
      if (known) return known;
      if (prepared.size >= 500) prepared.clear();
      const statement = wrap(db.prepare(text));
      prepared.set(text, statement);
      return statement;
    },
  };
}

function wrap(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters.map(bindable)),
    run: (parameters) => statement.run(...parameters.map(bindable)),
    iterate: (parameters) => statement.iterate(...parameters.map(bindable)),
  };
}

/** The driver would store a Date as text and take other objects for named parameters; neither is ever meant. */
function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint8Array) return value;
  throw new TypeError(`a ${typeof value} cannot be stored; times are epoch milliseconds and flags 0 or 1`);
}
