import { may } from '#bot/accounts/accounts.ts';
import { addCampaign, campaignById } from '#bot/store/campaigns.ts';
import { addMissed, missedOf, settleMissed } from '#bot/store/missed-rounds.ts';
import { addNotices } from '#bot/store/notices.ts';
import type { Tx } from '#bot/store/schema.ts';
import { linkedAccounts } from '#bot/store/staff-links.ts';
import type { CampaignState } from '#bot/store/tables/campaigns.ts';
import { change, note, planCampaign, type By, type Result } from './campaigns.ts';
import { begin, enqueueAll } from './ledger.ts';
import type { CampaignPorts } from './ports.ts';

/**
 * Rounds that nobody got, because the program was off or the announcement rested at their moment. They are said to those
 * who broadcast, and stand on the announcement's page until one of them sends one round in their place or leaves them be.
 */

/** Writes them down and tells everybody who may broadcast. */
export async function noteMissed(tx: Tx, campaignId: number, moments: readonly number[]): Promise<void> {
  const last = moments.at(-1);
  if (last === undefined) return;
  await addMissed(tx, campaignId, moments);
  const casters = (await linkedAccounts(tx)).filter((account) => account.userId !== null && may(account.role, 'broadcast'));
  await addNotices(tx, casters.map((account) => ({ dedupeKey: `missed:${campaignId}:${last}:${account.id}`, kind: 'missed', ticketId: null, accountId: account.id, detail: `${campaignId}|${moments.length}` })));
}

const MADE_UP_IN: readonly CampaignState[] = ['scheduled', 'done'];

/** Sends one round now in place of all that were missed; refused as any other that cannot be sent. */
export async function makeUpMissed(ports: CampaignPorts, id: number, by: By): Promise<Result<object>> {
  const plan = await planCampaign(ports, id, { kind: 'now' });
  if (!plan.ok) return plan;
  if (plan.plan.blocks.length > 0) return { ok: false, problem: { kind: 'blocked', blocks: plan.plan.blocks } };
  const rounds: number[] = [];
  const done = await change(ports, id, MADE_UP_IN, async (tx, it) => {
    rounds.length = 0;
    // Whoever presses second finds nothing left to make up.
    if (await settleMissed(tx, id) === 0) return null;
    const roundId = await addCampaign(tx, { ...it, schedule: { kind: 'now' }, parentId: id });
    const round = await campaignById(tx, roundId);
    if (round === null) throw new Error('a round that was just written is not there');
    await begin(tx, ports, round);
    rounds.push(roundId);
    await note(tx, by, 'campaign-made-up', id);
    return null;
  });
  for (const round of rounds) await enqueueAll(ports, round);
  return done;
}

/** Leaves what was missed unsent. */
export function leaveMissed(ports: CampaignPorts, id: number, by: By): Promise<Result<object>> {
  return change(ports, id, [...MADE_UP_IN, 'paused'], async (tx) => {
    if (await settleMissed(tx, id) > 0) await note(tx, by, 'campaign-left-out', id);
    return null;
  });
}

/** The moments that wait for a word, the oldest first. */
export function missedRounds(ports: Pick<CampaignPorts, 'store'>, id: number): Promise<number[]> {
  return ports.store.read((tx) => missedOf(tx, id));
}
