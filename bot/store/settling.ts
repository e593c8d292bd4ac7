import { sql } from 'kysely';
import type { Tx } from './schema.ts';
import type { OutboxState } from './tables/messages.ts';
import { settle, type Claimed, type Settlement } from './sending.ts';

/** What `settle` does for one row, for many in a few statements: what was sent is the usual case, and costs least. */

export type Settled = { row: Pick<Claimed, 'id' | 'personId' | 'lease'>; settlement: Settlement };

export async function settleAll(tx: Tx, all: readonly Settled[]): Promise<void> {
  const together = new Map<string, { id: number; platformMessageId: string | null }>();
  for (const { row, settlement } of all) {
    const { outcome } = settlement;
    // A person's second piece of the same batch takes the next number, so it is settled by itself, after the first.
    if (outcome.kind === 'sent' && !together.has(row.personId)) together.set(row.personId, { id: row.id, platformMessageId: outcome.platformMessageId });
  }
  if (together.size > 1) await settleSent(tx, together);
  const done = new Set(together.size > 1 ? [...together.values()].map(({ id }) => id) : []);
  for (const { row, settlement } of all) if (!done.has(row.id)) await settle(tx, row, settlement);
}

async function settleSent(tx: Tx, rows: ReadonlyMap<string, { id: number; platformMessageId: string | null }>): Promise<void> {
  const people = [...rows.keys()].sort();
  const ids = [...rows.values()].map(({ id }) => id);
  // The people first and in one order, as everywhere: two transactions cannot lock each other out.
  if (tx.engine === 'postgres') await tx.db.selectFrom('residents').select('id').where('id', 'in', people).orderBy('id').forUpdate().execute();
  const open = await tx.db.selectFrom('outbox').select(['id', 'person_id']).where('id', 'in', ids)
    .where('state', 'in', [sql.lit<OutboxState>('sending'), sql.lit<OutboxState>('unknown')]).execute();
  if (open.length === 0) return;
  const known = open.flatMap((row) => {
    const platformMessageId = rows.get(row.person_id)?.platformMessageId ?? null;
    return platformMessageId === null ? [] : [{ id: row.id, platformMessageId }];
  });
  await tx.db.updateTable('residents').set((eb) => ({ out_seq: eb('out_seq', '+', 1) })).where('id', 'in', open.map((row) => row.person_id)).execute();
  await tx.db.updateTable('outbox').set((eb) => ({
    state: 'sent',
    seq: eb.selectFrom('residents').select('residents.out_seq').whereRef('residents.id', '=', 'outbox.person_id'),
    platform_message_id: known.length === 0 ? null : sql<string | null>`case outbox.id ${sql.join(known.map(({ id, platformMessageId }) => sql`when ${sql.lit(id)} then ${platformMessageId}`), sql` `)} end`,
    reason: null, lease: null, lease_until_ms: null, settled_ms: tx.nowMs,
  })).where('id', 'in', open.map((row) => row.id)).execute();
}
