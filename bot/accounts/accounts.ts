import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { record } from '#bot/store/audit.ts';
import {
  addAccount, addInvitation, addSession, credentialsOf, dropSetUpLinks, dropSession, hasAccounts, keepSecret,
  openInvitation, secretOf, sessionAccount, touchSession, useInvitation, useStep, type Account, type Invitation,
} from '#bot/store/accounts.ts';
import type { Tx } from '#bot/store/schema.ts';
import { DOMAINS, type Domain, type Role } from '#bot/store/tables/staff.ts';
import { clearWrongLogins, countWrongLogin, holdWrongLogins, wrongLogins } from '#bot/store/wrong-logins.ts';
import type { Store } from '#bot/store/store.ts';
import { fold } from '#knowledge/text.ts';
import { formToken } from './kept-form.ts';
import { hashPassword, isPassword, PASSWORD_LEAST, PASSWORD_MOST } from './password.ts';
import { matchingStep } from './totp.ts';

/** How people of the station get in: a link that makes an account once, a password, a code, a browser that stays logged in. */

const HOUR_MS = 60 * 60_000;
const SET_UP_LIVES_MS = 24 * HOUR_MS;
const INVITATION_LIVES_MS = 7 * 24 * HOUR_MS;
const SESSION_LIVES_MS = 7 * 24 * HOUR_MS;
/** A browser that did nothing for so long is logged out. */
export const SESSION_IDLE_MS = 12 * HOUR_MS;
const TOUCH_EVERY_MS = 60_000;

/** Guesses that cost nothing, as a person mistypes; each further one closes the name twice as long. */
const FREE_FAILURES = 3;
const LONGEST_WAIT_MS = 15 * 60_000;

/** How long a name takes no password after its `failed`-th failure in a row: 0, 0, 0, 2 s, 4 s … up to 15 minutes. */
export function waitAfterMs(failed: number): number {
  return failed <= FREE_FAILURES ? 0 : Math.min(1000 * 2 ** (failed - FREE_FAILURES), LONGEST_WAIT_MS);
}

/** A login as it is kept: small letters without marks, digits and dots. Null when too little remains. */
export function loginOf(typed: string): string | null {
  const folded = fold(typed).toLowerCase().replace(/[^a-z0-9.]/gu, '');
  return folded.length >= 3 && folded.length <= 40 ? folded : null;
}

/** The secret of the one-time set-up link, while no account exists; null afterwards. A new one takes the place of the last. */
export async function setUpToken(tx: Tx): Promise<string | null> {
  if (await hasAccounts(tx)) return null;
  await dropSetUpLinks(tx);
  const token = secret();
  await addInvitation(tx, { tokenHash: hashed(token), name: '', role: 'head', domains: [...DOMAINS], byAccount: null, expiresMs: tx.nowMs + SET_UP_LIVES_MS });
  return token;
}

/** The secret of a link with which `name` makes their account, within seven days. */
export async function invite(tx: Tx, invited: { name: string; role: Role; domains: Domain[]; byAccount: string | null }): Promise<string> {
  const token = secret();
  await addInvitation(tx, { ...invited, tokenHash: hashed(token), expiresMs: tx.nowMs + INVITATION_LIVES_MS });
  await record(tx, { accountId: invited.byAccount, what: 'invited', detail: invited.role });
  return token;
}

export async function invitationOf(tx: Tx, token: string): Promise<Invitation | null> {
  return openInvitation(tx, hashed(token));
}

export type JoinForm = { login: string; name: string; title: string; password: string };
export type JoinFault = { field: keyof JoinForm; why: 'short' | 'taken' | 'long' };

/** Makes the account of an invitation. The link is used up by it; faults of the form leave it as it was. */
export async function join(store: Store, token: string, form: JoinForm): Promise<{ ok: true; account: Account } | { ok: false; faults: JoinFault[] } | { ok: false; faults: [] }> {
  const login = loginOf(form.login);
  const faults: JoinFault[] = [
    ...(form.name.trim().length < 2 ? [{ field: 'name' as const, why: 'short' as const }] : []),
    ...(form.title.trim().length < 2 ? [{ field: 'title' as const, why: 'short' as const }] : []),
    ...(login === null ? [{ field: 'login' as const, why: 'short' as const }] : []),
    ...(form.password.length < PASSWORD_LEAST ? [{ field: 'password' as const, why: 'short' as const }] : []),
    ...(form.password.length > PASSWORD_MOST ? [{ field: 'password' as const, why: 'long' as const }] : []),
  ];
  if (login === null || faults.length > 0) return { ok: false, faults };
  // Nobody makes the machine hash passwords without a link that holds.
  if (await store.read((tx) => invitationOf(tx, token)) === null) return { ok: false, faults: [] };
  const password = await hashPassword(form.password);
  return store.write(async (tx) => {
    const invitation = await invitationOf(tx, token);
    if (invitation === null) return { ok: false, faults: [] };
    const id = `staff-${randomUUID()}`;
    const { role, domains } = invitation;
    const name = form.name.trim().slice(0, 60);
    const title = form.title.trim().slice(0, 60);
    if (!await addAccount(tx, { id, login, name, title, role, domains, password })) return { ok: false, faults: [{ field: 'login', why: 'taken' }] };
    if (!await useInvitation(tx, invitation.tokenHash)) throw new Error('an invitation was used while it was held');
    await record(tx, { accountId: id, what: invitation.name === '' ? 'set-up' : 'joined', detail: role });
    return { ok: true, account: { id, login, name, title, role, domains, languages: ['vi'], hasCode: false, createdMs: tx.nowMs } };
  });
}

