import { html, raw } from 'hono/html';
import type { ChannelName } from '#bot/channels/channel.ts';
import type { Ticket } from '#bot/store/tickets.ts';
import type { Alike } from '#bot/tickets/alike.ts';
import { arrivalOf, reachOf, type Arrival, type WindowHours } from '#bot/tickets/window.ts';
import { icon, NOTHING, sayer, type Html, type Look } from './frame.ts';
import { headline } from './inbox.ts';
import { origin } from './words.ts';

/** One answer for many: who of them it will not reach, said before it is written, and who it has not reached, afterwards. */

/** Above the field: how many of those who ask the same get nothing now. */
export function shutAmong(look: Look, alike: readonly Alike[], hours: WindowHours): Html {
  const say = sayer(look);
  const byReach = Map.groupBy(alike.map(({ ticket }) => ticket), (ticket) => reachOf(ticket, hours, look.nowMs()));
  const left = byReach.get('left')?.length ?? 0;
  const kept = [...Map.groupBy(byReach.get('kept') ?? [], ({ channel }) => channel)];
  if (left === 0 && kept.length === 0) return NOTHING;
  const line = (channel: ChannelName, count: number): string => say('together.shut', { all: alike.length, count, channel: say(`channel.${channel}`), hours: hours(channel) ?? 0 });
  return html`<div class="tell soon" id="shut">${icon('alert')}<div>${kept.map(([channel, tickets]) => html`<p>${line(channel, tickets.length)}</p>`)}${kept.length === 0 ? NOTHING : html`<p class="small">${say('together.shutHow')}</p>`}${left === 0 ? NOTHING : html`<p class="small">${say('together.left', { count: left })}</p>`}</div></div>`;
}

/** Who else asks this: chosen beforehand where the words are the same, offered where they are near. */
export function together(look: Look, alike: readonly Alike[], hours: WindowHours): Html {
  if (alike.length === 0) return NOTHING;
  const say = sayer(look);
  return html`<fieldset class="mini" id="together" data-many="${say('together.sendMany', { count: '#' })}" data-some="${say('together.sendSome', { count: '#', kept: '%' })}">
<legend>${say('together.title', { count: alike.length })}</legend>${alike.map(({ ticket, same }) => {
    const reach = reachOf(ticket, hours, look.nowMs());
    return html`<label class="opt"><input type="checkbox" name="with" value="${ticket.id}:${ticket.version}"${reach === 'left' ? raw(' disabled') : same ? raw(' checked') : NOTHING}${reach === 'kept' ? raw(' data-kept') : NOTHING}><span>${headline(look, ticket)}<span class="meta">${origin(look, say, ticket).map((word) => html`<span>${word}</span>`)}${reach === 'now' ? NOTHING : html`<b>${say(`together.mark.${reach}`)}</b>`}</span></span></label>`;
  })}</fieldset>`;
}

const ORDER: readonly Arrival[] = ['sent', 'going', 'unknown', 'kept', 'left', 'failed'];
/** Who of them somebody may want to telephone. */
const NOT_REACHED = ['unknown', 'kept', 'left', 'failed'] as const satisfies readonly Arrival[];

/** Where one answer to many has got to, and whom it has not reached, each with their question. */
export function arrivals(look: Look, answered: readonly Ticket[], hours: WindowHours): Html {
  if (answered.length < 2) return NOTHING;
  const say = sayer(look);
  const byArrival = Map.groupBy(answered, (ticket) => arrivalOf(ticket, hours, look.nowMs()));
  const counts = ORDER.flatMap((arrival) => (byArrival.has(arrival) ? [{ arrival, count: byArrival.get(arrival)?.length ?? 0 }] : []));
  const missed = NOT_REACHED.flatMap((arrival) => (byArrival.get(arrival) ?? []).map((ticket) => ({ arrival, ticket })));
  return html`<section class="sheet" id="arrivals"><h2>${say('together.arrived', { count: answered.length })}</h2>
<ul>${counts.map(({ arrival, count }) => html`<li>${say(`together.count.${arrival}`, { count })}</li>`)}</ul>
${missed.length === 0 ? NOTHING : html`<h3 class="mini">${say('together.missed')}</h3><p class="small quiet">${say('together.missedHow')}</p>
<ul class="people">${missed.map(({ arrival, ticket }) => html`<li><a href="/staff/ticket/${ticket.id}">${say('ticket.title', { id: ticket.id })}</a> <span class="meta"><b>${say(`together.why.${arrival}`)}</b>${origin(look, say, ticket).map((word) => html`<span>${word}</span>`)}</span></li>`)}</ul>`}</section>`;
}
