import type { Lang } from '#knowledge/lang.ts';
import { record } from './audit.ts';
import { addRecording, approveRecording, type Sound } from './recordings.ts';
import type { Tx } from './schema.ts';
import type { StationAnswerTable } from './tables/tickets.ts';

/**
 * What staff wrote for more than one person: answers that the next who ask the same get at once, and sentences they use
 * often. The words are the station's own: whoever keeps an answer takes out of the question what is of one person only.
 */
export type StationAnswer = { id: number; ticketId: number; kind: StationAnswerTable['kind']; question: string; answer: string; name: string; title: string; createdMs: number; untilMs: number; /** Whom it serves alone, because it is spoken in their language; null: everybody. */ lang: Lang | null };

/** How long an answer serves those who ask later; until then somebody makes a card of it, or keeps it once more. */
const ANSWER_LIVES_MS = 14 * 24 * 3_600_000;

/** Answers that serve now, the latest first. */
export async function standingAnswers(tx: Tx): Promise<StationAnswer[]> {
  return tx.db.selectFrom('station_answers').innerJoin('accounts', 'accounts.id', 'station_answers.account_id')
    .select(['station_answers.id', 'station_answers.ticket_id as ticketId', 'station_answers.kind', 'station_answers.question', 'station_answers.answer', 'accounts.name', 'accounts.title', 'station_answers.created_ms as createdMs', 'station_answers.until_ms as untilMs', 'station_answers.lang'])
    .where('station_answers.until_ms', '>', tx.nowMs).orderBy('station_answers.id', 'desc').limit(500).execute();
}

export type Kept = { ticketId: number; kind: StationAnswerTable['kind']; question: string; answer: string; accountId: string; /** What was said, for those who chose its language. */ voice?: { lang: Lang; speaker: string; sound: Sound } };

/** What a recording of a kept answer is filed under. */
export function subjectOfAnswer(ticketId: number): string {
  return `answer:${ticketId}`;
}

/**
 * Keeps an answer; what the same ticket had kept before ends with it. A voice that goes with it is laid down as the
 * station's own, like the words, no longer under the key of the person who first asked.
 */
export async function keepAnswer(tx: Tx, kept: Kept): Promise<void> {
  await endAnswers(tx, kept.ticketId);
  const { voice } = kept;
  if (voice !== undefined) {
    const id = await addRecording(tx, { subject: subjectOfAnswer(kept.ticketId), lang: voice.lang, renders: '', speaker: voice.speaker, dialect: '', accountId: kept.accountId, sound: voice.sound });
    await approveRecording(tx, id, kept.accountId);
  }
  await tx.db.insertInto('station_answers').values({ ticket_id: kept.ticketId, kind: kept.kind, question: kept.question, answer: kept.answer, account_id: kept.accountId, created_ms: tx.nowMs, until_ms: tx.nowMs + ANSWER_LIVES_MS, lang: voice?.lang ?? null }).execute();
  await record(tx, { accountId: kept.accountId, what: 'answer-kept', ticketId: kept.ticketId });
}

/** From now on nobody gets what was kept of this ticket: it was wrong, or it is a card now. */
export async function endAnswers(tx: Tx, ticketId: number): Promise<void> {
  await tx.db.updateTable('station_answers').set({ until_ms: tx.nowMs }).where('ticket_id', '=', ticketId).where('until_ms', '>', tx.nowMs).execute();
  await tx.db.deleteFrom('recordings').where('subject', '=', subjectOfAnswer(ticketId)).execute();
}

export type CannedReply = { id: number; text: string };

export async function cannedReplies(tx: Tx): Promise<CannedReply[]> {
  return tx.db.selectFrom('canned_replies').select(['id', 'text']).orderBy('id').limit(60).execute();
}

export async function addCanned(tx: Tx, text: string, accountId: string): Promise<void> {
  await tx.db.insertInto('canned_replies').values({ text, account_id: accountId, created_ms: tx.nowMs }).execute();
}

export async function dropCanned(tx: Tx, id: number): Promise<void> {
  await tx.db.deleteFrom('canned_replies').where('id', '=', id).execute();
}
