import type { Tx } from './schema.ts';

/** What staff changed of the place, one row an edit; added to and never changed, so that every former state can come back. */

/** `section` is a field of the place's file. `value` is its new content as JSON; null: what the file says holds again. */
export type PlaceEdit = { id: number; section: string; value: string | null; of: string | null; accountName: string | null; atMs: number };

export type NewPlaceEdit = { section: string; value: string | null; /** Fingerprint of what the file said when it was made. */ of: string | null };

/** Changes with every edit, in whichever process it was made. */
export async function placeCounter(tx: Tx): Promise<number> {
  const row = await tx.db.selectFrom('place_edits').select(({ fn }) => fn.max('id').as('last')).executeTakeFirst();
  return row?.last ?? 0;
}

/** The edits that hold now: the latest of each section. */
export async function standingEdits(tx: Tx): Promise<PlaceEdit[]> {
  const latest = tx.db.selectFrom('place_edits').select(({ fn }) => fn.max('place_edits.id').as('id')).groupBy('section');
  return (await all(tx).where('place_edits.id', 'in', latest).orderBy('place_edits.id').execute());
}

/** Every edit, oldest first. */
export async function placeHistory(tx: Tx): Promise<PlaceEdit[]> {
  return all(tx).orderBy('place_edits.id').execute();
}

export async function addEdits(tx: Tx, edits: readonly NewPlaceEdit[], accountId: string | null): Promise<void> {
  if (edits.length === 0) return;
  await tx.db.insertInto('place_edits').values(edits.map(({ section, value, of }) => ({ section, value, made_of: of, account_id: accountId, at_ms: tx.nowMs }))).execute();
}

function all(tx: Tx) {
  return tx.db.selectFrom('place_edits').leftJoin('accounts', 'accounts.id', 'place_edits.account_id').select([
    'place_edits.id', 'place_edits.section', 'place_edits.value', 'place_edits.made_of as of', 'accounts.name as accountName', 'place_edits.at_ms as atMs',
  ]);
}
