import { addNotices } from './notices.ts';
import type { Tx } from './schema.ts';
import type { GroupPostTable } from './tables/tickets.ts';

/** Our messages in the staff's group: which ticket each is of, and what of a ticket the group has heard. */

export type GroupPost = { id: number; ticketId: number; chatId: string; threadId: number | null; messageId: number; kind: GroupPostTable['kind']; hasWords: boolean; shownVersion: number };

const COLUMNS = ['id', 'ticket_id', 'chat_id', 'thread_id', 'message_id', 'kind', 'has_words', 'shown_version'] as const;

export async function keepPost(tx: Tx, post: Omit<GroupPost, 'id'> & { uptoInboxId: number }): Promise<void> {
  await tx.db.insertInto('group_posts').values({
    ticket_id: post.ticketId, chat_id: post.chatId, thread_id: post.threadId, message_id: post.messageId, kind: post.kind, has_words: post.hasWords ? 1 : 0,
    shown_version: post.shownVersion, upto_inbox_id: post.uptoInboxId, at_ms: tx.nowMs,
  }).onConflict((c) => c.columns(['chat_id', 'message_id']).doNothing()).execute();
}

/** The card of a ticket, the latest if there are several. */
export async function cardOf(tx: Tx, ticketId: number): Promise<GroupPost | null> {
  const row = await tx.db.selectFrom('group_posts').select(COLUMNS).where('ticket_id', '=', ticketId).where('kind', '=', 'card').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row ? plain(row) : null;
}

/** Which of these tickets have a card of their own in the group. */
export async function withCards(tx: Tx, ticketIds: readonly number[]): Promise<Set<number>> {
  if (ticketIds.length === 0) return new Set();
  const rows = await tx.db.selectFrom('group_posts').select('ticket_id').where('kind', '=', 'card').where('ticket_id', 'in', [...ticketIds]).execute();
  return new Set(rows.map((row) => row.ticket_id));
}

/** The ticket that a message of the group is about: by the message of ours that it answers, else by the topic it stands in. */
export async function ticketAt(tx: Tx, at: { chatId: string; replyTo: number | null; threadId: number | null }): Promise<{ ticketId: number; byReply: boolean } | null> {
  const replied = at.replyTo === null ? undefined : await tx.db.selectFrom('group_posts').select('ticket_id').where('chat_id', '=', at.chatId).where('message_id', '=', at.replyTo).executeTakeFirst();
  if (replied !== undefined) return { ticketId: replied.ticket_id, byReply: true };
  const topic = at.threadId === null ? undefined : await tx.db.selectFrom('group_posts').select('ticket_id').where('chat_id', '=', at.chatId).where('thread_id', '=', at.threadId).limit(1).executeTakeFirst();
  return topic === undefined ? null : { ticketId: topic.ticket_id, byReply: false };
}

/** Cards that show a ticket as it no longer is. */
export async function staleCards(tx: Tx, limit: number): Promise<(GroupPost & { version: number })[]> {
  const rows = await tx.db.selectFrom('group_posts').innerJoin('tickets', 'tickets.id', 'group_posts.ticket_id')
    .select(COLUMNS.map((column) => `group_posts.${column}` as const)).select(['tickets.version'])
    .where('group_posts.kind', '=', 'card').whereRef('group_posts.shown_version', '<', 'tickets.version').orderBy('group_posts.id').limit(limit).execute();
  return rows.map((row) => ({ ...plain(row), version: row.version }));
}

export async function noteShown(tx: Tx, postId: number, version: number): Promise<void> {
  await tx.db.updateTable('group_posts').set({ shown_version: version }).where('id', '=', postId).execute();
}

/** Messages that hold words of a resident whose words are gone from the store: erased at their wish, or kept long enough. */
export async function postsToRedact(tx: Tx, limit: number): Promise<GroupPost[]> {
  const rows = await tx.db.selectFrom('group_posts').innerJoin('tickets', 'tickets.id', 'group_posts.ticket_id')
    .select(COLUMNS.map((column) => `group_posts.${column}` as const))
    .where('group_posts.has_words', '=', 1).where('tickets.question_sealed', 'is', null).orderBy('group_posts.id').limit(limit).execute();
  return rows.map(plain);
}

/** Every message of ours about a ticket; of a topic they go together. */
export async function postsOf(tx: Tx, ticketId: number): Promise<GroupPost[]> {
  return (await tx.db.selectFrom('group_posts').select(COLUMNS).where('ticket_id', '=', ticketId).orderBy('id').execute()).map(plain);
}

/** The message is gone from the group, or holds no words any more. */
export async function forgetPosts(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await tx.db.deleteFrom('group_posts').where('id', 'in', [...ids]).execute();
}

export async function noteRedacted(tx: Tx, postId: number): Promise<void> {
  await tx.db.updateTable('group_posts').set({ has_words: 0 }).where('id', '=', postId).execute();
}

/**
 * What residents wrote to a waiting ticket since the group last heard of it: a notice for each message, once. While a person
 * of the station speaks, that is everything; otherwise only the question that opened the ticket again.
 */
export async function tellMore(tx: Tx): Promise<boolean> {
  const rows = await tx.db.selectFrom('group_posts').innerJoin('tickets', 'tickets.id', 'group_posts.ticket_id').innerJoin('inbox', 'inbox.person_id', 'tickets.person_id')
    .select(['group_posts.id as postId', 'tickets.id as ticketId', 'inbox.id as inboxId'])
    .where('group_posts.kind', '=', 'card').where('tickets.state', 'in', ['open', 'taken'])
    .whereRef('inbox.id', '>', 'group_posts.upto_inbox_id')
    .where((eb) => eb.or([eb('inbox.id', '=', eb.ref('tickets.inbox_id')), eb.and([eb('tickets.held_until_ms', 'is not', null), eb('inbox.state', '=', 'done')])]))
    .orderBy('inbox.id').limit(50).execute();
  for (const { postId, ticketId, inboxId } of rows) {
    await addNotices(tx, [{ dedupeKey: `more:${ticketId}:${inboxId}`, kind: 'more', ticketId, accountId: null, detail: String(inboxId) }]);
    await tx.db.updateTable('group_posts').set({ upto_inbox_id: inboxId }).where('id', '=', postId).where('upto_inbox_id', '<', inboxId).execute();
  }
  return rows.length > 0;
}

function plain(row: Pick<GroupPostTable, 'ticket_id' | 'chat_id' | 'thread_id' | 'message_id' | 'kind' | 'has_words' | 'shown_version'> & { id: number }): GroupPost {
  return { id: row.id, ticketId: row.ticket_id, chatId: row.chat_id, threadId: row.thread_id, messageId: row.message_id, kind: row.kind, hasWords: row.has_words === 1, shownVersion: row.shown_version };
}
