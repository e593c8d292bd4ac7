import { addDays, dayOf, epochOf, weekdayOf, type Day } from '#knowledge/day.ts';
import { RIGHTS, type RightKind } from '#bot/store/tables/residents.ts';

/**
 * How long the station has for a wish about personal data. Law 91/2025/QH15 and Decree 356/2025: answered within two
 * working days; withdrawing and restricting 15 days, seeing and correcting 10, erasing 20. A copy counts as seeing;
 * for complaints, for which no span is given, the shortest holds.
 */
const DAYS_TO_FULFIL: Record<RightKind, number> = { see: 10, copy: 10, correct: 10, withdraw: 15, restrict: 15, erase: 20, complain: 10 };

const ANSWER_WORKING_DAYS = 2;

export type Deadlines = { answerDueMs: number; doneDueMs: number };

/** Both deadlines, each the end of its day in Vietnam. Saturdays, Sundays and `isHoliday` are no working days. */
export function deadlinesFor(right: RightKind, askedMs: number, isHoliday: (day: Day) => boolean = () => false): Deadlines {
  const asked = dayOf(askedMs);
  let answer = asked;
  for (let left = ANSWER_WORKING_DAYS; left > 0;) {
    answer = addDays(answer, 1);
    if (weekdayOf(answer) <= 5 && !isHoliday(answer)) left -= 1;
  }
  return { answerDueMs: endOf(answer), doneDueMs: endOf(addDays(asked, DAYS_TO_FULFIL[right])) };
}

/** Which right a ticket of kind `rights` is about: its reasons hold `right:<kind>`; unnamed, the one with the shortest time. */
export function rightNamedIn(reasons: readonly string[]): RightKind {
  return RIGHTS.find((right) => reasons.includes(`right:${right}`)) ?? 'see';
}

function endOf(day: Day): number {
  return epochOf(addDays(day, 1)) - 1;
}
