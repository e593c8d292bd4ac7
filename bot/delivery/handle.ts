import type { Inbound, InboundContent, Piece } from '#bot/channels/channel.ts';
import type { Aid, Converse, Reply, ResidentView, Turn } from '#bot/conversation/turn.ts';
import { applyEffects, viewOf } from '#bot/residents/effects.ts';
import { heldData, type HeldData } from '#bot/residents/held-data.ts';
import { countAttempt, markHandled, oldestWaiting, type Waiting } from '#bot/store/inbox.ts';
import { addToOutbox, type OutboxRow } from '#bot/store/outbox.ts';
import { holdPerson, personById, type Person, type PersonChange } from '#bot/store/people.ts';
import type { Tx } from '#bot/store/schema.ts';
import { openTicket } from '#bot/store/tickets.ts';
import type { Lang } from '#knowledge/lang.ts';

/** Handling one message: everything it changes becomes true in one transaction, or nothing does. */

export type Handling = {
  converse: Converse;
  /** The fixed words for a message that could not be handled at all; they name the station's number. */
  apology: (lang: Lang) => Piece;
  /** How all that is held about a person reads, in pieces that any channel can send; answers the effect `export`. */
  tellHeld: (held: HeldData, lang: Lang) => Piece[];
  /** Counts what happened, for the report. Not called for a message that erased its person. */
  count?: (tx: Tx, happened: { person: Person; content: InboundContent | null; turn: Turn }) => Promise<void>;
  /** Asks others before a turn, outside any transaction; only this conversation waits for it. Absent where nobody is asked. */
  advise?: (inbound: Pick<Inbound, 'channel' | 'content' | 'atMs'>, resident: ResidentView) => Promise<Aid>;
};

/** What was found out for one message; worth nothing for any other. */
export type Advice = { inboxId: number; aid: Aid };

/** The person's oldest waiting message as their next turn will see it; null when there is none to handle now. */
export async function nextTurn(tx: Tx, personId: string): Promise<{ inboxId: number; inbound: Pick<Inbound, 'channel' | 'content' | 'atMs'>; resident: ResidentView } | null> {
  const person = await personById(tx, personId);
  const message = person && await oldestWaiting(tx, person);
  if (!message || message.notBeforeMs > tx.nowMs) return null;
  return { inboxId: message.inboxId, inbound: { channel: message.channel, content: message.content(), atMs: message.atMs }, resident: await viewOf(tx, person, message.atMs) };
}

export type Handled = {
  kind: 'handled';
  inboxId: number;
  /** Whose conversation goes on: another than before when the message erased its person. */
  personId: string;
  rows: OutboxRow[];
  ticketIds: number[];
  /** The message's person was erased by it. */
  erased: boolean;
  outcome: string;
  /** The card that was the answer, judged or chosen, and the language of who asked; null for everything else. */
  answered: { cardId: string; lang: Lang } | null;
  /** Another message of the same person waits. */
  more: boolean;
};

export type HandleResult = Handled | { kind: 'idle' } | { kind: 'resting'; untilMs: number };

/** The conversation could not handle this message; nothing was written. */
export class NotHandled extends Error {
  override name = 'NotHandled';
  readonly inboxId: number;
  readonly personId: string;
  readonly attempts: number;
  constructor(message: Waiting, personId: string, cause: unknown) {
    super('a message was not handled', { cause });
    this.inboxId = message.inboxId;
    this.personId = personId;
    this.attempts = message.attempts;
  }
}

/** Handles the person's oldest waiting message. Throws `NotHandled`. */
export async function handleOldest(tx: Tx, personId: string, handling: Handling, advice: Advice | null = null): Promise<HandleResult> {
  const person = await holdPerson(tx, personId);
  const message = person && await oldestWaiting(tx, person);
  if (!message) return { kind: 'idle' };
  if (message.notBeforeMs > tx.nowMs) return { kind: 'resting', untilMs: message.notBeforeMs };

  const turn = await converse(tx, person, message, handling, advice?.inboxId === message.inboxId ? advice.aid : {});
  const held = turn.effects.some((effect) => effect.kind === 'export') ? handling.tellHeld(await heldData(tx, person), person.lang) : [];
  const { person: recipient, change, ticketIds, erased } = await applyEffects(tx, person, turn.effects, message.inboxId);
  const pieces = [...turn.replies, ...held.map((piece): Reply => ({ ...piece, priority: 'reply' }))];
  const rows = await addToOutbox(tx, recipient, pieces.map(({ priority, ...piece }) => (
    { kind: priority, piece, inboxId: message.inboxId, inCall: message.inCall }
  )), {
    ...(erased ? {} : { ...returned(person), ...change }),
    // Also for who asked to be erased: the word that it was done is still an answer to what they just wrote.
    lastInboundMs: tx.nowMs,
  });
  await markHandled(tx, message.inboxId, 'done');
  if (!erased) await handling.count?.(tx, { person, content: contentOf(message), turn });
  return { kind: 'handled', inboxId: message.inboxId, personId: recipient.id, rows, ticketIds, erased, outcome: turn.judgement?.outcome ?? 'none', answered: answeredBy(turn, person.lang), more: message.more };
}

