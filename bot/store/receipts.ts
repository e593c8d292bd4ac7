import { sql } from 'kysely';
import type { Tx } from './schema.ts';
import type { OutboxState } from './tables/messages.ts';

/** What platforms say of announcements after they took them: that they have come to the phone. */

/** Of those that a channel which tells took, how many it has told of. */
export type Receipts = { channel: 'zalo'; sent: number; received: number };

/** Notes that these messages have reached their phones; names that are none of an announcement's change nothing. */
export async function noteReceipts(tx: Tx, messageIds: readonly string[]): Promise<void> {
  await tx.db.updateTable('outbox').set({ received_ms: tx.nowMs })
    .where('channel', '=', ZALO).where('campaign_id', 'is not', null).where('platform_message_id', 'in', [...messageIds]).where('received_ms', 'is', null).execute();
}

/** Over announcements, or rounds of one; null where nothing went by a channel that tells. */
export async function receiptsOf(tx: Tx, campaignIds: readonly number[]): Promise<Receipts | null> {
  if (campaignIds.length === 0) return null;
  const row = await tx.db.selectFrom('outbox').select([({ fn }) => fn.countAll<number>().as('sent'), ({ fn }) => fn.count<number>('received_ms').as('received')])
    .where('campaign_id', 'in', [...campaignIds]).where('campaign_part', '=', 0).where('state', '=', sql.lit<OutboxState>('sent')).where('channel', '=', ZALO).executeTakeFirstOrThrow();
  return row.sent === 0 ? null : { channel: 'zalo', ...row };
}

// Written into the statement rather than bound, so that the index of these rows is used.
const ZALO = sql.lit<'zalo'>('zalo');
