import { readFile } from 'node:fs/promises';
import { load as parseYaml } from 'js-yaml';
import { dayOf, type Day } from '#knowledge/day.ts';
import { addMonths, civilFromDays, dayFrom, daysFromCivil, daysInMonth, daysOf } from './calendar.ts';
import { codesOf, lexiconFrom, type Lexicon } from './tokens.ts';

/** For which days a resident asks: "mai", "mốt", "tuần sau", "thứ tư này", "25/12", as a range of days. */
export type When =
  /** Both days included; never begins before today. */
  | { kind: 'range'; from: Day; to: Day }
  /** The next one, whenever that is; also when no time was named. */
  | { kind: 'next' }
  | { kind: 'past' }
  /** A lunar day, which is not reckoned. */
  | { kind: 'lunar' };

export type ReadWhen = (text: string, nowMs: number) => When;

export async function createWhenReader(file = new URL('./when-words.yaml', import.meta.url)): Promise<ReadWhen> {
  const lexicon = lexiconFrom(parseYaml(await readFile(file, 'utf8')));
  return (text, nowMs) => readWhen(text, daysOf(dayOf(nowMs)), lexicon);
}

/** Days since 1970; null where the words name no such day. */
type Range = { from: number; to: number };
type Rule = { pattern: RegExp; range: (match: string[], today: number) => Range | null };

/** A date without its year, this far back, is one that has passed; further back it is next year's. */
const PASSED_DAYS = 120;

const RULES: Rule[] = [
  { pattern: / (\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2}) /, range: ([, d, m, y]) => date(num(d), num(m), num(y) < 100 ? 2000 + num(y) : num(y)) },
  { pattern: / (\d{4})-(\d{1,2})-(\d{1,2}) /, range: ([, y, m, d]) => date(num(d), num(m), num(y)) },
  { pattern: / (?:D |MUNG )*(\d{1,2}) M (\d{1,2}) (?:Y )?(\d{4}) /, range: ([, d, m, y]) => date(num(d), num(m), num(y)) },
  { pattern: / (?:D |MUNG )*(\d{1,2})(?: M |[/.-])(\d{1,2}) /, range: ([, d, m], today) => dayAndMonth(num(d), num(m), today) },
  { pattern: / (?:D |MUNG )*(\d{1,2}) (THIS_MONTH|NEXT_MONTH) /, range: ([, d, m], today) => dayOfMonth(num(d), m === 'THIS_MONTH' ? 0 : 1, today) },
  { pattern: / (\d{1,2}) (D|W|M) (?:MORE|THIS) /, range: ([, n, unit], today) => (unit === 'D' ? one(today + num(n)) : unit === 'W' ? weekOf(today + 7 * num(n)) : one(addMonths(today, num(n)))) },
  { pattern: / (?:WEEKDAY ([2-7])|(SUNDAY|MONDAY|TUESDAY|WEDNESDAY|THURSDAY|FRIDAY|SATURDAY))(?: (AFTER|NEXT_WEEK|WEEK_AFTER|THIS_WEEK|THIS))? /, range: ([, n, name, which], today) => weekday(n, name, which, today) },
  { pattern: / (?:D|MUNG) (?:MUNG )?(\d{1,2}) /, range: ([, d], today) => dayOfMonth(num(d), num(d) >= civilFromDays(today).date ? 0 : 1, today) },
  { pattern: / M (\d{1,2}) (?:Y )?(\d{4}) /, range: ([, m, y]) => monthRange(num(m), num(y)) },
  { pattern: / M (\d{1,2}) /, range: ([, m], today) => monthRange(num(m), civilFromDays(today).year + (num(m) < civilFromDays(today).month ? 1 : 0)) },
  { pattern: / TODAY /, range: (_match, today) => one(today) },
  { pattern: / TOMORROW /, range: (_match, today) => one(today + 1) },
  { pattern: / DAY_AFTER /, range: (_match, today) => one(today + 2) },
  { pattern: / DAY_THREE /, range: (_match, today) => one(today + 3) },
  { pattern: / WEEK_AFTER /, range: (_match, today) => weekOf(today + 14) },
  { pattern: / NEXT_WEEK /, range: (_match, today) => weekOf(today + 7) },
  { pattern: / THIS_WEEK /, range: (_match, today) => weekOf(today) },
  { pattern: / NEXT_WEEKEND /, range: (_match, today) => lastTwo(weekOf(today + 7)) },
  { pattern: / WEEKEND /, range: (_match, today) => lastTwo(weekOf(today)) },
  { pattern: / NEXT_MONTH_START /, range: (_match, today) => firstTen(monthFrom(today, 1)) },
  { pattern: / MONTH_START /, range: (_match, today) => firstTen(monthFrom(today, civilFromDays(today).date > 10 ? 1 : 0)) },
  { pattern: / MONTH_END /, range: (_match, today) => ({ from: monthFrom(today, 0).to - 9, to: monthFrom(today, 0).to }) },
  { pattern: / NEXT_MONTH /, range: (_match, today) => monthFrom(today, 1) },
  { pattern: / THIS_MONTH /, range: (_match, today) => monthFrom(today, 0) },
];

