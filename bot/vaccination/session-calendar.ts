import ICAL from 'ical.js';
import { clockOf, dayOf, epochOf } from '#knowledge/day.ts';
import { once, rowsNamed, villagesIn, type ImportContext, type LineFault, type ReadLine, type ReadSessions } from './session-import.ts';
import { sessionIdFromUid, type Session } from './sessions.ts';

/**
 * Sessions as iCalendar (RFC 5545), so that a phone's calendar takes them and a calendar kept elsewhere can be brought
 * in. What iCalendar has no field for travels in `X-LOA-…` lines; without them a calendar event is still understood.
 */

const VIETNAM = new Set(['Asia/Ho_Chi_Minh', 'Asia/Saigon', 'Asia/Bangkok', 'Asia/Ha_Noi', 'SE Asia Standard Time']);

/** Repeated events are taken up to this far ahead, and no more than so many of each. */
const REPEAT_DAYS = 366;
const REPEAT_MOST = 60;

/** One calendar file of the sessions given. The same sessions give the same bytes; `summary` is the text of the event. */
export function toCalendar(sessions: readonly Session[], summary: (session: Session) => string, writtenMs: number): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//Loa Lang//vaccination sessions//VI');
  calendar.addPropertyWithValue('method', 'PUBLISH');
  for (const session of sessions) {
    const event = new ICAL.Component('vevent');
    const put = (name: string, value: string | null) => { if (value !== null && value !== '') event.addPropertyWithValue(name, value); };
    event.addPropertyWithValue('uid', `${session.id}@loa-lang`);
    event.addPropertyWithValue('dtstamp', utc(writtenMs));
    event.addPropertyWithValue('dtstart', utc(epochOf(session.day, 0, session.fromMinute)));
    event.addPropertyWithValue('dtend', utc(epochOf(session.day, 0, session.toMinute)));
    put('summary', summary(session));
    put('location', session.place);
    put('description', session.note);
    put('url', session.mapUrl);
    put('status', session.state === 'cancelled' ? 'CANCELLED' : 'CONFIRMED');
    put('x-loa-villages', session.villages.join(';'));
    put('x-loa-who', session.who);
    put('x-loa-vaccines', session.vaccines.map((vaccine) => vaccine.text).join(';'));
    put('x-loa-bring', session.bring.join(';'));
    put('x-loa-places-left', session.placesLeft === null ? null : String(session.placesLeft));
    calendar.addSubcomponent(event);
  }
  return `${calendar.toString()}\r\n`;
}

/** Reads a calendar file; a "line" of the report is the number of the event in it. Repeated events become sessions each. */
export function readSessionCalendar(text: string, context: ImportContext): ReadSessions {
  let events: ICAL.Component[];
  try {
    const calendar = ICAL.Component.fromString(text.trim());
    events = calendar.name === 'vcalendar' ? calendar.getAllSubcomponents('vevent') : [];
  } catch (error) {
    if (error instanceof Error) return { ok: false, code: 'unreadable', missing: [] };
    throw error;
  }
  if (events.length === 0) return { ok: false, code: 'empty', missing: [] };
  const seen = new Set<string>();
  return { ok: true, lines: events.flatMap((event, i) => occurrences(event, i + 1, context).map((line) => once(line, seen))) };
}

function occurrences(component: ICAL.Component, line: number, context: ImportContext): ReadLine[] {
  const event = new ICAL.Event(component);
  const refuse = (field: LineFault['field'], code: LineFault['code'], value: string): ReadLine[] => [{ line, ok: false, faults: [{ field, code, value }] }];
  const start = component.getFirstPropertyValue('dtstart');
  if (!(start instanceof ICAL.Time)) return refuse('day', 'missing', '');
  if (start.isDate) return refuse('hours', 'whole-day', start.toString());
  const startMs = instant(start, zoneOf(component));
  if (startMs === null) return refuse('hours', 'zone', zoneOf(component) ?? '');
  const lengthMs = event.duration.toSeconds() * 1000;
  if (lengthMs <= 0) return refuse('to', 'ends-before', start.toString());
  const villages = villagesIn(textOf(component, 'x-loa-villages'), context);
  if (villages === null) return refuse('villages', 'unknown-village', textOf(component, 'x-loa-villages'));
  const place = textOf(component, 'location') || textOf(component, 'summary');
  if (place.length < 2) return refuse('place', 'missing', place);

  const status = textOf(component, 'status').toUpperCase();
  return starts(event, start, startMs, context.nowMs).map((atMs, i): ReadLine => {
    const day = dayOf(atMs);
    const { hour, minute } = clockOf(atMs);
    const fromMinute = hour * 60 + minute;
    const left = textOf(component, 'x-loa-places-left');
    const session: Session = {
      id: sessionIdFromUid(i === 0 && !event.isRecurring() ? event.uid : `${event.uid}#${day}`),
      day,
      fromMinute,
      toMinute: Math.min(1_440, fromMinute + Math.round(lengthMs / 60_000)),
      place,
      mapUrl: /^https?:\/\/\S+$/.test(textOf(component, 'url')) ? textOf(component, 'url') : null,
      villages,
      who: textOf(component, 'x-loa-who'),
      vaccines: list(textOf(component, 'x-loa-vaccines')).map((vaccine) => ({ text: vaccine, rows: rowsNamed(vaccine, context.rows) })),
      bring: list(textOf(component, 'x-loa-bring')),
      placesLeft: /^\d{1,5}$/.test(left) ? Number(left) : null,
      note: textOf(component, 'description') || null,
      state: status === 'CANCELLED' ? 'cancelled' : 'planned',
    };
    return { line, ok: true, session, stateSaid: status !== '' };
  });
}

/** Every start of the event: one, or the repeated ones from today within a year. */
function starts(event: ICAL.Event, first: ICAL.Time, firstMs: number, nowMs: number): number[] {
  if (!event.isRecurring()) return [firstMs];
  const fromMs = epochOf(dayOf(nowMs));
  const found: number[] = [];
  const iterator = event.iterator(first);
  // A rule may begin years back; ten thousand steps are 27 years of days.
  for (let step = 0; step < 10_000 && found.length < REPEAT_MOST; step++) {
    const next: unknown = iterator.next();
    if (!(next instanceof ICAL.Time)) break;
    const atMs = firstMs + (wall(next) - wall(first));
    if (atMs > nowMs + REPEAT_DAYS * 86_400_000) break;
    if (atMs >= fromMs) found.push(atMs);
  }
  return found;
}

/** Epoch ms of a wall clock as if it were UTC, for differences only. */
function wall(time: ICAL.Time): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
}

/** Epoch ms; a time without zone is Vietnam's. Null for a zone of elsewhere, which would need its history. */
function instant(time: ICAL.Time, zone: string | null): number | null {
  if (time.zone === ICAL.Timezone.utcTimezone) return wall(time);
  return zone === null || VIETNAM.has(zone) ? wall(time) - 7 * 3_600_000 : null;
}

function zoneOf(component: ICAL.Component): string | null {
  const zone: unknown = component.getFirstProperty('dtstart')?.getParameter('tzid');
  return typeof zone === 'string' ? zone : null;
}

function textOf(component: ICAL.Component, name: string): string {
  const value: unknown = component.getFirstPropertyValue(name);
  return typeof value === 'string' ? value.normalize('NFC').trim() : '';
}

function list(text: string): string[] {
  return text.split(';').map((part) => part.trim()).filter((part) => part !== '');
}

function utc(epochMs: number): ICAL.Time {
  return ICAL.Time.fromJSDate(new Date(epochMs), true);
}
