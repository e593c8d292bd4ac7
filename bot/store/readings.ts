import type { Tx } from './schema.ts';

/** The log of the loudspeaker: staff write down who read what where. */
export type Reading = { villageId: string | null; reader: string; atMs: number };

export async function addReading(tx: Tx, campaignId: number, reading: Omit<Reading, 'atMs'> & { accountId: string }): Promise<void> {
  await tx.db.insertInto('readings').values({ campaign_id: campaignId, village_id: reading.villageId, reader: reading.reader, account_id: reading.accountId, at_ms: tx.nowMs }).execute();
}

/** Newest first. */
export async function readingsOf(tx: Tx, campaignId: number): Promise<Reading[]> {
  const rows = await tx.db.selectFrom('readings').select(['village_id', 'reader', 'at_ms']).where('campaign_id', '=', campaignId).orderBy('id', 'desc').limit(200).execute();
  return rows.map((row) => ({ villageId: row.village_id, reader: row.reader, atMs: row.at_ms }));
}
