import { html, raw } from 'hono/html';
import type { AuditEntry } from '#bot/store/audit.ts';
import { DEEDS } from '#bot/store/audit.ts';
import type { Account } from '#bot/store/accounts.ts';
import { DOMAINS } from '#bot/store/tables/staff.ts';
import type { HeldMessage } from '#bot/store/held.ts';
import type { Ticket } from '#bot/store/tickets.ts';
import type { Alike } from '#bot/tickets/alike.ts';
import { ANSWER_LIMIT } from '#bot/tickets/desk.ts';
import { windowOf, type WindowHours } from '#bot/tickets/window.ts';
import { LANGS, type Lang } from '#knowledge/lang.ts';
import { learnSection } from './base/from-ticket.ts';
import { icon, NOTHING, page, sayer, type Html, type Look, type Say } from './frame.ts';
import { headline, mark } from './inbox.ts';
import { arrivals, shutAmong, together } from './together.ts';
import { recorder } from './voices.ts';
import { dueMark, origin, stateMark, when } from './words.ts';

/** A card that may help with the answer. */
export type NearCard = { id: string; question: string; answer: string };

export type TicketView = {
  account: Account;
  csrf: string;
  ticket: Ticket;
  talk: HeldMessage[];
  history: AuditEntry[];
  /** Others who wait for an answer to the same. */
  alike: Alike[];
  near: NearCard[];
  /** The nearest passages of the station's documents. */
  passages: Html;
  offered: string[];
  /** For how long each channel takes answers. */
  hours: WindowHours;
  /** Everybody's ticket that one press answered together with this one, this one among them. */
  together: Ticket[];
  waiting: number;
  /** What just happened or did not. */
  told: Html;
  /** What stands in the field. */
  text: string;
  /** Somebody was faster: sending needs to be meant once more. */
  again: boolean;
  sent: boolean;
  /** After an answer: the free question that is due first; null when none waits. */
  next: number | null;
  /** What stands beside the answer. */
  extras: Html;
};

/** One ticket: the talk, the answer, and what helps with it. */
export function ticketPage(look: Look, view: TicketView): Html {
  const say = sayer(look);
  const { ticket, account } = view;
  const title = say('ticket.title', { id: ticket.id });
  const body = html`<div class="head"><a class="btn back" href="/staff" aria-label="${say('ticket.back')}">${icon('back')}</a>
<h1>${title}</h1>${mark(stateMark(say, ticket, account.id))}</div>
${view.told}${view.next === null ? NOTHING : html`<p><a class="btn main" href="/staff/ticket/${view.next}">${icon('down')}${say('ticket.next')}</a></p>`}<div role="status"><a class="btn fresh" id="fresh" hidden href="/staff/ticket/${ticket.id}" data-see="ticket=${ticket.id}&amp;version=${ticket.version}">${icon('down')}<span></span></a></div>
<div class="cols tk" id="ticket" data-account="${account.id}" data-ticket="${ticket.id}" data-sent="${view.sent ? 'yes' : 'no'}"><div class="gap">
${arrivals(look, view.together, view.hours)}<section class="sheet" aria-label="${say('ticket.talk')}">
<div class="row">${ticket.state === 'open' || ticket.state === 'taken' ? mark(dueMark(say, ticket, look.nowMs())) : NOTHING}<span class="meta">${origin(look, say, ticket).map((word) => html`<span>${word}</span>`)}</span></div>
<p class="said"><b>${ticket.kind === 'sensitive' && ticket.question !== null ? ticket.question : headline(look, ticket)}</b></p>
<ol class="talk">${view.talk.map((message) => said(look, say, message, ticket.id))}</ol></section>
${compose(look, say, view)}${speak(say, view)}</div>
<div class="gap side">${why(say, view)}${near(say, view)}${view.passages}${learnSection(say, view)}${view.extras}${past(look, say, view)}</div></div>`;
  return page(look, { title, at: 'inbox', waiting: view.waiting, body });
}

