import type { PersonKey } from './keyring.ts';
import { readJson } from './forms.ts';
import { masterInUse } from './people.ts';
import type { Tx } from './schema.ts';
import { DOMAINS, type AccountTable, type Domain, type Role } from './tables/staff.ts';
import { langSchema, type Lang } from '#knowledge/lang.ts';
import { z } from 'zod';

/** Who of the station may log in, the links that make accounts, and the browsers that are logged in. */

export type Account = {
  id: string;
  login: string;
  name: string;
  title: string;
  role: Role;
  domains: Domain[];
  /** What they speak with residents. */
  languages: Lang[];
  hasCode: boolean;
  createdMs: number;
};

/** What a login is checked against; never leaves the accounts' part. */
export type Credentials = { account: Account; password: string; totpStep: number };

const domainsSchema = z.array(z.enum(DOMAINS));
const languagesSchema = z.array(langSchema);

export async function hasAccounts(tx: Tx): Promise<boolean> {
  return await tx.db.selectFrom('accounts').select('id').limit(1).executeTakeFirst() !== undefined;
}

/** False when the login is taken. */
export async function addAccount(tx: Tx, account: { id: string; login: string; name: string; title: string; role: Role; domains: readonly Domain[]; password: string }): Promise<boolean> {
  const row = await tx.db.insertInto('accounts').values({
    ...account, domains: JSON.stringify(account.domains), totp_sealed: null, totp_step: 0, created_ms: tx.nowMs, ended_ms: null,
  }).onConflict((c) => c.column('login').doNothing()).returning('id').executeTakeFirst();
  return row !== undefined;
}

export async function listAccounts(tx: Tx): Promise<Account[]> {
  const rows = await tx.db.selectFrom('accounts').selectAll().where('ended_ms', 'is', null).orderBy('created_ms').execute();
  return rows.map(plain);
}

export async function credentialsOf(tx: Tx, login: string): Promise<Credentials | null> {
  const row = await tx.db.selectFrom('accounts').selectAll().where('login', '=', login).where('ended_ms', 'is', null).executeTakeFirst();
  return row ? { account: plain(row), password: row.password, totpStep: row.totp_step } : null;
}

