import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { createKeyRing, openForStation, sealForStation, type KeyRing } from './keyring.ts';
import { openMasterKey, type MasterKeyFile, type MasterKeyProblem } from './master-key.ts';
import { migrate, type NewerDatabase } from './migrations.ts';
import type { PostgresBounds } from './postgres.ts';
import type { Engine, Tables, Tx } from './schema.ts';
import { openSqlite, StoreUnavailable } from './sqlite.ts';

/**
 * The store: one object over SQLite or PostgreSQL. What can be asked of it lives in the query modules beside this
 * file (`inbox.ts`, `outbox.ts`, `people.ts`, …); each takes a `Tx`, so that whatever belongs together commits together:
 *
 *     await store.write(async (tx) => { const person = await personAt(tx, channel, address); … });
 */
export type Store = {
  readonly engine: Engine;
  readonly masterKeyFile: MasterKeyFile;
  /**
   * Runs `job` in one writing transaction and resolves once it is on disk. A job awaits nothing but its own queries and
   * may run more than once. Throws `StoreUnavailable` when nothing could be written (or, on PostgreSQL, when the
   * connection broke and it is not known whether it was), and whatever the job throws, with its work taken back.
   * `first`: before all others that wait, for what a platform waits for before it repeats itself.
   */
  write: <T>(job: (tx: Tx) => Promise<T>, options?: { first?: boolean }) => Promise<T>;
  /** Reads what is committed. Several queries in one `read` are not one snapshot. Throws `StoreUnavailable` while a server is away. */
  read: <T>(job: (tx: Tx) => Promise<T>) => Promise<T>;
  /** False after a write that could not be taken, such as on a full disk, until the next one that is. */
  takesWrites: () => boolean;
  /** Clears what deletion leaves behind: the WAL on SQLite, dead rows of the key table on PostgreSQL. */
  scrub: () => Promise<void>;
  /** SQLite only: a consistent copy of the database into a file that must not exist. Null on PostgreSQL, which has `pg_dump`. */
  copyTo: ((target: string) => void) | null;
  close: () => Promise<void>;
};

export type StoreOptions = {
  /** Folder of the SQLite file `loa.db`; also where the master key lies unless `masterKeyPath` says otherwise. */
  dataDir: string;
  /** `postgres://…`; empty or absent: SQLite. */
  databaseUrl?: string;
  /** @defaultValue `<dataDir>/keys/master.key`, apart from everything that a backup copies. */
  masterKeyPath?: string;
  /** @defaultValue Date.now */
  clock?: () => number;
  /** Adds this to every commit, as a slow disk would (blocking on SQLite). For tests and the benchmark. */
  commitDelayMs?: number;
  /** Longest wait for another writing process, or for a server that is away. */
  patienceMs?: number;
  /** SQLite: the file's largest size in pages of 4 KB. */
  maxPages?: number;
  /** PostgreSQL: connections at once. */
  poolSize?: number;
  /** PostgreSQL: how long the server lets a statement, a lock and a transaction at rest take. For tests. */
  bounds?: PostgresBounds;
  /** Hears of lost connections, in words without data. */
  onTrouble?: (why: string) => void;
};

export type StoreProblem = NewerDatabase | MasterKeyProblem;

export type StoreResult = { ok: true; store: Store } | { ok: false; problem: StoreProblem };

/**
 * Opens the store, brings its tables up to date and makes a master key for a new one. Problems an operator can act on
 * come back as values; an unreachable server or disk throws `StoreUnavailable`.
 */
