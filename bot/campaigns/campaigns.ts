import { createHash } from 'node:crypto';
import { record } from '#bot/store/audit.ts';
import { boxesOf, addCampaign, campaignById, changeCampaign, freeRows, holdCampaign, listCampaigns, repeatRows, rowsLeft, type Boxes, type Campaign, type NewCampaign } from '#bot/store/campaigns.ts';
import { settleMissed } from '#bot/store/missed-rounds.ts';
import { receiptsOf, type Receipts } from '#bot/store/receipts.ts';
import type { Tx } from '#bot/store/schema.ts';
import type { CampaignState } from '#bot/store/tables/campaigns.ts';
import { USUAL_DAY } from '#knowledge/place.ts';
import { alongOf } from './along.ts';
import { parseAudience, sayAudience, type AudienceFault } from './audience.ts';
import { contentSchema, type Content } from './content.ts';
import { planFor } from './counting.ts';
import { GROUPS } from './groups.ts';
import type { CampaignKind } from './kinds.ts';
import { begin, enqueueAll, STOPPING, takeBackAll } from './ledger.ts';
import { leftOf, type Plan, type PlanBlock } from './plan.ts';
import type { CampaignPorts } from './ports.ts';
import { nextDue, repeats, type Schedule } from './schedule.ts';

export type { CampaignPorts } from './ports.ts';

/**
 * Everything that can be done with an announcement, from the console and from the terminal alike. Each step is a short
 * transaction on the store; whoever takes it may be another process than the one that sends.
 */

/** Who does it: an account of the console, or null for whoever sits at the machine. */
export type By = { accountId: string | null };

export type CampaignProblem =
  | { kind: 'unknown' }
  | { kind: 'audience'; faults: AudienceFault[] }
  | { kind: 'content'; fields: string[] }
  | { kind: 'wrong-state'; state: CampaignState }
  | { kind: 'blocked'; blocks: PlanBlock[] }
  /** It says something else, or to others, than what whoever starts it has read. */
  | { kind: 'changed' }
  /** Whoever asked cannot be the one who confirms. */
  | { kind: 'needs-second-person' };

export type Result<T> = ({ ok: true } & T) | { ok: false; problem: CampaignProblem };

export type CampaignDraft = {
  content: Content;
  /** An expression of `audience.ts`; empty: everyone who agreed to this kind. */
  audience: string;
  kind: CampaignKind;
  /** What staff call it. @defaultValue the first line of the text */
  title?: string;
  urgent?: boolean;
  /** @defaultValue now */
  schedule?: Schedule;
  /** Not sent from this moment on. */
  expiresMs?: number | null;
};

/** Writes a draft down. Nothing is sent, and everything can still be changed. */
export async function createCampaign(ports: CampaignPorts, draft: CampaignDraft, by: By): Promise<Result<{ id: number }>> {
  const read = readDraft(ports, draft);
  if (!read.ok) return read;
  const id = await ports.store.write(async (tx) => {
    const added = await addCampaign(tx, { ...read.fields, createdBy: by.accountId, parentId: null });
    await note(tx, by, 'campaign-created', added);
    return added;
  });
  return { ok: true, id };
}

/** Changes a draft; what has been started stays as it is. */
export async function editCampaign(ports: CampaignPorts, id: number, draft: CampaignDraft, by: By): Promise<Result<object>> {
  const read = readDraft(ports, draft);
  if (!read.ok) return read;
  return change(ports, id, ['draft', 'asked'], async (tx) => {
    // Whoever was to confirm would confirm something else.
    await changeCampaign(tx, id, { ...read.fields, state: 'draft', askedBy: null });
    await note(tx, by, 'campaign-changed', id);
    return null;
  });
}

