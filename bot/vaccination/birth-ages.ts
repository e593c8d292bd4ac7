import { dated } from './birth-dates.ts';
import { about, num, type Found } from './birth-reading.ts';
import { addMonths, daysOf } from './calendar.ts';

type Unit = 'D' | 'W' | 'M' | 'Y';
/** The smaller part of an age: "1 tuổi 2 tháng 5 ngày". */
type Part = { count: number; unit: Unit; half?: boolean; days?: number };

/** Hedge, amount, unit, half or more, and a smaller part: "hơn 1 tuổi", "2 tháng rưỡi", "1 tuổi 3 tháng". */
const AGE = /(?: (OVER|UNDER|NOT_YET))? (\d{1,3}(?:[.,]5)?)(?:-(\d{1,3}))? (D|W|M|Y|A|T)(?= )(?: A(?= ))?(?: (HALF|OVER))?(?:(?: (\d{1,2}) (D|W)|(?<! M(?: A)?) (\d{1,2}) (M|T))(?= )(?: A(?= ))?(?: (HALF))?(?: (\d{1,2}) D(?= ))?)?(?: (\d{1,2})(?= )(?! (?:D|W|M|Y|A|T|KG|APART) ))?/;
const NAMED = /(?: (UNDER|OVER|NOT_YET))? (FULL_MONTH|FULL_YEAR|HALF_MONTH|HALF_YEAR) /;
const LARGEST_AGE_YEARS = 120;

/** Every age in a row of codes, as births counted back from today (days since 1970). */
export function agesIn(codes: string, today: number): Found[] {
  // "3 tháng trước" is an age, "ngày 3 tháng trước" was a date; and a comma between two counts is a range.
  let rest = codes
    .replace(/ (\d+) LAST_(MONTH|WEEK|YEAR) /g, (_whole, count: string, unit: string) => ` ${count} ${unit.charAt(0)} AGO `)
    .replace(/ (\d{1,2}) (\d{1,2}) (D|W|M|A|Y) /g, (whole, a: string, b: string, unit: string) => (num(b) === num(a) + 1 ? ` ${a}-${b} ${unit} ` : b === '5' ? ` ${a}.5 ${unit} ` : whole))
    .replace(/ (\d{1,2})\/(\d{1,2}) (D|W|M|A) /g, ' $1-$2 $3 ')
    .replace(/ (\d{1,2}) (?:TO|MORE) (\d{1,2}) (D|W|M|A|Y) /g, ' $1-$2 $3 ')
    // "nua" without marks is "nửa" or "nữa": of days, and before a birth, it is "more to come".
    .replace(/ D HALF /g, ' D MORE ').replace(/ (W|M) HALF (?=(?:_ ){0,3}(?:BIRTH|UNBORN) )/g, ' $1 MORE ')
    .replace(/(?<! [\d.,-]+) M HALF /g, ' 1 M HALF ')
    .replace(/ (\d{1,2}) (D|W|M) MORE /g, (_whole, count: string, unit: string) => ` +${num(count) * (unit === 'D' ? 1 : unit === 'W' ? 7 : 31)} `)
    .replace(/ D MORE /g, ` +${SOME_DAYS} `)
    .replace(/ MORE (?=\d{1,2} (?:M|Y|A) )/g, ' UNDER ')
    .replace(/ TOMORROW /g, ' +1 ').replace(/ NEXT_WEEK /g, ' +13 ').replace(/ NEXT_MONTH /g, ' +61 ');
  const found: Found[] = [];
  for (let match = NAMED.exec(rest); match !== null; match = NAMED.exec(rest)) {
    found.push(...named(match[1], match[2] ?? '', today + daysAhead(rest.slice(0, match.index))).map((one) => notToCome(one, today)));
    rest = cut(rest, match);
  }
  for (let match = LESS.exec(rest); match !== null; match = LESS.exec(rest)) {
    const [, count, unit, missing, missingUnit] = match;
    const birth = back(back(today, num(count), unit === 'M' ? 'M' : 'Y'), -num(missing), unitOf(missingUnit));
    found.push(notToCome(about(birth, missingUnit === 'D' ? birth : back(today, num(count), unit === 'M' ? 'M' : 'Y')), today));
    rest = cut(rest, match);
  }
  for (let match = AGE.exec(rest); match !== null; match = AGE.exec(rest)) {
    const said = rest.slice(0, match.index);
    const before = said.trim().split(' ').at(-1) ?? '';
    const after = rest.slice(match.index + match[0].length).trim().split(' ')[0] ?? '';
    // "sau 1 tháng", "mũi 2 tháng", "2 tháng nữa" are not ages.
    if (before !== 'APART' && before !== 'GRADE' && after !== 'MORE' && !isOfSomethingElse(said, match, after)) found.push(...aged(match, before, today + daysAhead(said)).map((one) => notToCome(one, today)));
    rest = cut(rest, match);
  }
  return found;
}

