import type { ChannelName } from '#bot/channels/channel.ts';
import type { Effect, TicketKind } from '#bot/conversation/turn.ts';
import { LANGS, type Lang } from '#knowledge/lang.ts';
import { record } from './audit.ts';
import { readJson, wordListSchema } from './forms.ts';
import type { Person } from './people.ts';
import type { Tx } from './schema.ts';
import { TALKS } from './talks.ts';
import type { OutboxState } from './tables/messages.ts';
import type { ResidentTable } from './tables/residents.ts';
import type { Domain } from './tables/staff.ts';
import { TICKET_STATES, type Stage, type TicketState } from './tables/tickets.ts';

/** A question that goes to a person of the station. Written together with the reply that promises it. */
export type NewTicket = Extract<Effect, { kind: 'ticket' }>['ticket'];

const MINUTE_MS = 60_000;
/** Answered by then when nobody says otherwise. */
const DUE_MS = { urgent: 5 * MINUTE_MS, normal: 120 * MINUTE_MS } as const;
/** Kinds that the law puts a clock on: TT 15/2026/TT-BYT Art. 10(1), TT 13/2026 Art. 12 and 15. */
const LEGAL_KINDS: readonly TicketKind[] = ['suspected-case', 'vaccine-reaction'];
const LEGAL_MS = 24 * 60 * MINUTE_MS;
/** A resident who writes again within this long comes back to the same ticket. */
const REOPEN_MS = 3 * 24 * 60 * MINUTE_MS;

/**
 * Writes the ticket down, its question sealed; gives its id. A resident who comes back within three days of an answer
 * opens that ticket again, so that whoever reads it sees the whole talk.
 */
export async function openTicket(tx: Tx, person: Person, ticket: NewTicket, inboxId: number | null): Promise<number> {
  const asked = {
    inbox_id: inboxId,
    kind: ticket.kind,
    priority: ticket.priority,
    question_sealed: tx.ring.seal(person.key, 'question', ticket.question),
    offered: JSON.stringify(ticket.offered),
    reasons: JSON.stringify(ticket.reasons),
    state: 'open' as const,
    due_ms: ticket.dueMs ?? tx.nowMs + DUE_MS[ticket.priority],
    asked_ms: tx.nowMs,
    legal_due_ms: LEGAL_KINDS.includes(ticket.kind) ? tx.nowMs + LEGAL_MS : null,
  };
  const former = TALKS.includes(ticket.kind) ? await lastTalk(tx, person.id, ticket.domain) : null;
  if (former !== null) {
    await tx.db.updateTable('tickets')
      .set((eb) => ({ ...asked, holder_id: null, held_until_ms: null, closed_ms: null, version: eb('version', '+', 1) }))
      .where('id', '=', former).execute();
    await record(tx, { accountId: null, what: 'reopened', ticketId: former });
    return former;
  }
  const row = await tx.db.insertInto('tickets').values({
    ...asked, person_id: person.id, domain: ticket.domain, created_ms: tx.nowMs,
    closed_ms: null, holder_id: null, held_until_ms: null, answered_ms: null, answer_outbox_id: null,
  }).returning('id').executeTakeFirstOrThrow();
  return row.id;
}

async function lastTalk(tx: Tx, personId: string, domain: Domain): Promise<number | null> {
  const row = await tx.db.selectFrom('tickets').select('id')
    .where('person_id', '=', personId).where('domain', '=', domain).where('kind', 'in', [...TALKS])
    .where('state', 'in', ['answered', 'delivered', 'closed'])
    .where((eb) => eb(eb.fn.coalesce('closed_ms', 'answered_ms'), '>=', tx.nowMs - REOPEN_MS))
    .orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row?.id ?? null;
}

/** How many tickets are in each state; for the metrics and the report. */
export async function countTickets(tx: Tx): Promise<Record<TicketState, number>> {
  const rows = await tx.db.selectFrom('tickets').select(['state', ({ fn }) => fn.countAll<number>().as('count')]).groupBy('state').execute();
  const counts: Record<TicketState, number> = { open: 0, taken: 0, answered: 0, delivered: 0, closed: 0 };
  for (const state of TICKET_STATES) counts[state] = rows.find((row) => row.state === state)?.count ?? 0;
  return counts;
}

