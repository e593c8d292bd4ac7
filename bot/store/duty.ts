import { addDays, type Day } from '#knowledge/day.ts';
import type { Tx } from './schema.ts';
import type { Domain, DutyLine } from './tables/staff.ts';

/** The weekly duty roster: who is on which line on which day. Days and not weekdays, so that a week that has passed stays as it was. */

export type DutyShift = { id: number; day: string; line: DutyLine; name: string; phone: string; accountId: string | null };

/** The line on which a question of this domain is answered. */
export function lineOf(domain: Domain): DutyLine {
  switch (domain) {
    case 'health':
      return 'health';
    case 'social':
    case 'food':
      return 'support';
    case 'order':
      return 'order';
  }
}

/** Everybody who is on from `day` on for `days` days, in the order in which they were written down. */
export async function shiftsFrom(tx: Tx, day: Day, days: number): Promise<DutyShift[]> {
  const rows = await tx.db.selectFrom('duty_shifts').select(['id', 'day', 'line', 'name', 'phone', 'account_id as accountId'])
    .where('day', '>=', day).where('day', '<', addDays(day, days)).orderBy('day').orderBy('id').execute();
  return rows;
}

/** Writes one person down for some days of a line; a day on which they are there already stays as it is. */
export async function addShifts(tx: Tx, shift: { days: readonly Day[]; line: DutyLine; name: string; phone: string; accountId: string | null }): Promise<void> {
  if (shift.days.length === 0) return;
  await tx.db.insertInto('duty_shifts').values(shift.days.map((day) => ({ day, line: shift.line, name: shift.name, phone: shift.phone, account_id: shift.accountId })))
    .onConflict((c) => c.columns(['day', 'line', 'name', 'phone']).doNothing()).execute();
}

/** Takes somebody off a line for the week that begins on `monday`. */
export async function dropShifts(tx: Tx, what: { monday: Day; line: DutyLine; name: string; phone: string }): Promise<void> {
  await tx.db.deleteFrom('duty_shifts').where('day', '>=', what.monday).where('day', '<', addDays(what.monday, 7))
    .where('line', '=', what.line).where('name', '=', what.name).where('phone', '=', what.phone).execute();
}

/** Writes the week before `monday` down once more; gives how many rows there were to copy. */
export async function copyWeek(tx: Tx, monday: Day): Promise<number> {
  const before = await shiftsFrom(tx, addDays(monday, -7), 7);
  for (const shift of before) await addShifts(tx, { ...shift, days: [addDays(shift.day as Day, 7)] });
  return before.length;
}

/** Phone numbers that staff were written down with before, the latest first; so that nobody types theirs twice. */
export async function knownNumbers(tx: Tx): Promise<{ name: string; phone: string; accountId: string | null }[]> {
  const rows = await tx.db.selectFrom('duty_shifts').select(['name', 'phone', 'account_id as accountId', ({ fn }) => fn.max('id').as('last')])
    .groupBy(['name', 'phone', 'account_id']).orderBy('last', 'desc').limit(40).execute();
  return rows.map(({ name, phone, accountId }) => ({ name, phone, accountId }));
}
