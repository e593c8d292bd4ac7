import { readFile } from 'node:fs/promises';
import { load as parseYaml } from 'js-yaml';
import { dayOf } from '#knowledge/day.ts';
import { agesIn } from './birth-ages.ts';
import { datesIn, dayOfMonth, month } from './birth-dates.ts';
import { about, num, unsure, type AskBirth, type BirthReading, type Found } from './birth-reading.ts';
import { addMonths, civilFromDays, daysOf } from './calendar.ts';
import { codesOf, lexiconFrom, type Lexicon } from './tokens.ts';

/**
 * When a child was born, from a birth date or an age in the ways people say them. Nothing is guessed: what has several
 * readings comes back as several, and what cannot be reckoned (lunar dates, school grades) as a question.
 */

export type { AskBirth, BirthReading };

export type BirthResult =
  /** `sure` is false where it should be said back before going on. */
  | { kind: 'one'; reading: BirthReading; sure: boolean }
  | { kind: 'several'; readings: [BirthReading, BirthReading, ...BirthReading[]] }
  | { kind: 'ask'; why: AskBirth }
  /** No child's birth, but one that is still to come: what is asked is what the mother needs. */
  | { kind: 'expecting' }
  | { kind: 'none' };

export type ReadBirth = (text: string, nowMs: number) => BirthResult;

export async function createBirthReader(file = new URL('./age-words.yaml', import.meta.url)): Promise<ReadBirth> {
  const lexicon = lexiconFrom(parseYaml(await readFile(file, 'utf8')));
  return (text, nowMs) => readBirth(text, nowMs, lexicon);
}

function readBirth(text: string, nowMs: number, lexicon: Lexicon): BirthResult {
  const today = daysOf(dayOf(nowMs));
  const codes = ofTheChild(codesOf(text, lexicon));
  const dates = datesIn(codes, today);
  const ages = withoutGrownUps(agesIn(dates.rest, today), today);
  const isBirth = / (BIRTH|NEWBORN|PRETERM) /.test(codes);

  if (/ NOMINAL /.test(codes)) return { kind: 'ask', why: 'nominal-age' };
  if (IS_TO_COME.test(codes) && dates.found.length + ages.length === 0) return { kind: 'ask', why: 'future' };
  const lunar = / LUNAR /.test(codes);
  const born = dates.found.filter((date) => isBirth || ages.length === 0 || ages.some((age) => isWithin(date, age)));
  if (born.length > 0 && !lunar) return resultOf(distinct([...born, ...ages.filter((age) => !(age.kind === 'reading' && born.some((date) => isWithin(date, age))))]));
  if (ages.length > 0) return resultOf(distinct(ages));
  if (lunar) return { kind: 'ask', why: 'lunar' };
  if (/ GRADE /.test(codes)) return { kind: 'ask', why: 'grade' };
  return / UNBORN /.test(codes) ? { kind: 'expecting' } : resultOf(distinct(vagueIn(dates.rest, today, isBirth)));
}

/** A date right after one of these words is none on which a child was born. */
const WRITTEN_DAY = '(?:D )?\\d{1,2}(?:[/.-]\\d{1,2}(?:[/.-]\\d{2,4})?| M \\d{1,2}(?: (?:Y )?\\d{4})?)(?= )';
const SHOT_DAY = new RegExp(` SHOT(?: (?:_|APART|\\d{1,2})){0,4} ${WRITTEN_DAY}`, 'g');
const DUE_DAY = new RegExp(` UNBORN(?: _)? ${WRITTEN_DAY}`, 'g');
const DAY_NAMED = '(?:TODAY|YESTERDAY|DAY_BEFORE|TOMORROW|NEXT_WEEK|NEXT_MONTH)';
const BIRTHDAY_PARTY = new RegExp(`(?<= ${DAY_NAMED} (?:_ ){0,3})BIRTHDAY(?= )|(?<= )BIRTHDAY(?= (?:_ ){0,3}${DAY_NAMED} )`, 'g');
const IS_TO_COME = / (?:TOMORROW|NEXT_WEEK|NEXT_MONTH|DUE) (?:_ ){0,3}(?:BIRTH|UNBORN) | (?:BIRTH|UNBORN) (?:_ |D \d{1,2} ){0,2}(?:TOMORROW|NEXT_WEEK|NEXT_MONTH) | UNBORN DUE /;

