import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { Day } from '#knowledge/day.ts';
import type { Person } from './people.ts';
import type { Tx } from './schema.ts';

/** Counts by day, without anybody in them: what a report is made of. */

/** Something that happened once. `topic` narrows it down, as a card's id or a ticket's kind; `village` is empty where unknown. */
export type Fact = { what: string; topic: string; village: string };

/** Adds one to each fact's count on `day`. Last in a transaction, since others may wait for the same rows. */
export async function countFacts(tx: Tx, day: Day, facts: readonly Fact[]): Promise<void> {
  const rows = new Map<string, Fact & { key: string; day: string; n: number }>();
  for (const fact of facts) {
    const key = `${day}|${fact.what}|${fact.topic}|${fact.village}`;
    rows.set(key, { key, day, ...fact, n: (rows.get(key)?.n ?? 0) + 1 });
  }
  if (rows.size === 0) return;
  // Always in the same order, so that two of these cannot wait for each other.
  const ordered = [...rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  await tx.db.insertInto('daily_counts').values(ordered)
    .onConflict((c) => c.column('key').doUpdateSet({ n: sql`daily_counts.n + excluded.n` })).execute();
}

export type Count = Fact & { day: string; n: number };

/** Everything counted from one day to another, both included; `only`: one fact's counts. */
export async function countsBetween(tx: Tx, from: Day, to: Day, only?: Fact): Promise<Count[]> {
  const all = tx.db.selectFrom('daily_counts').select(['day', 'what', 'topic', 'village', 'n']).where('day', '>=', from).where('day', '<=', to).orderBy('key');
  return (only === undefined ? all : all.where('what', '=', only.what).where('topic', '=', only.topic).where('village', '=', only.village)).execute();
}

/**
 * Whether this person is counted for `what` for the first time. What is kept is a hash under their own key: it says
 * nothing by itself, and once the key is destroyed it can be traced to nobody.
 */
export async function countOnce(tx: Tx, person: Person, what: string, day: Day): Promise<boolean> {
  const mark = createHmac('sha256', person.key.key).update(`counted:${what}`).digest('base64url');
  const row = await tx.db.insertInto('counted_once').values({ mark, day }).onConflict((c) => c.column('mark').doNothing()).returning('mark').executeTakeFirst();
  return row !== undefined;
}

export async function forgetCountedOnce(tx: Tx, before: Day): Promise<number> {
  const result = await tx.db.deleteFrom('counted_once').where('day', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** A sign that rose in a village. `usual`: people a day in the weeks before. */
export type Rise = { key: string; sign: string; village: string; people: number; usual: number; ticketId: number | null; atMs: number; seenBy: string | null };

/** Writes a rise down, or how many people there are by now; true when it is new. */
export async function keepRise(tx: Tx, rise: Omit<Rise, 'atMs' | 'seenBy'>): Promise<boolean> {
  const made = await tx.db.insertInto('rises').values({ key: rise.key, sign: rise.sign, village: rise.village, people: rise.people, usual: Math.round(rise.usual * 100), ticket_id: rise.ticketId, at_ms: tx.nowMs, seen_by: null, seen_ms: null })
    .onConflict((c) => c.column('key').doNothing()).returning('key').executeTakeFirst();
  if (made === undefined) await tx.db.updateTable('rises').set({ people: rise.people }).where('key', '=', rise.key).execute();
  return made !== undefined;
}

/** Rises since `sinceMs`, newest first; `unseen`: only those nobody has seen yet. */
export async function risesSince(tx: Tx, sinceMs: number, options: { unseen: boolean }): Promise<Rise[]> {
  const rows = await tx.db.selectFrom('rises').leftJoin('accounts', 'accounts.id', 'rises.seen_by')
    .select(['rises.key', 'rises.sign', 'rises.village', 'rises.people', 'rises.usual', 'rises.ticket_id', 'rises.at_ms', 'accounts.name'])
    .where('rises.at_ms', '>=', sinceMs).$if(options.unseen, (query) => query.where('rises.seen_ms', 'is', null)).orderBy('rises.at_ms', 'desc').orderBy('rises.key').limit(50).execute();
  return rows.map((row) => ({ key: row.key, sign: row.sign, village: row.village, people: row.people, usual: row.usual / 100, ticketId: row.ticket_id, atMs: row.at_ms, seenBy: row.name }));
}

export async function markRiseSeen(tx: Tx, key: string, accountId: string): Promise<void> {
  await tx.db.updateTable('rises').set({ seen_by: accountId, seen_ms: tx.nowMs }).where('key', '=', key).where('seen_ms', 'is', null).execute();
}
