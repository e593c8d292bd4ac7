import { sql } from 'kysely';
import { z } from 'zod';
import { contentSchema, type Content } from '#bot/campaigns/content.ts';
import type { CampaignKind } from '#bot/campaigns/kinds.ts';
import type { ChannelName } from '#bot/channels/channel.ts';
import { scheduleSchema, type Schedule } from '#bot/campaigns/schedule.ts';
import { frozenSchema, readJson, type FrozenPieces } from './forms.ts';
import type { Tx } from './schema.ts';
import type { CampaignState, CampaignTable } from './tables/campaigns.ts';
import type { OutboxState } from './tables/messages.ts';

/** Announcements as the store keeps them, and the sums over their rows of the outbox. */

export type Campaign = {
  id: number;
  kind: CampaignKind;
  title: string;
  urgent: boolean;
  /** As staff wrote it. */
  audience: string;
  content: Content;
  /** As it went out; null before the start. */
  frozen: FrozenPieces | null;
  schedule: Schedule;
  state: CampaignState;
  createdMs: number;
  createdBy: string | null;
  askedBy: string | null;
  confirmedBy: string | null;
  dueMs: number | null;
  startedMs: number | null;
  endedMs: number | null;
  expiresMs: number | null;
  cursor: string | null;
  parentId: number | null;
};

export type NewCampaign = Pick<Campaign, 'kind' | 'title' | 'urgent' | 'audience' | 'content' | 'schedule' | 'createdBy' | 'expiresMs' | 'parentId'>;

