import type { Generated } from 'kysely';
import type { SessionRow } from '#bot/vaccination/session-row.ts';
import type { Sealed } from './column.ts';

// Sessions, children and reminders.

/** Published vaccination sessions; the form of a row belongs to the part that publishes them. */
export type SessionTable = SessionRow;

/** A child whose parent asked to be reminded; everything about the child is sealed with the parent's key. */
export type ChildTable = { id: Generated<number>; person_id: string; child_sealed: Sealed; created_ms: number };

/** A reminder, written once; the row stays when its words are gone, so that nobody is reminded twice. */
export type ReminderTable = {
  id: Generated<number>;
  key: string;
  person_id: string;
  session_id: string | null;
  /** Of the session, or the day on which lateness was told. */
  day: string;
  doses_sealed: Sealed | null;
  created_ms: number;
  /** When the person was told that the session is off. */
  cancelled_ms: number | null;
  /** The session's day, hours and place as the person was last told them; null: no session. */
  told: string | null;
};
