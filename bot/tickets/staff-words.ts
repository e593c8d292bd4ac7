import { clockOf, dayOf, readableDay } from '#knowledge/day.ts';
import type { Notice } from '#bot/store/notices.ts';
import type { Ticket } from '#bot/store/tickets.ts';
import type { TextKey, Texts, Values } from '#locales/texts.ts';
import { STAFF_BUTTON, type StaffButton } from './staff-wire.ts';
import { WORDS } from './staff-room.ts';

/** How things read to staff outside the console. Words of residents come in only where the place wants that. */

export type StaffWords = { text: string; buttons: StaffButton[] };

export type WordsDeps = { texts: Pick<Texts, 'say'>; /** `PUBLIC_URL`; null: the console has no address outside. */ publicUrl: string | null; nowMs: number };

/** The card of a ticket in the group: what it is, until when, who has it, and how to answer. `question`: shown when not null. `under`: how many more asked the same and are told with it. `kept`: of all these, whom an answer reaches only when they write again. */
export function cardWords(deps: WordsDeps, ticket: Ticket, question: string | null, inTopic: boolean, { under = 0, kept = 0 } = {}): StaffWords {
  const say = sayer(deps);
  const waits = ticket.state === 'open' || ticket.state === 'taken';
  return {
    text: [
      `${say('notice.line', head(deps, ticket))}${ticket.priority === 'urgent' ? `. ${say('notice.urgent')}` : ''}`,
      waits ? say('notice.waits', { span: span(deps, deps.nowMs - ticket.askedMs), time: when(ticket.dueMs, deps.nowMs) }) : '',
      question === null ? '' : `“${question}”`,
      stateWords(deps, ticket),
      waits && under > 0 ? say('notice.under', { count: under }) : '',
      waits && kept > 0 ? say('notice.kept', { count: kept }) : '',
      waits ? say(inTopic ? 'notice.howTopic' : 'notice.howThread') : '',
      linkTo(deps, ticket.id),
    ].filter((part) => part !== '').join('\n'),
    buttons: buttonsOf(deps, ticket),
  };
}

/** Name of the topic that a ticket gets. */
export function topicName(deps: WordsDeps, ticket: Ticket): string {
  return sayer(deps)('notice.line', head(deps, ticket)).slice(0, 120);
}

/** A notice to one person. Never any words of a resident, and of the sensitive class not even what it is. */
export function privateWords(deps: WordsDeps, notice: Notice, ticket: Ticket): StaffWords {
  const say = sayer(deps);
  const values = { ...head(deps, ticket), span: span(deps, deps.nowMs - ticket.askedMs), time: when(ticket.dueMs, deps.nowMs) };
  const stage = notice.kind === 'half' || notice.kind === 'end' || notice.kind === 'head' ? say(`notice.${notice.kind}`, values) : '';
  const what = ticket.kind === 'sensitive' ? say('notice.sensitive', values) : `${say('notice.line', values)}${ticket.priority === 'urgent' ? `. ${say('notice.urgent')}` : ''}\n${say('notice.waits', values)}`;
  return { text: [stage, what, linkTo(deps, ticket.id)].filter((part) => part !== '').join('\n'), buttons: ticket.state === 'open' ? [{ label: say('notice.take'), value: `${STAFF_BUTTON}take:${ticket.id}` }] : [] };
}

/** A line in the group about a ticket that stands there already. `more`: what the resident wrote besides, where the group reads it. `kept`: of those who were answered, whom the answer reaches only when they write again. */
export function lineWords(deps: WordsDeps, notice: Notice, ticket: Ticket, more: string | null, kept = 0): StaffWords {
  const say = sayer(deps);
  const values = { ...head(deps, ticket), name: ticket.holder?.name ?? '', time: when(ticket.answeredMs ?? deps.nowMs, deps.nowMs), span: span(deps, deps.nowMs - ticket.askedMs) };
  switch (notice.kind) {
    case 'half':
    case 'end':
    case 'head':
      return { text: say(`notice.${notice.kind}`, values), buttons: [] };
    case 'more':
      return { text: more === null ? [say('notice.more', values), linkTo(deps, ticket.id)].filter((part) => part !== '').join('\n') : say('notice.moreSaid', { text: more }), buttons: [] };
    case 'said': {
      const word = WORDS.find((known) => known === notice.detail) ?? 'stale';
      if (word === 'which-language') return { text: say('notice.said.which-language', values), buttons: [ticket.lang, 'vi' as const].map((lang) => ({ label: say('notice.speak', { language: say(`language.${lang}`) }), value: `${STAFF_BUTTON}lang:${lang}:${ticket.id}:${notice.replyTo ?? 0}` })) };
      const again = word === 'held' || word === 'answered' || word === 'stale';
      return { text: [say(`notice.said.${word}`, values), kept > 0 ? say('notice.kept', { count: kept }) : ''].filter((part) => part !== '').join('\n'), buttons: again ? [{ label: say('notice.anyway'), value: `${STAFF_BUTTON}send:${ticket.id}` }] : [] };
    }
    case 'new':
    case 'roster':
    case 'rise':
    case 'missed':
    case 'voice':
      return { text: say('notice.line', values), buttons: [] };
  }
}

