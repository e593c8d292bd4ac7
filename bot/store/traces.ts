import type { Tx } from './schema.ts';
import type { KeptContext } from './contexts.ts';

/** Which of the things that a turn rests on there are at all; null or false for what was never written. */
export type Traces = { consents: boolean; groups: boolean; held: boolean; context: KeptContext | null };

/**
 * One look before a turn that says what else must be read. Most people have agreed to nothing and talk to nobody by
 * hand, and each statement saved is a way to the server and back.
 */
export async function tracesOf(tx: Tx, personId: string, atMs: number): Promise<Traces> {
  const row = await tx.db.selectFrom('residents').leftJoin('contexts', 'contexts.person_id', 'residents.id')
    .select(['contexts.context_sealed', 'contexts.at_ms'])
    .select((eb) => [
      eb.selectFrom('consents').select('consents.id').whereRef('consents.person_id', '=', 'residents.id').limit(1).as('consent'),
      eb.selectFrom('resident_groups').select('resident_groups.group_id').whereRef('resident_groups.person_id', '=', 'residents.id').limit(1).as('group'),
      eb.selectFrom('tickets').select('tickets.id').whereRef('tickets.person_id', '=', 'residents.id').where('tickets.held_until_ms', '>', atMs).limit(1).as('held'),
    ])
    .where('residents.id', '=', personId).executeTakeFirst();
  if (row === undefined) return { consents: false, groups: false, held: false, context: null };
  return {
    consents: row.consent !== null,
    groups: row.group !== null,
    held: row.held !== null,
    context: row.context_sealed === null || row.at_ms === null ? null : { sealed: row.context_sealed, atMs: row.at_ms },
  };
}
