import { createHash } from 'node:crypto';
import { clockOf, dayOf, type Day } from '#knowledge/day.ts';
import { fold } from '#knowledge/text.ts';
import type { Session } from './session-row.ts';
import type { When } from './when.ts';

export type { Session };

/** Where sessions are kept. `list` gives them in order of time, cancelled ones too. */
export type SessionStore = {
  list(range: { from: Day; to: Day | null }): Promise<Session[]>;
  /** Writes each under its id, over what was there. */
  upsert(sessions: readonly Session[]): Promise<void>;
  /** Marks as cancelled; false when there is no such session. */
  cancel(id: string): Promise<boolean>;
};

/** A resident is told of at most this many at once. */
const SESSIONS_SHOWN = 3;

export type SessionAnswer =
  /** One to three in the time asked for; `more` says how many others there are. */
  | { kind: 'listed'; sessions: [Session, ...Session[]]; more: number }
  /** None in the time asked for; this is the next one. */
  | { kind: 'next'; session: Session; asked: 'range' | 'past' | 'lunar' }
  /** None is published for this village from now on. */
  | { kind: 'none' };

/**
 * The sessions for a village in the time asked for. `villageId` null: of the whole commune, whichever village. Never
 * one that has ended, never a cancelled one.
 */
export function findSessions(all: readonly Session[], villageId: string | null, when: When, nowMs: number): SessionAnswer {
  const open = all
    .filter((session) => session.state === 'planned' && !hasEnded(session, nowMs))
    .filter((session) => villageId === null || session.villages.length === 0 || session.villages.includes(villageId))
    .sort(byTime);
  const asked = when.kind === 'range' ? open.filter((session) => session.day >= when.from && session.day <= when.to) : when.kind === 'next' ? open.slice(0, SESSIONS_SHOWN) : [];
  const [first, ...rest] = asked;
  if (first !== undefined) return { kind: 'listed', sessions: [first, ...rest.slice(0, SESSIONS_SHOWN - 1)], more: Math.max(0, asked.length - SESSIONS_SHOWN) };
  const next = open[0];
  return next === undefined ? { kind: 'none' } : { kind: 'next', session: next, asked: when.kind === 'next' ? 'range' : when.kind };
}

/** The next session at which one of `rows` is given, or at which staff did not say what is. */
export function sessionFor(all: readonly Session[], villageId: string | null, rows: readonly string[], nowMs: number): Session | null {
  return all
    .filter((session) => session.state === 'planned' && !hasEnded(session, nowMs))
    .filter((session) => villageId === null || session.villages.length === 0 || session.villages.includes(villageId))
    .filter((session) => session.vaccines.length === 0 || session.vaccines.some((vaccine) => vaccine.rows.some((row) => rows.includes(row))))
    .sort(byTime)[0] ?? null;
}

export function hasEnded(session: Session, nowMs: number): boolean {
  const today = dayOf(nowMs);
  if (session.day !== today) return session.day < today;
  const { hour, minute } = clockOf(nowMs);
  return hour * 60 + minute >= session.toMinute;
}

export function byTime(a: Session, b: Session): number {
  return a.day === b.day ? a.fromMinute - b.fromMinute || (a.id < b.id ? -1 : 1) : a.day < b.day ? -1 : 1;
}

/**
 * An id that depends only on what makes a session that session: the day, the hour it begins and the place. Importing
 * the same file again meets the same ids; another closing hour or note changes the session and adds none.
 */
export function sessionId(day: Day, fromMinute: number, place: string): string {
  const key = `${day}|${fromMinute}|${fold(place).toLowerCase().replace(/\s+/g, ' ').trim()}`;
  return `s-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
}

/** A session's id from the id that another calendar gave it. */
export function sessionIdFromUid(uid: string): string {
  const ours = /^(s-[0-9a-f]{12})@/.exec(uid);
  return ours?.[1] ?? `s-${createHash('sha256').update(`uid|${uid}`).digest('hex').slice(0, 12)}`;
}
