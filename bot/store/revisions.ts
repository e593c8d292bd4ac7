import { sql } from 'kysely';
import type { Revision } from '#knowledge/revisions.ts';
import type { Rows, Tx } from './schema.ts';
import type { RevisionState } from './tables/knowledge.ts';

/** What staff changed in the base: revisions of cards, and questions that stay with them. Nothing published is ever changed or deleted. */

export type StoredRevision = Revision & { id: number; state: RevisionState; accountId: string | null; accountName: string | null; ticketId: number | null; createdMs: number; publishedMs: number | null };

const COUNTER = 'knowledge_revision';

/** A number that grows whenever something is published; every process looks at it to learn that the base has changed. */
export async function knowledgeCounter(tx: Tx): Promise<number> {
  const row = await tx.db.selectFrom('meta').select('value').where('key', '=', COUNTER).executeTakeFirst();
  return Number(row?.value ?? '0');
}

/** To be called in the transaction that changes what residents are told. */
export async function countKnowledge(tx: Tx): Promise<void> {
  await tx.db.insertInto('meta').values({ key: COUNTER, value: '0' }).onConflict((c) => c.column('key').doNothing()).execute();
  await tx.db.updateTable('meta').set({ value: sql<string>`cast(cast(value as integer) + 1 as text)` }).where('key', '=', COUNTER).execute();
}

/** The published state of each card that staff have changed. */
export async function liveRevisions(tx: Tx): Promise<Revision[]> {
  const latest = tx.db.selectFrom('card_revisions').select(({ fn }) => fn.max('id').as('id')).where('state', '=', 'published').groupBy('card_id');
  const rows = await tx.db.selectFrom('card_revisions').select(['card_id', 'text', 'made_of']).where('id', 'in', latest).orderBy('card_id').execute();
  return rows.map((row) => ({ cardId: row.card_id, text: row.text, of: row.made_of }));
}

/** Everything kept of one card, newest first. */
export async function revisionsOf(tx: Tx, cardId: string): Promise<StoredRevision[]> {
  return (await all(tx).where('card_revisions.card_id', '=', cardId).orderBy('card_revisions.id', 'desc').limit(200).execute()).map(fromRow);
}

export async function revisionById(tx: Tx, id: number): Promise<StoredRevision | null> {
  const row = await all(tx).where('card_revisions.id', '=', id).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** The latest draft of each card that has one. */
export async function drafts(tx: Tx): Promise<StoredRevision[]> {
  return (await all(tx).where('card_revisions.state', '=', 'draft').orderBy('card_revisions.id', 'desc').execute()).map(fromRow);
}

export type NewRevision = { cardId: string; text: string | null; of: string | null; accountId: string | null; ticketId?: number | null };

/** Keeps a draft; an earlier one of the same card gives way to it, so that a card has one draft at most. */
export async function keepDraft(tx: Tx, draft: NewRevision): Promise<number> {
  await dropDraft(tx, draft.cardId);
  return insert(tx, draft, 'draft');
}

/** Makes this the card that residents read, in every process. Its draft is used up by it. */
export async function publish(tx: Tx, revision: NewRevision): Promise<number> {
  await dropDraft(tx, revision.cardId);
  const id = await insert(tx, revision, 'published');
  await countKnowledge(tx);
  return id;
}

export async function dropDraft(tx: Tx, cardId: string): Promise<void> {
  await tx.db.deleteFrom('card_revisions').where('card_id', '=', cardId).where('state', '=', 'draft').execute();
}

/** Drafts hold what a resident asked until somebody has made the station's own words of it; they go with who asked. */
export async function dropDraftsOf(tx: Rows, personId: string): Promise<void> {
  const tickets = tx.db.selectFrom('tickets').select('id').where('person_id', '=', personId);
  await tx.db.deleteFrom('card_revisions').where('state', '=', 'draft').where('ticket_id', 'in', tickets).execute();
  await tx.db.deleteFrom('outside_questions').where('state', '=', 'draft').where('ticket_id', 'in', tickets).execute();
}

/** Drafts from questions that are past keeping go too; gives how many. */
export async function dropOldDrafts(tx: Tx, beforeMs: number): Promise<number> {
  const cards = await tx.db.deleteFrom('card_revisions').where('state', '=', 'draft').where('ticket_id', 'is not', null).where('created_ms', '<', beforeMs).executeTakeFirst();
  const questions = await tx.db.deleteFrom('outside_questions').where('state', '=', 'draft').where('ticket_id', 'is not', null).where('created_ms', '<', beforeMs).executeTakeFirst();
  return Number(cards.numDeletedRows) + Number(questions.numDeletedRows);
}

export type OutsideQuestion = { id: number; theme: string; question: string; state: RevisionState; createdMs: number };

/** Questions that staff keep for themselves, published or waiting to be; the file's own are not among them. */
export async function outsideQuestions(tx: Tx): Promise<OutsideQuestion[]> {
  const rows = await tx.db.selectFrom('outside_questions').select(['id', 'theme', 'question', 'state', 'created_ms']).where('state', '!=', 'dropped').orderBy('id').execute();
  return rows.map(({ created_ms: createdMs, ...row }) => ({ ...row, createdMs }));
}

export async function addOutside(tx: Tx, entry: { theme: string; question: string; state: 'draft' | 'published'; accountId: string | null; ticketId: number | null }): Promise<void> {
  await tx.db.insertInto('outside_questions').values({ theme: entry.theme, question: entry.question, state: entry.state, account_id: entry.accountId, ticket_id: entry.ticketId, created_ms: tx.nowMs }).execute();
  if (entry.state === 'published') await countKnowledge(tx);
}

export async function changeOutside(tx: Tx, id: number, state: 'published' | 'dropped'): Promise<void> {
  await tx.db.updateTable('outside_questions').set({ state }).where('id', '=', id).execute();
  await countKnowledge(tx);
}

async function insert(tx: Tx, revision: NewRevision, state: 'draft' | 'published'): Promise<number> {
  const row = await tx.db.insertInto('card_revisions').values({
    card_id: revision.cardId, text: revision.text, made_of: revision.of, state, account_id: revision.accountId, ticket_id: revision.ticketId ?? null,
    created_ms: tx.nowMs, published_ms: state === 'published' ? tx.nowMs : null,
  }).returning('id').executeTakeFirstOrThrow();
  return row.id;
}

function all(tx: Tx) {
  return tx.db.selectFrom('card_revisions').leftJoin('accounts', 'accounts.id', 'card_revisions.account_id').select([
    'card_revisions.id', 'card_revisions.card_id', 'card_revisions.text', 'card_revisions.made_of', 'card_revisions.state', 'card_revisions.account_id', 'accounts.name',
    'card_revisions.ticket_id', 'card_revisions.created_ms', 'card_revisions.published_ms',
  ]);
}

function fromRow(row: NonNullable<Awaited<ReturnType<ReturnType<typeof all>['executeTakeFirst']>>>): StoredRevision {
  return {
    id: row.id, cardId: row.card_id, text: row.text, of: row.made_of, state: row.state, accountId: row.account_id, accountName: row.name,
    ticketId: row.ticket_id, createdMs: row.created_ms, publishedMs: row.published_ms,
  };
}
