import { LANGS, type Lang } from '#knowledge/lang.ts';
import { addNotices } from '#bot/store/notices.ts';
import { ticketAt, withCards } from '#bot/store/group-posts.ts';
import { personById } from '#bot/store/people.ts';
import type { Sound } from '#bot/store/recordings.ts';
import type { Tx } from '#bot/store/schema.ts';
import { keepSpoken, newToken } from '#bot/store/spoken.ts';
import { accountOfUser, useLinkCode, type Linked } from '#bot/store/staff-links.ts';
import { listTickets, readTicket, type Ticket } from '#bot/store/tickets.ts';
import { may } from '#bot/accounts/accounts.ts';
import { bundle } from './bundle.ts';
import { answer, ANSWER_LIMIT, answerOthers, close, handBack, take, type Actor, type Deed, type DeskTexts } from './desk.ts';
import { STAFF_BUTTON, type StaffAct } from './staff-wire.ts';

/**
 * What staff do in their own group: take, answer, give back, close. Whoever does it must be an account that linked its
 * Telegram; a name in a group proves nothing, and under every answer stands a person of the station. An answer is a reply
 * to one of our messages about the ticket, or, in its topic, what the person writes who took it; all else is talk among
 * colleagues and never reaches a resident.
 */

/** What the platform says at once: under the press, or to whoever showed a code. `name` is of whoever holds the ticket. */
export type Said = { word: PressWord; name: string } | null;
export const PRESS_WORDS = ['taken', 'closed', 'returned', 'sent', 'unknown', 'not-yours', 'held', 'answered', 'stale', 'erased', 'unreachable', 'forgotten', 'linked', 'wrong-code', 'noted'] as const;
export type PressWord = (typeof PRESS_WORDS)[number];

/** Acts, in one transaction; the same act again does nothing. */
export async function hearStaff(tx: Tx, texts: DeskTexts, act: StaffAct): Promise<Said> {
  const fresh = await tx.db.insertInto('staff_heard').values({ key: act.key, at_ms: tx.nowMs }).onConflict((c) => c.column('key').doNothing()).returning('key').executeTakeFirst();
  if (fresh === undefined) return null;
  switch (act.kind) {
    case 'link': {
      const account = await useLinkCode(tx, act.code, act.userId);
      return account === null ? say('wrong-code') : say('linked', account.name);
    }
    case 'pressed':
      return press(tx, texts, act);
    case 'said':
    case 'spoke':
      await heard(tx, texts, act);
      return null;
  }
}

/** Carries a spoken answer over, once its sound is on this machine. `lang`: what is spoken in it. */
export async function answerSpoken(tx: Tx, texts: DeskTexts, spoken: { ticketId: number; account: Linked; messageId: number; lang: Lang; sound: Sound; words: string }): Promise<void> {
  const actor = actorOf(spoken.account);
  const ticket = await readTicket(tx, actor, spoken.ticketId);
  if (ticket === null) return;
  const hindrance = hindranceOf(ticket, actor);
  if (hindrance !== null) return line(tx, spoken.ticketId, spoken.messageId, hindrance);
  const token = newToken();
  const deed = await answer(tx, texts, actor, seen(ticket), spoken.words, { voice: { id: token, lang: spoken.lang, seconds: spoken.sound.millis === null ? null : Math.ceil(spoken.sound.millis / 1000) } });
  const resident = deed.ok ? await personById(tx, ticket.personId) : null;
  if (resident !== null) await keepSpoken(tx, resident, token, { name: actor.name, title: actor.title, ticketId: ticket.id, lang: spoken.lang, sound: spoken.sound });
  await line(tx, spoken.ticketId, spoken.messageId, deed.ok ? spoken.lang === 'vi' && ticket.lang !== 'vi' ? 'sent-vietnamese' : 'sent' : wordOf(deed));
}

type Heard = Extract<StaffAct, { kind: 'said' | 'spoke' }>;

