import { sql } from 'kysely';
import type { TicketKind } from '#bot/conversation/turn.ts';
import type { Person } from './people.ts';
import type { Tx } from './schema.ts';
import type { TicketState } from './tables/tickets.ts';

/**
 * Who speaks with a resident: while somebody of the station holds a ticket, the program is silent there. What says so is
 * `held_until_ms` on the ticket, an instant that each word of theirs moves on.
 */

/** Kinds in which a later question belongs to the same talk; the others have a clock or a reader of their own. */
export const TALKS: readonly TicketKind[] = ['question', 'human', 'media'];

/** The ticket in which a person of the station speaks with this resident at `atMs`, and who that is; no name where only a platform knows them. */
export async function heldFor(tx: Tx, personId: string, atMs: number): Promise<{ ticketId: number; name: string; untilMs: number } | null> {
  const row = await tx.db.selectFrom('tickets').leftJoin('accounts', 'accounts.id', 'tickets.holder_id')
    .select(['tickets.id', 'accounts.name', 'tickets.held_until_ms'])
    .where('tickets.person_id', '=', personId).where('tickets.held_until_ms', '>', atMs)
    .orderBy('tickets.held_until_ms', 'desc').limit(1).executeTakeFirst();
  return row?.held_until_ms ? { ticketId: row.id, name: row.name ?? '', untilMs: row.held_until_ms } : null;
}

/** The same as of now. */
export function talkOf(tx: Tx, personId: string): Promise<{ ticketId: number; name: string; untilMs: number } | null> {
  return heldFor(tx, personId, tx.nowMs);
}

/**
 * Somebody answers by hand, outside the desk, until then; null: they do no longer. It stands on the resident's latest talk;
 * a resident who never had one gets a closed ticket, so that what they write meanwhile has a place where staff see it.
 */
export async function noteByHand(tx: Tx, person: Person, untilMs: number | null): Promise<void> {
  await tx.db.updateTable('tickets').set((eb) => ({ held_until_ms: null, version: eb('version', '+', 1) })).where('person_id', '=', person.id).where('held_until_ms', 'is not', null).execute();
  if (untilMs === null) return;
  const latest = await tx.db.selectFrom('tickets').select('id').where('person_id', '=', person.id).where('kind', 'in', [...TALKS]).orderBy('id', 'desc').limit(1).executeTakeFirst();
  if (latest !== undefined) {
    await tx.db.updateTable('tickets').set((eb) => ({ held_until_ms: untilMs, version: eb('version', '+', 1) })).where('id', '=', latest.id).execute();
    return;
  }
  await tx.db.insertInto('tickets').values({
    person_id: person.id, inbox_id: null, kind: 'human', domain: 'health', priority: 'normal', question_sealed: tx.ring.seal(person.key, 'question', ''), offered: '[]', reasons: '["by-hand"]',
    state: 'closed', created_ms: tx.nowMs, asked_ms: tx.nowMs, due_ms: tx.nowMs, legal_due_ms: null, closed_ms: tx.nowMs, holder_id: null, held_until_ms: untilMs, answered_ms: tx.nowMs, answer_outbox_id: null,
  }).execute();
}

/** The resident wrote to whoever holds the conversation: it waits for an answer again, and the quiet time begins anew. */
export async function heardWhileHeld(tx: Tx, ticketId: number, quietMs: number): Promise<void> {
  await tx.db.updateTable('tickets')
    .set((eb) => {
      const waits = eb('state', 'in', [sql.lit<TicketState>('taken'), sql.lit<TicketState>('open')]);
      return {
        // Nobody whom we know: the words are for whoever takes them.
        state: eb.case().when('holder_id', 'is', null).then(sql.lit<TicketState>('open')).else(sql.lit<TicketState>('taken')).end(),
        held_until_ms: tx.nowMs + quietMs, closed_ms: null, version: eb('version', '+', 1),
        // A question that already waits keeps its time; an answered one gets a new one.
        due_ms: eb.case().when(waits).then(eb.ref('due_ms')).else(tx.nowMs + quietMs).end(),
        asked_ms: eb.case().when(waits).then(eb.ref('asked_ms')).else(tx.nowMs).end(),
      };
    })
    .where('id', '=', ticketId).execute();
}

/** Tickets whose quiet time is over, with the resident they belong to; the one that is over longest first. */
export async function quietTickets(tx: Tx): Promise<{ id: number; personId: string; version: number }[]> {
  return tx.db.selectFrom('tickets').select(['id', 'person_id as personId', 'version']).where('held_until_ms', '<=', tx.nowMs).orderBy('held_until_ms').orderBy('id').limit(50).execute();
}
