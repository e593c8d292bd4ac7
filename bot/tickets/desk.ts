import type { Piece } from '#bot/channels/channel.ts';
import type { TicketKind } from '#bot/conversation/turn.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { TextKey, Texts, Values } from '#locales/texts.ts';
import { record } from '#bot/store/audit.ts';
import { keepContext } from '#bot/store/contexts.ts';
import { addToOutbox } from '#bot/store/outbox.ts';
import { holdPerson, type Person } from '#bot/store/people.ts';
import { tellAnew } from '#bot/store/notices.ts';
import type { Tx } from '#bot/store/schema.ts';
import type { Domain } from '#bot/store/tables/staff.ts';
import { quietTickets } from '#bot/store/talks.ts';
import { changeTicket, closeSettled, markDelivered, readTicket, type Reader, type Ticket } from '#bot/store/tickets.ts';

/**
 * What staff do with a ticket. Each deed is one transaction that names the version of the ticket it was meant for: when
 * somebody was faster, nothing is written and the deed comes back as `stale`, with the ticket as it is now.
 *
 *     open → taken → answered → delivered → closed → (the resident writes within three days) → open
 */

/** After so long without a word from either side, the bot speaks again. */
export const QUIET_MS = 30 * 60_000;

/** Longest answer, in UTF-16 code units; what every channel takes in one or a few pieces. */
export const ANSWER_LIMIT = 2_000;

/** Who acts, with the name and title that residents read. */
export type Actor = Reader & { name: string; title: string };

export type Deed =
  | { ok: true; ticket: Ticket }
  | { ok: false; why: 'not-found' }
  /** Somebody else changed the ticket since it was read; nothing was written. */
  | { ok: false; why: 'stale' | 'closed' | 'erased' | 'unreachable'; ticket: Ticket };

/** What may go with the words of an answer. */
export type Besides = {
  /** What was said, by the id under which it is heard. */
  voice?: NonNullable<Piece['voice']>;
  /** The same words in a reader's language, where a speaker has approved them; null elsewhere. */
  inLanguage?: (words: string, lang: Lang) => string | null;
};

export type DeskTexts = Pick<Texts, 'say' | 'langOf'> & {
  /** One text as a message in the resident's language, with its draft beside it. @defaultValue without drafts */
  piece?: (lang: Lang, key: TextKey, values: Values) => Piece;
  /** In which language somebody wrote, for who chose `lang`, and the line for below where it is not that one; null where none is shown. @defaultValue Vietnamese without a line */
  written?: (lang: Lang, words: string) => { lang: Lang; line: string | null };
};

/** Takes the ticket, also from a colleague: from now on this person speaks with the resident, who is told so. */
export async function take(tx: Tx, texts: DeskTexts, actor: Actor, seen: Seen): Promise<Deed> {
  return act(tx, actor, seen, async ({ ticket, resident }) => {
    if (ticket.state === 'closed') return 'closed';
    if (ticket.state !== 'open' && ticket.state !== 'taken') return 'stale';
    if (!await changeTicket(tx, ticket.id, seen.version, { state: 'taken', holder_id: actor.accountId, held_until_ms: tx.nowMs + QUIET_MS })) return 'stale';
    if (!isSpeaking(actor, ticket)) await beginSpeaking(tx, texts, actor, resident);
    await record(tx, { accountId: actor.accountId, what: 'taken', ticketId: ticket.id });
    return 'done';
  });
}

/**
 * Answers: the resident's outbox row and the ticket's new state become true together, so that a process killed at any
 * instant neither loses the answer nor says it twice. A free ticket is taken by answering it.
 */
export async function answer(tx: Tx, texts: DeskTexts, actor: Actor, seen: Seen, words: string, more: Besides = {}): Promise<Deed> {
  return act(tx, actor, seen, async ({ ticket, resident }) => {
    if (ticket.state === 'closed') return 'closed';
    if (resident.state === 'gone') return 'unreachable';
    if (ticket.version !== seen.version) return 'stale';
    if (!isSpeaking(actor, ticket)) await beginSpeaking(tx, texts, actor, resident);
    const [row] = await addToOutbox(tx, resident, [{ kind: 'staff-answer', piece: answerPiece(texts, actor, words, resident.lang, more), dedupeKey: `answer:${ticket.id}:${seen.version}` }]);
    if (row === undefined) return 'stale';
    const written = await changeTicket(tx, ticket.id, seen.version, {
      state: 'answered', holder_id: actor.accountId, held_until_ms: tx.nowMs + QUIET_MS, answered_ms: tx.nowMs, answer_outbox_id: row.id,
    });
    // The resident's row is held by this transaction, and with it everything that could have come between.
    if (!written) throw new Error('a ticket changed while its resident was held');
    await record(tx, { accountId: actor.accountId, what: 'answered', ticketId: ticket.id });
    return 'done';
  });
}

