import { html, raw } from 'hono/html';
import type { Lang } from '#knowledge/lang.ts';
import type { Shelf, Ticket } from '#bot/store/tickets.ts';
import { folded } from '#bot/tickets/bundle.ts';
import { icon, NOTHING, page, sayer, type Html, type Look } from './frame.ts';
import { dueMark, legalWords, origin, stateMark, when, type Mark } from './words.ts';

export type InboxView = {
  accountId: string;
  csrf: string;
  shelf: Shelf;
  tickets: Ticket[];
  /** How many of the shelf are not shown. */
  hidden: number;
  /** Only residents who speak it are listed; null: all. */
  lang: Lang | null;
  /** Languages other than Vietnamese of those who wait. */
  languages: readonly Lang[];
  counts: { waiting: number; mine: number; free: number; newestId: number };
  told: Html;
  /** What is not about one question: wishes about personal data that are not done, a roster that lacks people. */
  notices: Html;
};

const SHOWN_SHELVES = ['waiting', 'free', 'mine', 'done'] as const;

/** The inbox: danger on top, then what is late, then by the promised time. */
export function inboxPage(look: Look, view: InboxView): Html {
  const say = sayer(look);
  const nowMs = look.nowMs();
  const isAlarm = (ticket: Ticket): boolean => ticket.state === 'open' && (ticket.kind === 'danger' || ticket.kind === 'sensitive') && view.shelf !== 'done';
  const rest = folded(view.tickets.filter((ticket) => !isAlarm(ticket)));
  const tab = (shelf: Shelf): Html => html`<a href="/staff?shelf=${shelf}"${shelf === view.shelf ? raw(' aria-current="true"') : NOTHING}>${say(`inbox.${shelf}`)}${shelf === 'done' ? NOTHING : html`<span class="num">${view.counts[shelf]}</span>`}</a>`;
  const body = html`<div class="head"><h1>${say('inbox.title')}</h1><span class="quiet small">${say('inbox.updated', { time: when(nowMs, nowMs) })}</span></div>
<div class="inbox">${view.told}
<div role="status"><a class="btn fresh" id="fresh" hidden href="/staff?shelf=${view.shelf}" data-see="after=${view.counts.newestId}&amp;free=${view.counts.free}">${icon('down')}<span></span></a></div>
${view.tickets.filter(isAlarm).map((ticket) => alarm(look, view, ticket))}
${view.notices}
<div class="sheet pad0"><nav class="tabs" aria-label="${say('inbox.shelves')}">${SHOWN_SHELVES.map(tab)}</nav>${spoken(look, view)}
${rest.length === 0 ? html`<div class="empty"><p><b>${say(`inbox.empty.${view.shelf}`)}</b></p>
<p class="quiet">${say('inbox.will')}</p></div>` : html`<ul class="list">${rest.map(({ ticket, more }) => row(look, view, ticket, more))}</ul>`}</div>
${view.hidden > 0 ? html`<a class="btn plain" href="/staff?shelf=${view.shelf}&amp;all=1">${say('inbox.more', { count: view.hidden })}</a>` : NOTHING}</div>`;
  return page(look, { title: say('inbox.title'), at: 'inbox', waiting: view.counts.waiting, body });
}

/** The words of a ticket in a list. The sensitive class never has any here. */
export function headline(look: Look, ticket: Ticket): string {
  const say = sayer(look);
  if (ticket.kind === 'sensitive') return say('kind.sensitive');
  return ticket.question === null || ticket.question.trim() === '' ? say(`kind.${ticket.kind}`) : ticket.question;
}

export function mark({ tone, icon: drawing, words }: Mark): Html {
  return html`<span class="st ${tone}">${icon(drawing)}${words}</span>`;
}

/** Whoever speaks Jrai finds their neighbours' questions with one press; shown as soon as somebody waits who speaks another language. */
function spoken(look: Look, { shelf, lang, languages }: InboxView): Html {
  if (languages.length === 0 && lang === null) return NOTHING;
  const say = sayer(look);
  const one = (each: Lang | null, words: string): Html => html`<a class="btn${each === lang ? ' main' : ' plain'}" href="/staff?shelf=${shelf}${each === null ? '' : `&lang=${each}`}"${each === lang ? raw(' aria-current="true"') : NOTHING}>${words}</a>`;
  const known = lang === null || languages.includes(lang) ? languages : [...languages, lang];
  return html`<nav class="row pg" aria-label="${say('inbox.languages')}">${one(null, say('inbox.anyLanguage'))}${known.map((each) => one(each, say(`language.${each}`)))}</nav>`;
}

function row(look: Look, view: InboxView, ticket: Ticket, more: number): Html {
  const say = sayer(look);
  const due = dueMark(say, ticket, look.nowMs());
  const state = stateMark(say, ticket, view.accountId);
  const waits = ticket.state === 'open' || ticket.state === 'taken';
  const first = waits && (due.tone === 'late' || due.tone === 'soon') ? due : state;
  const second = first === due ? state : due;
  return html`<li class="${waits && due.tone === 'late' ? 'late' : ''}"><a class="it" href="/staff/ticket/${ticket.id}"><span class="row">${mark(first)}</span><span class="tx">${headline(look, ticket)}</span>${more === 0 ? NOTHING : html`<span class="row">${icon('people')}<b>${say('inbox.andMore', { count: more })}</b></span>`}<span class="meta">${origin(look, say, ticket).map((word) => html`<span>${word}</span>`)}${waits ? html`<span>${second.words}</span>` : NOTHING}${waits && ticket.legalDueMs !== null ? html`<span><b>${legalWords(say, ticket, look.nowMs()) ?? ''}</b></span>` : NOTHING}</span></a></li>`;
}

function alarm(look: Look, view: InboxView, ticket: Ticket): Html {
  const say = sayer(look);
  return html`<section class="sos" aria-label="${say('state.urgent')}">
<div class="row">${mark({ tone: 'urgent', icon: 'alert', words: say('state.urgent') })}<b>${dueMark(say, ticket, look.nowMs()).words}</b><span class="meta">${origin(look, say, ticket).map((word) => html`<span>${word}</span>`)}</span></div>
<p class="big">${headline(look, ticket)}</p><p class="quiet small">${say(ticket.kind === 'sensitive' ? 'reason.sensitive' : 'reason.danger')}</p>
<form method="post" action="/staff/ticket/${ticket.id}"><input type="hidden" name="csrf" value="${view.csrf}">
<input type="hidden" name="version" value="${ticket.version}"><button class="btn call" name="do" value="take">${icon('dia1')}${say('inbox.take')}</button></form></section>`;
}
