import { lookRegularly } from '#bot/store/looking.ts';
import { putSession, sessionsBetween } from '#bot/store/sessions.ts';
import type { Store } from '#bot/store/store.ts';
import { addDays, dayOf, type Day } from '#knowledge/day.ts';
import type { Session, SessionStore } from './sessions.ts';

/** A change to the calendar, also one made by the command line or another process, is told within this time. */
const REFRESH_MS = 5_000;

/** Later than any session. */
const FOREVER: Day = '9999-12-31';

/** The calendar as the store keeps it. */
export function sessionStoreOver(store: Store): SessionStore {
  return {
    list: ({ from, to }) => store.read((tx) => sessionsBetween(tx, from, to ?? FOREVER)),
    upsert: (sessions) => store.write(async (tx) => {
      for (const session of sessions) await putSession(tx, session);
    }),
    cancel: (id) => store.write(async (tx) => {
      const session = (await sessionsBetween(tx, '0001-01-01', FOREVER)).find((known) => known.id === id);
      if (session === undefined) return false;
      await putSession(tx, { ...session, state: 'cancelled' });
      return true;
    }),
  };
}

export type LiveSessions = { current: () => readonly Session[]; stop: () => void };

/** The published sessions from yesterday on, kept in memory so that a turn of conversation needs no query. */
export async function watchSessions(store: Store, clock: () => number, onTrouble: (error: unknown) => void): Promise<LiveSessions> {
  const calendar = sessionStoreOver(store);
  const read = (): Promise<Session[]> => calendar.list({ from: addDays(dayOf(clock()), -1), to: null });
  let sessions = await read();
  const { stop } = lookRegularly(async () => { sessions = await read(); }, REFRESH_MS, onTrouble);
  return { current: () => sessions, stop };
}
