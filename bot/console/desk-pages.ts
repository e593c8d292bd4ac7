import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { LoggedIn } from '#bot/accounts/accounts.ts';
import { may } from '#bot/accounts/accounts.ts';
import { historyOf } from '#bot/store/audit.ts';
import { messagesOf } from '#bot/store/held.ts';
import { missedEverywhere } from '#bot/store/missed-rounds.ts';
import { personById } from '#bot/store/people.ts';
import { rightsRequests } from '#bot/store/rights.ts';
import { cannedReplies } from '#bot/store/station-words.ts';
import { LANGS } from '#knowledge/lang.ts';
import { answeredTogether, countShelves, languagesWaiting, listTickets, readTicket, SHELVES, type Shelf, type Ticket } from '#bot/store/tickets.ts';
import { alikeTickets } from '#bot/tickets/alike.ts';
import { answer, ANSWER_LIMIT, answerOthers, close, handBack, noteRead, reopen, take, type Actor, type Deed, type Seen } from '#bot/tickets/desk.ts';
import { weekThatLacks } from '#bot/tickets/roster.ts';
import { arrivalOf } from '#bot/tickets/window.ts';
import { readableDay } from '#knowledge/day.ts';
import type { ConsoleDeps } from './console.ts';
import { missedLines } from './campaign-page.ts';
import { passagesAside } from './documents/writing.ts';
import { NOTHING, notice, sayer, type Html, type Look } from './frame.ts';
import { inboxPage } from './inbox.ts';
import { rightsWaiting } from './rights.ts';
import { mayKeepRoster } from './roster.ts';
import { allowVoice } from './voices.ts';
import { ticketPage, type NearCard } from './ticket.ts';
import { extrasOf } from './ticket-deeds.ts';
import { extras } from './ticket-extras.ts';
import { when } from './words.ts';

/** The inbox and the tickets: what staff see of questions and do with them. */

/** Tickets shown at once; the rest is one press away. */
const SHOWN = 50;
const ALL = 500;
/** Entries of a conversation on a ticket's page. */
const TALK = 40;
const NEAR = 3;
/** How many who ask the same are offered at once. */
const TOGETHER = 60;

export type DeskTools = {
  deps: ConsoleDeps;
  look: Look;
  /** Runs a page for whoever is logged in and may answer. */
  inside: (c: Context, draw: (who: LoggedIn) => Promise<Response>) => Promise<Response>;
  /** A form of somebody who is logged in; refused forms come back with what was typed. */
  form: (c: Context, act: (who: LoggedIn, fields: URLSearchParams) => Promise<Response>) => Promise<Response>;
  /** The same for whoever is logged in, whatever their role. */
  insideAny: DeskTools['inside'];
  formAny: DeskTools['form'];
  send: (c: Context, body: Html, status?: 200 | 400 | 403 | 404 | 409) => Promise<Response>;
};

/** What is shown besides the ticket itself. */
type Shown = { told?: Html; text?: string; again?: boolean; sent?: boolean };

