import { createHash, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { openForStation, sealForStation } from '#bot/store/keyring.ts';
import type { Store } from '#bot/store/store.ts';

/**
 * What somebody typed into a form whose login had ended. It travels with the login page, sealed under the station's key:
 * the program keeps nothing, any of its processes can open it, and whoever sits down at the same computer next sees only
 * noise. It opens for the account that the form was drawn for, within an hour.
 */
export type KeptForm = { accountId: string; /** Where the form was going. */ action: string; /** The page it stands on. */ page: string; fields: [string, string][]; atMs: number };

const keptSchema = z.strictObject({ accountId: z.string(), action: z.string(), page: z.string(), fields: z.array(z.tuple([z.string(), z.string()])), atMs: z.number() });
const LIVES_MS = 3_600_000;
const USE = 'kept-form';

/** A form's token against requests from elsewhere: follows from the login it was drawn for, and says nothing about its cookie. */
export function formToken(sessionHash: string): string {
  return createHash('sha256').update(`csrf\0${sessionHash}`).digest('base64url');
}

/** Whether a form brought this token; how long the comparing takes says nothing about it. */
export function isFormToken(given: string, token: string): boolean {
  const [one, other] = [given, token].map((each) => createHash('sha256').update(each).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

/** Whose login a form was drawn for, also after it has ended; null for a token that nobody was given. */
export async function ownerOfForm(store: Store, token: string): Promise<string | null> {
  const sessions = await store.read((tx) => tx.db.selectFrom('staff_sessions').select(['id_hash', 'account_id']).execute());
  return sessions.find((session) => isFormToken(token, formToken(session.id_hash)))?.account_id ?? null;
}

export function sealForm({ masterKeyFile }: Pick<Store, 'masterKeyFile'>, kept: KeptForm): string {
  return sealForStation(masterKeyFile.newest(), USE, deflateRawSync(JSON.stringify(kept)));
}

/** Null for what was not sealed here, is too old, or belongs to somebody else. */
export function openForm({ masterKeyFile }: Pick<Store, 'masterKeyFile'>, sealed: string, accountId: string, nowMs: number): KeptForm | null {
  try {
    const kept = keptSchema.parse(JSON.parse(inflateRawSync(openForStation(masterKeyFile, USE, sealed)).toString('utf8')));
    return kept.accountId === accountId && nowMs - kept.atMs < LIVES_MS ? kept : null;
  } catch {
    return null;
  }
}
