import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { LoggedIn } from '#bot/accounts/accounts.ts';
import { newTickets } from '#bot/store/new-tickets.ts';
import { countShelves, readTicket } from '#bot/store/tickets.ts';
import { actorOf, type DeskTools } from './desk-pages.ts';
import { sayer } from './frame.ts';

/**
 * What changed while a page is open: a stream of events, or the same asked for again and again where a stream dies on its
 * way. A page only ever shows a key to press; a list never moves under a finger.
 */
export type News = {
  /** Something may have changed: every open page looks. */
  ring: () => void;
  /** Ends every stream, because the program stops. */
  close: () => void;
  /** Hears of every ring, and of the end; gives what ends it. */
  subscribe: (hear: (end: boolean) => void) => () => void;
};

export function createNews(): News {
  const hearers = new Set<(end: boolean) => void>();
  const tell = (end: boolean): void => {
    for (const hear of [...hearers]) hear(end);
  };
  return {
    ring: () => { tell(false); },
    close: () => { tell(true); },
    subscribe: (hear) => {
      hearers.add(hear);
      return () => {
        hearers.delete(hear);
      };
    },
  };
}

/** What a page is told. `say`: words for its key, null when it shows everything. */
export type Told = { waiting: number; say: string | null; urgent: boolean };

/** Keeps proxies from closing a quiet stream, and notices a login that has ended. */
const HEARTBEAT_MS = 20_000;
const RECONNECT_MS = 3_000;
/** Open pages of one browser, and of all; above that a page asks again and again instead. */
const PER_SESSION = 8;
const ALL = 200;

/** `/staff/events` streams, `/staff/news` tells once; both take what the page shows (`after`, `free`, or `ticket` and `version`). */
export function addNewsPages(app: Hono, { deps, look, insideAny }: Pick<DeskTools, 'deps' | 'look' | 'insideAny'>, whoIs: (c: Context) => Promise<LoggedIn | null>): void {
  const { store, news } = deps;
  const say = sayer(look);
  const open = new Map<string, number>();

  app.get('/staff/news', (c) => insideAny(c, async (who) => c.json(await toldTo(c, who))));

  app.get('/staff/events', (c) => insideAny(c, (who) => {
    const mine = open.get(who.sessionHash) ?? 0;
    const all = [...open.values()].reduce((sum, each) => sum + each, 0);
    if (mine >= PER_SESSION || all >= ALL) return Promise.resolve(c.text('', 503));
    open.set(who.sessionHash, mine + 1);
    // Nginx would hold events back until its buffer is full.
    c.header('X-Accel-Buffering', 'no');
    return Promise.resolve(streamSSE(c, async (stream) => {
      const bell = { rung: true, ended: false, wake: (): void => undefined };
      const ring = (end: boolean): void => {
        bell.rung = true;
        bell.ended ||= end;
        bell.wake();
      };
      const leave = news.subscribe(ring);
      stream.onAbort(() => { ring(true); });
      const heartbeat = setInterval(() => {
        void stream.write(': \n\n');
        ring(false);
      }, HEARTBEAT_MS);
      try {
        await stream.write(`retry: ${RECONNECT_MS}\n\n`);
        let last = '';
        for (;;) {
          if (!bell.rung) await new Promise<void>((resolve) => (bell.wake = resolve));
          bell.rung = false;
          if (bell.ended) return;
          const now = await whoIs(c);
          if (now === null) {
            await stream.writeSSE({ event: 'over', data: JSON.stringify({ say: say('problem.streamOver'), go: say('login.title') }) });
            return;
          }
          const told = JSON.stringify(await toldTo(c, now));
          if (told !== last) await stream.writeSSE({ event: 'news', data: told });
          last = told;
        }
      } finally {
        clearInterval(heartbeat);
        leave();
        const left = (open.get(who.sessionHash) ?? 1) - 1;
        if (left > 0) open.set(who.sessionHash, left);
        else open.delete(who.sessionHash);
      }
    }));
  }));

  async function toldTo(c: Context, who: LoggedIn): Promise<Told> {
    const after = numberOf(c.req.query('after'));
    const ticketId = numberOf(c.req.query('ticket'));
    const found = await store.read(async (tx) => ({
      counts: await countShelves(tx, actorOf(who)),
      fresh: after === null ? null : await newTickets(tx, actorOf(who), after),
      ticket: ticketId === null ? null : await readTicket(tx, actorOf(who), ticketId),
    }));
    const { waiting, free } = found.counts;
    if (found.ticket !== null) return { waiting, urgent: false, say: found.ticket.version === numberOf(c.req.query('version')) ? null : `${say('ticket.changed')}. ${say('ticket.changedKeep')}` };
    if (found.fresh === null) return { waiting, urgent: false, say: null };
    // What was handed back or reopened is no younger than what the page shows, but there is more of it.
    const count = Math.max(found.fresh.count, free - (numberOf(c.req.query('free')) ?? free));
    const urgent = found.fresh.urgent > 0;
    return { waiting, urgent, say: count > 0 ? say(urgent ? 'inbox.freshUrgent' : 'inbox.fresh', { count }) : null };
  }
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/u.test(text) ? Number(text) : null;
}
