import { sql } from 'kysely';
import { z } from 'zod';
import { isDay, type Day } from '#knowledge/day.ts';
import { langSchema, type Lang } from '#knowledge/lang.ts';
import { readJson } from './forms.ts';
import type { Person } from './people.ts';
import type { Rows, Tx } from './schema.ts';

/**
 * Children whose parents asked to be reminded, and the reminders themselves. What is known of a child is sealed with
 * the parent's key and goes when the parent withdraws, leaves or is erased.
 */

const daySchema = z.custom<Day>((value) => typeof value === 'string' && isDay(value));

const childSchema = z.strictObject({
  /** What the child is called at home; empty when the parent did not say. */
  nickname: z.string().max(40),
  birth: daySchema,
  /** Rows of the schedule table that were given; `on` null: nobody said the day. */
  given: z.array(z.strictObject({ id: z.string(), on: daySchema.nullable() })),
  /** Rows that the parent was already told are long late: each is told once. */
  lateTold: z.array(z.string()),
});

/** What is known of one child. */
export type Child = z.infer<typeof childSchema>;

export type KeptChild = { id: number; child: Child };

/** A child as the round of reminders meets it, with what decides about the parent. */
export type ChildOfPerson = KeptChild & { personId: string; villageId: string | null; lang: Lang };

/** A parent tells of at most so many; more would be somebody playing. */
const CHILDREN_MOST = 12;

/** The child's id; null when the person has told of as many as anybody may. */
export async function addChild(tx: Tx, person: Person, child: Child): Promise<number | null> {
  const { count } = await tx.db.selectFrom('children').select(({ fn }) => fn.countAll<number>().as('count')).where('person_id', '=', person.id).executeTakeFirstOrThrow();
  if (count >= CHILDREN_MOST) return null;
  const row = await tx.db.insertInto('children').values({ person_id: person.id, child_sealed: sealed(tx, person, child), created_ms: tx.nowMs }).returning('id').executeTakeFirstOrThrow();
  return row.id;
}

export async function childrenOf(tx: Tx, person: Person): Promise<KeptChild[]> {
  const rows = await tx.db.selectFrom('children').select(['id', 'child_sealed']).where('person_id', '=', person.id).orderBy('id').execute();
  return rows.map((row) => ({ id: row.id, child: readJson(childSchema, tx.ring.open(person.key, 'child', row.child_sealed)) }));
}

export async function changeChild(tx: Tx, person: Person, id: number, child: Child): Promise<void> {
  await tx.db.updateTable('children').set({ child_sealed: sealed(tx, person, child) }).where('id', '=', id).where('person_id', '=', person.id).execute();
}

/** A child who has grown out of the table is no longer kept. */
export async function dropChild(tx: Tx, personId: string, id: number): Promise<void> {
  await tx.db.deleteFrom('children').where('id', '=', id).where('person_id', '=', personId).execute();
}

/** Nothing of the person's children remains, and nothing of what they were reminded of. */
export async function dropChildren(tx: Rows, personId: string): Promise<void> {
  await tx.db.deleteFrom('children').where('person_id', '=', personId).execute();
  await tx.db.updateTable('reminders').set({ doses_sealed: null }).where('person_id', '=', personId).execute();
}

/**
 * A page of children of people who can be written to, by person and then by age in the store; a person's children are
 * always together on one page. `next` goes on from there; null at the end.
 */
export async function childrenPage(tx: Tx, after: string, limit: number): Promise<{ children: ChildOfPerson[]; next: string | null }> {
  const rows = await tx.db.selectFrom('children')
    .innerJoin('residents', 'residents.id', 'children.person_id').innerJoin('keys', 'keys.person_id', 'children.person_id')
    .select(['children.id', 'children.person_id', 'children.child_sealed', 'residents.village_id', 'residents.lang', 'keys.master_id', 'keys.wrapped'])
    .where('children.person_id', '>', after).where('residents.state', '=', sql.lit<'active'>('active'))
    .orderBy('children.person_id').orderBy('children.id').limit(limit + CHILDREN_MOST).execute();
  const full = rows.length > limit;
  const cut = rows[limit]?.person_id;
  const taken = full ? rows.filter((row, at) => at < limit && row.person_id !== cut) : rows;
  const children = taken.map((row) => {
    const key = tx.ring.unwrap(row.person_id, { masterId: row.master_id, wrapped: row.wrapped });
    return {
      id: row.id, personId: row.person_id, villageId: row.village_id, lang: langSchema.parse(row.lang),
      child: readJson(childSchema, tx.ring.open(key, 'child', row.child_sealed)),
    };
  });
  return { children, next: full ? (taken.at(-1)?.person_id ?? null) : null };
}