/** The codes without the days of injections, of births to come and of birthdays that are kept. */
function ofTheChild(codes: string): string {
  return codes
    .replace(BIRTHDAY_PARTY, '_')
    .replace(/ BIRTHDAY(?= )/g, ' BIRTH')
    .replace(/(?<= M \d{1,2}) TA(?= )/g, ' LUNAR')
    .replace(SHOT_DAY, ' SHOT #')
    .replace(DUE_DAY, ' UNBORN DUE');
}

const GROWN_UP_YEARS = 16;

/** "Mẹ 30 tuổi, con 5 tháng": beside a child, the age of a grown-up is somebody else's. */
function withoutGrownUps(ages: Found[], today: number): Found[] {
  const isChild = (age: Found) => age.kind === 'reading' && daysOf(age.reading.birth) > addMonths(today, -12 * GROWN_UP_YEARS);
  return ages.some(isChild) ? ages.filter((age) => age.kind !== 'reading' || isChild(age)) : ages;
}

function resultOf(found: Found[]): BirthResult {
  const [first, second, ...more] = found.filter((one) => one.kind === 'reading');
  if (first !== undefined && second !== undefined) return { kind: 'several', readings: [first.reading, second.reading, ...more.map((one) => one.reading)] };
  if (first !== undefined) return { kind: 'one', reading: first.reading, sure: first.sure };
  const ask = found.find((one) => one.kind === 'ask');
  return ask === undefined ? { kind: 'none' } : ask;
}

function distinct(found: Found[]): Found[] {
  const key = (one: Found) => (one.kind === 'ask' ? one.why : one.reading.birth);
  return found.filter((one, i) => found.findIndex((other) => key(other) === key(one)) === i);
}

/** Whether an age that was also said fits the date, give or take the week by which people round. */
function isWithin(date: Found, age: Found): boolean {
  if (date.kind !== 'reading' || age.kind !== 'reading') return false;
  const day = daysOf(date.reading.birth);
  return day >= daysOf(age.reading.earliest) - 7 && day <= daysOf(age.reading.birth) + 7;
}

/** What is left when neither a day nor an age was named. */
function vagueIn(codes: string, today: number, isBirth: boolean): Found[] {
  const { year, month: thisMonth, date } = civilFromDays(today);
  const firstOfMonth = today - date + 1;
  if (/ NOT_A_YEAR /.test(codes)) return [{ kind: 'ask', why: 'too-wide' }];
  if (isBirth) {
    const monthOnly = / M (\d{1,2}) /.exec(codes);
    if (monthOnly !== null) return [month(num(monthOnly[1]), num(monthOnly[1]) > thisMonth ? year - 1 : year, today)];
    const dayOnly = / (?:BIRTH|NEWBORN) D? ?(\d{1,2}) /.exec(codes);
    if (dayOnly !== null) return [unsure(dayOfMonth(num(dayOnly[1]), num(dayOnly[1]) > date ? -1 : 0, today))];
    if (/ LAST_WEEK /.test(codes)) {
      const monday = today - ((today + 3) % 7);
      return [about(monday - 1, monday - 7)];
    }
    if (/ LAST_MONTH /.test(codes)) return [about(firstOfMonth - 1, addMonths(firstOfMonth, -1))];
    if (/ THIS_MONTH /.test(codes)) return [about(today, firstOfMonth)];
    if (/ (LAST_YEAR|THIS_YEAR|YEAR_BEFORE) | (?:19|20)\d{2} /.test(codes)) return [{ kind: 'ask', why: 'too-wide' }];
    if (/ NEWBORN /.test(codes)) return [about(today, today - 6)];
  }
  if (/ Y (?:19|20)\d{2} /.test(codes)) return [{ kind: 'ask', why: 'too-wide' }];
  return [];
}
