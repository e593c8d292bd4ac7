import type { Rows, Tx } from './schema.ts';
import type { RightKind } from './tables/residents.ts';
import type { Domain } from './tables/staff.ts';

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

/** Requests of one person, of one ticket, or those that are not done among the tickets of some domains; the most pressing first. */
export async function rightsRequests(tx: Tx, of: { personId: string } | { ticketId: number } | { openIn: readonly Domain[] }): Promise<RightsRequest[]> {
  const query = tx.db.selectFrom('rights_requests').selectAll().orderBy('done_due_ms').orderBy('id');
  const rows = await asked(query, of).execute();
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

  function asked(all: typeof query, which: typeof of): typeof query {
    if ('personId' in which) return all.where('person_id', '=', which.personId);
    if ('ticketId' in which) return all.where('ticket_id', '=', which.ticketId);
    return all.where('done_ms', 'is', null).where('ticket_id', 'in', tx.db.selectFrom('tickets').select('id').where((eb) => (which.openIn.length === 0 ? eb.lit(false) : eb('domain', 'in', [...which.openIn]))));
  }
}

/** What the ticket asked for has been done; true when it was not marked so before. */
export async function markRightDone(tx: Tx, ticketId: number): Promise<boolean> {
  const { numUpdatedRows } = await tx.db.updateTable('rights_requests').set({ done_ms: tx.nowMs }).where('ticket_id', '=', ticketId).where('done_ms', 'is', null).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Nothing is left of the person to see, correct or restrict. */
export async function endRights(tx: Rows, personId: string): Promise<void> {
  await tx.db.updateTable('rights_requests').set({ done_ms: tx.nowMs }).where('person_id', '=', personId).where('done_ms', 'is', null).execute();
}
