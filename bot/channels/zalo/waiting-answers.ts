import { sql } from 'kysely';
import type { Tx } from '#bot/store/schema.ts';
import type { MessageKind, OutboxState } from '#bot/store/tables/messages.ts';
import { WINDOW_CLOSED } from './outcome.ts';

/**
 * Answers of staff that came when Zalo no longer took them. They are kept as failed, with that reason, and go back into
 * the queue once the person has written again, because then Zalo takes them.
 */

/** Ids of those whose person has written since; of these people, or of everybody. */
export async function waitingAnswers(tx: Tx, personIds: readonly string[] | 'all'): Promise<number[]> {
  if (personIds.length === 0) return [];
  const waiting = tx.db.selectFrom('outbox').innerJoin('residents', 'residents.id', 'outbox.person_id').select('outbox.id')
    .where('outbox.channel', '=', 'zalo').where('outbox.state', '=', FAILED).where('outbox.kind', '=', sql.lit<MessageKind>('staff-answer'))
    .where('outbox.reason', '=', WINDOW_CLOSED).where('outbox.piece_sealed', 'is not', null).whereRef('residents.last_inbound_ms', '>', 'outbox.settled_ms');
  return (await (personIds === 'all' ? waiting : waiting.where('outbox.person_id', 'in', personIds)).execute()).map(({ id }) => id);
}

export async function giveAnswers(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.db.updateTable('outbox').set({ state: 'queued', not_before_ms: 0, settled_ms: null, reason: null, attempts: 0 })
    .where('id', 'in', ids).where('state', '=', FAILED).where('reason', '=', WINDOW_CLOSED).execute();
}

// Written into the statement rather than bound, as in the store's own queries.
const FAILED = sql.lit<OutboxState>('failed');
