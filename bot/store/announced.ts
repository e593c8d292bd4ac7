import type { Button } from '#bot/channels/channel.ts';
import { frozenSchema, readJson, type FrozenPieces } from './forms.ts';
import type { Tx } from './schema.ts';

/** The frozen words of announcements, by announcement: kept once for everybody, so rows of the outbox only point at them. */
export type Announced = ReadonlyMap<number, FrozenPieces>;

/** What can be chosen under the last announcement that the person was sent since then, so that its numbers mean something; empty when there is none. */
export async function choicesAnnounced(tx: Tx, personId: string, sinceMs: number): Promise<Button[]> {
  const row = await tx.db.selectFrom('outbox').select(['campaign_id', 'campaign_lang']).where('person_id', '=', personId)
    .where('campaign_part', '=', 0).where('state', 'in', ['sent', 'unknown']).where('settled_ms', '>', sinceMs).orderBy('id', 'desc').limit(1).executeTakeFirst();
  if (row?.campaign_id == null || row.campaign_lang === null) return [];
  return (await announcedIn(tx, [row])).get(row.campaign_id)?.[row.campaign_lang]?.[0]?.buttons ?? [];
}

/** The words that these rows point at. */
export async function announcedIn(tx: Tx, rows: readonly { campaign_id: number | null }[]): Promise<Announced> {
  const ids = [...new Set(rows.flatMap((row) => row.campaign_id ?? []))];
  if (ids.length === 0) return new Map();
  const found = await tx.db.selectFrom('campaigns').select(['id', 'frozen']).where('id', 'in', ids).execute();
  return new Map(found.flatMap((row) => (row.frozen === null ? [] : [[row.id, readJson(frozenSchema, row.frozen)] as const])));
}