/** What will happen if it is started, by its own schedule or another. Sends nothing and writes nothing. */
export async function planCampaign(ports: CampaignPorts, id: number, schedule?: Schedule): Promise<Result<{ plan: Plan }>> {
  const campaign = await ports.store.read((tx) => campaignById(tx, id));
  if (campaign === null) return { ok: false, problem: { kind: 'unknown' } };
  return { ok: true, plan: await planFor(ports, schedule === undefined ? campaign : { ...campaign, schedule }) };
}

/**
 * Starts it, or sets it on its schedule. Above the head's number the first call asks (`asked`) and a second person's call
 * starts. Gives back when every row of the ledger is written; from the first call on, any process of the station goes on
 * with it should this one die. `seen` is the `draftMark` of what they have read; null: what it is now.
 */
export async function startCampaign(ports: CampaignPorts, id: number, by: By, seen: string | null = null): Promise<Result<{ state: CampaignState }>> {
  const askedMs = ports.clock();
  const { campaign, mark } = await ports.store.read(async (tx) => {
    const found = await campaignById(tx, id);
    return { campaign: found, mark: seen ?? (found === null ? '' : await draftMark(tx, found)) };
  });
  if (campaign === null) return { ok: false, problem: { kind: 'unknown' } };
  if (campaign.state !== 'draft' && campaign.state !== 'asked') return { ok: false, problem: { kind: 'wrong-state', state: campaign.state } };
  const plan = await planFor(ports, campaign);
  if (plan.blocks.length > 0) return { ok: false, problem: { kind: 'blocked', blocks: plan.blocks } };

  const begun = await change(ports, id, ['draft', 'asked'], async (tx, it) => {
    // The plan counted this draft and no other; somebody may have changed it since.
    if (await draftMark(tx, it) !== mark) return { kind: 'changed' };
    if (plan.needsSecondPerson && it.state === 'draft') {
      await changeCampaign(tx, id, { state: 'asked', askedBy: by.accountId });
      await note(tx, by, 'campaign-asked', id);
      return null;
    }
    if (plan.needsSecondPerson && it.askedBy === by.accountId) return { kind: 'needs-second-person' };
    await changeCampaign(tx, id, { confirmedBy: plan.needsSecondPerson ? by.accountId : null });
    await note(tx, by, 'campaign-started', id);
    if (it.schedule.kind === 'now') await begin(tx, ports, it);
    // From when it was asked for: a moment that has passed while the plan was made is due, not over.
    else await changeCampaign(tx, id, { state: 'scheduled', dueMs: nextDue(it.schedule, askedMs) });
    return null;
  });
  if (!begun.ok) return begun;
  await enqueueAll(ports, id);
  const now = await ports.store.read((tx) => campaignById(tx, id));
  return { ok: true, state: now?.state ?? 'draft' };
}

/** Stands for everything that a draft says and to whom, what goes along included. */
export async function draftMark(tx: Tx, it: Campaign): Promise<string> {
  const { kind, title, urgent, audience, content, schedule, expiresMs } = it;
  return createHash('sha256').update(JSON.stringify([kind, title, urgent, audience, content, schedule, expiresMs, await alongOf(tx, it)])).digest('base64url').slice(0, 22);
}

/** Rests until `resumeCampaign`; what is on its way this very moment still arrives. */
export function pauseCampaign(ports: CampaignPorts, id: number, by: By): Promise<Result<object>> {
  return change(ports, id, ['scheduled', 'starting', 'running'], async (tx, it) => {
    for (const each of await withRounds(tx, it)) if (PAUSABLE.includes(each.state)) await changeCampaign(tx, each.id, { state: 'paused' });
    await note(tx, by, 'campaign-paused', id);
    return null;
  });
}

export async function resumeCampaign(ports: CampaignPorts, id: number, by: By): Promise<Result<object>> {
  const resumed = await change(ports, id, ['paused'], async (tx, it) => {
    for (const each of await withRounds(tx, it)) {
      if (each.state !== 'paused') continue;
      await changeCampaign(tx, each.id, { state: each.startedMs === null ? 'scheduled' : each.cursor === null ? 'running' : 'starting' });
      await freeRows(tx, each.id);
    }
    await note(tx, by, 'campaign-resumed', id);
    return null;
  });
  if (resumed.ok) await enqueueAll(ports, id);
  return resumed;
}

