import { createHash, randomInt } from 'node:crypto';
import { record } from './audit.ts';
import type { Account } from './accounts.ts';
import { listAccounts } from './accounts.ts';
import type { Tx } from './schema.ts';

/** Which Telegram user somebody of the station is: a code that the console shows, typed to the bot within ten minutes. */

const CODE_LIVES_MS = 10 * 60_000;

/** A new code of eight digits for this account; one that was shown before holds no longer. */
export async function newLinkCode(tx: Tx, accountId: string): Promise<string> {
  await tx.db.deleteFrom('link_codes').where('account_id', '=', accountId).execute();
  const code = String(randomInt(100_000_000)).padStart(8, '0');
  await tx.db.insertInto('link_codes').values({ code_hash: hashOf(code), account_id: accountId, expires_ms: tx.nowMs + CODE_LIVES_MS }).execute();
  return code;
}

/** Links the Telegram user who shows this code; gives whose it was, or null for a code that is wrong, used or too old. */
export async function useLinkCode(tx: Tx, code: string, userId: string): Promise<Account | null> {
  const row = await tx.db.deleteFrom('link_codes').where('code_hash', '=', hashOf(code)).returning(['account_id', 'expires_ms']).executeTakeFirst();
  if (row === undefined || row.expires_ms <= tx.nowMs) return null;
  const account = (await listAccounts(tx)).find((each) => each.id === row.account_id);
  if (account === undefined) return null;
  await tx.db.deleteFrom('staff_links').where((eb) => eb.or([eb('account_id', '=', account.id), eb('user_id', '=', userId)])).execute();
  await tx.db.insertInto('staff_links').values({ account_id: account.id, user_id: userId, linked_ms: tx.nowMs }).execute();
  await record(tx, { accountId: account.id, what: 'linked' });
  return account;
}

export async function unlink(tx: Tx, accountId: string): Promise<void> {
  await tx.db.deleteFrom('staff_links').where('account_id', '=', accountId).execute();
  await record(tx, { accountId, what: 'unlinked' });
}

/** The accounts that may still log in, each with the Telegram user they are, if they said so. */
export type Linked = Account & { userId: string | null };

export async function linkedAccounts(tx: Tx): Promise<Linked[]> {
  const [accounts, links] = [await listAccounts(tx), await tx.db.selectFrom('staff_links').select(['account_id', 'user_id']).execute()];
  const users = new Map(links.map((link) => [link.account_id, link.user_id]));
  return accounts.map((account) => ({ ...account, userId: users.get(account.id) ?? null }));
}

/** Who of the station this Telegram user is; null for a stranger. */
export async function accountOfUser(tx: Tx, userId: string): Promise<Linked | null> {
  return (await linkedAccounts(tx)).find((account) => account.userId === userId) ?? null;
}

function hashOf(code: string): string {
  return createHash('sha256').update(`link\0${code}`).digest('base64url');
}
