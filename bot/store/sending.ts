import { sql } from 'kysely';
import type { ChannelName, SendOutcome } from '#bot/channels/channel.ts';
import type { Purpose } from '#bot/conversation/turn.ts';
import { announcedIn } from './announced.ts';
import { consentsOfMany } from './consents.ts';
import type { Person } from './people.ts';
import { leaseIsOver } from './leases.ts';
import { opened, OUTBOX_COLUMNS, takeNumbers, type OutboxRow } from './outbox.ts';
import type { Tx } from './schema.ts';
import type { CampaignState } from './tables/campaigns.ts';
import type { MessageKind, OutboxState } from './tables/messages.ts';

/**
 * Claiming rows, sending them, settling them, and what is to be thought of rows whose sender died. A claim is a lease on
 * a queued row and costs nothing when it is lost. Only the moment before the platform is called makes a row `sending`;
 * from then until the outcome is on disk nobody knows what happened, and a row whose sender dies there is `unknown`.
 */

/** A row to be sent, with what the delivery policy asks of its person. */
export type Claimed = OutboxRow & {
  lease: string;
  address: string;
  lastInboundMs: number | null;
  personState: Person['state'];
  consents: Purpose[];
  /** The announcement it belongs to. */
  campaignId: number | null;
  /** An announcement that the head excepted from the quiet hours. */
  urgent: boolean;
  /** Planned to go although the window for free messages is closed, out of the station's paid messages. */
  paid: boolean;
  /** Planned to go as the approved form, because the platform takes no words to this person. */
  templated: boolean;
};

/** What one claim may take. */
export type ClaimOptions = {
  channel: ChannelName;
  lease: string;
  leaseMs: number;
  /** Most rows that belong to no announcement. */
  limit: number;
  /** Most rows of announcements, and whether these are the hours in which only urgent ones go. @defaultValue none */
  campaigns?: { limit: number; quiet: boolean };
};

/**
 * Claims rows of a channel under `lease`, the most urgent first. A person's pieces go one at a time, in order, unless a
 * more urgent one overtakes. Announcements are claimed from those that run, one after another.
 */
export async function claim(tx: Tx, options: ClaimOptions): Promise<Claimed[]> {
  const ids = options.limit > 0 ? await dueIds(tx, options, null, options.limit) : [];
  let room = options.campaigns?.limit ?? 0;
  if (options.campaigns !== undefined && room > 0) {
    for (const campaignId of await runningCampaigns(tx, { urgentOnly: options.campaigns.quiet })) {
      const more = await dueIds(tx, options, campaignId, room);
      ids.push(...more);
      room -= more.length;
      if (room <= 0) break;
    }
  }
  if (ids.length === 0) return [];
  await tx.db.updateTable('outbox').set({ lease: options.lease, lease_until_ms: tx.nowMs + options.leaseMs }).where('id', 'in', ids).execute();
  return claimedUnder(tx, options.lease);
}

/** Rows that may be claimed now: those of one announcement, or those of none. */
async function dueIds(tx: Tx, options: ClaimOptions, campaignId: number | null, limit: number): Promise<number[]> {
  const due = tx.db.selectFrom('outbox as o').select('o.id')
    .where('o.state', '=', QUEUED).where('o.channel', '=', options.channel).where('o.not_before_ms', '<=', tx.nowMs)
    .where('o.campaign_id', campaignId === null ? 'is' : '=', campaignId)
    .where((eb) => eb.or([eb('o.lease_until_ms', 'is', null), leaseIsOver('o.lease_until_ms', tx.nowMs, options.leaseMs)]))
    // What waits with an announcement that rests holds nothing else up.
    .where((eb) => eb.not(eb.exists(eb.selectFrom('outbox as e').select('e.id')
      .whereRef('e.person_id', '=', 'o.person_id').where('e.state', 'in', [QUEUED, SENDING])
      .whereRef('e.id', '<', 'o.id').whereRef('e.priority', '<=', 'o.priority')
      .where((inner) => inner.or([inner('e.state', '=', SENDING), inner('e.campaign_id', 'is', null), inner('e.campaign_id', '=', inner.ref('o.campaign_id'))])))))
    .$if(campaignId === null, (query) => query.orderBy('o.priority'))
    .orderBy('o.id').limit(limit)
    .$if(tx.engine === 'postgres', (query) => query.forUpdate().skipLocked());
  return (await due.execute()).map((row) => row.id);
}

