import type { Tx } from './schema.ts';

/** Moments of announcements that repeat at which nothing was sent and nothing was made up. They wait until somebody of the station says what becomes of them. */

/** Writes them down; one that is written already stays as it is. */
export async function addMissed(tx: Tx, campaignId: number, moments: readonly number[]): Promise<void> {
  if (moments.length === 0) return;
  await tx.db.insertInto('missed_rounds').values(moments.map((dueMs) => ({ campaign_id: campaignId, due_ms: dueMs, noted_ms: tx.nowMs, settled_ms: null })))
    .onConflict((c) => c.columns(['campaign_id', 'due_ms']).doNothing()).execute();
}

/** Those of one announcement that wait for a word, the oldest first. */
export async function missedOf(tx: Tx, campaignId: number): Promise<number[]> {
  const rows = await tx.db.selectFrom('missed_rounds').select('due_ms').where('campaign_id', '=', campaignId).where('settled_ms', 'is', null).orderBy('due_ms').execute();
  return rows.map((row) => row.due_ms);
}

/** Announcements with moments that wait for a word, and how many each. */
export async function missedEverywhere(tx: Tx): Promise<{ campaignId: number; title: string; rounds: number }[]> {
  return tx.db.selectFrom('missed_rounds').innerJoin('campaigns', 'campaigns.id', 'missed_rounds.campaign_id')
    .select(['campaigns.id as campaignId', 'campaigns.title', ({ fn }) => fn.countAll<number>().as('rounds')])
    .where('missed_rounds.settled_ms', 'is', null).groupBy(['campaigns.id', 'campaigns.title']).orderBy('campaigns.id').execute();
}

/** Somebody has decided about all of them; gives how many waited. */
export async function settleMissed(tx: Tx, campaignId: number): Promise<number> {
  const result = await tx.db.updateTable('missed_rounds').set({ settled_ms: tx.nowMs }).where('campaign_id', '=', campaignId).where('settled_ms', 'is', null).executeTakeFirst();
  return Number(result.numUpdatedRows);
}
