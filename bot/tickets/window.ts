import type { ChannelName } from '#bot/channels/channel.ts';
import type { Ticket } from '#bot/store/tickets.ts';

/** Whether an answer of staff arrives now: what the channel says of its own hours, and whether the person is still there. */

/** For how many hours after a person's last word a channel takes answers of staff; null: for ever, or it is off. */
export type WindowHours = (channel: ChannelName) => number | null;

/** Until when the channel takes an answer to this person (epoch ms), of how many hours after their last word; null: at any time. */
export type ReplyWindow = { hours: number; untilMs: number; open: boolean } | null;

/** `hours`: for how long the channel takes answers; `lastInboundMs` null: the person has never acted, as far as we know. */
export function windowOf(hours: number | null, lastInboundMs: number | null, nowMs: number): ReplyWindow {
  if (hours === null) return null;
  const untilMs = (lastInboundMs ?? 0) + hours * 3_600_000;
  return { hours, untilMs, open: nowMs < untilMs };
}

/** `kept`: the channel takes nothing now, and the answer goes when the person writes again. `left`: they have blocked us, gone or had everything erased. */
export type Reach = 'now' | 'kept' | 'left';

/** Whether what is written now arrives now. */
export function reachOf(ticket: Pick<Ticket, 'channel' | 'lastInboundMs' | 'personState'>, hours: WindowHours, nowMs: number): Reach {
  if (ticket.personState === 'gone' || ticket.personState === 'erased') return 'left';
  return windowOf(hours(ticket.channel), ticket.lastInboundMs, nowMs)?.open === false ? 'kept' : 'now';
}

/** What has become of an answer that was given: it went out, is on its way, its fate is not known, or it has not arrived. */
export type Arrival = 'sent' | 'going' | 'unknown' | 'kept' | 'left' | 'failed';

/** Where an answered ticket's answer is. A shut window is told before the platform has refused, because it will. */
export function arrivalOf(ticket: Ticket, hours: WindowHours, nowMs: number): Arrival {
  const state = ticket.delivery?.state;
  if (ticket.personState === 'erased') return 'left';
  if (state === 'sent') return 'sent';
  if (state === 'unknown') return 'unknown';
  const reach = reachOf(ticket, hours, nowMs);
  if (reach !== 'now') return reach;
  return state === 'failed' ? ticket.delivery?.reason === 'window-closed' ? 'kept' : 'failed' : 'going';
}
