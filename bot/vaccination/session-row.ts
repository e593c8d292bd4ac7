import { z } from 'zod';
import { isDay, type Day } from '#knowledge/day.ts';
import { ruleMessage } from '#knowledge/wanted.ts';

/**
 * A vaccination session as the store keeps it, one row each: times are minutes since midnight in Vietnam, lists are
 * JSON text, the day is text so that a range is a plain comparison. The primary key is `id`; an index on `day` serves
 * every query.
 */
const sessionRowSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{2,63}$/),
  /** `YYYY-MM-DD`. */
  day: z.custom<Day>((value) => typeof value === 'string' && isDay(value), { error: ruleMessage('day') }),
  from_minute: z.number().int().min(0).max(1_439),
  to_minute: z.number().int().min(1).max(1_440),
  place: z.string().min(2).max(200),
  map_url: z.string().nullable(),
  /** JSON list of village ids; empty: the whole commune. */
  villages: z.string(),
  /** Who is invited, as staff wrote it: ages, groups. */
  who: z.string().max(500),
  /** JSON list of `{ text, rows }`: a vaccine as staff wrote it, and the rows of the schedule table it stands for. */
  vaccines: z.string(),
  /** JSON list of what to bring. */
  bring: z.string(),
  places_left: z.number().int().min(0).nullable(),
  note: z.string().max(1_000).nullable(),
  state: z.enum(['planned', 'cancelled']),
});

export type SessionRow = z.infer<typeof sessionRowSchema>;

const listOfText = z.array(z.string());
const vaccinesSchema = z.array(z.strictObject({ text: z.string(), rows: z.array(z.string()) }));

/** One vaccination session. */
export type Session = {
  id: string;
  day: Day;
  /** Minutes since midnight in Vietnam. */
  fromMinute: number;
  toMinute: number;
  place: string;
  mapUrl: string | null;
  /** Village ids of the place; empty: the whole commune. */
  villages: string[];
  who: string;
  vaccines: { text: string; rows: string[] }[];
  bring: string[];
  placesLeft: number | null;
  note: string | null;
  state: 'planned' | 'cancelled';
};

export function toSessionRow(session: Session): SessionRow {
  return sessionRowSchema.parse({
    id: session.id,
    day: session.day,
    from_minute: session.fromMinute,
    to_minute: session.toMinute,
    place: session.place,
    map_url: session.mapUrl,
    villages: JSON.stringify(session.villages),
    who: session.who,
    vaccines: JSON.stringify(session.vaccines),
    bring: JSON.stringify(session.bring),
    places_left: session.placesLeft,
    note: session.note,
    state: session.state,
  });
}

/** Throws when a stored row breaks the form: what was written was checked, so that is a surprise. */
export function fromSessionRow(raw: unknown): Session {
  const row = sessionRowSchema.parse(raw);
  return {
    id: row.id,
    day: row.day,
    fromMinute: row.from_minute,
    toMinute: row.to_minute,
    place: row.place,
    mapUrl: row.map_url,
    villages: listOfText.parse(JSON.parse(row.villages)),
    who: row.who,
    vaccines: vaccinesSchema.parse(JSON.parse(row.vaccines)),
    bring: listOfText.parse(JSON.parse(row.bring)),
    placesLeft: row.places_left,
    note: row.note,
    state: row.state,
  };
}
