import { clockOf, dayOf, readableDay } from '#knowledge/day.ts';
import type { Ticket } from '#bot/store/tickets.ts';
import type { IconName, Look, Say } from './frame.ts';

/** How times, spans and states read in the console. */

const MINUTE_MS = 60_000;
/** From here on an answer is called soon due. */
const SOON_MS = 30 * MINUTE_MS;

/** `7:42` today, `7:42 22/11/2026` on another day. */
export function when(atMs: number, nowMs: number): string {
  const { hour, minute } = clockOf(atMs);
  const time = `${hour}:${String(minute).padStart(2, '0')}`;
  return dayOf(atMs) === dayOf(nowMs) ? time : `${time} ${readableDay(dayOf(atMs))}`;
}

/** A span in the words of a clock: minutes, hours and minutes, days. Never less than a minute. */
export function span(say: Say, ms: number): string {
  const minutes = Math.max(1, Math.ceil(Math.abs(ms) / MINUTE_MS));
  if (minutes < 60) return say('due.minutes', { minutes });
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return say('due.days', { days: Math.floor(hours / 24) });
  return minutes % 60 === 0 ? say('due.hours', { hours }) : say('due.hoursMinutes', { hours, minutes: minutes % 60 });
}

export type Mark = { tone: '' | 'late' | 'soon' | 'free' | 'mine' | 'ok' | 'urgent'; icon: IconName; words: string };

/** How the promised time stands; late is from the very minute that was told to the resident. */
export function dueMark(say: Say, ticket: Pick<Ticket, 'dueMs'>, nowMs: number): Mark {
  const leftMs = ticket.dueMs - nowMs;
  if (leftMs < 0) return { tone: 'late', icon: 'clock', words: say('due.late', { span: span(say, leftMs) }) };
  return { tone: leftMs <= SOON_MS ? 'soon' : '', icon: 'clock', words: say('due.left', { span: span(say, leftMs) }) };
}

/** Where the ticket stands. */
export function stateMark(say: Say, ticket: Ticket, accountId: string): Mark {
  switch (ticket.state) {
    case 'open':
      return { tone: 'free', icon: 'dia0', words: say('state.open') };
    case 'taken':
      return { tone: 'mine', icon: 'dia1', words: ticket.holder?.id === accountId ? say('state.mine') : say('state.taken', { name: ticket.holder?.name ?? '' }) };
    case 'answered':
      if (ticket.delivery?.state === 'unknown') return { tone: 'soon', icon: 'alert', words: say('state.unknown') };
      return ticket.delivery?.state === 'failed' ? { tone: 'late', icon: 'alert', words: say('state.unsent') } : { tone: 'ok', icon: 'dia2', words: say('state.answered') };
    case 'delivered':
      return { tone: 'ok', icon: 'diac', words: say('state.delivered') };
    case 'closed':
      return { tone: '', icon: 'sq', words: say('state.closed') };
  }
}

/** Where the question comes from, in a few words: village, language other than Vietnamese, channel. */
export function origin(look: Look, say: Say, ticket: Ticket): string[] {
  const village = look.place.villages.find((known) => known.id === ticket.villageId)?.name;
  return [
    ...(village === undefined ? [] : [village]),
    ...(ticket.lang === 'vi' ? [] : [look.texts.say('vi', `chat:languageName.${ticket.lang}`)]),
    say(`channel.${ticket.channel}`),
    say(`domain.${ticket.domain}`),
  ];
}

/** How the legal clock of a report stands; null for what no law puts a clock on, or what is done. */
export function legalWords(say: Say, ticket: Pick<Ticket, 'legalDueMs' | 'state'>, nowMs: number): string | null {
  if (ticket.legalDueMs === null) return null;
  if (ticket.state === 'closed') return say('legal.done');
  const leftMs = ticket.legalDueMs - nowMs;
  return say(leftMs < 0 ? 'legal.late' : 'legal.left', { span: span(say, leftMs), time: when(ticket.legalDueMs, nowMs) });
}
