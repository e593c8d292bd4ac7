import type { ChannelName, Piece } from '#bot/channels/channel.ts';
import type { Lang } from '#knowledge/lang.ts';
import { announcedIn, type Announced } from './announced.ts';
import { pieceSchema, readJson } from './forms.ts';
import type { PersonKey } from './keyring.ts';
import { columnsOf, type Person, type PersonChange } from './people.ts';
import type { Tx } from './schema.ts';
import { MESSAGE_KINDS, type MessageKind, type OutboxState } from './tables/messages.ts';

/** What goes to people: one row a piece, written before it is sent. How rows are claimed and settled is in `sending.ts`. */

export type Outgoing = {
  kind: MessageKind;
  piece: Piece;
  /** The message that this answers. */
  inboxId?: number;
  /** The same key twice keeps the first row, e.g. `campaign:7:<person>`. */
  dedupeKey?: string;
  notBeforeMs?: number;
  /** Not sent from this moment on. */
  expiresMs?: number;
  /** The caller carries it to the person, so it is written as sent. */
  inCall?: boolean;
};

export type OutboxRow = {
  id: number;
  /** Counts, from 1, what has become visible to the person, in that order; null until sent. Where a stream of events resumes. */
  seq: number | null;
  personId: string;
  channel: ChannelName;
  inboxId: number | null;
  kind: MessageKind;
  piece: Piece;
  state: OutboxState;
  inCall: boolean;
  attempts: number;
  expiresMs: number | null;
  reason: string | null;
  createdMs: number;
};

/**
 * Writes pieces for one person, in order, and changes the person along with them. Gives back what was written; a piece
 * whose dedupe key was already there is not among it.
 */
export async function addToOutbox(tx: Tx, person: Person, outgoing: Outgoing[], change: PersonChange = {}): Promise<OutboxRow[]> {
  const carried = outgoing.filter((each) => each.inCall).length;
  let seq = await takeNumbers(tx, person.id, carried, change) - carried;
  if (outgoing.length === 0) return [];
  const written = await tx.db.insertInto('outbox').values(outgoing.map((each) => ({
    person_id: person.id,
    channel: person.channel,
    seq: each.inCall ? (seq += 1) : null,
    inbox_id: each.inboxId ?? null,
    dedupe_key: each.dedupeKey ?? null,
    kind: each.kind,
    priority: MESSAGE_KINDS.indexOf(each.kind),
    piece_sealed: tx.ring.seal(person.key, 'piece', JSON.stringify(each.piece)),
    state: each.inCall ? 'sent' as const : 'queued' as const,
    in_call: each.inCall ? 1 as const : 0 as const,
    attempts: 0,
    not_before_ms: each.notBeforeMs ?? 0,
    expires_ms: each.expiresMs ?? null,
    lease: null,
    lease_until_ms: null,
    platform_message_id: null,
    reason: null,
    created_ms: tx.nowMs,
    settled_ms: each.inCall ? tx.nowMs : null,
  }))).onConflict((c) => c.column('dedupe_key').doNothing()).returning(OUTBOX_COLUMNS).execute();
  return written.sort((a, b) => a.id - b.id).flatMap((row) => opened(tx, row, person.key, new Map()));
}

/** The replies to one message, in order. Empty when its person has been erased since. */
export async function repliesTo(tx: Tx, inboxId: number): Promise<OutboxRow[]> {
  const rows = await tx.db.selectFrom('outbox').innerJoin('keys', 'keys.person_id', 'outbox.person_id')
    .select(OUTBOX_COLUMNS).select(['keys.master_id', 'keys.wrapped'])
    .where('outbox.inbox_id', '=', inboxId).orderBy('outbox.id').execute();
  const announced = await announcedIn(tx, rows);
  return rows.flatMap((row) => opened(tx, row, tx.ring.unwrap(row.person_id, { masterId: row.master_id, wrapped: row.wrapped }), announced));
}

