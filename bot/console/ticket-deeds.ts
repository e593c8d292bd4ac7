import type { Hono } from 'hono';
import { html } from 'hono/html';
import { may } from '#bot/accounts/accounts.ts';
import { record } from '#bot/store/audit.ts';
import type { HeldMessage } from '#bot/store/held.ts';
import type { Tx } from '#bot/store/schema.ts';
import { DOMAINS } from '#bot/store/tables/staff.ts';
import { markRightDone, rightsRequests } from '#bot/store/rights.ts';
import { addCanned, cannedReplies, dropCanned, endAnswers, keepAnswer, standingAnswers } from '#bot/store/station-words.ts';
import { isToken, spokenOf } from '#bot/store/spoken.ts';
import { countShelves, listReports, readTicket, type Reader, type Ticket } from '#bot/store/tickets.ts';
import { move, ownWords } from '#bot/tickets/desk.ts';
import { actorOf, type DeskTools } from './desk-pages.ts';
import { NOTHING, notice, page, sayer } from './frame.ts';
import type { ExtrasView } from './ticket-extras.ts';
import { when } from './words.ts';

/** Deeds beside the answer: moving a ticket, keeping its answer for who asks later, sentences used often, and the export of reports. */

const REPORTED_FOR_MS = 90 * 24 * 3_600_000;
const KEPT_LIMIT = 2_000;

/** What the ticket's page shows besides the talk. */
export async function extrasOf(tx: Tx, ticket: Ticket, talk: readonly HeldMessage[]): Promise<Omit<ExtrasView, 'csrf' | 'ticket'>> {
  const answered = ticket.answeredMs !== null
    ? talk.flatMap((message) => (message.direction === 'out' && message.piece?.layout.form === 'person' ? [message.piece] : [])).at(-1) ?? null
    : null;
  return { canned: await cannedReplies(tx), kept: answered === null ? null : (await standingAnswers(tx)).find((each) => each.ticketId === ticket.id) ?? null, lastAnswer: answered === null ? null : { words: ownWords(answered), voice: answered.voice ?? null }, right: ticket.kind === 'rights' ? (await rightsRequests(tx, { ticketId: ticket.id }))[0] ?? null : null };
}