/** Ids of the announcements whose rows may go, the urgent first. */
async function runningCampaigns(tx: Tx, { urgentOnly }: { urgentOnly: boolean }): Promise<number[]> {
  const rows = await tx.db.selectFrom('campaigns').select('id').where('state', '=', RUNNING)
    .$if(urgentOnly, (query) => query.where('urgent', '=', 1)).orderBy('urgent', 'desc').orderBy('id').execute();
  return rows.map((row) => row.id);
}

/** The queued rows under a lease; also how a claim whose answer was lost is taken up again. */
export async function claimedUnder(tx: Tx, lease: string): Promise<Claimed[]> {
  const rows = await tx.db.selectFrom('outbox').innerJoin('residents', 'residents.id', 'outbox.person_id').leftJoin('keys', 'keys.person_id', 'outbox.person_id')
    .select(OUTBOX_COLUMNS).select(['residents.address_sealed', 'residents.last_inbound_ms', 'residents.state as person_state', 'keys.master_id', 'keys.wrapped', 'outbox.campaign_way'])
    .where('outbox.lease', '=', lease).where('outbox.state', '=', QUEUED)
    .orderBy('outbox.priority').orderBy('outbox.id').execute();
  const announced = await announcedIn(tx, rows);
  const urgent = await urgentAmong(tx, rows);
  const consents = await consentsOfMany(tx, rows.filter((row) => row.kind === 'announcement' || row.kind === 'reminder').map((row) => row.person_id));
  const claimed: Claimed[] = [];
  for (const row of rows) {
    const key = row.wrapped === null || row.master_id === null ? null : tx.ring.unwrap(row.person_id, { masterId: row.master_id, wrapped: row.wrapped });
    const [piece] = key === null ? [] : opened(tx, row, key, announced);
    if (key === null || piece === undefined || row.address_sealed === null || row.person_state === 'erased') {
      await settle(tx, { id: row.id, personId: row.person_id, lease }, { outcome: { kind: 'refused', why: 'erased' }, attempts: row.attempts });
      continue;
    }
    claimed.push({
      ...piece, lease, address: tx.ring.open(key, 'address', row.address_sealed), lastInboundMs: row.last_inbound_ms, personState: row.person_state,
      consents: consents.get(row.person_id) ?? [], campaignId: row.campaign_id, urgent: row.campaign_id !== null && urgent.has(row.campaign_id), paid: row.campaign_way === 'zalo-paid', templated: row.campaign_way === 'zalo-template',
    });
  }
  return claimed;
}

async function urgentAmong(tx: Tx, rows: readonly { campaign_id: number | null }[]): Promise<ReadonlySet<number>> {
  const ids = [...new Set(rows.flatMap((row) => row.campaign_id ?? []))];
  if (ids.length === 0) return new Set();
  return new Set((await tx.db.selectFrom('campaigns').select('id').where('id', 'in', ids).where('urgent', '=', 1).execute()).map((row) => row.id));
}

/**
 * The last step before the platform is called. Gives those that may be sent, each once, even where a row stands among
 * them under two leases. The others are no longer their lease's: taken back, claimed by another after the lease ran
 * out, or their announcement rests.
 */
export async function beginSending<Row extends Pick<Claimed, 'id' | 'lease'>>(tx: Tx, rows: readonly Row[], leaseMs: number): Promise<Row[]> {
  const begun: Row[] = [];
  for (const [lease, own] of Map.groupBy(rows, (row) => row.lease)) {
    const updated = await tx.db.updateTable('outbox')
      .set((eb) => ({ state: 'sending', lease_until_ms: tx.nowMs + leaseMs, attempts: eb('attempts', '+', 1) }))
      .where('id', 'in', own.map((row) => row.id)).where('state', '=', QUEUED).where('lease', '=', lease)
      .where((eb) => eb.or([eb('campaign_id', 'is', null), eb.exists(eb.selectFrom('campaigns').select('campaigns.id').whereRef('campaigns.id', '=', 'outbox.campaign_id').where('campaigns.state', '=', RUNNING))]))
      .returning('id').execute();
    begun.push(...updated.flatMap(({ id }) => own.find((row) => row.id === id) ?? []));
  }
  return begun;
}

