import { html, raw } from 'hono/html';
import { hasEnded, type Session } from '#bot/vaccination/sessions.ts';
import { clockText, weekdayName, type Say as VaccinationSay } from '#bot/vaccination/texts.ts';
import { addDays, weekdayOf, type Day } from '#knowledge/day.ts';
import { icon, NOTHING, type Html, type Look, type Say } from '../frame.ts';
import { mark } from '../inbox.ts';
import type { Mark } from '../words.ts';

/** A month of sessions: a table where there is room, a list on a phone. */

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;

export function monthTable(look: Look, say: Say, first: Day, today: Day, sessions: readonly Session[], villagesOf: (session: Session) => string): Html {
  const begin = addDays(first, 1 - weekdayOf(first));
  const next = monthAfter(first);
  const weeks = Array.from({ length: 6 }, (_, week) => addDays(begin, week * 7)).filter((monday) => monday < next);
  const ahead = sessions.filter((session) => session.state === 'planned' && !hasEnded(session, look.nowMs())).length;
  const month = say('calendar.month', { month: Number(first.slice(5, 7)), year: first.slice(0, 4) });
  return html`<section class="only-wide sheet pad0" aria-label="${month}">
<div class="row mon"><a class="btn plain" href="/staff/calendar?month=${addDays(first, -1).slice(0, 7)}" aria-label="${say('calendar.before')}">${icon('back')}</a>
<h2>${month}</h2><a class="btn plain" href="/staff/calendar?month=${next.slice(0, 7)}" aria-label="${say('calendar.after')}">${icon('right')}</a><span class="grow"></span>${mark({ tone: 'mine', icon: 'needle', words: say('calendar.ahead', { count: ahead }) })}</div>
<table class="month"><thead><tr>${WEEKDAYS.map((n) => html`<th scope="col">${say(`weekday.${n}`)}</th>`)}</tr></thead>
<tbody>${weeks.map((monday) => html`<tr>${WEEKDAYS.map((n) => {
  const day = addDays(monday, n);
  const inMonth = day.slice(0, 7) === first.slice(0, 7);
  return html`<td class="${day === today ? 'today' : inMonth ? '' : 'next'}"><span class="d">${Number(day.slice(8))}${inMonth ? NOTHING : `/${Number(day.slice(5, 7))}`}${day === today ? html`<small> ${say('calendar.today')}</small>` : NOTHING}</span>${sessions.filter((session) => session.day === day).map((session) => event(look, say, session, villagesOf))}</td>`;
})}</tr>`)}</tbody></table></section>`;
}

function event(look: Look, say: Say, session: Session, villagesOf: (session: Session) => string): Html {
  const state = stateOf(look, say, session);
  const title = html`<b>${clockText(session.fromMinute)}</b> ${session.state === 'cancelled' ? html`<s>${session.place}</s>` : session.place}`;
  return html`<a class="ev ${state.tone === 'mine' ? 'mine' : state.tone === 'late' ? 'late' : 'ok'}" href="/staff/calendar/session/${session.id}">${title}<span>${state.tone === 'mine' ? villagesOf(session) : state.words}</span></a>`;
}

export function agenda(look: Look, say: Say, spoken: VaccinationSay, today: Day, sessions: readonly Session[], villagesOf: (session: Session) => string): Html {
  const endOfWeek = addDays(today, 7 - weekdayOf(today));
  const parts = [['week', sessions.filter(({ day }) => day <= endOfWeek)], ['nextWeek', sessions.filter(({ day }) => day > endOfWeek && day <= addDays(endOfWeek, 7))], ['further', sessions.filter(({ day }) => day > addDays(endOfWeek, 7))]] as const;
  if (sessions.length === 0) return html`<div class="only-phone sheet empty"><p><b>${say('calendar.none')}</b></p>
<p class="quiet">${say('calendar.willTell')}</p></div>`;
  return html`<div class="only-phone agenda">${parts.map(([name, list]) => (list.length === 0 ? NOTHING : html`<h2 class="lab">${say(`calendar.${name}`)}</h2>
<ul>${list.map((session) => html`<li><a class="ses" href="/staff/calendar/session/${session.id}"><span class="day">${weekdayName(spoken, session.day)}<b>${Number(session.day.slice(8))}</b>${say('calendar.ofMonth', { month: Number(session.day.slice(5, 7)) })}</span><span class="in"><b>${clockText(session.fromMinute)}, ${session.place}</b><span class="quiet">${villagesOf(session)}${session.who === '' ? raw('') : html`. ${session.who}`}</span>${mark(stateOf(look, say, session))}</span></a></li>`)}</ul>`))}</div>`;
}

function stateOf(look: Look, say: Say, session: Session): Mark {
  if (session.state === 'cancelled') return { tone: 'late', icon: 'x', words: say('calendar.state.cancelled') };
  return hasEnded(session, look.nowMs()) ? { tone: 'ok', icon: 'diac', words: say('calendar.state.over') } : { tone: 'mine', icon: 'needle', words: say('calendar.state.planned') };
}

function monthAfter(first: Day): Day {
  return `${addDays(first, 31).slice(0, 7)}-01` as Day;
}