function readWhen(text: string, today: number, lexicon: Lexicon): When {
  const codes = codesOf(text, lexicon);
  if (/ LUNAR /.test(codes)) return { kind: 'lunar' };
  const ranges = rangesIn(codes, today);
  const [first] = ranges;
  if (first === undefined) return / PAST /.test(codes) ? { kind: 'past' } : { kind: 'next' };
  // "Hôm nay hay mai": from the first day named to the last.
  const whole = ranges.reduce((sum, range) => ({ from: Math.min(sum.from, range.from), to: Math.max(sum.to, range.to) }), first);
  if (whole.to < today) return { kind: 'past' };
  return { kind: 'range', from: dayFrom(Math.max(whole.from, today)), to: dayFrom(whole.to) };
}

function rangesIn(codes: string, today: number): Range[] {
  const ranges: Range[] = [];
  let rest = codes;
  for (const { pattern, range } of RULES) {
    for (let match = pattern.exec(rest); match !== null; match = pattern.exec(rest)) {
      const found = range(match, today);
      if (found !== null) ranges.push(found);
      rest = `${rest.slice(0, match.index)} # ${rest.slice(match.index + match[0].length)}`;
    }
  }
  return ranges;
}

function num(text: string | undefined): number {
  return Number(text);
}

function one(day: number): Range {
  return { from: day, to: day };
}

function date(day: number, month: number, year: number): Range | null {
  if (month < 1 || month > 12 || year < 1900 || year > 2200 || day < 1 || day > daysInMonth(year, month)) return null;
  return one(daysFromCivil(year, month, day));
}

function dayAndMonth(day: number, month: number, today: number): Range | null {
  const { year } = civilFromDays(today);
  const thisYear = date(day, month, year);
  return thisYear !== null && thisYear.from >= today - PASSED_DAYS ? thisYear : date(day, month, year + 1);
}

function dayOfMonth(day: number, monthsOn: number, today: number): Range | null {
  const { year, month } = civilFromDays(monthFrom(today, monthsOn).from);
  return date(day, month, year);
}

/** Monday to Sunday of the week that holds `day`. */
function weekOf(day: number): Range {
  const monday = day - ((day + 3) % 7);
  return { from: monday, to: monday + 6 };
}

function lastTwo(week: Range): Range {
  return { from: week.to - 1, to: week.to };
}

function firstTen(month: Range): Range {
  return { from: month.from, to: month.from + 9 };
}

function monthFrom(today: number, monthsOn: number): Range {
  const from = addMonths(today - civilFromDays(today).date + 1, monthsOn);
  return { from, to: addMonths(from, 1) - 1 };
}

function monthRange(month: number, year: number): Range | null {
  if (month < 1 || month > 12) return null;
  return monthFrom(daysFromCivil(year, month, 1), 0);
}

const ENGLISH = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];

/** "Thứ hai" is the second day, Monday. Without a week it is the next such day, today included. */
function weekday(ordinal: string | undefined, name: string | undefined, which: string | undefined, today: number): Range {
  const index = ordinal === undefined ? ENGLISH.indexOf(name ?? '') : num(ordinal) - 2;
  switch (which) {
    case 'AFTER':
    case 'NEXT_WEEK': return one(weekOf(today + 7).from + index);
    case 'WEEK_AFTER': return one(weekOf(today + 14).from + index);
    case 'THIS_WEEK': return one(weekOf(today).from + index);
    case undefined:
    default: return one(today + ((index - ((today + 3) % 7) + 7) % 7));
  }
}
