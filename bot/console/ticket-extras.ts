import { html, raw } from 'hono/html';
import type { Piece } from '#bot/channels/channel.ts';
import { DOMAINS } from '#bot/store/tables/staff.ts';
import type { CannedReply, StationAnswer } from '#bot/store/station-words.ts';
import type { RightsRequest } from '#bot/store/rights.ts';
import type { Ticket } from '#bot/store/tickets.ts';
import { MOVABLE } from '#bot/tickets/desk.ts';
import { icon, NOTHING, sayer, type Html, type Look } from './frame.ts';
import { rightDue } from './rights.ts';
import { legalWords, when } from './words.ts';

/** What stands beside a ticket besides the answer: the legal clock, sentences used often, moving it, and serving who asks later. */
export type ExtrasView = { csrf: string; ticket: Ticket; canned: CannedReply[]; /** What is kept of this ticket for those who ask later. */ kept: StationAnswer | null; /** The latest answer, if there is one to keep. */ lastAnswer: { words: string; voice: Piece['voice'] | null } | null; /** What the law gives for it, for a wish about personal data. */ right: RightsRequest | null };

/** Kinds of which an answer may serve others; of the rest each is one person's own. */
const KEPT_KINDS: readonly Ticket['kind'][] = ['question', 'rumour'];

export function extras(look: Look, view: ExtrasView): Html {
  return html`${legal(look, view)}${rightDue(look, view)}${canned(look, view)}${keeping(look, view)}${moving(look, view)}`;
}

function legal(look: Look, { ticket }: ExtrasView): Html {
  const say = sayer(look);
  const words = legalWords(say, ticket, look.nowMs());
  return words === null ? NOTHING : html`<section class="sheet"><h2>${say('legal.title')}</h2><p><b>${icon('clock')}${words}</b></p>
<p class="quiet small">${say(ticket.kind === 'vaccine-reaction' ? 'legal.reaction' : 'legal.suspected')}</p>
<p><a class="btn" href="/staff/reports.csv">${say('legal.export')}</a></p></section>`;
}

function canned(look: Look, view: ExtrasView): Html {
  const say = sayer(look);
  if (view.ticket.state === 'closed') return NOTHING;
  return html`<section class="sheet"><details><summary>${say('canned.title')}</summary><ul class="cards">${view.canned.map((reply) => html`<li>
<p class="said small">${reply.text}</p>
<div class="row"><button class="btn" form="compose" name="do" value="canned:${reply.id}" aria-label="${say('canned.useLabel', { text: reply.text.slice(0, 60) })}">${say('canned.use')}</button></div></li>`)}</ul>
<p><a href="/staff/canned">${say('canned.keep')}</a></p></details></section>`;
}

function keeping(look: Look, { csrf, ticket, kept, lastAnswer }: ExtrasView): Html {
  const say = sayer(look);
  if (!KEPT_KINDS.includes(ticket.kind) || lastAnswer === null || ticket.personState === 'erased') return NOTHING;
  const hidden = html`<input type="hidden" name="csrf" value="${csrf}">`;
  if (kept !== null) return html`<section class="sheet"><h2>${say('kept.title')}</h2><p>${say('kept.standing', { until: when(kept.untilMs, look.nowMs()) })}</p>
<p class="quiet small said">${kept.question}</p>
${kept.lang === null ? NOTHING : html`<p class="small">${icon('horn')}${say('kept.spoken', { language: look.texts.say('vi', `chat:languageName.${kept.lang}`) })}</p>`}
<form method="post" action="/staff/ticket/${ticket.id}/keep">${hidden}<button class="btn stop" name="do" value="end">${say('kept.end')}</button></form></section>`;
  return html`<form class="sheet compose" method="post" action="/staff/ticket/${ticket.id}/keep"><h2>${say('kept.title')}</h2>${hidden}
<p>${say('kept.lead')}</p>
<label for="kq">${say('kept.question')}</label><textarea class="field" id="kq" name="question" rows="2" maxlength="1000">${ticket.question ?? ''}</textarea>
<label for="ka">${say('kept.answer')}</label><textarea class="field" id="ka" name="answer" rows="3" maxlength="2000">${lastAnswer.words}</textarea>
${lastAnswer.voice == null ? NOTHING : html`<label class="opt"><input type="checkbox" name="voice" value="${lastAnswer.voice.id}" checked><span>${say('kept.voice', { language: look.texts.say('vi', `chat:languageName.${lastAnswer.voice.lang}`) })}</span></label>`}
<div class="row"><button class="btn" name="do" value="keep">${say('kept.go')}</button></div></form>`;
}

function moving(look: Look, { csrf, ticket }: ExtrasView): Html {
  const say = sayer(look);
  if (!MOVABLE.includes(ticket.kind) || ticket.state === 'closed') return NOTHING;
  return html`<form class="sheet" method="post" action="/staff/ticket/${ticket.id}/move"><input type="hidden" name="csrf" value="${csrf}">
<input type="hidden" name="version" value="${ticket.version}"><label for="domain">${say('moving.label')}</label><div class="row">
<select class="field grow" id="domain" name="domain">${DOMAINS.map((domain) => html`<option value="${domain}"${domain === ticket.domain ? raw(' selected') : NOTHING}>${say(`domain.${domain}`)}</option>`)}</select><button class="btn">${say('moving.go')}</button></div></form>`;
}
