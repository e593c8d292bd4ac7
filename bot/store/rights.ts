import type { Tx } from './schema.ts';
import type { RightKind } from './tables/residents.ts';

/** Requests that a person of the station must fulfil, with the last moments that the law gives. */

export type RightsRequest = {
  id: number;
  personId: string;
  ticketId: number | null;
  right: RightKind;
  askedMs: number;
  /** By then the person has heard what will be done. */
  answerDueMs: number;
  /** By then it has been done. */
  doneDueMs: number;
  doneMs: number | null;
};

export async function recordRightsRequest(tx: Tx, request: Omit<RightsRequest, 'id' | 'doneMs'> & { doneMs?: number }): Promise<number> {
  const row = await tx.db.insertInto('rights_requests').values({
    person_id: request.personId,
    ticket_id: request.ticketId,
    right: request.right,
    asked_ms: request.askedMs,
    answer_due_ms: request.answerDueMs,
    done_due_ms: request.doneDueMs,
    done_ms: request.doneMs ?? null,
  }).returning('id').executeTakeFirstOrThrow();
  return row.id;
}

/** Requests of one person, or everyone's that are not done, the most pressing first. */
export async function rightsRequests(tx: Tx, of: { personId: string } | 'open'): Promise<RightsRequest[]> {
  const query = tx.db.selectFrom('rights_requests').selectAll().orderBy('done_due_ms').orderBy('id');
  const rows = await (of === 'open' ? query.where('done_ms', 'is', null) : query.where('person_id', '=', of.personId)).execute();
  return rows.map((row) => ({
    id: row.id,
    personId: row.person_id,
    ticketId: row.ticket_id,
    right: row.right,
    askedMs: row.asked_ms,
    answerDueMs: row.answer_due_ms,
    doneDueMs: row.done_due_ms,
    doneMs: row.done_ms,
  }));
}

export async function markRightDone(tx: Tx, id: number): Promise<void> {
  await tx.db.updateTable('rights_requests').set({ done_ms: tx.nowMs }).where('id', '=', id).where('done_ms', 'is', null).execute();
}