/** What the sender, or the delivery policy before it, says of a claimed row. */
export type Settlement = { outcome: SendOutcome | { kind: 'held'; notBeforeMs: number; why: string }; attempts: number };

/** After so many sends that came back as `later`, a row has failed. With growing pauses this is about a day. */
export const MOST_ATTEMPTS = 30;

/**
 * Writes down what became of a row. Only what is being sent, was thought lost, or is still under the given lease is
 * settled: a row is never taken back from `sent`. `attempts` counts this one. `gone` also retires the person and
 * everything else queued for them.
 */
export async function settle(tx: Tx, { id, personId, lease }: { id: number; personId: string; lease: string | null }, { outcome, attempts }: Settlement): Promise<void> {
  const row = tx.db.updateTable('outbox').where('id', '=', id)
    .where((eb) => eb.or([eb('state', 'in', [SENDING, UNKNOWN]), eb.and([eb('state', '=', QUEUED), eb('lease', '=', lease)])]));
  const ended = { lease: null, lease_until_ms: null, settled_ms: tx.nowMs };
  switch (outcome.kind) {
    case 'sent': {
      // The person's row first, as everywhere: two transactions that take both in one order cannot lock each other out.
      const seq = await takeNumbers(tx, personId, 1);
      await row.set({ ...ended, state: 'sent', seq, platform_message_id: outcome.platformMessageId, reason: null }).execute();
      return;
    }
    case 'later':
      await (attempts >= MOST_ATTEMPTS
        ? row.set({ ...ended, state: 'failed', reason: `gave up: ${outcome.why}` })
        : row.set({ ...ended, settled_ms: null, state: 'queued', not_before_ms: Math.max(outcome.notBeforeMs, tx.nowMs + pauseMs(attempts)), reason: outcome.why })
      ).execute();
      return;
    case 'held':
      await row.set({ ...ended, settled_ms: null, state: 'queued', not_before_ms: outcome.notBeforeMs, reason: outcome.why }).execute();
      return;
    case 'refused':
      await row.set({ ...ended, state: 'failed', reason: outcome.why }).execute();
      return;
    case 'unknown':
      await row.set({ ...ended, state: 'unknown', reason: outcome.why }).execute();
      return;
    case 'gone':
      await tx.db.updateTable('residents').set({ state: 'gone' }).where('id', '=', personId).where('state', 'in', ['active', 'stopped']).execute();
      await row.set({ ...ended, state: 'failed', reason: `gone: ${outcome.why}` }).execute();
      await dropQueued(tx, personId, { kinds: 'all', reason: 'gone' });
      return;
    default:
      outcome satisfies never;
  }
}

/** Growing pauses after a send that came back: 1 s, 2 s, 4 s … up to an hour. */
export function pauseMs(attempts: number): number {
  return Math.min(1000 * 2 ** Math.max(0, attempts - 1), 3_600_000);
}

const SENDER_STOPPED = 'the sender stopped in the middle';

