import type { Day } from '#knowledge/day.ts';
import { fromSessionRow, toSessionRow, type Session } from '#bot/vaccination/session-row.ts';
import type { Tx } from './schema.ts';

/** Published vaccination sessions. */

/** Sessions from one day to another, both included, in the order in which they take place. */
export async function sessionsBetween(tx: Tx, from: Day, to: Day): Promise<Session[]> {
  const rows = await tx.db.selectFrom('sessions').selectAll()
    .where('day', '>=', from).where('day', '<=', to).orderBy('day').orderBy('from_minute').orderBy('id').execute();
  return rows.map(fromSessionRow);
}

/** Writes a session down, or changes the one with the same id. */
export async function putSession(tx: Tx, session: Session): Promise<void> {
  const { id, ...rest } = toSessionRow(session);
  await tx.db.insertInto('sessions').values({ id, ...rest }).onConflict((c) => c.column('id').doUpdateSet(rest)).execute();
}
