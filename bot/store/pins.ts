import type { Pin } from '#bot/outbreak/pins.ts';
import { isDay, type Day } from '#knowledge/day.ts';
import { readJson, wordListSchema } from './forms.ts';
import type { Tx } from './schema.ts';

/** Notices that the head pinned; ended and expired ones stay as a record of what residents were told. */

export type NewPin = Omit<Pin, 'id'> & { accountId: string };

export async function addPin(tx: Tx, { cards, validUntil, accountId, ...pin }: NewPin): Promise<number> {
  const row = await tx.db.insertInto('pins').values({ ...pin, cards: JSON.stringify(cards), valid_until: validUntil, account_id: accountId, created_ms: tx.nowMs, ended_ms: null }).returning('id').executeTakeFirstOrThrow();
  return row.id;
}

/** True when it stood until now. */
export async function endPin(tx: Tx, id: number): Promise<boolean> {
  const result = await tx.db.updateTable('pins').set({ ended_ms: tx.nowMs }).where('id', '=', id).where('ended_ms', 'is', null).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** What stands on a day, the newest first. */
export async function standingPins(tx: Tx, today: Day): Promise<Pin[]> {
  const rows = await tx.db.selectFrom('pins').selectAll().where('ended_ms', 'is', null).where('valid_until', '>=', today).orderBy('id', 'desc').execute();
  return rows.map((row) => {
    if (!isDay(row.valid_until)) throw new Error(`pin ${row.id} has no day of expiry`);
    return { id: row.id, subject: row.subject, words: row.words, level: row.level, numbers: row.numbers, cards: readJson(wordListSchema, row.cards), validUntil: row.valid_until };
  });
}
