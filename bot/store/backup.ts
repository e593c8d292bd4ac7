import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Store } from './store.ts';

/**
 * A backup is two files. The data, a new file each time, to be kept as long as one likes; and the people's wrapped keys,
 * one file that each backup replaces. So a person who was erased is erased from every older backup of the data with
 * the next backup, because nothing else opens what they wrote. The master key is in neither.
 */
export type Backup = { dataFile: string; keysFile: string; people: number; bytes: number };

export type BackupResult = { ok: true; backup: Backup } | { ok: false; problem: { kind: 'backup-not-sqlite' } | { kind: 'backup-damaged'; detail: string } };

const KEYS_NAME = 'loa-keys.json';

/** Copies the store into `folder` while it is in use. On PostgreSQL, `pg_dump` is the way and this says so. */
export function backUp(store: Store, folder: string, nowMs: number): BackupResult {
  if (!store.copyTo) return { ok: false, problem: { kind: 'backup-not-sqlite' } };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const dataFile = freeName(folder, nowMs);
  const growing = `${dataFile}.part`;
  rmSync(growing, { force: true });
  store.copyTo(growing);

  const copy = new DatabaseSync(growing);
  let people: number;
  try {
    const checked = copy.prepare('PRAGMA integrity_check').get();
    if (checked?.['integrity_check'] !== 'ok') return { ok: false, problem: { kind: 'backup-damaged', detail: String(checked?.['integrity_check']) } };
    people = moveKeys(copy, join(folder, KEYS_NAME));
  } finally {
    copy.close();
  }
  renameSync(growing, dataFile);
  return { ok: true, backup: { dataFile, keysFile: join(folder, KEYS_NAME), people, bytes: statSync(dataFile).size } };
}

export type Restored = { people: number; erasedSince: number };
export type RestoreResult = { ok: true; restored: Restored } | { ok: false; problem: { kind: 'restore-would-overwrite' | 'restore-no-keys' | 'restore-not-a-backup'; path: string } };

/**
 * Puts a backup in place in an empty data folder. People whose keys are no longer in the keys file were erased after
 * this backup was made, and stay erased.
 */
export function restore(dataFile: string, dataDir: string): RestoreResult {
  const target = join(dataDir, 'loa.db');
  const keysFile = join(dataFile, '..', KEYS_NAME);
  if (existsSync(target)) return { ok: false, problem: { kind: 'restore-would-overwrite', path: target } };
  if (!existsSync(dataFile)) return { ok: false, problem: { kind: 'restore-not-a-backup', path: dataFile } };
  if (!existsSync(keysFile)) return { ok: false, problem: { kind: 'restore-no-keys', path: keysFile } };
  const keys = keysSchema.safeParse(JSON.parse(readFileSync(keysFile, 'utf8')));
  if (!keys.success) return { ok: false, problem: { kind: 'restore-no-keys', path: keysFile } };

  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const beside = `${target}.part`;
  copyFileSync(dataFile, beside);
  const db = new DatabaseSync(beside);
  try {
    const has = db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name IN ('residents', 'keys')").get();
    if (has?.['n'] !== 2) {
      rmSync(beside);
      return { ok: false, problem: { kind: 'restore-not-a-backup', path: basename(dataFile) } };
    }
    db.exec('BEGIN');
    const insert = db.prepare("INSERT INTO keys (person_id, master_id, wrapped) SELECT id, ?, ? FROM residents WHERE id = ? AND state <> 'erased'");
    for (const { personId, masterId, wrapped } of keys.data) insert.run(masterId, Buffer.from(wrapped, 'base64'), personId);
    const erased = db.prepare("UPDATE residents SET state = 'erased', address_hash = NULL, address_sealed = NULL, village_id = NULL, asked_langs = NULL, last_inbound_ms = NULL WHERE state <> 'erased' AND id NOT IN (SELECT person_id FROM keys)").run();
    db.exec(`
      UPDATE inbox SET content_sealed = NULL, state = CASE state WHEN 'new' THEN 'failed' ELSE state END WHERE person_id NOT IN (SELECT person_id FROM keys);
      UPDATE outbox SET piece_sealed = NULL WHERE person_id NOT IN (SELECT person_id FROM keys);
      UPDATE outbox SET state = 'failed', reason = 'erased' WHERE state IN ('queued', 'sending') AND person_id NOT IN (SELECT person_id FROM keys);
      UPDATE tickets SET question_sealed = NULL, state = 'closed' WHERE person_id NOT IN (SELECT person_id FROM keys);
      DELETE FROM contexts WHERE person_id NOT IN (SELECT person_id FROM keys);
      DELETE FROM spoken WHERE person_id NOT IN (SELECT person_id FROM keys);
    `);
    const people = db.prepare('SELECT count(*) AS n FROM keys').get();
    db.exec('COMMIT');
    db.close();
    renameSync(beside, target);
    return { ok: true, restored: { people: Number(people?.['n']), erasedSince: Number(erased.changes) } };
  } finally {
    if (db.isOpen) db.close();
  }
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