/** What has become visible to the person after `afterSeq`, oldest first, whether a caller carried it or we sent it. */
export async function sentSince(tx: Tx, person: Person, afterSeq: number, options: { limit: number }): Promise<OutboxRow[]> {
  const rows = await tx.db.selectFrom('outbox').select(OUTBOX_COLUMNS)
    .where('person_id', '=', person.id).where('seq', '>', afterSeq)
    .orderBy('seq').limit(options.limit).execute();
  const announced = await announcedIn(tx, rows);
  return rows.flatMap((row) => opened(tx, row, person.key, announced));
}

/** How many rows are in each state; for the metrics and the report. */
export async function countOutbox(tx: Tx): Promise<Record<OutboxState, number>> {
  const rows = await tx.db.selectFrom('outbox').select(['state', ({ fn }) => fn.countAll<number>().as('count')]).groupBy('state').execute();
  const counts: Record<OutboxState, number> = { queued: 0, sending: 0, sent: 0, failed: 0, unknown: 0 };
  for (const row of rows) counts[row.state] = row.count;
  return counts;
}

export const OUTBOX_COLUMNS = [
  'outbox.id', 'outbox.seq', 'outbox.person_id', 'outbox.channel', 'outbox.inbox_id', 'outbox.kind', 'outbox.piece_sealed', 'outbox.state',
  'outbox.in_call', 'outbox.attempts', 'outbox.expires_ms', 'outbox.reason', 'outbox.created_ms',
  'outbox.campaign_id', 'outbox.campaign_lang', 'outbox.campaign_part',
] as const;

export type OutboxColumns = {
  id: number;
  seq: number | null;
  person_id: string;
  channel: ChannelName;
  inbox_id: number | null;
  kind: MessageKind;
  piece_sealed: Uint8Array | null;
  state: OutboxState;
  in_call: 0 | 1;
  attempts: number;
  expires_ms: number | null;
  reason: string | null;
  created_ms: number;
  campaign_id: number | null;
  campaign_lang: Lang | null;
  campaign_part: number | null;
};

/** The row with its piece; none when retention has already removed the text. `announced`: what `announcedIn` gave for it. */
export function opened(tx: Tx, row: OutboxColumns, key: PersonKey, announced: Announced): OutboxRow[] {
  const piece = pieceOf(tx, row, key, announced);
  return piece === null ? [] : [plain(row, piece)];
}

/** The words of a row: its own, or those of the announcement it belongs to. */
export function pieceOf(tx: Tx, row: PieceColumns, key: PersonKey, announced: Announced): Piece | null {
  if (row.piece_sealed) return readJson(pieceSchema, tx.ring.open(key, 'piece', row.piece_sealed));
  if (row.campaign_id === null || row.campaign_lang === null) return null;
  return announced.get(row.campaign_id)?.[row.campaign_lang]?.[row.campaign_part ?? 0] ?? null;
}

export type PieceColumns = Pick<OutboxColumns, 'piece_sealed' | 'campaign_id' | 'campaign_lang' | 'campaign_part'>;

function plain(row: OutboxColumns, piece: Piece): OutboxRow {
  return {
    id: row.id,
    seq: row.seq,
    personId: row.person_id,
    channel: row.channel,
    inboxId: row.inbox_id,
    kind: row.kind,
    piece,
    state: row.state,
    inCall: row.in_call === 1,
    attempts: row.attempts,
    expiresMs: row.expires_ms,
    reason: row.reason,
    createdMs: row.created_ms,
  };
}

/**
 * The next numbers of what becomes visible to a person, the last of them given back. Taking them holds the person's
 * row until the commit, so rows written after this, and their ids, follow the order of commits on both engines.
 */
export async function takeNumbers(tx: Tx, personId: string, count: number, change: PersonChange = {}): Promise<number> {
  const row = await tx.db.updateTable('residents').set((eb) => ({ ...columnsOf(change), out_seq: eb('out_seq', '+', count) }))
    .where('id', '=', personId).returning('out_seq').executeTakeFirstOrThrow();
  return row.out_seq;
}
