import { html } from 'hono/html';
import type { RightsRequest } from '#bot/store/rights.ts';
import type { Ticket } from '#bot/store/tickets.ts';
import { icon, NOTHING, notice, sayer, type Html, type Look } from './frame.ts';
import { when } from './words.ts';

/** Wishes of residents about their own data: what the law gives for each, until somebody says that it is done. */

export function rightDue(look: Look, { csrf, ticket, right }: { csrf: string; ticket: Ticket; right: RightsRequest | null }): Html {
  if (right === null) return NOTHING;
  const say = sayer(look);
  const nowMs = look.nowMs();
  const wish = look.texts.say('vi', `chat:right.${right.right}`);
  if (right.doneMs !== null) return html`<section class="sheet"><h2>${say('right.title')}</h2>
<p>${icon('diac')}${say('right.done', { right: wish, time: when(right.doneMs, nowMs) })}</p></section>`;
  const isLate = right.doneDueMs < nowMs;
  return html`<section class="sheet"><h2>${say('right.title')}</h2>
<p><b>${icon('clock')}${say(isLate ? 'right.late' : 'right.due', { right: wish, time: when(right.doneDueMs, nowMs) })}</b></p>
${ticket.answeredMs === null ? html`<p>${say('right.answer', { time: when(right.answerDueMs, nowMs) })}</p>` : NOTHING}
<p class="quiet small">${say('right.law')}</p>
<form method="post" action="/staff/ticket/${ticket.id}/right">
<input type="hidden" name="csrf" value="${csrf}"><button class="btn">${say('right.go')}</button></form></section>`;
}

/** A line above the inbox while any is not done: tickets close by themselves, the law's span goes on. */
export function rightsWaiting(look: Look, rights: readonly RightsRequest[]): Html {
  const first = rights.find((each) => each.ticketId !== null);
  if (first === undefined) return NOTHING;
  const nowMs = look.nowMs();
  const words = sayer(look)(first.doneDueMs < nowMs ? 'right.waitingLate' : 'right.waiting', { count: rights.length, time: when(first.doneDueMs, nowMs) });
  return notice(first.doneDueMs < nowMs ? 'late' : 'soon', html`<a href="/staff/ticket/${first.ticketId}">${words}</a>`);
}