/** For good: what has not been sent is not sent any more. */
export async function stopCampaign(ports: CampaignPorts, id: number, by: By): Promise<Result<object>> {
  const ids: number[] = [];
  const stopped = await change(ports, id, ['draft', 'asked', 'scheduled', 'starting', 'running', 'paused'], async (tx, it) => {
    ids.length = 0;
    for (const each of await withRounds(tx, it)) {
      if (each.state === 'done' || each.state === 'stopped') continue;
      // The mark says that rows are still to be taken back; another process does it should this one die.
      await changeCampaign(tx, each.id, { state: 'stopped', endedMs: tx.nowMs, dueMs: null, cursor: STOPPING });
      ids.push(each.id);
    }
    await settleMissed(tx, id);
    await note(tx, by, 'campaign-stopped', id);
    return null;
  });
  if (stopped.ok) for (const each of ids) await takeBackAll(ports, each);
  return stopped;
}

export type CampaignStatus = { state: CampaignState; audience: number } & Boxes;

/** Where it stands. The boxes always add up to the audience. */
export async function campaignStatus(ports: Pick<CampaignPorts, 'store'>, id: number): Promise<Result<{ status: CampaignStatus }>> {
  return ports.store.read(async (tx) => {
    const campaign = await campaignById(tx, id);
    if (campaign === null) return { ok: false, problem: { kind: 'unknown' } };
    const all = await withRounds(tx, campaign);
    const boxes = await boxesOf(tx, all.map((each) => each.id));
    const audience = boxes.queued + boxes.sending + boxes.sent + boxes.failed + boxes.unknown + boxes.unreachable;
    return { ok: true, status: { state: stateOf(campaign, all, boxes), audience, ...boxes } };
  });
}

/** What platforms say of it beyond having taken it; null where none of them ever does. */
export async function campaignReceipts(ports: Pick<CampaignPorts, 'store'>, id: number): Promise<Receipts | null> {
  return ports.store.read(async (tx) => {
    const campaign = await campaignById(tx, id);
    return campaign === null ? null : receiptsOf(tx, (await withRounds(tx, campaign)).map((each) => each.id));
  });
}

/** How it goes on while it runs: until when it rests, and when it will be over; null while it does not run. */
export async function campaignLeft(ports: Pick<CampaignPorts, 'store' | 'place' | 'clock'>, id: number): Promise<{ restsUntilMs: number | null; endsMs: number } | null> {
  return ports.store.read(async (tx) => {
    const campaign = await campaignById(tx, id);
    const running = campaign === null ? [] : (await withRounds(tx, campaign)).filter((each) => each.state === 'running' || each.state === 'starting');
    const rows = await rowsLeft(tx, running.map((each) => each.id));
    return rows.length === 0 ? null : leftOf({ rows, nowMs: ports.clock(), urgent: campaign?.urgent ?? false, dayHours: ports.place.dayHours ?? USUAL_DAY });
  });
}

/** Sends once more what nobody knows to have arrived, because somebody says so; gives how many. */
export function retryUnknown(ports: CampaignPorts, id: number, by: By): Promise<Result<{ repeated: number }>> {
  return retry(ports, id, 'unknown', by);
}

/** Sends once more what a platform refused, apart from those who blocked or stopped; gives how many. */
export function retryFailed(ports: CampaignPorts, id: number, by: By): Promise<Result<{ repeated: number }>> {
  return retry(ports, id, 'failed', by);
}