export type LoginResult = { ok: true; account: Account } | { ok: false; why: 'wrong' | 'code' } | { ok: false; why: 'wait'; waitMs: number };

/**
 * Checks name, password and, where one is set up, the code. A name that nobody has is answered, counted and closed like
 * any other, so that no guess tells who works here. `code`: the password was right and the code is missing or is not.
 */
export async function logIn(store: Store, typed: { login: string; password: string; code: string }, nowMs: number): Promise<LoginResult> {
  const login = loginOf(typed.login);
  if (login === null) return { ok: false, why: 'wrong' };
  const { closedMs, found } = await store.read(async (tx) => ({ closedMs: (await wrongLogins(tx, login)).lockedUntilMs - nowMs, found: await credentialsOf(tx, login) }));
  if (closedMs > 0) return { ok: false, why: 'wait', waitMs: closedMs };
  const right = await isPassword(typed.password, found?.password ?? null);
  return store.write(async (tx): Promise<LoginResult> => {
    // Guesses made side by side count one after the other.
    const { failed, lockedUntilMs } = await holdWrongLogins(tx, login);
    if (lockedUntilMs > tx.nowMs) return { ok: false, why: 'wait', waitMs: lockedUntilMs - tx.nowMs };
    // Read again: it may have ended, or used its code, while the password was worked on.
    const now = await credentialsOf(tx, login);
    const known = right && now?.password === found?.password ? now : null;
    if (known !== null && (!known.account.hasCode || await takesCode(tx, known.account.id, typed.code, known.totpStep))) {
      await clearWrongLogins(tx, login);
      await record(tx, { accountId: known.account.id, what: 'logged-in' });
      return { ok: true, account: known.account };
    }
    // Not having typed a code yet is no guess.
    if (known !== null && typed.code === '') return { ok: false, why: 'code' };
    await countWrongLogin(tx, login, { failed: failed + 1, lockedUntilMs: tx.nowMs + waitAfterMs(failed + 1) });
    if (now !== null) await record(tx, { accountId: now.account.id, what: 'login-failed' });
    return { ok: false, why: known === null ? 'wrong' : 'code' };
  });
}

async function takesCode(tx: Tx, accountId: string, code: string, lastStep: number): Promise<boolean> {
  const shared = await secretOf(tx, accountId);
  const step = shared === null ? null : matchingStep(shared, code, tx.nowMs, lastStep);
  return step !== null && useStep(tx, accountId, step);
}

/** Sets up the code generator once its first code is right. */
export async function setUpCode(tx: Tx, accountId: string, shared: string, code: string): Promise<boolean> {
  const step = matchingStep(shared, code, tx.nowMs, 0);
  if (step === null) return false;
  await keepSecret(tx, accountId, shared, step);
  await record(tx, { accountId, what: 'code-set' });
  return true;
}

/** Keeps a browser logged in: the secret of its cookie. */
export async function beginSession(tx: Tx, accountId: string, agent: string): Promise<string> {
  const id = secret();
  await addSession(tx, { idHash: hashed(id), accountId, agent: agent.slice(0, 120), expiresMs: tx.nowMs + SESSION_LIVES_MS });
  return id;
}

/** A request's browser, logged in. `csrf` goes into every form and must come back with it. */
export type LoggedIn = { account: Account; sessionHash: string; csrf: string };

/** Whose browser brought this cookie; null when it is not logged in any more. */
export async function loggedIn(store: Store, cookie: string, nowMs: number): Promise<LoggedIn | null> {
  const idHash = hashed(cookie);
  const found = await store.read((tx) => sessionAccount(tx, idHash, SESSION_IDLE_MS));
  if (found === null) return null;
  if (nowMs - found.seenMs > TOUCH_EVERY_MS) await store.write((tx) => touchSession(tx, idHash));
  return { account: found.account, sessionHash: idHash, csrf: formToken(idHash) };
}

export async function endSession(tx: Tx, accountId: string, sessionHash: string, what: 'logged-out' | 'session-ended'): Promise<void> {
  await dropSession(tx, accountId, sessionHash);
  await record(tx, { accountId, what });
}

/** What a role may do here. */
export function may(role: Role, what: 'answer' | 'publish' | 'broadcast' | 'translate' | 'sign-translations' | 'manage-accounts'): boolean {
  switch (what) {
    case 'broadcast':
      return role === 'broadcaster' || role === 'head';
    case 'answer':
      return role !== 'broadcaster' && role !== 'translator';
    case 'translate':
      return role !== 'broadcaster';
    // A translator is a speaker; what staff of the station sign, they sign for a speaker whom they name.
    case 'sign-translations':
      return role === 'translator' || role === 'editor' || role === 'head';
    case 'publish':
      return role === 'editor' || role === 'head';
    case 'manage-accounts':
      return role === 'head';
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
