import { keepToQuota, nextPage, writeLedgerPage } from '#bot/store/campaign-audience.ts';
import { changeCampaign, dropRows, hasRowsToSend, holdCampaign, type Campaign } from '#bot/store/campaigns.ts';
import type { Tx } from '#bot/store/schema.ts';
import { alongOf } from './along.ts';
import { freeze } from './content.ts';
import { monthLeft, queryOf } from './counting.ts';
import type { CampaignPorts } from './ports.ts';
import { templateOf } from './template.ts';

/**
 * The ledger of an announcement that has begun: one row of the outbox a person and piece, written and taken back page by
 * page, so that whoever dies in between is followed by another process, and nobody who writes to us waits.
 */

/** Stands as the cursor of one that was stopped and whose rows are still to be taken back. */
export const STOPPING = '!';
const LEDGER_PAGE = 1000;
const TAKE_BACK = 1000;

/** The text and the moment are settled; from here on the ledger is written page by page. */
export async function begin(tx: Tx, ports: Pick<CampaignPorts, 'place' | 'texts' | 'beside'>, campaign: Campaign): Promise<void> {
  await changeCampaign(tx, campaign.id, { state: 'starting', startedMs: tx.nowMs, dueMs: null, cursor: '', frozen: freeze(campaign.content, campaign.kind, await alongOf(tx, campaign), ports) });
}

/** Writes what is missing of the ledger, if it is being written; any number of processes may do so together. */
export async function enqueueAll(ports: CampaignPorts, id: number): Promise<void> {
  // Asked before the store is held; the plan has just asked the same.
  const atZalo = await ports.zalo?.paidLeft() ?? null;
  while (await ports.store.write((tx) => enqueuePage(tx, ports, id, atZalo))) await breathe();
  ports.wake?.();
}

/** One page of residents; false when nothing is left to do. */
async function enqueuePage(tx: Tx, ports: CampaignPorts, id: number, atZalo: number | null): Promise<boolean> {
  const it = await holdCampaign(tx, id);
  if (it?.state !== 'starting' || it.cursor === null || it.startedMs === null || it.frozen === null) return false;
  const page = await nextPage(tx, it.cursor, LEDGER_PAGE);
  if (page === null) {
    const left = await monthLeft(tx, it.startedMs, templateOf(it.content, ports).state === 'ready', id);
    await keepToQuota(tx, id, { ...left, paid: Math.min(left.paid, atZalo ?? left.paid) });
    await changeCampaign(tx, id, { state: 'running', cursor: null });
    return false;
  }
  const { frozen } = it;
  const withVoice = (['vi', 'jra', 'bdq', 'en'] as const).filter((lang) => (frozen[lang]?.length ?? 0) > 1);
  await writeLedgerPage(tx, {
    ...await queryOf(tx, ports, it, it.startedMs),
    approved: (['jra', 'bdq'] as const).filter((lang) => frozen[lang] !== undefined),
    campaignId: id, startedMs: it.startedMs, expiresMs: it.expiresMs,
    parts: { 0: [], ...(withVoice.length > 0 ? { 1: withVoice } : {}) },
  }, page);
  await changeCampaign(tx, id, { cursor: page.last });
  return true;
}

/** Takes back what a stopped announcement has not sent; what is on its way this very moment may come back, and is waited for by the next look. */
export async function takeBackAll(ports: Pick<CampaignPorts, 'store'>, id: number): Promise<void> {
  while (await ports.store.write(async (tx) => {
    if (await dropRows(tx, id, TAKE_BACK, 'campaign-stopped') > 0) return true;
    if (!await hasRowsToSend(tx, id)) await changeCampaign(tx, id, { cursor: null });
    return false;
  })) await breathe();
}

export const breathe = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
