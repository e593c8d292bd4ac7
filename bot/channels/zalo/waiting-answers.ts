import { sql } from 'kysely';
import type { MessageKind, OutboxState, Tx } from '#bot/store/schema.ts';
import { WINDOW_CLOSED } from './outcome.ts';

/**
 * Answers of staff that came when Zalo no longer took them. They are kept as failed, with that reason, and go back into
 * the queue once the person has written again, because then Zalo takes them. Without `personIds`: everybody's. Gives
 * how many.
 */
export async function giveWaitingAnswers(tx: Tx, personIds: readonly string[] | 'all'): Promise<number> {
  if (personIds.length === 0) return 0;
  const waiting = tx.db.updateTable('outbox')
    .set({ state: 'queued', not_before_ms: 0, settled_ms: null, reason: null, attempts: 0 })
    .where('channel', '=', 'zalo').where('state', '=', sql.lit<OutboxState>('failed')).where('kind', '=', sql.lit<MessageKind>('staff-answer'))
    .where('reason', '=', WINDOW_CLOSED).where('piece_sealed', 'is not', null)
    .where((eb) => eb.exists(eb.selectFrom('residents').select('residents.id').whereRef('residents.id', '=', 'outbox.person_id').whereRef('residents.last_inbound_ms', '>', 'outbox.settled_ms')));
  const result = await (personIds === 'all' ? waiting : waiting.where('person_id', 'in', personIds)).executeTakeFirst();
  return Number(result.numUpdatedRows);
}
