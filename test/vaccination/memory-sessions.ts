import { byTime, type Session, type SessionStore } from '#bot/vaccination/sessions.ts';
import { fromSessionRow, toSessionRow, type SessionRow } from '#bot/vaccination/session-row.ts';

/** A session store in memory, of rows in the form that the real one keeps. */
export function memorySessions(): SessionStore & { writes: number } {
  const rows = new Map<string, SessionRow>();
  const store = {
    writes: 0,
    list: (range: { from: string; to: string | null }): Promise<Session[]> =>
      Promise.resolve([...rows.values()].map(fromSessionRow).filter((session) => session.day >= range.from && (range.to === null || session.day <= range.to)).sort(byTime)),
    upsert: (sessions: readonly Session[]): Promise<void> => {
      store.writes += sessions.length;
      for (const session of sessions) rows.set(session.id, toSessionRow(session));
      return Promise.resolve();
    },
    cancel: (id: string): Promise<boolean> => {
      const row = rows.get(id);
      if (row !== undefined) rows.set(id, { ...row, state: 'cancelled' });
      return Promise.resolve(row !== undefined);
    },
  };
  return store;
}
