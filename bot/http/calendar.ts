import { Hono } from 'hono';
import { hasEnded, type Session } from '#bot/vaccination/sessions.ts';
import type { Texts } from '#locales/texts.ts';

const ALL = '/lich.ics';
const HEADERS = { 'Content-Type': 'text/calendar; charset=utf-8', 'Cache-Control': 'max-age=60', 'X-Content-Type-Options': 'nosniff' };

/** Where the calendar file of one session is served. */
export function calendarPath(sessionId: string): string {
  return `/lich/${sessionId}.ics`;
}

/** Calendar files for residents' phones: one session, or all that are to come. Published by the station, nothing of anybody. */
export function createCalendar(deps: { sessions: () => readonly Session[]; texts: Texts; clock: () => number }): Hono {
  const file = async (sessions: readonly Session[]): Promise<string> => {
    const { toCalendar } = await import('#bot/vaccination/session-calendar.ts');
    return toCalendar(sessions, (session) => deps.texts.say('vi', 'vaccination:calendar.title', { place: session.place }), deps.clock());
  };
  const app = new Hono();
  app.get(ALL, async (c) => c.body(await file(deps.sessions().filter((session) => !hasEnded(session, deps.clock()))), 200, HEADERS));
  app.get('/lich/:file{s-[0-9a-f]{12}\\.ics}', async (c) => {
    const id = c.req.param('file').slice(0, -'.ics'.length);
    const session = deps.sessions().find((known) => known.id === id);
    return session === undefined ? c.notFound() : c.body(await file([session]), 200, HEADERS);
  });
  return app;
}
