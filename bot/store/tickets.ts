import type { Effect } from '#bot/conversation/turn.ts';
import type { Person } from './people.ts';
import type { Tx } from './schema.ts';

/** A question that goes to a person of the station. Written together with the reply that promises it. */
export type NewTicket = Extract<Effect, { kind: 'ticket' }>['ticket'];

/** Writes the ticket down, its question sealed; gives its id. */
export async function openTicket(tx: Tx, person: Person, ticket: NewTicket, inboxId: number | null): Promise<number> {
  const row = await tx.db.insertInto('tickets').values({
    person_id: person.id,
    inbox_id: inboxId,
    kind: ticket.kind,
    domain: ticket.domain,
    priority: ticket.priority,
    question_sealed: tx.ring.seal(person.key, 'question', ticket.question),
    offered: JSON.stringify(ticket.offered),
    reasons: JSON.stringify(ticket.reasons),
    state: 'open',
    created_ms: tx.nowMs,
    closed_ms: null,
  }).returning('id').executeTakeFirstOrThrow();
  return row.id;
}
