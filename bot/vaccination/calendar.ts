import type { Day } from '#knowledge/day.ts';
import type { Span } from '#knowledge/immunisation/table.ts';

/**
 * Calendar arithmetic on whole days, as numbers: days since 1970-01-01. Proleptic Gregorian, no zones, no `Date`
 * objects, because the schedule is computed tens of thousands of times a second.
 */

const ERA_DAYS = 146_097;
const EPOCH_SHIFT = 719_468;

/** Numbers as text, because padding each of them took a third of the time of a schedule. */
const TWO_DIGITS = Array.from({ length: 32 }, (_, n) => String(n).padStart(2, '0'));

export type Civil = { year: number; month: number; date: number };

/** Days since 1970-01-01 of a real calendar day; month 1-12. */
export function daysFromCivil(year: number, month: number, date: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * ERA_DAYS + dayOfEra - EPOCH_SHIFT;
}

/** Year, month 1-12 and date of `days` since 1970-01-01. */
export function civilFromDays(days: number): Civil {
  const z = days + EPOCH_SHIFT;
  const era = Math.floor(z / ERA_DAYS);
  const dayOfEra = z - era * ERA_DAYS;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 };
}

export function daysOf(day: Day): number {
  return daysFromCivil(Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10)));
}

/** For the years 1000 to 9999. */
export function dayFrom(days: number): Day {
  const { year, month, date } = civilFromDays(days);
  return `${year}-${TWO_DIGITS[month] ?? ''}-${TWO_DIGITS[date] ?? ''}` as Day;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The same date `months` further (or back); where that month is shorter, its last day: 31/8 + 6 months is 28/2. */
export function addMonths(days: number, months: number): number {
  return addMonthsTo(civilFromDays(days), months);
}

function addMonthsTo({ year, month, date }: Civil, months: number): number {
  const index = year * 12 + (month - 1) + months;
  const toYear = Math.floor(index / 12);
  const toMonth = index - toYear * 12 + 1;
  return daysFromCivil(toYear, toMonth, Math.min(date, daysInMonth(toYear, toMonth)));
}

/** `days` moved on by a span; months and years are calendar months, weeks and days are exact. */
export function addSpan(days: number, span: Span): number {
  return addSpanTo(days, null, span);
}

/** A day kept in both forms, for many spans from one birth. */
export type Start = { days: number; civil: Civil };

export function startOf(day: Day): Start {
  const days = daysOf(day);
  return { days, civil: civilFromDays(days) };
}

export function ageDay(birth: Start, age: Span): number {
  return addSpanTo(birth.days, birth.civil, age);
}

function addSpanTo(days: number, civil: Civil | null, span: Span): number {
  switch (span.unit) {
    case 'day': return days + span.at;
    case 'week': return days + span.at * 7;
    case 'month': return addMonthsTo(civil ?? civilFromDays(days), span.at);
    case 'year': return addMonthsTo(civil ?? civilFromDays(days), span.at * 12);
  }
}

/** Whole calendar months from `from` to `to`; 0 when `to` lies before the first is full. */
export function wholeMonths(from: number, to: number): number {
  const a = civilFromDays(from);
  const b = civilFromDays(to);
  const months = (b.year - a.year) * 12 + b.month - a.month;
  return Math.max(0, addMonths(from, months) <= to ? months : months - 1);
}
