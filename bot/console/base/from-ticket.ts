import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { Editing } from '#bot/base/edit.ts';
import { addVariant, draftCard, isTaught, keepForStaff } from '#bot/base/learn.ts';
import { may } from '#bot/accounts/accounts.ts';
import { readTicket, type Ticket } from '#bot/store/tickets.ts';
import { actorOf, type DeskTools } from '../desk-pages.ts';
import { icon, NOTHING, sayer, type Html, type Say } from '../frame.ts';

/** From a question that the base could not answer: one press makes a draft card, a way of asking, or a question that stays with staff. */

/** The part of a ticket's page. */
export function learnSection(say: Say, view: { ticket: Ticket; csrf: string; near: readonly { id: string; question: string }[] }): Html {
  if (!isTaught(view.ticket)) return NOTHING;
  return html`<section class="sheet"><h2>${say('learn.title')}</h2><p class="hint">${say('learn.lead')}</p>
<form method="post" action="/staff/base/from-ticket/${view.ticket.id}" class="gap"><input type="hidden" name="csrf" value="${view.csrf}">
<ul class="cards">${view.near.map((card) => html`<li><button class="btn wide-btn" name="do" value="variant:${card.id}">${icon('plus')}${say('learn.variant', { card: card.question })}</button></li>`)}</ul>
<div class="row"><button class="btn" name="do" value="card">${icon('card')}${say('learn.card')}</button><button class="btn" name="do" value="outside">${icon('people')}${say('learn.outside')}</button></div></form></section>`;
}

export function addLearning(app: Hono, { deps, look, form }: DeskTools, editing: Editing): void {
  const { store } = deps;
  const say = sayer(look);

  app.post('/staff/base/from-ticket/:id{[0-9]{1,15}}', (c) => form(c, async (who, fields) => {
    const ticket = await store.read((tx) => readTicket(tx, actorOf(who), Number(c.req.param('id'))));
    if (ticket === null || !isTaught(ticket)) return c.text(say('problem.notFound'), 404);
    const wish = fields.get('do') ?? '';
    if (wish === 'card') return c.redirect(`/staff/base/card/${await draftCard(editing, ticket, who.account.id, look.nowMs())}?told=drafted`, 303);
    if (wish === 'outside') {
      const publishes = may(who.account.role, 'publish');
      await keepForStaff(editing, ticket, { accountId: who.account.id, publishes });
      return c.redirect(`/staff/base?show=outside&told=${publishes ? 'outside' : 'outsideWaits'}`, 303);
    }
    const cardId = /^variant:([a-z0-9.-]{3,80})$/u.exec(wish)?.[1];
    if (cardId === undefined || !await addVariant(editing, ticket, cardId, who.account.id)) return c.text(say('base.noCard'), 404);
    return c.redirect(`/staff/base/card/${cardId}?told=variant`, 303);
  }));
}
