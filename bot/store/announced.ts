import { frozenSchema, readJson, type FrozenPieces } from './forms.ts';
import type { Tx } from './schema.ts';

/** The frozen words of announcements, by announcement: kept once for everybody, so rows of the outbox only point at them. */
export type Announced = ReadonlyMap<number, FrozenPieces>;

/** The words that these rows point at. */
export async function announcedIn(tx: Tx, rows: readonly { campaign_id: number | null }[]): Promise<Announced> {
  const ids = [...new Set(rows.flatMap((row) => row.campaign_id ?? []))];
  if (ids.length === 0) return new Map();
  const found = await tx.db.selectFrom('campaigns').select(['id', 'frozen']).where('id', 'in', ids).execute();
  return new Map(found.flatMap((row) => (row.frozen === null ? [] : [[row.id, readJson(frozenSchema, row.frozen)] as const])));
}
