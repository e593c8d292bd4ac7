import { sql } from 'kysely';
import { destroyPerson } from './erasure.ts';
import type { Tx } from './schema.ts';
import type { CampaignState } from './tables/campaigns.ts';
import type { InboxState, OutboxState } from './tables/messages.ts';

/** Taking away words that have been kept long enough. Each function does a bounded piece, so that no commit takes long. */

export type Bounds = { beforeMs: number; limit: number };

/** Gives how many messages lost their words. What still waits to be handled keeps them. */
export async function forgetMessages(tx: Tx, { beforeMs, limit }: Bounds): Promise<number> {
  const old = tx.db.selectFrom('inbox').select('id')
    .where('received_ms', '<', beforeMs).where('content_sealed', 'is not', null).where('state', '!=', sql.lit<InboxState>('new')).limit(limit);
  const result = await tx.db.updateTable('inbox').set({ content_sealed: null }).where('id', 'in', old).executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Gives how many pieces lost their words. What is still to be sent keeps them. */
export async function forgetPieces(tx: Tx, { beforeMs, limit }: Bounds): Promise<number> {
  const old = tx.db.selectFrom('outbox').select('id')
    .where('created_ms', '<', beforeMs).where((eb) => eb.or([eb('piece_sealed', 'is not', null), eb('campaign_lang', 'is not', null)]))
    .where('state', 'not in', [sql.lit<OutboxState>('queued'), sql.lit<OutboxState>('sending')]).limit(limit);
  const result = await tx.db.updateTable('outbox').set({ piece_sealed: null, campaign_lang: null }).where('id', 'in', old).executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Gives how many spoken answers are gone. */
export async function forgetSpoken(tx: Tx, { beforeMs, limit }: Bounds): Promise<number> {
  const old = tx.db.selectFrom('spoken').select('token').where('made_ms', '<', beforeMs).limit(limit);
  const result = await tx.db.deleteFrom('spoken').where('token', 'in', old).executeTakeFirst();
  return Number(result.numDeletedRows);
}

/**
 * Gives how many pictures and readings aloud of announcements that ended are gone. The words of the announcement stay;
 * a picture shows people. One that repeats has ended when its last round has.
 */
export async function forgetAlong(tx: Tx, { beforeMs, limit }: Bounds): Promise<number> {
  const ended = tx.db.selectFrom('campaigns as it').select('it.id').where('it.parent_id', 'is', null).where('it.state', 'in', ENDED).where('it.ended_ms', '<', beforeMs)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('campaigns as round').select('round.id').whereRef('round.parent_id', '=', 'it.id')
      .where((inner) => inner.or([inner('round.state', 'not in', ENDED), inner('round.ended_ms', '>=', beforeMs)])))));
  const pictures = await tx.db.deleteFrom('campaign_pictures')
    .where('id', 'in', tx.db.selectFrom('campaign_pictures').select('id').where('campaign_id', 'in', ended).limit(limit)).executeTakeFirst();
  const voices = await tx.db.deleteFrom('recordings')
    .where('id', 'in', tx.db.selectFrom('recordings').select('id').where('subject', 'in', tx.db.selectFrom(ended.as('old')).select(sql<string>`'campaign:' || old.id`.as('subject'))).limit(limit)).executeTakeFirst();
  return Number(pictures.numDeletedRows + voices.numDeletedRows);
}

/** Gives how many voices of kept answers are gone, because the answer serves nobody any more. */
export async function forgetAnswerVoices(tx: Tx, { limit }: Bounds): Promise<number> {
  const standing = tx.db.selectFrom('station_answers').select(sql<string>`'answer:' || ticket_id`.as('subject')).where('until_ms', '>', tx.nowMs);
  const over = tx.db.selectFrom('recordings').select('id').where('subject', 'like', 'answer:%').where('subject', 'not in', standing).limit(limit);
  const result = await tx.db.deleteFrom('recordings').where('id', 'in', over).executeTakeFirst();
  return Number(result.numDeletedRows);
}

const ENDED = [sql.lit<CampaignState>('done'), sql.lit<CampaignState>('stopped')];

/** Gives how many closed tickets lost their question. */
export async function forgetQuestions(tx: Tx, { beforeMs, limit }: Bounds): Promise<number> {
  const old = tx.db.selectFrom('tickets').select('id')
    .where('created_ms', '<', beforeMs).where('question_sealed', 'is not', null).where('state', '=', 'closed').limit(limit);
  const result = await tx.db.updateTable('tickets').set({ question_sealed: null }).where('id', 'in', old).executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Gives how many old reminders lost what they named. Their keys stay, so that nothing is told again. */
export async function forgetReminders(tx: Tx, { beforeMs, limit }: Bounds): Promise<number> {
  const old = tx.db.selectFrom('reminders').select('id').where('created_ms', '<', beforeMs).where('doses_sealed', 'is not', null).limit(limit);
  const result = await tx.db.updateTable('reminders').set({ doses_sealed: null }).where('id', 'in', old).executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Open tickets that are older than words may be; somebody has to close them. */
export async function countOverdueTickets(tx: Tx, beforeMs: number): Promise<number> {
  const row = await tx.db.selectFrom('tickets').select(({ fn }) => fn.countAll<number>().as('count'))
    .where('created_ms', '<', beforeMs).where('state', '!=', 'closed').executeTakeFirstOrThrow();
  return row.count;
}

/** Erases people who left the channel long ago; gives how many. */
export async function forgetTheGone(tx: Tx, { beforeMs, limit }: Bounds): Promise<number> {
  const rows = await tx.db.selectFrom('residents').select('id').where('state', '=', 'gone').where('created_ms', '<', beforeMs)
    .where((eb) => eb.or([eb('last_inbound_ms', 'is', null), eb('last_inbound_ms', '<', beforeMs)])).limit(limit).execute();
  for (const { id } of rows) await destroyPerson(tx, id);
  return rows.length;
}