/** "Vài bữa nữa": so many days at most. */
const SOME_DAYS = 14;
/** "3 tháng kém 5 ngày". */
const LESS = / (\d{1,2}) (M|Y|A)(?: A)? LESS (\d{1,2}) (D|W|M) /;

/** For "mai bé tròn 9 tháng": how far ahead the day lies on which the age that follows is full. */
function daysAhead(before: string): number {
  return num(/ \+(\d+) ?(?:_ ?){0,3}$/.exec(before)?.[1] ?? '0');
}

function notToCome(one: Found, today: number): Found {
  return one.kind === 'reading' && daysOf(one.reading.birth) > today ? about(today, Math.min(today, daysOf(one.reading.earliest))) : one;
}

/** How long a child has been ill, how far a pregnancy is, how long ago a dose was, and after how long a premature baby came are not its age. */
function isOfSomethingElse(before: string, match: RegExpExecArray, after: string): boolean {
  const [whole, , amount = '', , unit] = match;
  const isShort = unit === 'D' || unit === 'W';
  if (isShort && !/ A(?: |$)/.test(whole) && / SICK(?: (?:_|\d+|KG)){0,4} ?$/.test(before)) return true;
  if (after === 'UNBORN' || / UNBORN(?: _)? ?$/.test(before) || (isShort && / UNBORN(?: _){0,3} ?$/.test(before))) return true;
  // "Tiêm 1 tháng trước", "cách đây 1 tháng tiêm".
  if (after === 'AGO' && / SHOT(?: (?:_|APART|\d+)){0,3} ?$/.test(before)) return true;
  if (after === 'SHOT' && / AGO ?$/.test(before) && !/ (?:BIRTH|NEWBORN)(?: _)? AGO ?$/.test(before)) return true;
  return / PRETERM(?: _)? ?$/.test(before) && ((unit === 'W' && num(amount) >= 22) || (unit === 'M' && num(amount) >= 6 && num(amount) <= 8));
}

function cut(codes: string, match: RegExpExecArray): string {
  return `${codes.slice(0, match.index)} # ${codes.slice(match.index + match[0].length).trim()} `;
}

function aged(match: RegExpExecArray, before: string, today: number): Found[] {
  const [, hedge, amount = '', upTo, unitCode = '', part, days, daysUnit, months, monthsUnit, smallerHalf, lastDays, bare] = match;
  const smaller = days ?? months;
  const smallerUnit = daysUnit ?? monthsUnit;
  const count = num(amount.replace(',', '.'));
  if (unitCode === 'T' && smaller !== undefined) return ofUnit('Y');
  if (unitCode === 'T') return [...ofUnit('M'), ...ofUnit('Y')].filter((one) => isPlausible(one, today, count));
  // "4 tháng 10" may be four months and ten days, or the fourth of October.
  const alsoDate = unitCode === 'M' && bare !== undefined && smaller === undefined && part === undefined && before !== 'UNDER' ? [dated(count, num(bare), null, today)].filter((one) => one.kind === 'reading') : [];
  return [...ofUnit(unitCode === 'A' ? 'Y' : unitOf(unitCode)), ...alsoDate];

  function ofUnit(unit: Unit): Found[] {
    if (upTo !== undefined) return num(upTo) > count ? [span(count, unit, today), span(num(upTo), unit, today)] : [span(num(upTo), unit, today)];
    const extra = bare !== undefined && unit === 'M' ? { count: num(bare), unit: 'D' as const } : smaller === undefined ? null : { count: num(smaller), unit: smallerUnit === 'T' ? ('M' as const) : unitOf(smallerUnit), half: smallerHalf !== undefined, days: num(lastDays ?? '0') };
    return [hedged(hedge ?? (part === 'OVER' ? 'OVER' : undefined), count + (part === 'HALF' ? 0.5 : 0), unit, extra, today)];
  }
}

