import type { InboundContent, Piece } from '#bot/channels/channel.ts';
import type { TicketKind } from '#bot/conversation/turn.ts';
import { announcedIn } from './announced.ts';
import { contentSchema, readJson } from './forms.ts';
import { pieceOf } from './outbox.ts';
import type { Person } from './people.ts';
import type { Tx } from './schema.ts';
import type { OutboxState } from './tables/messages.ts';
import type { TicketState } from './tables/tickets.ts';

/** What one person said, was told and asked of staff, opened for themselves to read. */

export type HeldMessage =
  | { direction: 'in'; inboxId: number; platformId: string; atMs: number; content: InboundContent | null }
  | { direction: 'out'; seq: number | null; atMs: number; piece: Piece | null; state: OutboxState };

export type HeldTicket = { kind: TicketKind; question: string | null; state: TicketState; createdMs: number };

/** The conversation, oldest first; the words are null where retention has removed them. `latest` limits it to its end. */
export async function messagesOf(tx: Tx, person: Person, options: { latest?: number } = {}): Promise<HeldMessage[]> {
  const limit = options.latest ?? 1_000_000;
  const said = await tx.db.selectFrom('inbox').select(['id', 'platform_id', 'received_ms', 'content_sealed'])
    .where('person_id', '=', person.id).orderBy('id', 'desc').limit(limit).execute();
  const told = await tx.db.selectFrom('outbox').select(['inbox_id', 'seq', 'created_ms', 'piece_sealed', 'state', 'campaign_id', 'campaign_lang', 'campaign_part'])
    .where('person_id', '=', person.id).orderBy('id', 'desc').limit(limit).execute();
  const announced = await announcedIn(tx, told);
  // Of the same millisecond, a reply stands right behind what it answers.
  const both: { after: number; message: HeldMessage }[] = [
    ...said.reverse().map((row) => ({ after: row.id, message: {
      direction: 'in' as const,
      inboxId: row.id,
      platformId: row.platform_id,
      atMs: row.received_ms,
      content: row.content_sealed ? readJson(contentSchema, tx.ring.open(person.key, 'inbox', row.content_sealed)) : null,
    } })),
    ...told.reverse().map((row) => ({ after: (row.inbox_id ?? Number.MAX_SAFE_INTEGER - 1) + 0.5, message: {
      direction: 'out' as const,
      seq: row.seq,
      atMs: row.created_ms,
      piece: pieceOf(tx, row, person.key, announced),
      state: row.state,
    } })),
  ];
  return both.sort((a, b) => a.message.atMs - b.message.atMs || a.after - b.after).slice(-limit).map(({ message }) => message);
}

export async function ticketsOf(tx: Tx, person: Person): Promise<HeldTicket[]> {
  const rows = await tx.db.selectFrom('tickets').select(['kind', 'question_sealed', 'state', 'created_ms']).where('person_id', '=', person.id).orderBy('id').execute();
  return rows.map((row) => ({
    kind: row.kind,
    question: row.question_sealed ? tx.ring.open(person.key, 'question', row.question_sealed) : null,
    state: row.state,
    createdMs: row.created_ms,
  }));
}