function compose(look: Look, say: Say, view: TicketView): Html {
  const { ticket, account } = view;
  const held = ticket.state === 'taken' && ticket.holder?.id !== account.id;
  const key = (value: string, words: string, style: string, drawing: Html = NOTHING): Html => html`<button class="btn ${style}" name="do" value="${value}">${drawing}${words}</button>`;
  const erased = ticket.personState === 'erased';
  const [arriving, shut] = [arrives(look, say, view), shutAmong(look, view.alike, view.hours)];
  const described = [arriving === NOTHING ? '' : 'arrives ', shut === NOTHING ? '' : 'shut ', 'under'].join('');
  return html`<form class="sheet compose" id="compose" method="post" action="/staff/ticket/${ticket.id}"><h2>${say('compose.title')}</h2>
<input type="hidden" name="csrf" value="${view.csrf}"><input type="hidden" name="version" value="${ticket.version}">
<label for="a">${say('compose.label')}</label>${arriving}${shut}
<textarea class="field" id="a" name="text" rows="5" maxlength="${ANSWER_LIMIT * 2}" aria-describedby="${described}">${view.text}</textarea>
${together(look, view.alike, view.hours)}
<p class="hint row" id="under"><span class="grow">${say('compose.under', { title: account.title, name: account.name })}</span><span class="num" id="count" data-most="${ANSWER_LIMIT}"></span></p>
${ticket.state === 'closed'
    ? erased ? NOTHING : html`<div class="row">${key('reopen', say('compose.reopen'), 'main')}</div>`
    : html`<div class="row">${key('answer', say(view.again ? 'compose.anyway' : view.alike.length > 0 ? 'compose.sendTogether' : 'compose.send'), 'main grow', icon('send'))}</div>
<div class="row">${ticket.state === 'open' ? key('take', say('compose.take'), '', icon('dia1')) : NOTHING}${held ? key('take', say('compose.takeOver', { name: ticket.holder?.name ?? '' }), '', icon('dia1')) : NOTHING}${ticket.state === 'taken' && !held ? key('return', say('compose.handBack'), '') : NOTHING}${key('close', say('compose.close'), '', icon('sq'))}</div>
<p class="hint">${ticket.heldUntilMs === null ? say('compose.takeTells') : say('compose.speaking', { time: when(ticket.heldUntilMs, look.nowMs()) })}</p>`}</form>`;
}

/** Whether an answer arrives now, said before anybody has written one. */
function arrives(look: Look, say: Say, { ticket, hours }: TicketView): Html {
  if (ticket.personState === 'erased') return NOTHING;
  if (ticket.personState === 'gone') return html`<p class="tell late" id="arrives">${icon('alert')}<span>${say('compose.left')}</span></p>`;
  const window = windowOf(hours(ticket.channel), ticket.lastInboundMs, look.nowMs());
  if (window === null) return NOTHING;
  const channel = say(`channel.${ticket.channel}`);
  if (!window.open) return html`<p class="tell late" id="arrives">${icon('alert')}<span>${say('compose.windowShut', { channel, hours: window.hours })}</span></p>`;
  const isSoon = window.untilMs - look.nowMs() < SOON_SHUT_MS;
  const words = say('compose.windowOpen', { channel, time: when(window.untilMs, look.nowMs()), hours: window.hours });
  return isSoon ? html`<p class="tell soon" id="arrives">${icon('clock')}<span>${words}</span></p>` : html`<p class="hint" id="arrives">${words}</p>`;
}

/** From here on it is said that the channel soon takes no answer any more. */
const SOON_SHUT_MS = 6 * 3_600_000;

function said(look: Look, say: Say, message: HeldMessage, ticketId: number): Html {
  const time = when(message.atMs, look.nowMs());
  if (message.direction === 'in') {
    const words = message.content === null ? say('ticket.gone') : contentWords(say, message.content);
    return html`<li class="res">
<div class="b"><span class="by">${say('ticket.resident', { time })}</span><span class="said">${words}</span>${message.content?.kind === 'voice' ? player(say, `/staff/ticket/${ticketId}/voice/${message.inboxId}`) : NOTHING}</div></li>`;
  }
  const layout = message.piece?.layout;
  const person = layout?.form === 'person' ? layout : null;
  const fate = message.state === 'sent' ? null : message.state === 'queued' || message.state === 'sending' ? say('ticket.queued') : say('ticket.unsent');
  return html`<li class="${person === null ? 'bot' : 'stf'}">
<div class="b"><span class="by">${person === null ? say('ticket.machine', { time }) : say('ticket.staff', { time, name: person.name })}${fate === null ? NOTHING : html` (${fate})`}</span><span class="said"${message.piece === null || message.piece.lang === 'vi' ? NOTHING : raw(` lang="${message.piece.lang}"`)}>${person?.body ?? message.piece?.text ?? say('ticket.gone')}</span>${message.piece?.voice === undefined ? NOTHING : player(say, `/nghe/${message.piece.voice.id}/giong.mp3`)}</div></li>`;
}

/** Loads nothing before it is pressed. */
function player(say: Say, address: string): Html {
  return html`<audio class="play" controls preload="none" src="${address}" aria-label="${say('voice.listen')}"></audio>`;
}

/** What may be spoken to somebody: the languages of the hills, Vietnamese, and their own. */
function spokenFor(lang: Lang): Lang[] {
  return LANGS.filter((known) => known === lang || known !== 'en');
}