/** A ticket as staff see it. */
export type Ticket = {
  id: number;
  personId: string;
  kind: TicketKind;
  domain: Domain;
  priority: 'urgent' | 'normal';
  state: TicketState;
  version: number;
  holder: { id: string; name: string } | null;
  heldUntilMs: number | null;
  dueMs: number;
  askedMs: number;
  /** By when the law expects the station to have acted. */
  legalDueMs: number | null;
  createdMs: number;
  answeredMs: number | null;
  closedMs: number | null;
  offered: string[];
  reasons: string[];
  /** Null where the words are gone, or may not be shown in a list. */
  question: string | null;
  channel: ChannelName;
  lang: Lang;
  villageId: string | null;
  personState: ResidentTable['state'];
  /** When the resident last acted; null: never, as far as we know. */
  lastInboundMs: number | null;
  /** What became of the latest answer. */
  delivery: { state: OutboxState; reason: string | null } | null;
};

/** What one reader may see: tickets of their own domains. */
export type Reader = { accountId: string; domains: readonly Domain[] };

export const SHELVES = ['waiting', 'mine', 'free', 'done'] as const;
export type Shelf = (typeof SHELVES)[number];

/** One ticket with its question; null when it does not exist or is not of the reader's domains. */
export async function readTicket(tx: Tx, reader: Reader, id: number): Promise<Ticket | null> {
  const row = await shown(tx, reader).where('tickets.id', '=', id).executeTakeFirst();
  return row ? fromRow(tx, row, { words: true }) : null;
}

/** What one press answered together with this ticket, itself among it, oldest first; without words. Empty while it waits for an answer. */
export async function answeredTogether(tx: Tx, reader: Reader, { answeredMs, holder }: Ticket): Promise<Ticket[]> {
  if (answeredMs === null || holder === null) return [];
  // They were written in one transaction, which has one time.
  const rows = await shown(tx, reader).where('tickets.answered_ms', '=', answeredMs).where('tickets.holder_id', '=', holder.id).where('tickets.state', 'in', ['answered', 'delivered', 'closed']).orderBy('tickets.id').execute();
  return rows.map((row) => fromRow(tx, row, { words: false }));
}

/** A shelf of the inbox: urgent first, then what is due first; what is done, newest first. With `lang`, of residents who speak it. The sensitive class comes without words. */
export async function listTickets(tx: Tx, reader: Reader, shelf: Shelf, limit: number, lang?: Lang): Promise<Ticket[]> {
  const all = onShelf(shown(tx, reader), shelf, reader);
  // What is urgent is seen by everybody, whatever the resident speaks.
  const query = lang === undefined ? all : all.where((eb) => eb.or([eb('residents.lang', '=', lang), eb('tickets.priority', '=', 'urgent')]));
  const ordered = shelf === 'done'
    ? query.orderBy((eb) => eb.fn.coalesce('tickets.closed_ms', 'tickets.answered_ms'), 'desc').orderBy('tickets.id', 'desc')
    : query.orderBy('tickets.priority', 'desc').orderBy('tickets.due_ms').orderBy('tickets.id');
  return (await ordered.limit(limit).execute()).map((row) => fromRow(tx, row, { words: row.kind !== 'sensitive' }));
}

/** Languages other than Vietnamese of those who wait. */
export async function languagesWaiting(tx: Tx, reader: Reader): Promise<Lang[]> {
  const rows = await onShelf(shown(tx, reader), 'waiting', reader).clearSelect().select('residents.lang').where('residents.lang', '!=', 'vi').groupBy('residents.lang').execute();
  return LANGS.filter((lang) => rows.some((row) => row.lang === lang));
}

/** Reports that the law puts a clock on, made since then, oldest first, with their words. */
export async function listReports(tx: Tx, reader: Reader, sinceMs: number): Promise<Ticket[]> {
  const rows = await shown(tx, reader).where('tickets.kind', 'in', [...LEGAL_KINDS]).where('tickets.created_ms', '>=', sinceMs).orderBy('tickets.id').limit(2_000).execute();
  return rows.map((row) => fromRow(tx, row, { words: true }));
}