/** How often a message that throws is tried, and how long it rests in between. */
const HANDLE_PAUSES_MS: readonly number[] = [50, 500, 2000];

/**
 * After `NotHandled`: lets the message rest for another try, or, when it has had them all, keeps it as failed, tells
 * the person so and opens a ticket, so that a human reads what the program could not.
 */
export async function afterNotHandled(tx: Tx, failure: NotHandled, handling: Handling): Promise<HandleResult> {
  const pauseMs = HANDLE_PAUSES_MS[failure.attempts];
  if (pauseMs !== undefined) {
    await countAttempt(tx, failure.inboxId, tx.nowMs + pauseMs);
    return { kind: 'resting', untilMs: tx.nowMs + pauseMs };
  }
  return giveUp(tx, failure.personId, failure.inboxId, handling, 'not-handled');
}

/** Keeps a message as failed, with an apology and a ticket; `idle` when it has been settled meanwhile. */
export async function giveUp(tx: Tx, personId: string, inboxId: number, handling: Handling, reason: string): Promise<HandleResult> {
  const person = await holdPerson(tx, personId);
  const message = person && await oldestWaiting(tx, person);
  if (message?.inboxId !== inboxId || !person) return { kind: 'idle' };
  const ticketId = await openTicket(tx, person, { kind: 'question', domain: 'health', priority: 'urgent', question: wordsOf(message), offered: [], reasons: [reason] }, inboxId);
  const rows = await addToOutbox(tx, person, [{ kind: 'reply', piece: handling.apology(person.lang), inboxId, inCall: message.inCall }], { ...returned(person), lastInboundMs: tx.nowMs });
  await markHandled(tx, inboxId, 'failed');
  return { kind: 'handled', inboxId, personId, rows, ticketIds: [ticketId], erased: false, outcome: 'failed', answered: null, more: message.more };
}

/** How often a message that an earlier process left behind is taken up before it is suspected of having killed them. */
const MOST_TAKE_UPS = 12;

/**
 * Counts that the person's oldest message, left behind by a process that ended, is taken up again; gives up on one that
 * has been too often, since handling it may be what ends them.
 */
export async function takeUp(tx: Tx, personId: string, startedMs: number, handling: Handling): Promise<HandleResult> {
  const person = await holdPerson(tx, personId);
  const message = person && await oldestWaiting(tx, person);
  if (!message || message.receivedMs >= startedMs) return { kind: 'idle' };
  if (message.attempts >= MOST_TAKE_UPS) return giveUp(tx, personId, message.inboxId, handling, 'left-behind');
  await countAttempt(tx, message.inboxId, message.notBeforeMs);
  return { kind: 'idle' };
}

async function converse(tx: Tx, person: Person, message: Waiting, handling: Handling, aid: Aid): Promise<Turn> {
  // What the store itself throws must stay a failure of the store; only the message's own faults count against it.
  const view = await viewOf(tx, person, message.atMs).catch((cause: unknown) => { throw cause instanceof Error && cause.name === 'KeyLost' ? new NotHandled(message, person.id, cause) : cause; });
  try {
    const inbound = { content: message.content(), atMs: message.atMs, aid };
    return handling.converse(inbound, view);
  } catch (cause) {
    throw new NotHandled(message, person.id, cause);
  }
}

function answeredBy(turn: Turn, lang: Lang): Handled['answered'] {
  const cardId = turn.replies.find((each) => each.layout.form === 'answer' && each.cardId !== null)?.cardId ?? null;
  return cardId === null ? null : { cardId, lang };
}

/** Whoever writes is here again, even if they had left or were about to be forgotten. */
function returned(person: Person): PersonChange {
  return person.state === 'gone' || person.state === 'leaving' ? { state: 'active' } : {};
}

function contentOf(message: Waiting): InboundContent | null {
  try {
    return message.content();
  } catch {
    return null;
  }
}

/** What the person meant, as far as it can be read, for the one who will answer. */
function wordsOf(message: Waiting): string {
  try {
    const content = message.content();
    return content.kind === 'text' ? content.text : content.kind;
  } catch {
    return '';
  }
}