/** Uses up a time step; false when it had been used. */
export async function useStep(tx: Tx, accountId: string, step: number): Promise<boolean> {
  const result = await tx.db.updateTable('accounts').set({ totp_step: step }).where('id', '=', accountId).where('totp_step', '<', step).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The account's shared secret; null when none is set up. Throws `KeyLost` when its key is gone. */
export async function secretOf(tx: Tx, accountId: string): Promise<string | null> {
  const row = await tx.db.selectFrom('accounts').leftJoin('keys', 'keys.person_id', 'accounts.id').select(['totp_sealed', 'master_id', 'wrapped']).where('accounts.id', '=', accountId).executeTakeFirst();
  if (!row?.totp_sealed) return null;
  const key = tx.ring.unwrap(accountId, { masterId: row.master_id ?? '', wrapped: row.wrapped ?? new Uint8Array() });
  return tx.ring.open(key, 'totp', row.totp_sealed);
}

/** Keeps the shared secret sealed under a key of the account's own, which rotation and backup treat as any other. */
export async function keepSecret(tx: Tx, accountId: string, secret: string, step: number): Promise<void> {
  const sealed = tx.ring.seal(await keyOf(tx, accountId), 'totp', secret);
  await tx.db.updateTable('accounts').set({ totp_sealed: sealed, totp_step: step }).where('id', '=', accountId).execute();
}

async function keyOf(tx: Tx, accountId: string): Promise<PersonKey> {
  await tx.db.deleteFrom('keys').where('person_id', '=', accountId).execute();
  const { personKey, wrapped } = tx.ring.create(accountId, await masterInUse(tx));
  await tx.db.insertInto('keys').values({ person_id: accountId, master_id: wrapped.masterId, wrapped: wrapped.wrapped }).execute();
  return personKey;
}

/** What the account's person speaks with residents. */
export async function setLanguages(tx: Tx, accountId: string, languages: readonly Lang[]): Promise<void> {
  await tx.db.updateTable('accounts').set({ languages: JSON.stringify(languages) }).where('id', '=', accountId).execute();
}

/** Ends the account and every browser it is logged in with. What it did stays. */
export async function endAccount(tx: Tx, accountId: string): Promise<void> {
  await tx.db.updateTable('accounts').set({ ended_ms: tx.nowMs, password: '', totp_sealed: null }).where('id', '=', accountId).execute();
  await tx.db.deleteFrom('keys').where('person_id', '=', accountId).execute();
  await tx.db.deleteFrom('staff_sessions').where('account_id', '=', accountId).execute();
  await tx.db.deleteFrom('staff_links').where('account_id', '=', accountId).execute();
  await tx.db.deleteFrom('link_codes').where('account_id', '=', accountId).execute();
}

export type Invitation = { tokenHash: string; name: string; role: Role; domains: Domain[]; byAccount: string | null };

export async function addInvitation(tx: Tx, invitation: Invitation & { expiresMs: number }): Promise<void> {
  await tx.db.insertInto('invitations').values({
    token_hash: invitation.tokenHash, name: invitation.name, role: invitation.role, domains: JSON.stringify(invitation.domains),
    by_account: invitation.byAccount, created_ms: tx.nowMs, expires_ms: invitation.expiresMs, used_ms: null,
  }).execute();
}

/** Takes back set-up links, which name nobody, that were not used; invitations to a named person stay. */
export async function dropSetUpLinks(tx: Tx): Promise<void> {
  await tx.db.deleteFrom('invitations').where('used_ms', 'is', null).where('name', '=', '').execute();
}

/** The invitation if it is neither used nor too old. */
export async function openInvitation(tx: Tx, tokenHash: string): Promise<Invitation | null> {
  const row = await tx.db.selectFrom('invitations').selectAll()
    .where('token_hash', '=', tokenHash).where('used_ms', 'is', null).where('expires_ms', '>', tx.nowMs).executeTakeFirst();
  return row ? { tokenHash: row.token_hash, name: row.name, role: row.role, domains: readJson(domainsSchema, row.domains), byAccount: row.by_account } : null;
}

/** False when somebody used it first. */
export async function useInvitation(tx: Tx, tokenHash: string): Promise<boolean> {
  const result = await tx.db.updateTable('invitations').set({ used_ms: tx.nowMs }).where('token_hash', '=', tokenHash).where('used_ms', 'is', null).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** A login that ended is kept so long. */
const FORGOTTEN_AFTER_MS = 7 * 24 * 3_600_000;

export type StaffSession = { idHash: string; agent: string; createdMs: number; seenMs: number };

/** Also forgets logins that ended long ago. */
export async function addSession(tx: Tx, session: { idHash: string; accountId: string; agent: string; expiresMs: number }): Promise<void> {
  await tx.db.deleteFrom('staff_sessions').where('expires_ms', '<', tx.nowMs - FORGOTTEN_AFTER_MS).execute();
  await tx.db.insertInto('staff_sessions').values({ id_hash: session.idHash, account_id: session.accountId, agent: session.agent, created_ms: tx.nowMs, seen_ms: tx.nowMs, expires_ms: session.expiresMs }).execute();
}

/** Whose browser this is, if it is still logged in. */
export async function sessionAccount(tx: Tx, idHash: string, idleMs: number): Promise<{ account: Account; seenMs: number } | null> {
  const row = await tx.db.selectFrom('staff_sessions').innerJoin('accounts', 'accounts.id', 'staff_sessions.account_id')
    .selectAll('accounts').select('staff_sessions.seen_ms')
    .where('staff_sessions.id_hash', '=', idHash).where('staff_sessions.expires_ms', '>', tx.nowMs).where('staff_sessions.seen_ms', '>', tx.nowMs - idleMs)
    .where('accounts.ended_ms', 'is', null).executeTakeFirst();
  return row ? { account: plain(row), seenMs: row.seen_ms } : null;
}

export async function touchSession(tx: Tx, idHash: string): Promise<void> {
  await tx.db.updateTable('staff_sessions').set({ seen_ms: tx.nowMs }).where('id_hash', '=', idHash).execute();
}

/** Browsers that are logged in, the latest first. */
export async function sessionsOf(tx: Tx, accountId: string, idleMs: number): Promise<StaffSession[]> {
  const rows = await tx.db.selectFrom('staff_sessions').selectAll().where('account_id', '=', accountId)
    .where('expires_ms', '>', tx.nowMs).where('seen_ms', '>', tx.nowMs - idleMs).orderBy('seen_ms', 'desc').execute();
  return rows.map((row) => ({ idHash: row.id_hash, agent: row.agent, createdMs: row.created_ms, seenMs: row.seen_ms }));
}

/** Logs a browser out; only one of this account's. The row stays for a while, so that a form drawn for it is known to be theirs. */
export async function dropSession(tx: Tx, accountId: string, idHash: string): Promise<void> {
  await tx.db.updateTable('staff_sessions').set({ expires_ms: tx.nowMs, seen_ms: 0 }).where('account_id', '=', accountId).where('id_hash', '=', idHash).execute();
}

function plain(row: Pick<AccountTable, 'id' | 'login' | 'name' | 'title' | 'role' | 'domains' | 'totp_sealed' | 'created_ms'> & { languages: string }): Account {
  return {
    id: row.id, login: row.login, name: row.name, title: row.title, role: row.role,
    domains: readJson(domainsSchema, row.domains), languages: readJson(languagesSchema, row.languages), hasCode: row.totp_sealed !== null, createdMs: row.created_ms,
  };
}