/** How many tickets lie on each shelf that waits for somebody, and the newest change a reader may see. */
export async function countShelves(tx: Tx, reader: Reader): Promise<{ waiting: number; mine: number; free: number; newestId: number }> {
  if (reader.domains.length === 0) return { waiting: 0, mine: 0, free: 0, newestId: 0 };
  const rows = await tx.db.selectFrom('tickets').select(['id', 'state', 'holder_id'])
    .where('state', 'in', ['open', 'taken']).where('domain', 'in', [...reader.domains]).execute();
  return {
    waiting: rows.length,
    mine: rows.filter((row) => row.holder_id === reader.accountId).length,
    free: rows.filter((row) => row.state === 'open').length,
    newestId: rows.reduce((newest, row) => Math.max(newest, row.id), 0),
  };
}

/** What a change may set. */
export type TicketChange = Partial<{
  state: TicketState; holder_id: string | null; held_until_ms: number | null; due_ms: number; answered_ms: number; answer_outbox_id: number; closed_ms: number | null; domain: Domain;
}>;

/** Changes the ticket if it is still as `version` says; false when somebody was faster, and nothing was changed. */
export async function changeTicket(tx: Tx, id: number, version: number, change: TicketChange): Promise<boolean> {
  const result = await tx.db.updateTable('tickets').set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('id', '=', id).where('version', '=', version).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The resident's tickets that wait. */
export async function waitingOf(tx: Tx, personId: string): Promise<Pick<Ticket, 'id' | 'kind' | 'askedMs' | 'version'>[]> {
  return tx.db.selectFrom('tickets').select(['id', 'kind', 'asked_ms as askedMs', 'version']).where('person_id', '=', personId).where('state', 'in', ['open', 'taken']).orderBy('id').execute();
}

/** Marks answers whose rows have been sent; gives the tickets. */
export async function markDelivered(tx: Tx): Promise<number[]> {
  // The version stays: an answer that arrived is nobody's deed, and must not take the form out of another's hands.
  const rows = await tx.db.updateTable('tickets').set({ state: 'delivered' })
    .where('state', '=', 'answered')
    .where((eb) => eb.exists(eb.selectFrom('outbox').select('outbox.id').whereRef('outbox.id', '=', 'tickets.answer_outbox_id').where('outbox.state', '=', 'sent')))
    .returning('id').execute();
  for (const { id } of rows) await record(tx, { accountId: null, what: 'delivered', ticketId: id });
  return rows.map((row) => row.id);
}

/** Closes what was delivered so long ago that nobody comes back to it; gives the tickets. */
export async function closeSettled(tx: Tx): Promise<number[]> {
  const rows = await tx.db.updateTable('tickets').set((eb) => ({ state: 'closed' as const, closed_ms: tx.nowMs, version: eb('version', '+', 1) }))
    .where('state', '=', 'delivered').where('held_until_ms', 'is', null).where('answered_ms', '<', tx.nowMs - REOPEN_MS).returning('id').execute();
  for (const { id } of rows) await record(tx, { accountId: null, what: 'closed', ticketId: id });
  return rows.map((row) => row.id);
}

function shown(tx: Tx, reader: Reader) {
  return tx.db.selectFrom('tickets').innerJoin('residents', 'residents.id', 'tickets.person_id')
    .leftJoin('keys', 'keys.person_id', 'tickets.person_id')
    .leftJoin('accounts', 'accounts.id', 'tickets.holder_id')
    .leftJoin('outbox', 'outbox.id', 'tickets.answer_outbox_id')
    .select([
      'tickets.id', 'tickets.person_id', 'tickets.kind', 'tickets.domain', 'tickets.priority', 'tickets.state', 'tickets.version', 'tickets.holder_id', 'tickets.held_until_ms',
      'tickets.due_ms', 'tickets.asked_ms', 'tickets.legal_due_ms', 'tickets.created_ms', 'tickets.answered_ms', 'tickets.closed_ms', 'tickets.offered', 'tickets.reasons', 'tickets.question_sealed',
      'residents.channel', 'residents.lang', 'residents.village_id', 'residents.state as person_state', 'residents.last_inbound_ms', 'keys.master_id', 'keys.wrapped',
      'accounts.name as holder_name', 'outbox.state as sent_state', 'outbox.reason as sent_reason',
    ])
    .where((eb) => (reader.domains.length === 0 ? eb.lit(false) : eb('tickets.domain', 'in', [...reader.domains])));
}

type ShownQuery = ReturnType<typeof shown>;
type Row = NonNullable<Awaited<ReturnType<ShownQuery['executeTakeFirst']>>>;

function onShelf(query: ShownQuery, shelf: Shelf, reader: Reader): ShownQuery {
  switch (shelf) {
    case 'waiting':
      return query.where('tickets.state', 'in', ['open', 'taken']);
    case 'free':
      return query.where('tickets.state', '=', 'open');
    case 'mine':
      return query.where('tickets.holder_id', '=', reader.accountId).where('tickets.state', 'in', ['taken', 'answered']);
    case 'done':
      return query.where('tickets.state', 'in', ['answered', 'delivered', 'closed']);
  }
}

function fromRow(tx: Tx, row: Row, options: { words: boolean }): Ticket {
  const key = row.master_id !== null && row.wrapped !== null ? { masterId: row.master_id, wrapped: row.wrapped } : null;
  return {
    id: row.id,
    personId: row.person_id,
    kind: row.kind,
    domain: row.domain,
    priority: row.priority,
    state: row.state,
    version: row.version,
    holder: row.holder_id === null ? null : { id: row.holder_id, name: row.holder_name ?? '' },
    heldUntilMs: row.held_until_ms,
    dueMs: row.due_ms,
    askedMs: row.asked_ms,
    legalDueMs: row.legal_due_ms,
    createdMs: row.created_ms,
    answeredMs: row.answered_ms,
    closedMs: row.closed_ms,
    offered: readJson(wordListSchema, row.offered),
    reasons: readJson(wordListSchema, row.reasons),
    question: options.words && key !== null && row.question_sealed ? tx.ring.open(tx.ring.unwrap(row.person_id, key), 'question', row.question_sealed) : null,
    channel: row.channel,
    lang: row.lang,
    villageId: row.village_id,
    personState: row.person_state,
    lastInboundMs: row.last_inbound_ms,
    delivery: row.sent_state === null ? null : { state: row.sent_state, reason: row.sent_reason },
  };
}

/** A ticket that waits, as the one who watches the clock needs it: without words. */
export type Waiting = Pick<Ticket, 'id' | 'personId' | 'kind' | 'domain' | 'priority' | 'state' | 'askedMs' | 'dueMs'> & { holderId: string | null; stages: Stage[]; /** What the resident chose to speak. */ lang?: Lang };

/** Tickets that wait for an answer, with the stages that their promised time has already reached. */
export async function waitingTickets(tx: Tx): Promise<Waiting[]> {
  const rows = await tx.db.selectFrom('tickets').innerJoin('residents', 'residents.id', 'tickets.person_id').leftJoin('ticket_marks', (join) => join.onRef('ticket_marks.ticket_id', '=', 'tickets.id').onRef('ticket_marks.due_ms', '=', 'tickets.due_ms'))
    .select(['tickets.id', 'tickets.person_id', 'tickets.kind', 'tickets.domain', 'tickets.priority', 'tickets.state', 'tickets.asked_ms', 'tickets.due_ms', 'tickets.holder_id', 'ticket_marks.stage', 'residents.lang'])
    .where('tickets.state', 'in', ['open', 'taken']).orderBy('tickets.id').execute();
  const found = new Map<number, Waiting>();
  for (const row of rows) {
    const ticket = found.get(row.id) ?? {
      id: row.id, personId: row.person_id, kind: row.kind, domain: row.domain, priority: row.priority, state: row.state, askedMs: row.asked_ms, dueMs: row.due_ms, holderId: row.holder_id, stages: [], lang: row.lang,
    };
    found.set(row.id, row.stage === null ? ticket : { ...ticket, stages: [...ticket.stages, row.stage] });
  }
  return [...found.values()];
}