async function heard(tx: Tx, texts: DeskTexts, act: Heard): Promise<void> {
  const at = await ticketAt(tx, act);
  if (at === null) return;
  const account = await accountOfUser(tx, act.userId);
  if (account === null) return at.byReply ? line(tx, at.ticketId, act.messageId, 'unknown') : undefined;
  const actor = actorOf(account);
  const ticket = await readTicket(tx, actor, at.ticketId);
  if (ticket === null || ticket.kind === 'sensitive') return at.byReply ? line(tx, at.ticketId, act.messageId, 'not-yours') : undefined;
  // In a topic, colleagues talk; only whoever speaks with the resident is heard there without pointing at a message.
  if (!at.byReply && (ticket.holder?.id !== actor.accountId || ticket.heldUntilMs === null)) return;
  const hindrance = hindranceOf(ticket, actor);
  if (hindrance !== null) return line(tx, ticket.id, act.messageId, hindrance);
  if (act.kind === 'spoke') {
    // Nothing shows what is spoken in a voice: it is asked, and taken for Vietnamese where nobody says.
    const asks = ticket.lang !== 'vi';
    await addNotices(tx, [{ dedupeKey: `voice:${act.key}`, kind: 'voice', ticketId: ticket.id, accountId: account.id, replyTo: act.messageId, detail: voiceDetail('vi', act.fileId), notBeforeMs: asks ? tx.nowMs + ASKED_FOR_MS : 0 }]);
    if (asks) await line(tx, ticket.id, act.messageId, 'which-language');
    return;
  }
  const words = act.text.normalize('NFC').trim();
  if (words === '') return;
  if (words.length > ANSWER_LIMIT) return line(tx, ticket.id, act.messageId, 'long');
  await line(tx, ticket.id, act.messageId, await giveAnswer(tx, texts, actor, ticket, words));
}

/** How long a voice waits to hear what is spoken in it. */
const ASKED_FOR_MS = 2 * 60_000;

/** What a notice of a voice holds: the language spoken in it, and the platform's file. */
function voiceDetail(lang: Lang, fileId: string): string {
  return `${lang}|${fileId}`;
}

/** The same read again; where no language stands before the file, it is Vietnamese. */
export function voiceIn(detail: string): { lang: Lang; fileId: string } {
  const [, said, fileId = detail] = /^([a-z]{2,3})\|(.+)$/u.exec(detail) ?? [];
  return { lang: LANGS.find((known) => known === said) ?? 'vi', fileId };
}

/** Whoever spoke says in which language; the voice then goes at once. */
async function sayLanguage(tx: Tx, userId: string, ticketId: number, messageId: number, lang: Lang): Promise<Said> {
  const account = await accountOfUser(tx, userId);
  if (account === null) return say('unknown');
  const waiting = await tx.db.selectFrom('notices').select(['id', 'detail', 'account_id']).where('kind', '=', 'voice').where('ticket_id', '=', ticketId).where('reply_to', '=', messageId).where('state', '=', 'queued').executeTakeFirst();
  if (waiting === undefined || waiting.account_id !== account.id) return say('forgotten');
  await tx.db.updateTable('notices').set({ detail: voiceDetail(lang, voiceIn(waiting.detail).fileId), not_before_ms: 0 }).where('id', '=', waiting.id).execute();
  return say('noted');
}

/** Answers, and with it everybody who surely asked the same and was told as one with it. */
async function giveAnswer(tx: Tx, texts: DeskTexts, actor: Actor, ticket: Ticket, words: string): Promise<Word> {
  const deed = await answer(tx, texts, actor, seen(ticket), words);
  if (!deed.ok) return wordOf(deed);
  // Whoever asked the same: of a rumour everybody, of a question those whom this card stands for.
  const bundles = bundle(await listTickets(tx, actor, 'free', 500));
  const others = ticket.kind === 'rumour' ? bundles.asking(ticket) : bundles.under(ticket);
  const told = ticket.kind === 'rumour' ? new Set<number>() : await withCards(tx, others.map(({ id }) => id));
  await answerOthers(tx, texts, actor, others.filter(({ id }) => !told.has(id)).map(seen), words);
  return 'sent';
}

