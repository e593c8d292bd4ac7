import { GROUPS, type Group } from '#bot/campaigns/groups.ts';
import type { Tx } from './schema.ts';

/** Groups that a person chose for themselves. */
export async function groupsOf(tx: Tx, personId: string): Promise<Group[]> {
  const rows = await tx.db.selectFrom('resident_groups').select('group_id').where('person_id', '=', personId).execute();
  return GROUPS.filter((group) => rows.some((row) => row.group_id === group));
}

export async function joinGroup(tx: Tx, personId: string, group: Group): Promise<void> {
  await tx.db.insertInto('resident_groups').values({ person_id: personId, group_id: group, at_ms: tx.nowMs })
    .onConflict((c) => c.columns(['person_id', 'group_id']).doNothing()).execute();
}

export async function leaveGroup(tx: Tx, personId: string, group: Group): Promise<void> {
  await tx.db.deleteFrom('resident_groups').where('person_id', '=', personId).where('group_id', '=', group).execute();
}