export async function openStore(options: StoreOptions): Promise<StoreResult> {
  const under = await openEngine(options);
  const opened = await under.write(async (db) => {
    const newer = await migrate(db, under.engine);
    return newer ? { ok: false as const, problem: newer } : openKeys(db, options.masterKeyPath ?? join(options.dataDir, 'keys', 'master.key'));
  }).catch(async (error: unknown) => {
    await under.close();
    throw error;
  });
  if (!opened.ok) {
    await under.close();
    return opened;
  }

  const clock = options.clock ?? Date.now;
  let takesWrites = true;
  const inWrite = new AsyncLocalStorage<true>();
  const tx = (db: Kysely<Tables>): Tx => ({ db, engine: under.engine, ring: opened.ring, nowMs: clock() });
  return {
    ok: true,
    store: {
      engine: under.engine,
      masterKeyFile: opened.file,
      write: (job, options) => {
        // It would wait for itself for ever.
        if (inWrite.getStore()) throw new Error('a writing job asked for another; pass its Tx on instead');
        return under.write((db) => inWrite.run(true, () => job(tx(db))), options).then((value) => {
          takesWrites = true;
          return value;
        }, (error: unknown) => {
          if (error instanceof StoreUnavailable) takesWrites = false;
          throw error;
        });
      },
      takesWrites: () => takesWrites,
      read: (job) => under.read((db) => job(tx(db))),
      scrub: under.scrub,
      copyTo: under.copyTo,
      close: under.close,
    },
  };
}

export { StoreUnavailable };

type Under = {
  engine: Engine;
  read: <T>(job: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
  write: <T>(job: (db: Kysely<Tables>) => Promise<T>, options?: { first?: boolean }) => Promise<T>;
  scrub: () => Promise<void>;
  copyTo: ((target: string) => void) | null;
  close: () => Promise<void>;
};

async function openEngine(options: StoreOptions): Promise<Under> {
  const delay = options.commitDelayMs === undefined ? {} : { commitDelayMs: options.commitDelayMs };
  if (options.databaseUrl) {
    // Only a station that has a server needs its driver.
    const { openPostgres } = await import('./postgres.ts');
    const server = openPostgres({
      url: options.databaseUrl,
      ...delay,
      ...(options.patienceMs === undefined ? {} : { awayLimitMs: options.patienceMs }),
      ...(options.poolSize === undefined ? {} : { poolSize: options.poolSize }),
      ...(options.bounds === undefined ? {} : { bounds: options.bounds }),
      ...(options.onTrouble === undefined ? {} : { onLostConnection: options.onTrouble }),
    });
    return { engine: 'postgres', read: server.read, write: server.write, scrub: server.vacuumKeys, copyTo: null, close: server.close };
  }

  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const file = openSqlite({
    file: join(options.dataDir, 'loa.db'),
    ...delay,
    ...(options.patienceMs === undefined ? {} : { busyLimitMs: options.patienceMs }),
    ...(options.maxPages === undefined ? {} : { maxPages: options.maxPages }),
  });
  return {
    engine: 'sqlite',
    read: (job) => job(file.reading),
    write: (job, first) => file.write(() => job(file.writing), first),
    scrub: file.checkpoint,
    copyTo: file.copyTo,
    close: file.close,
  };
}

/**
 * The lookup key is made with the store and kept in it, sealed by the master key. Its presence tells a new store, for
 * which a master key may be made, from one whose key file is missing, for which a new one would be worse than none.
 */
async function openKeys(db: Kysely<Tables>, path: string): Promise<{ ok: true; ring: KeyRing; file: MasterKeyFile } | { ok: false; problem: MasterKeyProblem }> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', 'lookup_key').executeTakeFirst();
  const opened = openMasterKey(path, { create: row === undefined });
  if (!opened.ok) return opened;
  const { file } = opened;
  if (row) return { ok: true, file, ring: createKeyRing(file, openForStation(file, 'lookup', row.value)) };

  const lookup = randomBytes(32);
  const master = file.newest();
  await db.insertInto('meta').values([
    { key: 'lookup_key', value: sealForStation(master, 'lookup', lookup) },
    { key: 'master_id', value: master.id },
  ]).execute();
  return { ok: true, file, ring: createKeyRing(file, lookup) };
}