/** The Friday reminder. */
export function rosterWords(deps: WordsDeps, monday: string): StaffWords {
  const say = sayer(deps);
  const url = deps.publicUrl === null ? '' : `\n${deps.publicUrl}/staff/roster?week=${monday}`;
  return { text: `${say('notice.roster', { week: monday.split('-').reverse().join('/') })}${url}`, buttons: [] };
}

/** That a sign rises in a village; `detail` is `sign|name of the village|people`. Nothing of anybody is in it. */
export function riseWords(deps: WordsDeps, detail: string): StaffWords {
  const say = sayer(deps);
  const [name = '', village = '', people = ''] = detail.split('|');
  const sign = RISING.find((known) => known === name);
  const url = deps.publicUrl === null ? '' : `\n${deps.publicUrl}/staff/report`;
  return { text: `${say('rise.line', { sign: sign === undefined ? name : say(`rise.sign.${sign}`), village: village === '' ? say('rise.somewhere') : village, people })}${url}`, buttons: [] };
}

/** That rounds of an announcement went out to nobody. */
export function missedWords(deps: WordsDeps, missed: { campaignId: number; title: string; rounds: number }): StaffWords {
  const url = deps.publicUrl === null ? '' : `\n${deps.publicUrl}/staff/campaign/${missed.campaignId}`;
  return { text: `${sayer(deps)('notice.missed', { title: missed.title, count: missed.rounds })}${url}`, buttons: [] };
}

const RISING = ['fever-rash', 'bite', 'no-rice', 'repeated'] as const;

/** What a message in the group becomes when the resident's words in it have to go and it cannot be taken away. */
export function redactedWords(deps: WordsDeps, ticketId: number): string {
  return sayer(deps)('notice.redacted', { id: ticketId });
}

function buttonsOf(deps: WordsDeps, ticket: Ticket): StaffButton[] {
  const say = sayer(deps);
  const close = { label: say('notice.close'), value: `${STAFF_BUTTON}close:${ticket.id}` };
  switch (ticket.state) {
    case 'open':
      return [{ label: say('notice.take'), value: `${STAFF_BUTTON}take:${ticket.id}` }, close];
    case 'taken':
      return [{ label: say('notice.return'), value: `${STAFF_BUTTON}return:${ticket.id}` }, close];
    case 'answered':
    case 'delivered':
      return [close];
    case 'closed':
      return [];
  }
}

function stateWords(deps: WordsDeps, ticket: Ticket): string {
  const say = sayer(deps);
  const values = { name: ticket.holder?.name ?? '', time: when(ticket.answeredMs ?? ticket.closedMs ?? deps.nowMs, deps.nowMs) };
  switch (ticket.state) {
    case 'open':
      return say('state.open');
    case 'taken':
      return say('state.taken', values);
    case 'answered':
    case 'delivered':
      return say(ticket.state === 'answered' ? 'notice.answered' : 'notice.delivered', values);
    case 'closed':
      return say('state.closed');
  }
}

function head(deps: WordsDeps, ticket: Ticket): { id: number; kind: string; domain: string } {
  const say = sayer(deps);
  return { id: ticket.id, kind: say(`kind.${ticket.kind}`), domain: say(`domain.${ticket.domain}`) };
}

function linkTo({ publicUrl }: WordsDeps, ticketId: number): string {
  return publicUrl === null ? '' : `${publicUrl}/staff/ticket/${ticketId}`;
}

type Key = TextKey extends infer K ? (K extends `console:${infer Rest}` ? Rest : never) : never;

function sayer({ texts }: WordsDeps): (key: Key, values?: Values) => string {
  return (key, values) => texts.say('vi', `console:${key}`, values);
}

/** `7:42` today, `7:42 22/11/2026` on another day. */
function when(atMs: number, nowMs: number): string {
  const { hour, minute } = clockOf(atMs);
  const time = `${hour}:${String(minute).padStart(2, '0')}`;
  return dayOf(atMs) === dayOf(nowMs) ? time : `${time} ${readableDay(dayOf(atMs))}`;
}

function span(deps: WordsDeps, ms: number): string {
  const say = sayer(deps);
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  if (minutes < 60) return say('due.minutes', { minutes });
  return minutes % 60 === 0 ? say('due.hours', { hours: minutes / 60 }) : say('due.hoursMinutes', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