/** The doses that one reminder named, child by child. */
const dosesSchema = z.array(z.strictObject({ childId: z.number(), rows: z.array(z.string()) }));
export type RemindedDoses = z.infer<typeof dosesSchema>;

export type NewReminder = {
  /** Written once for all time: who writes it twice, writes nothing the second time. */
  key: string;
  sessionId: string | null;
  /** The day of the session, or the day on which lateness was told. */
  day: Day;
  doses: RemindedDoses;
  /** The session's day, hours and place in this reminder, in a form that two are compared by; null: no session. */
  told: string | null;
};

/** The reminder's id; null when its key was there. */
export async function addReminder(tx: Tx, person: Person, reminder: NewReminder): Promise<number | null> {
  const row = await tx.db.insertInto('reminders').values({
    key: reminder.key, person_id: person.id, session_id: reminder.sessionId, day: reminder.day,
    doses_sealed: tx.ring.seal(person.key, 'reminder', JSON.stringify(reminder.doses)), created_ms: tx.nowMs, cancelled_ms: null, told: reminder.told,
  }).onConflict((c) => c.column('key').doNothing()).returning('id').executeTakeFirst();
  return row?.id ?? null;
}

/** What one of the person's own reminders was about; null when it is not theirs or its words are gone. */
export async function reminderOf(tx: Tx, person: Person, id: number): Promise<{ sessionId: string | null; day: Day; doses: RemindedDoses } | null> {
  const row = await tx.db.selectFrom('reminders').select(['session_id', 'day', 'doses_sealed']).where('id', '=', id).where('person_id', '=', person.id).executeTakeFirst();
  if (!row?.doses_sealed) return null;
  return { sessionId: row.session_id, day: daySchema.parse(row.day), doses: readJson(dosesSchema, tx.ring.open(person.key, 'reminder', row.doses_sealed)) };
}

/** The person's latest reminder since then that still has its words; null when there is none. */
export async function openReminder(tx: Tx, personId: string, sinceMs: number): Promise<number | null> {
  const row = await tx.db.selectFrom('reminders').select('id').where('person_id', '=', personId).where('created_ms', '>', sinceMs)
    .where('doses_sealed', 'is not', null).orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row?.id ?? null;
}

/** When the person was last reminded of anything (epoch ms); null: never. */
export async function lastRemindedMs(tx: Tx, personId: string): Promise<number | null> {
  const row = await tx.db.selectFrom('reminders').select(({ fn }) => fn.max('created_ms').as('at')).where('person_id', '=', personId).executeTakeFirst();
  return row?.at ?? null;
}

/** Who was reminded since then, so that a round need not look at each of them again. */
export async function remindedSince(tx: Tx, sinceMs: number): Promise<Set<string>> {
  const rows = await tx.db.selectFrom('reminders').select('person_id').where('created_ms', '>', sinceMs).execute();
  return new Set(rows.map((row) => row.person_id));
}

/** Reminders of a session whose people have not been told that it is off. */
export async function remindersOfSession(tx: Tx, sessionId: string, limit: number): Promise<{ id: number; personId: string; key: string }[]> {
  return tx.db.selectFrom('reminders').select(['id', 'person_id as personId', 'key']).where('session_id', '=', sessionId).where('cancelled_ms', 'is', null).orderBy('id').limit(limit).execute();
}

/** Reminders of a session whose people were told another day, hour or place than `now`. */
export async function remindersToldOtherwise(tx: Tx, sessionId: string, now: string, limit: number): Promise<{ id: number; personId: string; key: string }[]> {
  return tx.db.selectFrom('reminders').select(['id', 'person_id as personId', 'key']).where('session_id', '=', sessionId)
    .where('cancelled_ms', 'is', null).where('told', 'is not', null).where('told', '!=', now).orderBy('id').limit(limit).execute();
}

/** From here on the person counts as told so; true for the one who marks it first. */
export async function markToldOtherwise(tx: Tx, id: number, told: string, day: Day): Promise<boolean> {
  const result = await tx.db.updateTable('reminders').set({ told, day }).where('id', '=', id).where('told', '!=', told).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** True for the one who marks it first. */
export async function markCancelled(tx: Tx, id: number): Promise<boolean> {
  const result = await tx.db.updateTable('reminders').set({ cancelled_ms: tx.nowMs }).where('id', '=', id).where('cancelled_ms', 'is', null).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

function sealed(tx: Tx, person: Person, child: Child): Uint8Array {
  return tx.ring.seal(person.key, 'child', JSON.stringify(childSchema.parse(child)));
}
