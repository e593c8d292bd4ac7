import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { z } from 'zod';
import { destroyPerson } from './erasure.ts';
import { migrate, type NewerDatabase } from './migrations.ts';
import { isStorage, openSqlite } from './sqlite.ts';
import type { Store } from './store.ts';
import type { ResidentTable } from './tables/residents.ts';

/**
 * A backup is two files. The data, a new file each time, to be kept as long as one likes; and the people's wrapped keys,
 * one file that each backup replaces. So a person who was erased is erased from every older backup of the data with
 * the next backup, because nothing else opens what they wrote. The master key is in neither.
 */
export type Backup = { dataFile: string; keysFile: string; people: number; bytes: number };

export type BackupResult = { ok: true; backup: Backup } | { ok: false; problem: { kind: 'backup-not-sqlite' } | { kind: 'backup-not-written' } | { kind: 'backup-damaged'; detail: string } };

const KEYS_NAME = 'loa-keys.json';

/** Copies the store into `folder` while it is in use; half a copy is never left there. On PostgreSQL, `pg_dump` is the way and this says so. */
export function backUp(store: Store, folder: string, nowMs: number): BackupResult {
  if (!store.copyTo) return { ok: false, problem: { kind: 'backup-not-sqlite' } };
  const dataFile = freeName(folder, nowMs);
  const growing = `${dataFile}.part`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    dropFile(growing);
    store.copyTo(growing);
    return settled(growing, dataFile, join(folder, KEYS_NAME));
  } catch (error) {
    if (!isStorage(error) && !isOfDisk(error)) throw error;
    return { ok: false, problem: { kind: 'backup-not-written' } };
  } finally {
    if (existsSync(growing)) dropFile(growing);
  }
}

/** Checks the copy, takes the keys out of it, and gives it its name. */
function settled(growing: string, dataFile: string, keysFile: string): BackupResult {
  const copy = new DatabaseSync(growing);
  let people: number;
  try {
    const checked = copy.prepare('PRAGMA integrity_check').get();
    if (checked?.['integrity_check'] !== 'ok') return { ok: false, problem: { kind: 'backup-damaged', detail: String(checked?.['integrity_check']) } };
    people = moveKeys(copy, keysFile);
  } finally {
    copy.close();
  }
  renameSync(growing, dataFile);
  return { ok: true, backup: { dataFile, keysFile, people, bytes: statSync(dataFile).size } };
}

export type Restored = { people: number; erasedSince: number };
export type RestoreResult =
  | { ok: true; restored: Restored }
  | { ok: false; problem: { kind: 'restore-would-overwrite' | 'restore-no-keys' | 'restore-not-a-backup'; path: string } | NewerDatabase };

/**
 * Puts a backup in place in an empty data folder. People whose keys are no longer in the keys file were erased after
 * this backup was made, and stay erased: whatever erasing takes from a person is taken from the backup too.
 */
export async function restore(dataFile: string, dataDir: string, nowMs: number): Promise<RestoreResult> {
  const target = join(dataDir, 'loa.db');
  const keysFile = join(dataFile, '..', KEYS_NAME);
  if (existsSync(target)) return { ok: false, problem: { kind: 'restore-would-overwrite', path: target } };
  if (!isBackup(dataFile)) return { ok: false, problem: { kind: 'restore-not-a-backup', path: dataFile } };
  const keys = readKeys(keysFile);
  if (keys === null) return { ok: false, problem: { kind: 'restore-no-keys', path: keysFile } };

  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const beside = `${target}.part`;
  dropFile(beside);
  copyFileSync(dataFile, beside);
  chmodSync(beside, 0o600);
  try {
    const result = await giveKeysBack(beside, keys, nowMs);
    if (result.ok) renameSync(beside, target);
    return result;
  } finally {
    dropFile(beside);
  }
}

type WrappedKeys = z.infer<typeof keysSchema>;

/** Who has a key is there again. Who has none is forgotten by the very rule by which the station forgets anybody. */
async function giveKeysBack(path: string, keys: WrappedKeys, nowMs: number): Promise<RestoreResult> {
  const file = openSqlite({ file: path });
  try {
    const result = await file.write<RestoreResult>(async () => {
      const db = file.writing;
      const newer = await migrate(db, 'sqlite');
      if (newer !== null) return { ok: false, problem: newer };
      const wrapped = new Map(keys.map((key) => [key.personId, key]));
      const restored: Restored = { people: 0, erasedSince: 0 };
      for (const { id } of await db.selectFrom('residents').select('id').where('state', '!=', sql.lit<ResidentTable['state']>('erased')).execute()) {
        const key = wrapped.get(id);
        if (key) await db.insertInto('keys').values({ person_id: id, master_id: key.masterId, wrapped: Buffer.from(key.wrapped, 'base64') }).execute();
        else await destroyPerson({ db, nowMs }, id);
        restored[key ? 'people' : 'erasedSince'] += 1;
      }
      return { ok: true, restored };
    });
    await file.checkpoint();
    return result;
  } finally {
    await file.close();
  }
}

function isBackup(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    using db = new DatabaseSync(path, { readOnly: true });
    return db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name IN ('residents', 'keys')").get()?.['n'] === 2;
  } catch {
    return false; // any other file: a picture, a table, half a copy
  }
}

/** Null: there is no keys file, or it is not one. */
function readKeys(path: string): WrappedKeys | null {
  if (!existsSync(path)) return null;
  try {
    return keysSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null; // cut off, or written by something else
  }
}

/** What the system says of a folder or a disk, as against a fault of ours. */
function isOfDisk(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function dropFile(path: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${end}`, { force: true });
}

const keysSchema = z.array(z.strictObject({ personId: z.string(), masterId: z.string(), wrapped: z.base64() }));

/** Takes the keys out of the copy, down to its free pages, and replaces the keys file by them. */
function moveKeys(copy: DatabaseSync, keysFile: string): number {
  const rows = copy.prepare('SELECT person_id, master_id, wrapped FROM keys').all();
  const keys = rows.map((row) => {
    if (!(row['wrapped'] instanceof Uint8Array)) throw new Error('a wrapped key is not bytes');
    return { personId: String(row['person_id']), masterId: String(row['master_id']), wrapped: Buffer.from(row['wrapped']).toString('base64') };
  });
  copy.exec('PRAGMA secure_delete = ON; DELETE FROM keys; VACUUM');
  writeFileSync(`${keysFile}.part`, `${JSON.stringify(keys)}\n`, { mode: 0o600, flush: true });
  renameSync(`${keysFile}.part`, keysFile);
  return keys.length;
}

function freeName(folder: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, '').slice(0, 15);
  for (let n = 0; ; n += 1) {
    const path = join(folder, `loa-${stamp}${n === 0 ? '' : `-${n}`}.db`);
    if (!existsSync(path)) return path;
  }
}
