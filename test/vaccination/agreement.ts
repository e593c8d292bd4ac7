import { createScheduler, type RowState } from '#bot/vaccination/schedule.ts';
import { addDays, type Day } from '#knowledge/day.ts';
import type { ScheduleTable } from '#knowledge/immunisation/table.ts';
import { AGES_IN_DAYS, historiesOf } from './histories.ts';
import { childRows, secondSchedule, type Answer } from './second.ts';

/** First and last birth dates: four years with a leap day among them. */
export const FIRST_BIRTH = '2022-11-22';
export const BIRTH_DAYS = 1_461;

/**
 * Holds the engine against the second implementation for every birth date and age and those of the twenty histories
 * that `take` chooses. Returns how many schedules agreed; the first that does not is thrown with all that is needed
 * to repeat it.
 */
export function agree(table: ScheduleTable, take: (birthIndex: number, ageIndex: number) => number[]): number {
  const engine = createScheduler(table, []);
  const rows = childRows(table);
  let compared = 0;
  for (let b = 0; b < BIRTH_DAYS; b++) {
    const birth = addDays(FIRST_BIRTH, b);
    const histories = historiesOf(birth);
    AGES_IN_DAYS.forEach((age, a) => {
      const today = addDays(birth, age);
      for (const h of take(b, a)) {
        const given = histories[h] ?? [];
        const first = engine({ who: { kind: 'child', birth }, given, today });
        const second = secondSchedule(rows, birth, given, today);
        if (first.kind !== 'rows' || first.rows.length !== second.length) throw new Error(`no rows for ${birth} on ${today}`);
        first.rows.forEach((row, i) => {
          const other = second[i];
          const where = () => `${row.row.id}, born ${birth}, ${today}, history ${h}: ${JSON.stringify({ ...row, row: undefined })} against ${other?.answer ?? 'nothing'}`;
          if (other?.id !== row.row.id || !ANSWERS[row.status].includes(other.answer) || (row.status === 'due' && row.late !== (other.answer === 'late'))) throw new Error(where());
          if (row.status === 'next' && !(other.mayOn(row.from) && !other.mayOn(dayBefore(row.from)))) throw new Error(`first day: ${where()}`);
        });
        compared += 1;
      }
    });
  }
  return compared;
}

const ANSWERS: Record<RowState['status'], Answer[]> = {
  'given': ['given'],
  'due': ['due', 'late'],
  'due-if': ['due-if'],
  'next': ['not-yet'],
  'follows': ['not-yet'],
  'ask': ['ask'],
};

function dayBefore(day: Day): Day {
  return addDays(day, -1);
}
