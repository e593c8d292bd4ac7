import { createHash } from 'node:crypto';
import type { Lang } from '#knowledge/lang.ts';
import type { Tx } from './schema.ts';

/** Readings aloud that anybody may hear, one row a recording. */

export type RecordingState = 'draft' | 'approved';

/** A recording without its sound. */
export type Recording = {
  id: number;
  address: string;
  subject: string;
  lang: Lang;
  /** Hash of the Vietnamese that it reads. */
  renders: string;
  state: RecordingState;
  speaker: string;
  dialect: string;
  madeMs: number;
  millis: number | null;
  digest: string;
  noteType: string;
  hasPlain: boolean;
};

export type Sound = { noteType: string; note: Uint8Array; plain: Uint8Array | null; millis: number | null };

export type NewRecording = { subject: string; lang: Lang; renders: string; speaker: string; dialect: string; accountId: string | null; sound: Sound };

/** Where the recording of a subject in a language is heard, whichever holds at the time. */
export function addressOfRecording(subject: string, lang: Lang): string {
  return createHash('sha256').update(`${subject}\n${lang}`).digest('hex').slice(0, 24);
}

/** Writes a recording down as a draft; an earlier draft of the same goes. Gives its id. */
export async function addRecording(tx: Tx, recording: NewRecording): Promise<number> {
  const { subject, lang, sound } = recording;
  const address = addressOfRecording(subject, lang);
  await tx.db.deleteFrom('recordings').where('address', '=', address).where('state', '=', 'draft').execute();
  const row = await tx.db.insertInto('recordings').values({
    address, subject, lang, renders: recording.renders, state: 'draft', speaker: recording.speaker, dialect: recording.dialect, account_id: recording.accountId, approved_by: null,
    made_ms: tx.nowMs, millis: sound.millis, digest: createHash('sha256').update(sound.note).digest('base64url').slice(0, 22), note_type: sound.noteType, note: sound.note, plain: sound.plain,
  }).returning('id').executeTakeFirstOrThrow();
  return row.id;
}

/** Makes a draft what residents hear; what they heard before goes. False when it is there no more. */
export async function approveRecording(tx: Tx, id: number, accountId: string | null): Promise<boolean> {
  const row = await tx.db.updateTable('recordings').set({ state: 'approved', approved_by: accountId }).where('id', '=', id).returning('address').executeTakeFirst();
  if (row === undefined) return false;
  await tx.db.deleteFrom('recordings').where('address', '=', row.address).where('id', '!=', id).execute();
  return true;
}

/** Takes a recording away for good. */
export async function dropRecording(tx: Tx, id: number): Promise<boolean> {
  const result = await tx.db.deleteFrom('recordings').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Every recording without its sound, in the order in which they were made. */
export function listRecordings(tx: Tx): Promise<Recording[]> {
  return recordingsWhere(tx, null);
}

/** The recordings of one subject, without their sound. */
export function recordingsAbout(tx: Tx, subject: string): Promise<Recording[]> {
  return recordingsWhere(tx, subject);
}

async function recordingsWhere(tx: Tx, subject: string | null): Promise<Recording[]> {
  const rows = await tx.db.selectFrom('recordings')
    .select(['id', 'address', 'subject', 'lang', 'renders', 'state', 'speaker', 'dialect', 'made_ms', 'millis', 'digest', 'note_type'])
    .select((eb) => eb.case().when('plain', 'is', null).then(0).else(1).end().as('has_plain'))
    .$if(subject !== null, (query) => query.where('subject', '=', subject ?? '')).orderBy('id').execute();
  return rows.map((row) => ({
    id: row.id, address: row.address, subject: row.subject, lang: row.lang, renders: row.renders, state: row.state, speaker: row.speaker, dialect: row.dialect,
    madeMs: row.made_ms, millis: row.millis, digest: row.digest, noteType: row.note_type, hasPlain: row.has_plain === 1,
  }));
}

/** Changes when a recording is made, approved or taken away. */
export async function recordingsMark(tx: Tx): Promise<string> {
  const row = await tx.db.selectFrom('recordings').select(({ fn, eb }) => [
    fn.countAll<number>().as('rows'), fn.max('id').as('newest'), fn.sum<number>(eb.case().when('state', '=', 'approved').then(1).else(0).end()).as('approved'),
  ]).executeTakeFirstOrThrow();
  return `${row.rows} ${String(row.newest)} ${String(row.approved)}`;
}

/** The id of the recording of an announcement that is heard at this address; null when there is none. */
export async function announcedRecording(tx: Tx, address: string): Promise<number | null> {
  const row = await tx.db.selectFrom('recordings').select('id').where('address', '=', address).where('state', '=', 'approved').where('subject', 'like', 'campaign:%').executeTakeFirst();
  return row?.id ?? null;
}

/** The sound of one recording. */
export async function soundOf(tx: Tx, id: number): Promise<Sound | null> {
  const row = await tx.db.selectFrom('recordings').select(['note_type', 'note', 'plain', 'millis']).where('id', '=', id).executeTakeFirst();
  return row ? { noteType: row.note_type, note: row.note, plain: row.plain, millis: row.millis } : null;
}