async function retry(ports: CampaignPorts, id: number, state: 'unknown' | 'failed', by: By): Promise<Result<{ repeated: number }>> {
  let repeated = 0;
  const done = await change(ports, id, ['running', 'paused', 'done'], async (tx, it) => {
    repeated = 0;
    for (const each of await withRounds(tx, it)) {
      const rows = await repeatRows(tx, each.id, state);
      if (rows > 0 && each.state === 'done') await changeCampaign(tx, each.id, { state: 'running', endedMs: null });
      repeated += rows;
    }
    await note(tx, by, 'campaign-retried', id);
    return null;
  });
  return done.ok ? { ok: true, repeated } : done;
}

/** What is being said to whom, newest first. */
export function recentCampaigns(ports: Pick<CampaignPorts, 'store'>, limit: number): Promise<Campaign[]> {
  return ports.store.read((tx) => listCampaigns(tx, { limit }));
}

const PAUSABLE: readonly CampaignState[] = ['scheduled', 'starting', 'running'];

/** The announcement itself and, when it repeats, its rounds. */
export async function withRounds(tx: Tx, campaign: Campaign): Promise<Campaign[]> {
  return repeats(campaign.schedule) ? [campaign, ...await listCampaigns(tx, { limit: 1000, roundsOf: campaign.id })] : [campaign];
}

function readDraft(ports: CampaignPorts, draft: CampaignDraft): Result<{ fields: Omit<NewCampaign, 'createdBy' | 'parentId'> }> {
  const content = contentSchema.safeParse(draft.content);
  if (!content.success) return { ok: false, problem: { kind: 'content', fields: [...new Set(content.error.issues.map((issue) => issue.path.join('.')))] } };
  const audience = parseAudience(draft.audience, { villages: ports.place.villages.map((village) => village.id), groups: GROUPS });
  if (!audience.ok) return { ok: false, problem: { kind: 'audience', faults: audience.faults } };
  const title = (draft.title ?? content.data.vi.split('\n')[0] ?? '').trim().slice(0, TITLE_LIMIT);
  return { ok: true, fields: { kind: draft.kind, title, urgent: draft.urgent ?? false, audience: sayAudience(audience.audience), content: content.data, schedule: draft.schedule ?? { kind: 'now' }, expiresMs: endOf(ports, draft) } };
}

/** The announcement ends with the card it leads to, or before. */
function endOf(ports: CampaignPorts, { content, expiresMs = null }: CampaignDraft): number | null {
  const cardMs = content.cardId === undefined ? null : ports.cardEndsMs?.(content.cardId) ?? null;
  return cardMs === null ? expiresMs : Math.min(cardMs, expiresMs ?? cardMs);
}

const TITLE_LIMIT = 120;

/** One change in one transaction, if the announcement is in one of these states; `act` may refuse with a problem. */
export async function change(ports: CampaignPorts, id: number, from: readonly CampaignState[], act: (tx: Tx, it: Campaign) => Promise<CampaignProblem | null>): Promise<Result<object>> {
  const problem = await ports.store.write(async (tx): Promise<CampaignProblem | null> => {
    const it = await holdCampaign(tx, id);
    if (it === null) return { kind: 'unknown' };
    if (!from.includes(it.state)) return { kind: 'wrong-state', state: it.state };
    return act(tx, it);
  });
  if (problem !== null) return { ok: false, problem };
  ports.wake?.();
  return { ok: true };
}

/** What people see: an announcement that repeats runs while a round of it does, and nothing runs that has nothing to send. */
function stateOf(campaign: Campaign, all: readonly Campaign[], boxes: Boxes): CampaignState {
  if (campaign.state === 'running' && boxes.queued + boxes.sending === 0) return 'done';
  if ((campaign.state === 'scheduled' || campaign.state === 'done') && all.some((each) => each.state === 'running' || each.state === 'starting')) return 'running';
  return campaign.state;
}

export async function note(tx: Tx, by: By, what: Parameters<typeof record>[1]['what'], id: number): Promise<void> {
  await record(tx, { accountId: by.accountId, what, detail: String(id) });
}
