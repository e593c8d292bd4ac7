import { about, exactly, num, unsure, type Found } from './birth-reading.ts';
import { addMonths, civilFromDays, daysFromCivil, daysInMonth } from './calendar.ts';

type DateRule = { pattern: RegExp; read: (match: string[], today: number) => Found | null };

const UNIT_AHEAD = '(?! (?:M|D|W|Y|A|T|HALF) )';

const DATES: DateRule[] = [
  // "mùng" is said of lunar days more often than of others.
  { pattern: / (?:D )?MUNG (\d{1,2})(?: M |[/.-])(\d{1,2})(?:(?: Y)? (\d{4}))? /, read: ([, d, m, y], today) => unsure(dated(num(d), num(m), y === undefined ? null : num(y), today)) },
  // A day with its month and year, in figures or in words, in Vietnamese order.
  { pattern: / (\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2}) /, read: ([, d, m, y], today) => dated(num(d), num(m), fullYear(y, today), today) },
  { pattern: / (\d{4})[/.-](\d{1,2})[/.-](\d{1,2}) /, read: ([, y, m, d], today) => dated(num(d), num(m), num(y), today) },
  { pattern: / (?:D )?(\d{1,2}) M (\d{1,2}) (?:Y )?(\d{4}) /, read: ([, d, m, y], today) => dated(num(d), num(m), num(y), today) },
  { pattern: / (?:D )?(\d{1,2}) M (\d{1,2}) Y (\d{2}) /, read: ([, d, m, y], today) => dated(num(d), num(m), fullYear(y, today), today) },
  { pattern: / (?:D )?(\d{1,2})(?: M |[/.-])(\d{1,2}) (LAST_YEAR|THIS_YEAR|YEAR_BEFORE) /, read: ([, d, m, y], today) => dated(num(d), num(m), namedYear(y, today), today) },
  { pattern: / (?:D )?(\d{1,2})[/.-](\d{1,2}) Y (\d{4}|\d{2}) /, read: ([, d, m, y], today) => dated(num(d), num(m), fullYear(y, today), today) },
  { pattern: / BIRTH (\d{1,2}) (\d{1,2}) (\d{4}|\d{2}) /, read: ([, d, m, y], today) => dated(num(d), num(m), fullYear(y, today), today) },
  { pattern: / Y (\d{4}) (?:D )?(\d{1,2}) M (\d{1,2}) /, read: ([, y, d, m], today) => dated(num(d), num(m), num(y), today) },
  { pattern: / (\d{2})(\d{2})((?:19|20)\d{2}) /, read: ([, d, m, y], today) => dated(num(d), num(m), num(y), today) },
  // Without a year it is the last such day.
  { pattern: new RegExp(` D (\\d{1,2})(?: M |[/.-])(\\d{1,2})${UNIT_AHEAD} `), read: ([, d, m], today) => dated(num(d), num(m), null, today) },
  { pattern: new RegExp(` (?:BIRTH|NEWBORN) (\\d{1,2}) M (\\d{1,2})${UNIT_AHEAD} `), read: ([, d, m], today) => dated(num(d), num(m), null, today) },
  { pattern: new RegExp(` (\\d{1,2})[/](\\d{1,2})${UNIT_AHEAD} `), read: ([, d, m], today) => dayAndMonth(num(d), num(m), today) },
  { pattern: new RegExp(` BIRTH (\\d{1,2})[.-](\\d{1,2})${UNIT_AHEAD} `), read: ([, d, m], today) => dayAndMonth(num(d), num(m), today) },
  // A month with its year.
  { pattern: / (?:M )?(\d{1,2})[/.-]((?:19|20)\d{2}) /, read: ([, m, y], today) => month(num(m), num(y), today) },
  { pattern: / M (\d{1,2}) (?:Y )?((?:19|20)\d{2}) /, read: ([, m, y], today) => month(num(m), num(y), today) },
  { pattern: / (LAST_YEAR|THIS_YEAR|YEAR_BEFORE|(?:19|20)\d{2}) M (\d{1,2}) /, read: ([, y, m], today) => month(num(m), /^\d/.test(y ?? '') ? num(y) : namedYear(y, today), today) },
  { pattern: / M (\d{1,2}) (LAST_YEAR|THIS_YEAR|YEAR_BEFORE) /, read: ([, m, y], today) => month(num(m), namedYear(y, today), today) },
  // A day of a month that is named by where it lies.
  { pattern: / D (\d{1,2}) (LAST_MONTH|THIS_MONTH) /, read: ([, d, m], today) => dayOfMonth(num(d), m === 'LAST_MONTH' ? -1 : 0, today) },
  { pattern: / (?:BIRTH|NEWBORN) TODAY | TODAY (?:_ ){0,2}(?:BIRTH|NEWBORN) /, read: (_match, today) => exactly(today) },
  { pattern: / (?:BIRTH|NEWBORN) YESTERDAY | YESTERDAY (?:_ ){0,2}(?:BIRTH|NEWBORN) /, read: (_match, today) => exactly(today - 1) },
  { pattern: / (?:BIRTH|NEWBORN) THREE_AGO | THREE_AGO (?:_ ){0,2}(?:BIRTH|NEWBORN) /, read: (_match, today) => unsure(exactly(today - 3)) },
  { pattern: / (?:BIRTH|NEWBORN) DAY_BEFORE | DAY_BEFORE (?:_ ){0,2}(?:BIRTH|NEWBORN) /, read: (_match, today) => exactly(today - 2) },
];