async function press(tx: Tx, texts: DeskTexts, act: Extract<StaffAct, { kind: 'pressed' }>): Promise<Said> {
  const [, spokenIn = '', voiceOf = '', at = ''] = new RegExp(`^${STAFF_BUTTON}lang:([a-z]{2,3}):(\\d{1,15}):(\\d{1,15})$`, 'u').exec(act.value) ?? [];
  const lang = LANGS.find((known) => known === spokenIn);
  if (lang !== undefined) return sayLanguage(tx, act.userId, Number(voiceOf), Number(at), lang);
  const [, verb = '', id = ''] = new RegExp(`^${STAFF_BUTTON}(take|close|return|send):(\\d{1,15})$`, 'u').exec(act.value) ?? [];
  if (verb === '') return say('forgotten');
  const account = await accountOfUser(tx, act.userId);
  if (account === null) return say('unknown');
  const actor = actorOf(account);
  const ticket = await readTicket(tx, actor, Number(id));
  if (ticket === null) return say('not-yours');
  const told = (deed: Deed, word: PressWord): Said => (deed.ok ? say(word) : say(pressWordOf(deed), deed.why === 'not-found' ? '' : deed.ticket.holder?.name ?? ''));
  switch (verb) {
    case 'take':
      if (ticket.state === 'taken' && ticket.holder !== null && ticket.holder.id !== actor.accountId) return say('held', ticket.holder.name);
      return told(await take(tx, texts, actor, seen(ticket)), 'taken');
    case 'close':
      if (ticket.state === 'taken' && ticket.holder !== null && ticket.holder.id !== actor.accountId) return say('held', ticket.holder.name);
      return told(await close(tx, texts, actor, seen(ticket)), 'closed');
    case 'return':
      if (ticket.holder?.id !== actor.accountId) return say('held', ticket.holder?.name ?? '');
      return told(await handBack(tx, texts, actor, seen(ticket)), 'returned');
    default: {
      // Sending all the same: the words are those of the message that ours answers, and only its writer may.
      const words = act.quoted?.text.normalize('NFC').trim() ?? '';
      if (act.quoted === null || act.quoted.userId !== act.userId || words === '' || words.length > ANSWER_LIMIT) return say('forgotten');
      return told(await answer(tx, texts, actor, seen(ticket), words), 'sent');
    }
  }
}

/** Words of a line in the group; each has a text `notice.said.<word>`. */
export const WORDS = ['sent', 'sent-vietnamese', 'which-language', 'unknown', 'not-yours', 'held', 'answered', 'closed', 'stale', 'erased', 'unreachable', 'long', 'voice-lost'] as const;
export type Word = (typeof WORDS)[number];

/** Why somebody does not answer without having seen something first: a colleague speaks, or has just spoken. */
function hindranceOf(ticket: Ticket, actor: Actor): Word | null {
  if (ticket.state === 'closed') return 'closed';
  if (ticket.holder === null || ticket.holder.id === actor.accountId) return null;
  if (ticket.state === 'taken') return 'held';
  return ticket.state === 'answered' || ticket.state === 'delivered' ? 'answered' : null;
}

/** A line under the message it is about. */
async function line(tx: Tx, ticketId: number, replyTo: number, word: Word): Promise<void> {
  await addNotices(tx, [{ dedupeKey: `said:${ticketId}:${replyTo}:${word}`, kind: 'said', ticketId, accountId: null, replyTo, detail: word }]);
}

function wordOf(deed: Extract<Deed, { ok: false }>): Word {
  return deed.why === 'not-found' ? 'not-yours' : deed.why;
}

function pressWordOf(deed: Extract<Deed, { ok: false }>): PressWord {
  return deed.why === 'not-found' ? 'not-yours' : deed.why;
}

function say(word: PressWord, name = ''): Said {
  return { word, name };
}

function seen(ticket: Ticket): { ticketId: number; version: number } {
  return { ticketId: ticket.id, version: ticket.version };
}

/** The account as the desk knows who acts. */
export function actorOf(account: Linked): Actor {
  return { accountId: account.id, name: account.name, title: account.title, domains: may(account.role, 'answer') ? account.domains : [] };
}
