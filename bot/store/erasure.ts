import { sql } from 'kysely';
import { dropChildren } from './children.ts';
import { endRights, recordRightsRequest } from './rights.ts';
import { dropDraftsOf } from './revisions.ts';
import { addressOf, changePerson, personAt, type Person } from './people.ts';
import type { Rows, Tx } from './schema.ts';
import type { InboxState, OutboxState } from './tables/messages.ts';
import type { ResidentTable } from './tables/residents.ts';

/**
 * Forgetting a person: their key is destroyed, and with it everything sealed under it, here and in every backup of the
 * data. Rows without words stay, so that counts stay true.
 */
export async function destroyPerson(tx: Rows, personId: string): Promise<void> {
  await tx.db.deleteFrom('keys').where('person_id', '=', personId).execute();
  await tx.db.deleteFrom('contexts').where('person_id', '=', personId).execute();
  await dropChildren(tx, personId);
  await tx.db.deleteFrom('resident_groups').where('person_id', '=', personId).execute();
  await tx.db.deleteFrom('spoken').where('person_id', '=', personId).execute();
  await tx.db.updateTable('residents').set({
    state: 'erased', address_hash: null, address_sealed: null, village_id: null, asked_langs: null, last_inbound_ms: null,
  }).where('id', '=', personId).execute();
  await tx.db.updateTable('inbox').set({ content_sealed: null }).where('person_id', '=', personId).execute();
  await tx.db.updateTable('outbox').set({ piece_sealed: null, platform_message_id: null, campaign_lang: null }).where('person_id', '=', personId).execute();
  await tx.db.updateTable('outbox').set({ state: 'failed', reason: 'erased', settled_ms: tx.nowMs })
    .where('person_id', '=', personId).where('state', 'in', [sql.lit<OutboxState>('queued'), sql.lit<OutboxState>('sending')]).execute();
  await tx.db.updateTable('tickets').set({ question_sealed: null }).where('person_id', '=', personId).execute();
  await tx.db.updateTable('tickets').set((eb) => ({ state: 'closed', closed_ms: tx.nowMs, held_until_ms: null, version: eb('version', '+', 1) }))
    .where('person_id', '=', personId).where('state', '!=', 'closed').execute();
  await endRights(tx, personId);
  await dropDraftsOf(tx, personId);
}

/**
 * Erases the person and gives back a stranger at the same address who is `leaving`: the last reply, and messages that
 * had already come in after the wish, belong to them, and they are erased in turn once nothing is left to send.
 */
export async function eraseAtOwnWish(tx: Tx, person: Person, wishInboxId: number | null): Promise<Person> {
  const address = await addressOf(tx, person);
  if (address === null) throw new Error('an erased person cannot be erased again');
  const later = await tx.db.selectFrom('inbox').select(['id', 'content_sealed'])
    .where('person_id', '=', person.id).where('state', '=', sql.lit<InboxState>('new')).where('id', '!=', wishInboxId ?? 0).execute();
  const words = later.flatMap(({ id, content_sealed }) => (content_sealed ? [{ id, text: tx.ring.open(person.key, 'inbox', content_sealed) }] : []));

  await destroyPerson(tx, person.id);
  await recordRightsRequest(tx, { personId: person.id, ticketId: null, right: 'erase', askedMs: tx.nowMs, answerDueMs: tx.nowMs, doneDueMs: tx.nowMs, doneMs: tx.nowMs });
  const stranger = await personAt(tx, person.channel, address);
  await changePerson(tx, stranger.id, { state: 'leaving' });
  // The wish itself, without its words, goes along: should it be brought again, it finds its reply.
  if (wishInboxId !== null) await tx.db.updateTable('inbox').set({ person_id: stranger.id }).where('id', '=', wishInboxId).execute();
  for (const { id, text } of words) {
    await tx.db.updateTable('inbox').set({ person_id: stranger.id, content_sealed: tx.ring.seal(stranger.key, 'inbox', text) }).where('id', '=', id).execute();
  }
  return { ...stranger, state: 'leaving' };
}

/** Erases those who are leaving, to whom nothing remains to be sent and who have said nothing since; gives how many. */
export async function destroyLeaving(tx: Tx, options: { sinceBeforeMs: number }): Promise<number> {
  const rows = await tx.db.selectFrom('residents').select('id')
    .where('state', '=', sql.lit<ResidentTable['state']>('leaving')).where('created_ms', '<=', options.sinceBeforeMs)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('outbox').select('outbox.id').whereRef('outbox.person_id', '=', 'residents.id')
      .where('outbox.state', 'in', [sql.lit<OutboxState>('queued'), sql.lit<OutboxState>('sending')]))))
    .where((eb) => eb.not(eb.exists(eb.selectFrom('inbox').select('inbox.id').whereRef('inbox.person_id', '=', 'residents.id')
      .where('inbox.state', '=', sql.lit<InboxState>('new')))))
    .execute();
  for (const { id } of rows) await destroyPerson(tx, id);
  return rows.length;
}
