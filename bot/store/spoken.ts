import { randomBytes } from 'node:crypto';
import type { Lang } from '#knowledge/lang.ts';
import { personById, type Person } from './people.ts';
import type { Sound } from './recordings.ts';
import type { Tx } from './schema.ts';

/** Spoken answers to one person, sealed with their key; whoever has the token may hear one, until retention or erasure takes it. */

/** What makes a token one of a spoken answer rather than a recording's address. */
const MARK = 's-';

/** Says nothing about the person and cannot be guessed. */
export function newToken(): string {
  return MARK + randomBytes(18).toString('base64url');
}

export function isToken(id: string): boolean {
  return id.startsWith(MARK);
}

export type SpokenAnswer = { name: string; title: string; ticketId: number | null; /** What is spoken in it. */ lang: Lang; sound: Sound };

export async function keepSpoken(tx: Tx, person: Person, token: string, { name, title, ticketId, lang, sound }: SpokenAnswer): Promise<void> {
  await tx.db.insertInto('spoken').values({
    token, person_id: person.id, ticket_id: ticketId, name, title, millis: sound.millis, note_type: sound.noteType, made_ms: tx.nowMs, lang,
    note_sealed: tx.ring.seal(person.key, 'voice', sound.note), plain_sealed: sound.plain === null ? null : tx.ring.seal(person.key, 'voice', sound.plain),
  }).execute();
}

/** Null once its person is erased or its time is over. */
export async function spokenOf(tx: Tx, token: string): Promise<SpokenAnswer | null> {
  const row = await tx.db.selectFrom('spoken').selectAll().where('token', '=', token).executeTakeFirst();
  const person = row === undefined ? null : await personById(tx, row.person_id);
  if (row === undefined || person === null) return null;
  const open = (sealed: Uint8Array): Uint8Array => tx.ring.openBytes(person.key, 'voice', sealed);
  return {
    name: row.name, title: row.title, ticketId: row.ticket_id, lang: row.lang,
    sound: { noteType: row.note_type, note: open(row.note_sealed), plain: row.plain_sealed === null ? null : open(row.plain_sealed), millis: row.millis },
  };
}
