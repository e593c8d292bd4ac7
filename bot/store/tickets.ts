import type { Effect } from '#bot/conversation/turn.ts';
import type { Person } from './people.ts';
import type { TicketTable, Tx } from './schema.ts';

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

/** How many tickets are in each state; for the metrics and the report. */
export async function countTickets(tx: Tx): Promise<Record<TicketTable['state'], number>> {
  const rows = await tx.db.selectFrom('tickets').select(['state', ({ fn }) => fn.countAll<number>().as('count')]).groupBy('state').execute();
  const counts: Record<TicketTable['state'], number> = { open: 0, closed: 0 };
  for (const row of rows) counts[row.state] = row.count;
  return counts;
}
