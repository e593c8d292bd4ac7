import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { LoggedIn } from '#bot/accounts/accounts.ts';
import type { Library } from '#bot/documents/search.ts';
import type { Draft } from '#bot/llm/drafter.ts';
import type { KeptPassage } from '#bot/store/documents.ts';
import { countShelves, readTicket, type Ticket } from '#bot/store/tickets.ts';
import { ANSWER_LIMIT } from '#bot/tickets/desk.ts';
import { actorOf, type DeskTools } from '../desk-pages.ts';
import { icon, NOTHING, notice, page, sayer, type Html, type Look, type Say } from '../frame.ts';

/** Help with writing an answer: the nearest passages of the station's documents and, where a model is configured, a draft. */

export type Writing = {
  library: Library;
  /** A draft from numbered sources; it takes out itself what must not leave. Null where no model is configured. */
  draft: ((question: string, sources: readonly string[]) => Promise<Draft | null>) | null;
};

const PASSAGES = 3;
const CARDS = 3;
/** Of these nothing is looked up and nothing goes to a model: they are one person's own, or cannot wait. */
const NOT_HELPED: readonly Ticket['kind'][] = ['sensitive', 'danger', 'rights'];

/** What stands beside a ticket. */
export async function passagesAside(look: Look, writing: Writing, ticket: Ticket): Promise<Html> {
  const say = sayer(look);
  if (ticket.state === 'closed' || NOT_HELPED.includes(ticket.kind) || ticket.question === null || ticket.question.trim() === '') return NOTHING;
  const passages = await writing.library.nearest(ticket.question, PASSAGES);
  if (passages.length === 0 && writing.draft === null) return NOTHING;
  return html`<section class="sheet">
<h2>${say('documents.near')}</h2>${passages.length === 0 ? html`<p class="quiet">${say('documents.noNear')}</p>` : html`<ul class="cards">${passages.map((passage) => html`<li>${quoted(say, passage)}</li>`)}</ul>`}${writing.draft === null ? NOTHING : html`<div class="row"><button class="btn" form="compose" formaction="/staff/ticket/${ticket.id}/draft" name="do" value="draft">${icon('edit')}${say('documents.draft')}</button></div>`}</section>`;
}

export function addDraftPage(app: Hono, { deps, look, inside, form, send }: DeskTools): void {
  const { store, writing } = deps;
  const say = sayer(look);

  // Whoever had to log in again comes back this way.
  app.get('/staff/ticket/:id{[0-9]{1,15}}/draft', (c) => inside(c, () => Promise.resolve(c.redirect(`/staff/ticket/${c.req.param('id')}`, 303))));

  app.post('/staff/ticket/:id{[0-9]{1,15}}/draft', (c) => form(c, async (who, fields) => {
    const id = Number(c.req.param('id'));
    const typed = (fields.get('text') ?? '').replaceAll('\r\n', '\n').normalize('NFC').slice(0, ANSWER_LIMIT * 2);
    const ticket = await store.read((tx) => readTicket(tx, actorOf(who), id));
    if (ticket === null) return c.text(say('problem.notFound'), 404);
    if (writing.draft === null || ticket.question === null || NOT_HELPED.includes(ticket.kind)) return c.redirect(`/staff/ticket/${id}`, 303);
    const cards = deps.knowledge.nearest(ticket.question, CARDS).flatMap((card) => deps.knowledge.card(card, look.nowMs()) ?? []);
    const passages = await writing.library.nearest(ticket.question, PASSAGES);
    const sources = [...cards.map((card): Source => ({ place: say('documents.card', { card: card.question }), text: deps.knowledge.fill(card.answer) })), ...passages.map((passage): Source => ({ place: placeOf(say, passage), text: passage.text }))];
    // Outside any transaction: a model may take its time.
    const draft = await writing.draft(ticket.question, sources.map((source) => `${source.place}\n${source.text}`));
    return show(c, who, { ticket, version: fields.get('version') ?? '', typed, draft, sources });
  }));

  async function show(c: Context, who: LoggedIn, { ticket, version, typed, draft, sources }: { ticket: Ticket; version: string; typed: string; draft: Draft | null; sources: Source[] }): Promise<Response> {
    const waiting = (await store.read((tx) => countShelves(tx, actorOf(who)))).waiting;
    const text = [typed.trimEnd(), draft?.text ?? ''].filter((part) => part !== '').join('\n');
    const back = html`<form method="post" action="/staff/ticket/${ticket.id}"><input type="hidden" name="csrf" value="${who.csrf}">
<input type="hidden" name="version" value="${/^\d{1,9}$/u.test(version) ? version : '0'}">`;
    const body = html`<div class="head"><h1>${say('documents.draftTitle', { id: ticket.id })}</h1></div><div class="gap inbox">
<section class="sheet"><p class="said"><b>${ticket.question ?? ''}</b></p></section>
${draft === null ? notice('soon', say('documents.noDraft')) : html`${notice('soon', say('documents.isDraft'))}
<section class="sheet" aria-label="${say('documents.draftLabel')}">
<p class="said">${draft.text}</p>${draft.unfounded.length === 0 ? NOTHING : notice('late', say('documents.unfounded', { list: draft.unfounded.join('; ') }))}</section>`}
<div class="row">${draft === null ? NOTHING : html`${back}
<input type="hidden" name="text" value="${text}"><button class="btn main" name="do" value="fill">${say('documents.use')}</button></form>`}${back}
<input type="hidden" name="text" value="${typed}"><button class="btn" name="do" value="fill">${say('documents.leave')}</button></form></div>
<section class="sheet"><h2>${say('documents.sources')}</h2>
<ol class="cards">${sources.map((source, i) => html`<li><b>${source.place}</b>${draft?.rests.includes(i + 1) === true ? html` <span class="quiet small">${say('documents.used')}</span>` : NOTHING}<blockquote class="said small">${source.text}</blockquote></li>`)}</ol></section></div>`;
    return send(c, page(look, { title: say('documents.draftTitle', { id: ticket.id }), at: 'inbox', waiting, body }));
  }
}

type Source = { place: string; text: string };

function quoted(say: Say, passage: KeptPassage): Html {
  return html`<b>${placeOf(say, passage)}</b><blockquote class="said small">${passage.text}</blockquote>`;
}

function placeOf(say: Say, { document, heading, position }: KeptPassage): string {
  return heading === '' ? say('documents.place', { document, position }) : say('documents.placeUnder', { document, heading, position });
}