export async function addCampaign(tx: Tx, it: NewCampaign): Promise<number> {
  const { id } = await tx.db.insertInto('campaigns').values({
    kind: it.kind, title: it.title, urgent: it.urgent ? 1 : 0, audience: it.audience, content: JSON.stringify(it.content), frozen: null,
    schedule: JSON.stringify(it.schedule), state: 'draft', created_ms: tx.nowMs, created_by: it.createdBy, asked_by: null, confirmed_by: null,
    due_ms: null, started_ms: null, ended_ms: null, expires_ms: it.expiresMs, cursor: null, parent_id: it.parentId,
  }).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function campaignById(tx: Tx, id: number): Promise<Campaign | null> {
  const row = await tx.db.selectFrom('campaigns').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? fromRow(row) : null;
}

/** The announcement, held by this transaction, so that two who change it do so one after the other. */
export async function holdCampaign(tx: Tx, id: number): Promise<Campaign | null> {
  const row = await tx.db.selectFrom('campaigns').selectAll().where('id', '=', id)
    .$if(tx.engine === 'postgres', (query) => query.forUpdate()).executeTakeFirst();
  return row ? fromRow(row) : null;
}

/** Newest first; rounds of those that repeat are left out unless asked for. */
export async function listCampaigns(tx: Tx, options: { limit: number; roundsOf?: number }): Promise<Campaign[]> {
  const rows = await tx.db.selectFrom('campaigns').selectAll()
    .where('parent_id', options.roundsOf === undefined ? 'is' : '=', options.roundsOf ?? null)
    .orderBy('id', 'desc').limit(options.limit).execute();
  return rows.map(fromRow);
}

/** Ids of those in this state. `dueByMs`: whose moment has come; `halfDone`: whose rows are still being written or taken back. */
export async function campaignsIn(tx: Tx, state: CampaignState, which: { dueByMs?: number; halfDone?: boolean } = {}): Promise<number[]> {
  const rows = await tx.db.selectFrom('campaigns').select('id').where('state', '=', state)
    .$if(which.dueByMs !== undefined, (query) => query.where('due_ms', '<=', which.dueByMs ?? 0))
    .$if(which.halfDone === true, (query) => query.where('cursor', 'is not', null)).orderBy('id').execute();
  return rows.map((row) => row.id);
}

export type CampaignChange = Partial<Pick<Campaign, 'state' | 'frozen' | 'askedBy' | 'confirmedBy' | 'dueMs' | 'startedMs' | 'endedMs' | 'cursor' | 'urgent' | 'content' | 'audience' | 'title' | 'kind' | 'schedule' | 'expiresMs'>>;

export async function changeCampaign(tx: Tx, id: number, change: CampaignChange): Promise<void> {
  const { state, frozen, askedBy, confirmedBy, dueMs, startedMs, endedMs, cursor, urgent, content, audience, title, kind, schedule, expiresMs } = change;
  await tx.db.updateTable('campaigns').set({
    ...(state === undefined ? {} : { state }),
    ...(frozen === undefined ? {} : { frozen: frozen === null ? null : JSON.stringify(frozen) }),
    ...(askedBy === undefined ? {} : { asked_by: askedBy }),
    ...(confirmedBy === undefined ? {} : { confirmed_by: confirmedBy }),
    ...(dueMs === undefined ? {} : { due_ms: dueMs }),
    ...(startedMs === undefined ? {} : { started_ms: startedMs }),
    ...(endedMs === undefined ? {} : { ended_ms: endedMs }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(urgent === undefined ? {} : { urgent: urgent ? 1 : 0 }),
    ...(content === undefined ? {} : { content: JSON.stringify(content) }),
    ...(audience === undefined ? {} : { audience }),
    ...(title === undefined ? {} : { title }),
    ...(kind === undefined ? {} : { kind }),
    ...(schedule === undefined ? {} : { schedule: JSON.stringify(schedule) }),
    ...(expiresMs === undefined ? {} : { expires_ms: expiresMs }),
  }).where('id', '=', id).execute();
}

/** Each person of the audience in one of these; they add up to the audience. `unreachable`: it was never tried. */
export type Boxes = { queued: number; sending: number; sent: number; failed: number; unknown: number; unreachable: number };

/** Over one announcement, or over the rounds of one that repeats. */
export async function boxesOf(tx: Tx, ids: readonly number[]): Promise<Boxes> {
  const boxes: Boxes = { queued: 0, sending: 0, sent: 0, failed: 0, unknown: 0, unreachable: 0 };
  if (ids.length === 0) return boxes;
  const rows = await tx.db.selectFrom('outbox').select(['state', 'attempts', ({ fn }) => fn.countAll<number>().as('count')])
    .where('campaign_id', 'in', [...ids]).where('campaign_part', '=', 0).groupBy(['state', 'attempts']).execute();
  for (const row of rows) boxes[row.state === 'failed' && row.attempts === 0 ? 'unreachable' : row.state] += row.count;
  return boxes;
}

/** How many of their rows each channel has still to send, what goes along included. */
export async function rowsLeft(tx: Tx, ids: readonly number[]): Promise<{ channel: ChannelName; rows: number }[]> {
  if (ids.length === 0) return [];
  return tx.db.selectFrom('outbox').select(['channel', ({ fn }) => fn.countAll<number>().as('rows')])
    .where('campaign_id', 'in', [...ids]).where('state', 'in', [sql.lit<OutboxState>('queued'), sql.lit<OutboxState>('sending')]).groupBy('channel').execute();
}

/** Whether anything of it is still to be sent, what goes along included. */
export async function hasRowsToSend(tx: Tx, id: number): Promise<boolean> {
  const row = await tx.db.selectFrom('outbox').select('id').where('campaign_id', '=', id)
    .where('campaign_part', 'in', [0, 1]).where('state', 'in', [sql.lit<OutboxState>('queued'), sql.lit<OutboxState>('sending')]).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Takes back up to `limit` rows that were not sent; gives how many. */
export async function dropRows(tx: Tx, id: number, limit: number, reason: string): Promise<number> {
  const ids = (await tx.db.selectFrom('outbox').select('id').where('campaign_id', '=', id).where('state', '=', QUEUED).limit(limit)
    .$if(tx.engine === 'postgres', (query) => query.forUpdate().skipLocked()).execute()).map((row) => row.id);
  if (ids.length === 0) return 0;
  // What came back from a platform before was tried, and stays in the box of what failed.
  await tx.db.updateTable('outbox').set({ state: 'failed', reason, settled_ms: tx.nowMs, lease: null, lease_until_ms: null }).where('id', 'in', ids).execute();
  return ids.length;
}

/** Puts its rows in one of these states back into the queue, because staff say so; gives how many. */
export async function repeatRows(tx: Tx, id: number, state: Extract<OutboxState, 'unknown' | 'failed'>): Promise<number> {
  const result = await tx.db.updateTable('outbox').set({ state: 'queued', not_before_ms: 0, settled_ms: null, lease: null, lease_until_ms: null })
    .where('campaign_id', '=', id).where('state', '=', state)
    // Whose words were forgotten meanwhile has nothing left to be sent.
    .where('campaign_lang', 'is not', null)
    // Who blocked us or stopped stays untroubled; only a platform's refusal is tried anew.
    .$if(state === 'failed', (query) => query.where('attempts', '>', 0).where('reason', 'not like', 'gone:%').where('reason', 'not in', ['stopped', 'kind-refused', 'erased', 'gone', 'campaign-stopped']))
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** After a pause: nobody need wait for the leases of those who had taken rows before it. */
export async function freeRows(tx: Tx, id: number): Promise<void> {
  await tx.db.updateTable('outbox').set({ lease: null, lease_until_ms: null }).where('campaign_id', '=', id).where('state', '=', QUEUED).where('lease', 'is not', null).execute();
}

/** Takes back what is queued for one person of announcements of one kind. */
export async function dropKind(tx: Tx, personId: string, kind: CampaignKind): Promise<void> {
  await tx.db.updateTable('outbox').set({ state: 'failed', reason: 'kind-refused', settled_ms: tx.nowMs })
    .where('person_id', '=', personId).where('state', '=', QUEUED)
    .where('campaign_id', 'in', tx.db.selectFrom('campaigns').select('id').where('kind', '=', kind)).execute();
}

/** What the head has settled for all announcements. */
const campaignSettingsSchema = z.strictObject({
  /** Above so many people a second person confirms; null: never. */
  confirmAbove: z.int().min(0).nullable(),
  /** Messages a month that may be taken out of the station's paid quota at Zalo. */
  zaloPaidPerMonth: z.int().min(0),
  /** Template messages a month, each of which Zalo asks money for. */
  zaloTemplatesPerMonth: z.int().min(0).default(0),
});
export type CampaignSettings = z.infer<typeof campaignSettingsSchema>;

const SETTINGS_KEY = 'campaign-settings';

export async function campaignSettings(tx: Tx): Promise<CampaignSettings> {
  const row = await tx.db.selectFrom('meta').select('value').where('key', '=', SETTINGS_KEY).executeTakeFirst();
  return row === undefined ? { confirmAbove: null, zaloPaidPerMonth: 0, zaloTemplatesPerMonth: 0 } : readJson(campaignSettingsSchema, row.value);
}

export async function setCampaignSettings(tx: Tx, settings: z.input<typeof campaignSettingsSchema>): Promise<void> {
  const value = JSON.stringify(campaignSettingsSchema.parse(settings));
  await tx.db.insertInto('meta').values({ key: SETTINGS_KEY, value }).onConflict((c) => c.column('key').doUpdateSet({ value })).execute();
}

function fromRow(row: { [K in keyof CampaignTable]: K extends 'id' ? number : CampaignTable[K] }): Campaign {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    urgent: row.urgent === 1,
    audience: row.audience,
    content: readJson(contentSchema, row.content),
    frozen: row.frozen === null ? null : readJson(frozenSchema, row.frozen),
    schedule: readJson(scheduleSchema, row.schedule),
    state: row.state,
    createdMs: row.created_ms,
    createdBy: row.created_by,
    askedBy: row.asked_by,
    confirmedBy: row.confirmed_by,
    dueMs: row.due_ms,
    startedMs: row.started_ms,
    endedMs: row.ended_ms,
    expiresMs: row.expires_ms,
    cursor: row.cursor,
    parentId: row.parent_id,
  };
}

const QUEUED = sql.lit<OutboxState>('queued');