/** Takes back what has not been sent yet; gives how many. */
export async function dropQueued(tx: Tx, personId: string, what: { kinds: readonly MessageKind[] | 'all'; reason: string }): Promise<number> {
  const query = tx.db.updateTable('outbox').set({ state: 'failed', reason: what.reason, settled_ms: tx.nowMs })
    .where('person_id', '=', personId).where('state', '=', QUEUED);
  const result = await (what.kinds === 'all' ? query : query.where('kind', 'in', [...what.kinds])).executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Takes back one piece by its dedupe key if it has not begun to be sent; true when it was taken back. */
export async function takeBack(tx: Tx, dedupeKey: string, reason: string): Promise<boolean> {
  const result = await tx.db.updateTable('outbox').set({ state: 'failed', reason, settled_ms: tx.nowMs })
    .where('dedupe_key', '=', dedupeKey).where('state', '=', QUEUED).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * Takes back every piece of the person whose dedupe key begins with one of these, as far as it has not begun to be sent;
 * true when another of them has gone out, so that the person may have read it.
 */
export async function takeBackUnread(tx: Tx, personId: string, keys: readonly string[], reason: string): Promise<boolean> {
  const meant = sql<boolean>`(${sql.join(keys.map((key) => sql`substr(dedupe_key, 1, ${sql.lit(key.length)}) = ${key}`), sql` or `)})`;
  await tx.db.updateTable('outbox').set({ state: 'failed', reason, settled_ms: tx.nowMs }).where('person_id', '=', personId).where(meant).where('state', '=', QUEUED).execute();
  const out = await tx.db.selectFrom('outbox').select('id').where('person_id', '=', personId).where(meant).where('state', 'in', [sql.lit<OutboxState>('sent'), SENDING, UNKNOWN]).limit(1).executeTakeFirst();
  return out !== undefined;
}

/**
 * Rows that were being sent when their lease ran out: their sender died in the middle, and nobody knows whether the
 * platform acted. They become `unknown`. `except`: rows that the asking process is still sending.
 */
export async function endDeadLeases(tx: Tx, what: { leaseMs: number; except: readonly number[] }): Promise<{ id: number; kind: MessageKind }[]> {
  return tx.db.updateTable('outbox').set({ state: 'unknown', reason: SENDER_STOPPED, lease: null, lease_until_ms: null, settled_ms: tx.nowMs })
    .where('state', '=', SENDING)
    .where(leaseIsOver('lease_until_ms', tx.nowMs, what.leaseMs))
    .$if(what.except.length > 0, (query) => query.where('id', 'not in', [...what.except]))
    .returning(['id', 'kind']).execute();
}

/**
 * Puts back in the queue what is worse to lose than to say twice, once no receipt has come for `graceMs`: emergencies
 * always, and answers whose sending timed out. Answers that were in flight when a process was killed stay listed, and
 * so does everything nobody asked for. Gives how many.
 */
export async function repeatLostAnswers(tx: Tx, what: { graceMs: number; mostAttempts: number }): Promise<number> {
  const result = await tx.db.updateTable('outbox').set({ state: 'queued', not_before_ms: 0, settled_ms: null })
    .where('state', '=', UNKNOWN).where('settled_ms', '<=', tx.nowMs - what.graceMs).where('attempts', '<', what.mostAttempts)
    .where((eb) => eb.or([
      eb('kind', '=', 'emergency'),
      eb.and([eb('kind', 'in', ['reply', 'staff-answer']), eb('reason', '!=', SENDER_STOPPED)]),
    ]))
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Puts `unknown` rows back in the queue because staff say so; gives how many. */
export async function repeatUnknown(tx: Tx, ids: readonly number[], notBeforeMs: number): Promise<number> {
  if (ids.length === 0) return 0;
  const result = await tx.db.updateTable('outbox').set({ state: 'queued', not_before_ms: notBeforeMs, settled_ms: null })
    .where('id', 'in', [...ids]).where('state', '=', UNKNOWN).executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Rows of which nobody knows whether they arrived, oldest first. */
export async function listUnknown(tx: Tx, limit: number): Promise<{ id: number; channel: ChannelName; kind: MessageKind; reason: string | null; createdMs: number }[]> {
  return tx.db.selectFrom('outbox').select(['id', 'channel', 'kind', 'reason', 'created_ms as createdMs'])
    .where('state', '=', UNKNOWN).orderBy('id').limit(limit).execute();
}

/** After the clock was set back: pauses that were measured by the wrong clock are over; the policy decides anew. */
export async function endPauses(tx: Tx): Promise<void> {
  await tx.db.updateTable('outbox').set({ not_before_ms: 0 }).where('state', '=', QUEUED).where('not_before_ms', '>', tx.nowMs).execute();
}

// Written into the statement rather than bound, so that the planner can use the indexes that hold only these states.
const QUEUED = sql.lit<OutboxState>('queued');
const SENDING = sql.lit<OutboxState>('sending');
const UNKNOWN = sql.lit<OutboxState>('unknown');
const RUNNING = sql.lit<CampaignState>('running');
