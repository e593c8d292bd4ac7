import type { Inbound, InboundContent, Piece } from '#bot/channels/channel.ts';
import { contextOf } from '#bot/store/contexts.ts';
import { markHandled, receive } from '#bot/store/inbox.ts';
import { addToOutbox } from '#bot/store/outbox.ts';
import { changePerson, findPerson, personById, type Person } from '#bot/store/people.ts';
import type { Tx } from '#bot/store/schema.ts';
import type { Judge } from '#knowledge/judgement.ts';
import type { Lang } from '#knowledge/lang.ts';

/**
 * A person of the station answers in Zalo's own manager, and the program is silent in that conversation: until they say
 * that they are done, or 30 minutes after their last message. What the resident writes meanwhile is kept, and is not
 * answered by the program, except for danger and for the rights that nobody has to wait for.
 */
export const SILENCE_MS = 30 * 60_000;

/** How the two changes read to the resident. */
export type TakeoverWords = { begun: (lang: Lang) => Piece; ended: (lang: Lang) => Piece };

const PREFIX = 'zalo:silence:';

/** Begins a silence, or lengthens it. An event that is already older than the silence would last changes nothing. */
export async function beginSilence(tx: Tx, person: Person, atMs: number, words: TakeoverWords): Promise<void> {
  const untilMs = Math.min(atMs, tx.nowMs) + SILENCE_MS;
  if (untilMs <= tx.nowMs) return;
  const key = PREFIX + person.id;
  const before = await silentUntil(tx, person.id);
  if (before !== null) {
    await tx.db.updateTable('meta').set({ value: String(Math.max(before, untilMs)) }).where('key', '=', key).execute();
    return;
  }
  await tx.db.insertInto('meta').values({ key, value: String(untilMs) }).onConflict((c) => c.column('key').doUpdateSet({ value: String(untilMs) })).execute();
  await addToOutbox(tx, person, [{ kind: 'reply', piece: words.begun(person.lang) }]);
}

/** Ends a silence, if there is one, and says so. */
export async function endSilence(tx: Tx, person: Person, words: TakeoverWords): Promise<void> {
  const ended = await tx.db.deleteFrom('meta').where('key', '=', PREFIX + person.id).executeTakeFirst();
  if (ended.numDeletedRows > 0n) await addToOutbox(tx, person, [{ kind: 'reply', piece: words.ended(person.lang) }]);
}

/** Ends the silences whose time is over; gives how many. */
export async function endDueSilences(tx: Tx, words: TakeoverWords): Promise<number> {
  const rows = await silences(tx);
  const due = rows.filter(({ value }) => Number(value) <= tx.nowMs);
  for (const { key } of due) {
    const person = await personById(tx, key.slice(PREFIX.length));
    if (person === null) await tx.db.deleteFrom('meta').where('key', '=', key).execute();
    else await endSilence(tx, person, words);
  }
  return due.length;
}

/** Whether the program is silent in any conversation at all; nearly always it is not. */
export async function anySilence(tx: Tx): Promise<boolean> {
  return (await silences(tx)).length > 0;
}

/**
 * Writes a message down without handing it to the conversation, when its person is being answered by hand. False: it
 * was not written, and goes the ordinary way.
 */
export async function keepSilently(tx: Tx, inbound: Inbound, judge: Judge): Promise<boolean> {
  const person = await findPerson(tx, inbound.channel, inbound.address);
  const untilMs = person === null ? null : await silentUntil(tx, person.id);
  if (person === null || untilMs === null || untilMs <= tx.nowMs || answersAnyway(inbound.content, judge, tx.nowMs)) return false;
  // The question whether to erase was asked a moment ago, and this is the answer.
  if ((await contextOf(tx, person, inbound.atMs))?.dialogue?.kind === 'erase') return false;
  const { inboxId, fresh } = await receive(tx, inbound, { inCall: false });
  if (!fresh) return true;
  await markHandled(tx, inboxId, 'done');
  await changePerson(tx, person.id, { lastInboundMs: tx.nowMs });
  return true;
}

/** Cards by which people exercise a right: no person of the station stands between them and it. */
const RIGHTS_CARDS: readonly string[] = ['bot.unsubscribe', 'bot.delete-data'];

function answersAnyway(content: InboundContent, judge: Judge, nowMs: number): boolean {
  switch (content.kind) {
    case 'text': {
      const judgement = judge(content.text.normalize('NFC').slice(0, 4000), { nowMs });
      return judgement.outcome === 'emergency' || (judgement.outcome === 'answer' && RIGHTS_CARDS.includes(judgement.cardId));
    }
    case 'button':
    case 'stop':
      return true;
    case 'start':
    case 'voice':
    case 'image':
    case 'sticker':
    case 'location':
    case 'file':
      return false;
  }
}

async function silentUntil(tx: Tx, personId: string): Promise<number | null> {
  const row = await tx.db.selectFrom('meta').select('value').where('key', '=', PREFIX + personId).executeTakeFirst();
  return row === undefined ? null : Number(row.value);
}

function silences(tx: Tx): Promise<{ key: string; value: string }[]> {
  // A pattern rather than a range: in which order signs stand differs from database to database.
  return tx.db.selectFrom('meta').select(['key', 'value']).where('key', 'like', `${PREFIX}%`).execute();
}