/** Every birth date in a row of codes, and the codes without them. */
export function datesIn(codes: string, today: number): { found: Found[]; rest: string } {
  const found: Found[] = [];
  let rest = codes;
  for (const { pattern, read } of DATES) {
    for (let match = pattern.exec(rest); match !== null; match = pattern.exec(rest)) {
      const one = read(match, today);
      if (one === null) break;
      found.push(one);
      rest = `${rest.slice(0, match.index)} # ${rest.slice(match.index + match[0].length)}`;
    }
  }
  return { found, rest };
}

function fullYear(text: string | undefined, today: number): number {
  const year = num(text);
  if (year >= 100) return year;
  return year <= civilFromDays(today).year % 100 ? 2000 + year : 1900 + year;
}

function namedYear(name: string | undefined, today: number): number {
  const { year } = civilFromDays(today);
  return name === 'LAST_YEAR' ? year - 1 : name === 'YEAR_BEFORE' ? year - 2 : year;
}

/** A day by its parts; a null year is the last year in which that day is not to come. Month and day swapped are read, unsurely. */
export function dated(date: number, month: number, year: number | null, today: number): Found {
  if (month > 12 && date >= 1 && date <= 12) return unsure(dated(month, date, year, today));
  const inYear = year ?? lastYearOf(date, month, today);
  if (month < 1 || month > 12 || inYear < 1900 || inYear > 2200 || date < 1 || date > daysInMonth(inYear, month)) return { kind: 'ask', why: 'impossible' };
  const days = daysFromCivil(inYear, month, date);
  return days > today ? { kind: 'ask', why: 'future' } : exactly(days);
}

function lastYearOf(date: number, month: number, today: number): number {
  const now = civilFromDays(today);
  const isToCome = month > now.month || (month === now.month && date > now.date);
  let year = isToCome ? now.year - 1 : now.year;
  // 29/2 without a year is the last one there was.
  for (let tried = 0; tried < 8 && month >= 1 && month <= 12 && date <= 29 && date > daysInMonth(year, month); tried++) year -= 1;
  return year;
}

/** "3/5" is a day and a month; "5/26", which cannot be, is a month and a year. */
function dayAndMonth(first: number, second: number, today: number): Found | null {
  if (second > 12 && first <= 12 && first >= 1) return second > 31 || second <= civilFromDays(today).year % 100 ? unsure(month(first, fullYear(String(second), today), today)) : null;
  return dated(first, second, null, today);
}

export function month(month: number, year: number, today: number): Found {
  if (month < 1 || month > 12) return { kind: 'ask', why: 'impossible' };
  const first = daysFromCivil(year, month, 1);
  if (first > today) return { kind: 'ask', why: 'future' };
  return about(Math.min(today, addMonths(first, 1) - 1), first);
}

export function dayOfMonth(date: number, monthsOn: number, today: number): Found {
  const { year, month } = civilFromDays(addMonths(today - civilFromDays(today).date + 1, monthsOn));
  return dated(date, month, year, today);
}
