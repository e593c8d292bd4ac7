import { sql } from 'kysely';
import type { ChannelName, Inbound, InboundContent } from '#bot/channels/channel.ts';
import { contentSchema, readJson } from './forms.ts';
import { personAt, type Person } from './people.ts';
import type { Tx } from './schema.ts';
import type { InboxState } from './tables/messages.ts';

/** What people sent us. A row is written before the platform hears "received", and is the only reason to work. */

export type Received = {
  inboxId: number;
  personId: string;
  /** False when this very message had come before. */
  fresh: boolean;
  /** The same id came before from somebody else, who alone may have its replies. */
  foreign: boolean;
};

/**
 * Writes a message down under the platform's own id; the same one again changes nothing. `inCall`: whoever brings it
 * waits for the replies and carries them back, so that they are not also dispatched.
 */
export async function receive(tx: Tx, inbound: Inbound, options: { inCall: boolean }): Promise<Received> {
  const person = await personAt(tx, inbound.channel, inbound.address);
  const row = await tx.db.insertInto('inbox').values({
    channel: inbound.channel,
    platform_id: inbound.platformId,
    person_id: person.id,
    content_sealed: tx.ring.seal(person.key, 'inbox', JSON.stringify(inbound.content)),
    at_ms: inbound.atMs,
    received_ms: tx.nowMs,
    state: 'new',
    attempts: 0,
    not_before_ms: 0,
    in_call: options.inCall ? 1 : 0,
    done_ms: null,
  }).onConflict((c) => c.columns(['channel', 'platform_id']).doNothing()).returning('id').executeTakeFirst();
  if (row) return { inboxId: row.id, personId: person.id, fresh: true, foreign: false };

  const before = await tx.db.selectFrom('inbox').select(['id', 'person_id'])
    .where('channel', '=', inbound.channel).where('platform_id', '=', inbound.platformId).executeTakeFirstOrThrow();
  return { inboxId: before.id, personId: before.person_id, fresh: false, foreign: before.person_id !== person.id };
}

/** A message that waits to be handled. `content` opens it, and throws when what is stored cannot be read. */
export type Waiting = {
  inboxId: number;
  channel: ChannelName;
  atMs: number;
  receivedMs: number;
  attempts: number;
  notBeforeMs: number;
  inCall: boolean;
  /** Another message of the same person waits behind this one. */
  more: boolean;
  content: () => InboundContent;
};

/** The person's oldest message that is not handled. Later ones wait for it, so a conversation keeps its order. */
export async function oldestWaiting(tx: Tx, person: Person): Promise<Waiting | null> {
  const [row, next] = await tx.db.selectFrom('inbox')
    .select(['id', 'channel', 'content_sealed', 'at_ms', 'received_ms', 'attempts', 'not_before_ms', 'in_call'])
    .where('person_id', '=', person.id).where('state', '=', sql.lit<InboxState>('new'))
    .orderBy('id').limit(2).execute();
  if (!row) return null;
  return {
    inboxId: row.id,
    channel: row.channel,
    atMs: row.at_ms,
    receivedMs: row.received_ms,
    attempts: row.attempts,
    notBeforeMs: row.not_before_ms,
    inCall: row.in_call === 1,
    more: next !== undefined,
    content: () => {
      if (!row.content_sealed) throw new Error('the content of a waiting message is missing');
      return readJson(contentSchema, tx.ring.open(person.key, 'inbox', row.content_sealed));
    },
  };
}

/** People whose messages wait, longest first; `receivedBeforeMs` leaves out what is just being handled. */
export async function peopleWaiting(tx: Tx, options: { receivedBeforeMs: number; limit: number }): Promise<string[]> {
  const rows = await tx.db.selectFrom('inbox').select(['person_id', ({ fn }) => fn.min('id').as('first')])
    .where('state', '=', sql.lit<InboxState>('new')).where('not_before_ms', '<=', tx.nowMs).where('received_ms', '<=', options.receivedBeforeMs)
    .groupBy('person_id').orderBy('first').limit(options.limit).execute();
  return rows.map((row) => row.person_id);
}

export async function markHandled(tx: Tx, inboxId: number, state: Exclude<InboxState, 'new'>): Promise<void> {
  await tx.db.updateTable('inbox').set({ state, done_ms: tx.nowMs }).where('id', '=', inboxId).execute();
}

/** Counts a try that came to nothing and lets the message rest until `notBeforeMs`. */
export async function countAttempt(tx: Tx, inboxId: number, notBeforeMs: number): Promise<void> {
  await tx.db.updateTable('inbox').set((eb) => ({ attempts: eb('attempts', '+', 1), not_before_ms: notBeforeMs }))
    .where('id', '=', inboxId).where('state', '=', sql.lit<InboxState>('new')).execute();
}

export async function inboxState(tx: Tx, inboxId: number): Promise<InboxState | null> {
  const row = await tx.db.selectFrom('inbox').select('state').where('id', '=', inboxId).executeTakeFirst();
  return row?.state ?? null;
}

/** After the clock was set back: rests that were measured by the wrong clock are over. */
export async function endRests(tx: Tx): Promise<void> {
  await tx.db.updateTable('inbox').set({ not_before_ms: 0 }).where('state', '=', sql.lit<InboxState>('new')).where('not_before_ms', '>', tx.nowMs).execute();
}

/** How many messages are in each state; for the metrics and the report. */
export async function countInbox(tx: Tx): Promise<Record<InboxState, number>> {
  // Apart, since each part has an index of its own.
  const waiting = await tx.db.selectFrom('inbox').select(({ fn }) => fn.countAll<number>().as('count')).where('state', '=', sql.lit<InboxState>('new')).executeTakeFirstOrThrow();
  const rows = await tx.db.selectFrom('inbox').select(['state', ({ fn }) => fn.countAll<number>().as('count')]).where('state', '!=', sql.lit<InboxState>('new')).groupBy('state').execute();
  const counts: Record<InboxState, number> = { new: waiting.count, done: 0, failed: 0 };
  for (const row of rows) counts[row.state] = row.count;
  return counts;
}