/** Answering by voice: a form of its own, because it carries a file. */
function speak(say: Say, view: TicketView): Html {
  const { ticket } = view;
  if (ticket.state === 'closed' || ticket.personState === 'erased') return NOTHING;
  return html`<details class="sheet"><summary>${icon('mic')}${say('voice.answer')}</summary>
<form class="compose" method="post" action="/staff/ticket/${ticket.id}/voice" enctype="multipart/form-data">
<input type="hidden" name="csrf" value="${view.csrf}"><input type="hidden" name="version" value="${ticket.version}">${recorder(say, 'voice')}
<label for="vl">${say('voice.spoken')}</label><select class="field" id="vl" name="lang">${spokenFor(ticket.lang).map((lang) => html`<option value="${lang}"${lang === ticket.lang ? raw(' selected') : NOTHING}>${say(`language.${lang}`)}</option>`)}</select>
<label for="vt">${say('voice.words')}</label><input class="field" id="vt" name="text" maxlength="500" autocomplete="off">
<p class="hint">${say(ticket.lang === 'vi' ? 'voice.howSent' : 'voice.howSentIn', { language: say(`language.${ticket.lang}`) })}</p>
<div class="row"><button class="btn main grow">${icon('send')}${say('voice.send')}</button></div></form></details>`;
}

function contentWords(say: Say, content: Extract<HeldMessage, { direction: 'in' }>['content'] & object): string {
  switch (content.kind) {
    case 'text':
      return content.text;
    case 'button':
      return say('ticket.notText', { kind: content.value });
    case 'voice':
    case 'start':
    case 'stop':
      return say('ticket.notText', { kind: content.kind });
    case 'image':
    case 'sticker':
    case 'location':
    case 'file':
      return content.caption ?? say('ticket.notText', { kind: content.kind });
  }
}

const KNOWN_REASONS = ['none-of-these', 'not-what-was-meant', 'pressed', 'card-expired', 'not-handled', 'left-behind'] as const;

function why(say: Say, { ticket, offered }: TicketView): Html {
  const known = KNOWN_REASONS.find((reason) => ticket.reasons.includes(reason));
  const kind = ticket.kind === 'danger' || ticket.kind === 'sensitive' || ticket.kind === 'media' ? ticket.kind : 'other';
  return html`<section class="sheet"><h2>${say('ticket.why')}</h2>
<p>${say(`reason.${known ?? kind}`)}</p>${offered.length === 0 ? NOTHING : html`<p class="quiet small">${say('ticket.offered', { cards: offered.join('; ') })}</p>`}</section>`;
}

function near(say: Say, view: TicketView): Html {
  if (view.ticket.state === 'closed') return NOTHING;
  return html`<section class="sheet">
<h2>${say('ticket.near')}</h2>${view.near.length === 0 ? html`<p class="quiet">${say('ticket.noNear')}</p>` : html`<ul class="cards">${view.near.map((card) => html`<li><b>${card.question}</b>
<p class="quiet small said">${card.answer}</p>
<div class="row"><button class="btn" form="compose" name="do" value="card:${card.id}" aria-label="${say('ticket.useLabel', { card: card.question })}">${icon('card')}${say('ticket.use')}</button></div></li>`)}</ul>`}</section>`;
}

function past(look: Look, say: Say, view: TicketView): Html {
  const line = (entry: AuditEntry): string => {
    const deed = DEEDS.find((known) => known === entry.what);
    const what = deed === 'moved' ? say('deed.movedTo', { to: movedTo(say, entry.detail) }) : deed !== undefined && isTold(deed) ? say(`deed.${deed}`) : entry.what;
    const time = when(entry.atMs, look.nowMs());
    return entry.accountName === null ? say('ticket.line', { time, what }) : say('ticket.lineBy', { time, what, name: entry.accountName });
  };
  return html`<section class="sheet"><details><summary>${say('ticket.history')}</summary>
<ul>${view.history.map((entry) => html`<li class="small">${line(entry)}</li>`)}</ul></details></section>`;
}

/** `health > food` as people read it. */
function movedTo(say: Say, detail: string): string {
  const domain = DOMAINS.find((known) => detail.endsWith(`> ${known}`));
  return domain === undefined ? '' : say(`domain.${domain}`);
}

const TOLD = ['opened', 'read', 'taken', 'handed-back', 'answered', 'delivered', 'closed', 'reopened', 'moved', 'bot-speaks', 'exported', 'by-hand', 'answer-kept'] as const;

function isTold(deed: string): deed is (typeof TOLD)[number] {
  return (TOLD as readonly string[]).includes(deed);
}