/** "2t" is two months or two years; "18t" of somebody with a schedule is eighteen months. */
function isPlausible(one: Found, today: number, count: number): boolean {
  return one.kind !== 'reading' || count <= 6 || today - daysOf(one.reading.earliest) < 6 * 366;
}

function unitOf(code: string | undefined): Unit {
  return code === 'D' || code === 'W' || code === 'Y' ? code : 'M';
}

function hedged(hedge: string | undefined, count: number, unit: Unit, extra: Part | null, today: number): Found {
  switch (hedge) {
    case 'OVER': return about(back(today, count, unit) - (unit === 'D' ? 0 : 1), back(today, count + 1, unit) + 1);
    case 'NOT_YET':
      // "Chưa đầy năm" may be a newborn: too wide to reckon with.
      return unit === 'Y' || (unit === 'M' && count <= 1) ? { kind: 'ask', why: 'too-wide' } : under(count, unit, today);
    case 'UNDER': return under(count, unit, today);
    case undefined:
    default: return extra === null ? span(count, unit, today) : withPart(count, unit, extra, today);
  }
}

/** "Gần 2 tháng": not yet, by less than half of a month, or two months of a year. */
function under(count: number, unit: Unit, today: number): Found {
  const latest = unit === 'Y' ? addMonths(today, -(count * 12 - 2)) : unit === 'M' ? back(today, count, unit) + 14 : unit === 'W' ? back(today, count, unit) + 6 : today - count + 1;
  return about(Math.min(today, latest), back(today, count, unit) + 1);
}

function withPart(count: number, unit: Unit, extra: Part, today: number): Found {
  const birth = back(back(today, count, unit), extra.count + (extra.half === true ? 0.5 : 0), extra.unit) - (extra.days ?? 0);
  return isTooLong(birth, today) ? { kind: 'ask', why: 'impossible' } : about(birth, extra.unit === 'D' || (extra.days ?? 0) > 0 ? birth : back(birth, 1, extra.unit) + 1);
}

/** Of `count` whole units: born at the latest that long ago, at the earliest one unit before. Halves are kept to the month. */
function span(count: number, unit: Unit, today: number): Found {
  const birth = back(today, count, unit);
  if (isTooLong(birth, today)) return { kind: 'ask', why: 'impossible' };
  const isWhole = Number.isInteger(count);
  const earliest = unit === 'D' ? birth : unit === 'Y' && !isWhole ? back(birth, 1, 'M') + 1 : back(today, Math.floor(count) + 1, unit) + 1;
  return about(birth, earliest);
}

function back(from: number, count: number, unit: Unit): number {
  switch (unit) {
    case 'D': return from - Math.floor(count);
    case 'W': return from - Math.floor(count * 7);
    case 'M': return addMonths(from, -Math.floor(count)) - (Number.isInteger(count) ? 0 : 15);
    case 'Y': return addMonths(from, -Math.floor(count * 12));
  }
}

function isTooLong(birth: number, today: number): boolean {
  return birth < addMonths(today, -12 * LARGEST_AGE_YEARS);
}

function named(hedge: string | undefined, name: string, today: number): Found[] {
  switch (name) {
    case 'FULL_MONTH': return [hedge === undefined ? about(addMonths(today, -1), addMonths(today, -1) - 6) : hedged(hedge, 1, 'M', null, today)];
    case 'FULL_YEAR': return [hedge === undefined ? about(addMonths(today, -12), addMonths(today, -13) + 1) : hedged(hedge, 1, 'Y', null, today)];
    case 'HALF_MONTH': return [about(today - 15, today - 15)];
    default: return [hedged(hedge, 6, 'M', null, today)];
  }
}