export function addTicketDeeds(app: Hono, { deps, look, inside, form, send }: DeskTools, changed: () => void): void {
  const { store, texts } = deps;
  const say = sayer(look);

  app.post('/staff/ticket/:id{[0-9]{1,15}}/move', (c) => form(c, async (who, fields) => {
    const domain = DOMAINS.find((known) => known === fields.get('domain'));
    const seen = { ticketId: Number(c.req.param('id')), version: Number(/^\d{1,9}$/u.exec(fields.get('version') ?? '')?.[0] ?? -1) };
    if (domain === undefined) return c.redirect(`/staff/ticket/${seen.ticketId}`, 303);
    const deed = await store.write((tx) => move(tx, texts, actorOf(who), seen, domain));
    if (!deed.ok) return deed.why === 'not-found' ? c.text(say('problem.notFound'), 404) : c.redirect(`/staff/ticket/${seen.ticketId}?told=stale`, 303);
    changed();
    return c.redirect(`/staff?told=moved&id=${seen.ticketId}`, 303);
  }));

  app.post('/staff/ticket/:id{[0-9]{1,15}}/keep', (c) => form(c, async (who, fields) => {
    const id = Number(c.req.param('id'));
    const words = (name: string): string => (fields.get(name) ?? '').replaceAll('\r\n', '\n').normalize('NFC').trim().slice(0, KEPT_LIMIT);
    const found = await store.write(async (tx) => {
      const ticket = await readTicket(tx, actorOf(who), id);
      if (ticket === null) return null;
      if (fields.get('do') === 'end') await endAnswers(tx, id);
      else if ((ticket.kind === 'question' || ticket.kind === 'rumour') && words('question') !== '' && words('answer') !== '') {
        const token = fields.get('voice') ?? '';
        const spoken = isToken(token) ? await spokenOf(tx, token) : null;
        const voice = spoken?.ticketId === id ? { voice: { lang: spoken.lang, speaker: spoken.name, sound: spoken.sound } } : {};
        await keepAnswer(tx, { ticketId: id, kind: ticket.kind, question: words('question'), answer: words('answer'), accountId: who.account.id, ...voice });
      }
      return ticket;
    });
    if (found === null) return c.text(say('problem.notFound'), 404);
    changed();
    await deps.voices.refresh();
    return c.redirect(`/staff/ticket/${id}?told=kept`, 303);
  }));

  app.post('/staff/ticket/:id{[0-9]{1,15}}/right', (c) => form(c, async (who) => {
    const id = Number(c.req.param('id'));
    const found = await store.write(async (tx) => {
      const ticket = await readTicket(tx, actorOf(who), id);
      if (ticket !== null && await markRightDone(tx, id)) await record(tx, { accountId: who.account.id, what: 'right-done', ticketId: id });
      return ticket;
    });
    return found === null ? c.text(say('problem.notFound'), 404) : c.redirect(`/staff/ticket/${id}?told=rightDone`, 303);
  }));

  app.get('/staff/canned', (c) => inside(c, async (who) => {
    const { replies, waiting } = await store.read(async (tx) => ({ replies: await cannedReplies(tx), waiting: (await countShelves(tx, actorOf(who))).waiting }));
    const csrf = html`<input type="hidden" name="csrf" value="${who.csrf}">`;
    return send(c, page(look, { title: say('canned.title'), at: 'inbox', waiting, body: html`<div class="head"><h1>${say('canned.title')}</h1></div>
<div class="gap inbox">${replies.length === 0 ? notice('soon', say('canned.none')) : NOTHING}
<section class="sheet"><ul class="people">${replies.map((reply) => html`<li><p class="said">${reply.text}</p>
<form method="post" action="/staff/canned">${csrf}<button class="btn stop" name="do" value="drop:${reply.id}" aria-label="${say('canned.dropLabel', { text: reply.text.slice(0, 60) })}">${say('canned.drop')}</button></form></li>`)}</ul></section>
<form class="sheet compose" method="post" action="/staff/canned"><h2>${say('canned.add')}</h2>${csrf}<label for="text">${say('canned.field')}</label>
<textarea class="field" id="text" name="text" rows="3" maxlength="600" required></textarea>
<div class="row"><button class="btn main" name="do" value="add">${say('canned.go')}</button></div></form></div>` }));
  }));

  app.post('/staff/canned', (c) => form(c, async (who, fields) => {
    const text = (fields.get('text') ?? '').replaceAll('\r\n', '\n').normalize('NFC').trim().slice(0, 600);
    const drop = /^drop:(\d{1,15})$/u.exec(fields.get('do') ?? '')?.[1];
    await store.write(async (tx) => {
      if (drop !== undefined) await dropCanned(tx, Number(drop));
      else if (text !== '') await addCanned(tx, text, who.account.id);
    });
    return c.redirect('/staff/canned', 303);
  }));

  app.get('/staff/reports.csv', (c) => inside(c, async (who) => {
    const reader: Reader = { accountId: who.account.id, domains: may(who.account.role, 'answer') ? who.account.domains : [] };
    const reports = await store.write(async (tx) => {
      const found = await listReports(tx, reader, tx.nowMs - REPORTED_FOR_MS);
      for (const ticket of found) await record(tx, { accountId: who.account.id, what: 'exported', ticketId: ticket.id });
      return found;
    });
    const village = (id: string | null): string => look.place.villages.find((known) => known.id === id)?.name ?? '';
    const rows = reports.map((ticket) => [
      String(ticket.id), say(`kind.${ticket.kind}`), when(ticket.createdMs, 0), ticket.legalDueMs === null ? '' : when(ticket.legalDueMs, 0), village(ticket.villageId), say(`channel.${ticket.channel}`),
      ticket.answeredMs === null ? '' : when(ticket.answeredMs, 0), ticket.holder?.name ?? '', ticket.question ?? '',
    ]);
    c.header('Content-Type', 'text/csv; charset=utf-8');
    c.header('Content-Disposition', 'attachment; filename="bao-24-gio.csv"');
    c.header('Cache-Control', 'no-store');
    return c.body(`\uFEFF${[say('legal.columns').split('|'), ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`);
  }));
}

/** One field of a CSV file by RFC 4180; what a spreadsheet would take for a formula is shown as text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\n\r]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