export function addDeskPages(app: Hono, tools: DeskTools): { showTicket: (c: Context, who: LoggedIn, id: number, shown: Shown, status?: 200 | 400 | 409) => Promise<Response>; done: (c: Context, who: LoggedIn, text: string, deed: Deed, next: (ticket: Ticket) => Response | Promise<Response>) => Promise<Response> } {
  const { deps, look, inside, form, send } = tools;
  const { store, texts } = deps;
  const say = sayer(look);

  app.get('/staff', (c) => inside(c, (who) => showInbox(c, who)));

  app.get('/staff/ticket/:id{[0-9]{1,15}}', (c) => inside(c, async (who) => {
    const id = Number(c.req.param('id'));
    const told = c.req.query('told');
    const sent = told === 'answered';
    if (told === undefined) await store.write((tx) => readTicket(tx, actorOf(who), id).then((found) => (found === null ? undefined : noteRead(tx, actorOf(who), id))));
    if (sent && c.req.query('sent') !== undefined) {
      const left = numberOf(c.req.query('left'));
      return showTicket(c, who, id, { sent, told: notice(left === 0 ? 'ok' : 'soon', say(left === 0 ? 'told.answeredAll' : 'told.answeredSome', { count: numberOf(c.req.query('sent')), left })) });
    }
    return showTicket(c, who, id, { sent, ...(told === 'taken' || told === 'reopened' || told === 'kept' || told === 'rightDone' ? { told: notice('ok', say(`told.${told}`)) } : told === 'stale' ? { told: notice('soon', say('told.stale')) } : {}) });
  }));

  app.post('/staff/ticket/:id{[0-9]{1,15}}', (c) => form(c, async (who, fields) => {
    const seen: Seen = { ticketId: Number(c.req.param('id')), version: numberOf(fields.get('version') ?? '') };
    const text = (fields.get('text') ?? '').replaceAll('\r\n', '\n').normalize('NFC');
    const wish = fields.get('do') ?? '';
    const actor = actorOf(who);
    const cannedId = /^canned:(\d{1,15})$/u.exec(wish)?.[1];
    if (cannedId !== undefined) {
      const canned = (await store.read(cannedReplies)).find((reply) => reply.id === Number(cannedId));
      return showTicket(c, who, seen.ticketId, { text: canned === undefined ? text : below(text, canned.text) });
    }
    if (wish === 'fill') return showTicket(c, who, seen.ticketId, { text, told: notice('soon', say('documents.filled')) });
    if (wish.startsWith('card:')) return showTicket(c, who, seen.ticketId, { text: withCard(text, wish.slice(5)) });
    const go = (path: string): Response => c.redirect(path, 303);
    switch (wish) {
      case 'take':
        return done(c, who, text, await store.write((tx) => take(tx, texts, actor, seen)), (ticket) => (text.trim() === '' ? go(`/staff/ticket/${ticket.id}?told=taken`) : showTicket(c, who, ticket.id, { text, told: notice('ok', say('told.taken')) })));
      case 'return':
        return done(c, who, text, await store.write((tx) => handBack(tx, texts, actor, seen)), (ticket) => go(`/staff?told=handedBack&id=${ticket.id}`));
      case 'close':
        return done(c, who, text, await store.write((tx) => close(tx, texts, actor, seen)), (ticket) => go(`/staff?told=closed&id=${ticket.id}`));
      case 'reopen':
        return done(c, who, text, await store.write((tx) => reopen(tx, texts, actor, seen)), (ticket) => showTicket(c, who, ticket.id, { text, told: notice('ok', say('told.reopened')) }));
      case 'answer': {
        if (text.trim() === '') return showTicket(c, who, seen.ticketId, { text, told: notice('late', say('problem.empty')) }, 400);
        if (text.length > ANSWER_LIMIT) return showTicket(c, who, seen.ticketId, { text, told: notice('late', say('problem.long', { length: text.length, most: ANSWER_LIMIT })) }, 400);
        const together = fields.getAll('with').flatMap(seenOf).slice(0, TOGETHER);
        const { deed, others } = await store.write(async (tx) => {
          const besides = { inLanguage: deps.knowledge.inLanguage };
          const first = await answer(tx, texts, actor, seen, text, besides);
          return { deed: first, others: first.ok ? await answerOthers(tx, texts, actor, together, text, besides) : [] };
        });
        return done(c, who, text, deed, (ticket) => go(`/staff/ticket/${ticket.id}?told=answered${together.length === 0 ? '' : `&sent=${others.length + 1}&left=${together.length - others.length}`}`));
      }
      default:
        return showTicket(c, who, seen.ticketId, { text }, 400);
    }
  }));

  return { showTicket, done };

  async function showInbox(c: Context, who: LoggedIn): Promise<Response> {
    const actor = actorOf(who);
    const shelf: Shelf = SHELVES.find((known) => known === c.req.query('shelf')) ?? 'waiting';
    const lang = LANGS.find((known) => known === c.req.query('lang'));
    const limit = c.req.query('all') === undefined && lang === undefined ? SHOWN : ALL;
    const told = c.req.query('told');
    const { tickets, counts, rights, languages, lacking, missed } = await store.read(async (tx) => ({
      tickets: await listTickets(tx, actor, shelf, limit, lang), languages: await languagesWaiting(tx, actor), counts: await countShelves(tx, actor),
      rights: await rightsRequests(tx, { openIn: actor.domains }), lacking: mayKeepRoster(who) ? await weekThatLacks(tx) : null, missed: may(who.account.role, 'broadcast') ? await missedEverywhere(tx) : [],
    }));
    const hidden = shelf === 'done' || shelf === 'mine' || lang !== undefined ? 0 : counts[shelf] - tickets.length;
    return send(c, inboxPage(look, {
      accountId: who.account.id, csrf: who.csrf, shelf, tickets, hidden, counts, lang: lang ?? null, languages,
      told: told === 'handedBack' || told === 'closed' || told === 'moved' ? notice('ok', say(`told.${told}`, { id: numberOf(c.req.query('id')) })) : NOTHING,
      notices: html`${rightsWaiting(look, rights)}${missedLines(look, missed)}${lacking === null ? NOTHING : notice('soon', html`<a href="/staff/roster?week=${lacking}">${say('notice.roster', { week: readableDay(lacking) })}</a>`)}`,
    }));
  }

  async function showTicket(c: Context, who: LoggedIn, id: number, shown: Shown, status: 200 | 400 | 409 = 200): Promise<Response> {
    const actor = actorOf(who);
    const found = await store.read(async (tx) => {
      const ticket = await readTicket(tx, actor, id);
      if (ticket === null) return null;
      const person = await personById(tx, ticket.personId);
      const talk = person === null ? [] : await messagesOf(tx, person, { latest: TALK });
      return {
        ticket,
        talk,
        history: await historyOf(tx, id),
        alike: ticket.state === 'open' || ticket.state === 'taken' ? alikeTickets(ticket, await listTickets(tx, actor, 'free', ALL), TOGETHER) : [],
        together: await answeredTogether(tx, actor, ticket),
        beside: await extrasOf(tx, ticket, talk),
        waiting: (await countShelves(tx, actor)).waiting,
        next: shown.sent === true ? (await listTickets(tx, actor, 'free', 1))[0]?.id ?? null : null,
      };
    });
    if (found === null) return c.text(say('problem.notFound'), 404);
    const { ticket } = found;
    allowVoice(c);
    return send(c, ticketPage(look, {
      ...found, hours: deps.replyWindowHours, account: who.account, csrf: who.csrf, extras: extras(look, { ...found.beside, ticket, csrf: who.csrf }),
      passages: await passagesAside(look, deps.writing, ticket),
      near: nearCards(ticket), offered: ticket.offered.flatMap((card) => deps.knowledge.card(card, look.nowMs())?.question ?? []),
      told: shown.told ?? (shown.sent === true ? justSent(ticket) : undelivered(ticket)), text: shown.text ?? '', again: shown.again ?? false, sent: shown.sent ?? false,
    }), status);
  }

  /** Goes on after a deed that was done; otherwise says plainly why not, with the typed text still there. */
  async function done(c: Context, who: LoggedIn, text: string, deed: Deed, next: (ticket: Ticket) => Response | Promise<Response>): Promise<Response> {
    if (deed.ok) {
      deps.wake();
      deps.changed();
      return next(deed.ticket);
    }
    if (deed.why === 'not-found') return c.text(say('problem.notFound'), 404);
    return showTicket(c, who, deed.ticket.id, { text, told: notice('soon', problem(who, deed.why, deed.ticket)), again: deed.why === 'stale' }, 409);
  }

  function problem(who: LoggedIn, why: 'stale' | 'closed' | 'erased' | 'unreachable', ticket: Ticket): string {
    const name = ticket.holder?.name ?? '';
    const time = when(ticket.answeredMs ?? ticket.closedMs ?? look.nowMs(), look.nowMs());
    switch (why) {
      case 'closed':
        return say('problem.closed', { time: when(ticket.closedMs ?? look.nowMs(), look.nowMs()) });
      case 'erased':
      case 'unreachable':
        return say(`problem.${why}`);
      case 'stale':
        if (ticket.state === 'answered' || ticket.state === 'delivered') return ticket.holder?.id === who.account.id ? say('problem.staleSelf', { time }) : say('problem.staleAnswered', { name, time });
        return ticket.state === 'taken' && ticket.holder?.id !== who.account.id ? say('problem.staleTaken', { name }) : say('problem.stale');
    }
  }

  /** What is sure at the moment of sending: that it is written down, and that a shut window will keep it. */
  function justSent(ticket: Ticket): Html {
    if (arrivalOf(ticket, deps.replyWindowHours, look.nowMs()) !== 'kept') return ticket.delivery?.state === 'failed' ? undelivered(ticket) : notice('ok', say('told.answered'));
    return notice('soon', say('told.answeredKept', { channel: say(`channel.${ticket.channel}`) }));
  }

  /** Why the latest answer has not arrived, and what becomes of it. */
  function undelivered(ticket: Ticket): Html {
    if (ticket.personState === 'erased') return notice('soon', say('problem.erased'));
    if (ticket.state !== 'answered' || ticket.delivery?.state !== 'failed') return NOTHING;
    return notice('late', say(ticket.delivery.reason === 'window-closed' ? 'problem.windowClosed' : 'problem.unsent'));
  }

  function nearCards(ticket: Ticket): NearCard[] {
    if (ticket.question === null || ticket.question.trim() === '') return [];
    return deps.knowledge.nearest(ticket.question, NEAR).flatMap((id) => {
      const card = deps.knowledge.card(id, look.nowMs());
      return card === undefined ? [] : [{ id, question: card.question, answer: deps.knowledge.fill(card.answer) }];
    });
  }

  /** The typed text with a card's answer below it. */
  function withCard(text: string, id: string): string {
    const card = deps.knowledge.card(id, look.nowMs());
    if (card === undefined) return text;
    return below(text, deps.knowledge.fill(card.answer));
  }
}

/** What is put under what was typed. */
function below(text: string, more: string): string {
  return text.trim() === '' ? more : `${text.trimEnd()}\n${more}`;
}

export function actorOf({ account }: LoggedIn): Actor {
  return { accountId: account.id, name: account.name, title: account.title, domains: may(account.role, 'answer') ? account.domains : [] };
}

/** `12:3`: ticket 12 as version 3 showed it. */
function seenOf(text: string): Seen[] {
  const [, ticketId, version] = /^(\d{1,15}):(\d{1,9})$/u.exec(text) ?? [];
  return ticketId === undefined || version === undefined ? [] : [{ ticketId: Number(ticketId), version: Number(version) }];
}

function numberOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/u.test(text) ? Number(text) : 0;
}
