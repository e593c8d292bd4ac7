import { expect, test } from 'vitest';
import { deadlinesFor, rightNamedIn } from '#bot/residents/deadlines.ts';
import type { RightKind } from '#bot/store/tables/residents.ts';
import { epochOf, type Day } from '#knowledge/day.ts';

const endOf = (day: Day): number => epochOf(day) + 86_400_000 - 1;

test.each<[RightKind, Day]>([
  ['see', '2026-12-02'], ['copy', '2026-12-02'], ['correct', '2026-12-02'], ['complain', '2026-12-02'],
  ['withdraw', '2026-12-07'], ['restrict', '2026-12-07'], ['erase', '2026-12-12'],
])('"%s", asked on a Sunday, is due by the end of %s', (right, due) => {
  expect(deadlinesFor(right, epochOf('2026-11-22', 10))).toEqual({ answerDueMs: endOf('2026-11-24'), doneDueMs: endOf(due) });
});

test('the answer is due after two working days: weekends and holidays do not count, nor does the hour of asking', () => {
  const answer = (day: Day, hour: number, holidays: Day[] = []) => deadlinesFor('see', epochOf(day, hour), (each) => holidays.includes(each)).answerDueMs;
  expect(answer('2026-11-23', 0)).toBe(endOf('2026-11-25'));
  expect(answer('2026-11-23', 23)).toBe(endOf('2026-11-25'));
  expect(answer('2026-11-26', 10)).toBe(endOf('2026-11-30'));
  expect(answer('2026-11-27', 10)).toBe(endOf('2026-12-01'));
  expect(answer('2026-08-31', 10, ['2026-09-01', '2026-09-02'])).toBe(endOf('2026-09-04'));
});

test('a ticket names its right; without a name the shortest time holds', () => {
  expect(rightNamedIn(['x', 'right:erase'])).toBe('erase');
  expect(rightNamedIn([])).toBe('see');
});
