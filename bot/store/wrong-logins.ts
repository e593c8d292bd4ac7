import type { Tx } from './schema.ts';

/**
 * Failed logins in a row, by the name that was typed. Known and unknown names stand side by side, so that neither the
 * answers nor their time say which is which. Only a keyed hash is kept: people type their password into the wrong field.
 */
export type WrongLogins = { failed: number; lockedUntilMs: number };

const NONE: WrongLogins = { failed: 0, lockedUntilMs: 0 };

/**
 * After so long without another the count begins anew. Longer than it takes to reach the longest wait, so that sitting
 * it out gives nobody more guesses than waiting in line.
 */
const FORGOTTEN_AFTER_MS = 6 * 3_600_000;

export async function wrongLogins(tx: Tx, login: string): Promise<WrongLogins> {
  const row = await tx.db.selectFrom('wrong_logins').select(['failed', 'locked_until_ms', 'at_ms']).where('login_hash', '=', hashOf(tx, login)).executeTakeFirst();
  return row === undefined ? NONE : standing(tx, row);
}

/** The same, and nobody else counts for this name until the transaction ends. */
export async function holdWrongLogins(tx: Tx, login: string): Promise<WrongLogins> {
  // A row that is written is held on both engines, also where there was none.
  const row = await tx.db.insertInto('wrong_logins').values({ login_hash: hashOf(tx, login), failed: 0, locked_until_ms: 0, at_ms: tx.nowMs })
    .onConflict((c) => c.column('login_hash').doUpdateSet((eb) => ({ failed: eb.ref('wrong_logins.failed') })))
    .returning(['failed', 'locked_until_ms', 'at_ms']).executeTakeFirstOrThrow();
  return standing(tx, row);
}

/** Writes down that the name has failed so often and takes no password until then; forgets what is long past, of anybody. */
export async function countWrongLogin(tx: Tx, login: string, now: WrongLogins): Promise<void> {
  await tx.db.updateTable('wrong_logins').set({ failed: now.failed, locked_until_ms: now.lockedUntilMs, at_ms: tx.nowMs }).where('login_hash', '=', hashOf(tx, login)).execute();
  await forgetWrongLogins(tx);
}

export async function clearWrongLogins(tx: Tx, login: string): Promise<void> {
  await tx.db.deleteFrom('wrong_logins').where('login_hash', '=', hashOf(tx, login)).execute();
}

/** Forgets names whose last failure is long past, some at a time. */
async function forgetWrongLogins(tx: Tx): Promise<void> {
  const old = tx.db.selectFrom('wrong_logins').select('login_hash').where('at_ms', '<=', tx.nowMs - FORGOTTEN_AFTER_MS).orderBy('at_ms').limit(100)
    .$if(tx.engine === 'postgres', (query) => query.forUpdate().skipLocked());
  await tx.db.deleteFrom('wrong_logins').where('login_hash', 'in', old).execute();
}

function standing(tx: Tx, row: { failed: number; locked_until_ms: number; at_ms: number }): WrongLogins {
  return row.at_ms <= tx.nowMs - FORGOTTEN_AFTER_MS ? NONE : { failed: row.failed, lockedUntilMs: row.locked_until_ms };
}

function hashOf(tx: Tx, login: string): string {
  return tx.ring.addressHash('login', login);
}