/**
 * Gives the same words to others who ask the same, in one transaction with the first answer. Nobody begins to speak with
 * them, so the bot goes on answering there. Gives the tickets that were answered; those that somebody was faster with,
 * or whose resident is gone, are left as they are.
 */
export async function answerOthers(tx: Tx, texts: DeskTexts, actor: Actor, others: readonly Seen[], words: string, more: Pick<Besides, 'inLanguage'> = {}): Promise<number[]> {
  const answered: number[] = [];
  // Always in the same order, so that two of these cannot wait for each other.
  for (const seen of [...others].sort((a, b) => a.ticketId - b.ticketId)) {
    const deed = await act(tx, actor, seen, async ({ ticket, resident }) => {
      if (ticket.state !== 'open' || ticket.version !== seen.version || resident.state === 'gone') return 'stale';
      const [row] = await addToOutbox(tx, resident, [{ kind: 'staff-answer', piece: answerPiece(texts, actor, words, resident.lang, more), dedupeKey: `answer:${ticket.id}:${seen.version}` }]);
      if (row === undefined || !await changeTicket(tx, ticket.id, seen.version, { state: 'answered', holder_id: actor.accountId, answered_ms: tx.nowMs, answer_outbox_id: row.id })) throw new Error('a ticket changed while its resident was held');
      await record(tx, { accountId: actor.accountId, what: 'answered', ticketId: ticket.id, detail: 'with-others' });
      return 'done';
    });
    if (deed.ok) answered.push(seen.ticketId);
  }
  return answered;
}

/** Gives the ticket back for others to take; the bot speaks again and the resident is told. */
export async function handBack(tx: Tx, texts: DeskTexts, actor: Actor, seen: Seen): Promise<Deed> {
  return act(tx, actor, seen, async ({ ticket, resident }) => {
    if (ticket.state === 'closed') return 'closed';
    if (ticket.state !== 'taken' || !await changeTicket(tx, ticket.id, seen.version, { state: 'open', holder_id: null, held_until_ms: null })) return 'stale';
    if (ticket.heldUntilMs !== null) await endSpeaking(tx, texts, resident);
    await record(tx, { accountId: actor.accountId, what: 'handed-back', ticketId: ticket.id });
    return 'done';
  });
}

/** Closes the ticket; the bot speaks again, and the resident is told if a person was speaking. */
export async function close(tx: Tx, texts: DeskTexts, actor: Actor, seen: Seen): Promise<Deed> {
  return act(tx, actor, seen, async ({ ticket, resident }) => {
    if (ticket.state === 'closed') return 'closed';
    if (!await changeTicket(tx, ticket.id, seen.version, { state: 'closed', closed_ms: tx.nowMs, held_until_ms: null })) return 'stale';
    if (ticket.heldUntilMs !== null) await endSpeaking(tx, texts, resident);
    await record(tx, { accountId: actor.accountId, what: 'closed', ticketId: ticket.id });
    return 'done';
  });
}

/** Kinds that may go to another domain; the others are the health station's whatever happens. */
export const MOVABLE: readonly TicketKind[] = ['question', 'human', 'media', 'rumour', 'rights'];

/** Gives the ticket to people of another domain, free for whoever of them takes it. Who moved it from where to where is recorded. */
export async function move(tx: Tx, texts: DeskTexts, actor: Actor, seen: Seen, domain: Domain): Promise<Deed> {
  return act(tx, actor, seen, async ({ ticket, resident }) => {
    if (ticket.state === 'closed') return 'closed';
    if (!MOVABLE.includes(ticket.kind) || ticket.domain === domain) return 'stale';
    const waits = ticket.state === 'open' || ticket.state === 'taken';
    if (!await changeTicket(tx, ticket.id, seen.version, { domain, held_until_ms: null, ...(waits ? { state: 'open' as const, holder_id: null } : {}) })) return 'stale';
    if (ticket.heldUntilMs !== null) await endSpeaking(tx, texts, resident);
    await tellAnew(tx, ticket.id);
    await record(tx, { accountId: actor.accountId, what: 'moved', ticketId: ticket.id, detail: `${ticket.domain} > ${domain}` });
    return 'done';
  });
}

/** Opens a closed ticket again, because staff have more to say; the one who does so holds it. */
export async function reopen(tx: Tx, texts: DeskTexts, actor: Actor, seen: Seen): Promise<Deed> {
  return act(tx, actor, seen, async ({ ticket, resident }) => {
    if (ticket.state !== 'closed' || !await changeTicket(tx, ticket.id, seen.version, { state: 'taken', holder_id: actor.accountId, closed_ms: null, held_until_ms: tx.nowMs + QUIET_MS })) return 'stale';
    await beginSpeaking(tx, texts, actor, resident);
    await record(tx, { accountId: actor.accountId, what: 'reopened', ticketId: ticket.id });
    return 'done';
  });
}

/** Notes that this person opened the conversation and reads it. */
export async function noteRead(tx: Tx, actor: Pick<Actor, 'accountId'>, ticketId: number): Promise<void> {
  await record(tx, { accountId: actor.accountId, what: 'read', ticketId });
}

/**
 * What time brings by itself: answers that have been sent are delivered, conversations that have been quiet go back to
 * the bot, and what was delivered three days ago is closed. True when something changed.
 */
export async function settleTickets(tx: Tx, texts: DeskTexts): Promise<boolean> {
  const delivered = await markDelivered(tx);
  const closed = await closeSettled(tx);
  const quiet = await quietTickets(tx);
  for (const { id, personId, version } of quiet) {
    const resident = await holdPerson(tx, personId);
    if (!await changeTicket(tx, id, version, { held_until_ms: null })) continue;
    if (resident !== null) await endSpeaking(tx, texts, resident);
    await record(tx, { accountId: null, what: 'bot-speaks', ticketId: id });
  }
  return delivered.length + closed.length + quiet.length > 0;
}

/** The ticket that the deed is meant for, as it was when it was read. */
export type Seen = { ticketId: number; version: number };

type Refusal = 'stale' | 'closed' | 'erased' | 'unreachable';

/** Holds the resident first, as everything does that writes to them, then looks at the ticket anew. */
async function act(tx: Tx, actor: Actor, seen: Seen, deed: (now: { ticket: Ticket; resident: Person }) => Promise<Refusal | 'done'>): Promise<Deed> {
  const found = await readTicket(tx, actor, seen.ticketId);
  if (found === null) return { ok: false, why: 'not-found' };
  const resident = await holdPerson(tx, found.personId);
  if (resident === null) return { ok: false, why: 'erased', ticket: found };
  const ticket = await readTicket(tx, actor, seen.ticketId) ?? found;
  const came = await deed({ ticket, resident });
  const after = await readTicket(tx, actor, seen.ticketId) ?? ticket;
  return came === 'done' ? { ok: true, ticket: after } : { ok: false, why: came, ticket: after };
}

/** The resident already knows that this very person speaks. */
function isSpeaking(actor: Actor, ticket: Ticket): boolean {
  return ticket.heldUntilMs !== null && ticket.holder?.id === actor.accountId;
}

/** `actor` null: somebody of the station whom only a platform knows. From now on the bot is silent here; what it last offered is no longer to be answered by a number. */
export async function beginSpeaking(tx: Tx, texts: DeskTexts, actor: Pick<Actor, 'name' | 'title'> | null, resident: Person): Promise<void> {
  await keepContext(tx, resident, null);
  if (actor === null) await tell(tx, texts, resident, 'chat:held.beginStation');
  else await tell(tx, texts, resident, 'chat:held.begin', { name: actor.name, title: actor.title });
}

/** The bot speaks again, and the resident is told so. */
export async function endSpeaking(tx: Tx, texts: DeskTexts, resident: Person): Promise<void> {
  if (resident.state === 'gone') return;
  await tell(tx, texts, resident, 'chat:held.end');
}

/** Under the same kind as answers, so that it neither overtakes one nor is overtaken. */
async function tell(tx: Tx, texts: DeskTexts, resident: Person, key: TextKey, values: Values = {}): Promise<void> {
  const piece: Piece = texts.piece?.(resident.lang, key, values) ?? { text: texts.say(resident.lang, key, values), lang: texts.langOf(resident.lang, key), cardId: null, buttons: [], layout: { form: 'plain' } };
  await addToOutbox(tx, resident, [{ kind: 'staff-answer', piece }]);
}

/** What a person of the station wrote in a piece, without what stands below it in another language. */
export function ownWords({ layout, beside, text }: Piece): string {
  const body = layout.form === 'person' ? layout.body : text;
  return beside === undefined || beside.text === '' || !body.endsWith(beside.text) ? body : body.slice(0, -beside.text.length).trimEnd();
}

/** A person's words: with their name wherever a channel has no room for more than text. */
function answerPiece(texts: DeskTexts, actor: Actor, words: string, lang: Lang, { voice, inLanguage }: Besides): Piece {
  const translated = lang === 'vi' ? null : inLanguage?.(words, lang) ?? null;
  const own = (translated ?? words).trim();
  const written = translated !== null || lang === 'vi' ? undefined : texts.written?.(lang, own);
  // Whoever hears it in their own language misses nothing.
  const line = voice?.lang === lang ? null : written?.line ?? null;
  const body = line === null ? own : `${own}\n\n${line}`;
  return {
    text: `${texts.say('vi', 'console:answer.signed', { name: actor.name, title: actor.title })}\n${body}`,
    lang: translated === null ? written?.lang ?? 'vi' : lang,
    cardId: null,
    buttons: [],
    layout: { form: 'person', name: actor.name, role: actor.title, body },
    ...(line === null ? {} : { beside: { lang, text: line } }),
    ...(voice === undefined ? {} : { voice }),
  };
}
