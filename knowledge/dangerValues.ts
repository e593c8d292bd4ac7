import { z } from 'zod';
import { fold } from './text.ts';

/** Numbers in a message that mean danger: oxygen, breaths, fever by age, pulse, blood pressure. Thresholds come from a file. */

const byAge = <T extends z.ZodRawShape>(shape: T) => z.array(z.strictObject({ underMonths: z.number().positive(), ...shape })).min(1);

export const valuesSchema = z.strictObject({
  spo2AtMost: z.number(),
  breathsAtLeast: byAge({ breaths: z.number() }),
  breathsUnknownChild: z.number(),
  breathsUnknownAdult: z.number(),
  feverAtLeast: byAge({ degrees: z.number() }),
  feverUnknownAge: z.number(),
  anyFeverUnderMonths: z.number(),
  coldAtMost: z.number(),
  pulseOver: z.number(),
  pulseUnder: z.number(),
  systolicUnder: z.number(),
  diastolicUnder: z.number(),
  systolicAtLeast: z.number(),
  diastolicAtLeast: z.number(),
  alarmFromLikeness: z.number().min(0).max(1),
  alarmFromLikenessMedical: z.number().min(0).max(1),
  alarmFromLikenessFramed: z.number().min(0).max(1),
  guessedFromLikeness: z.number().min(0).max(1),
  bareFromLikeness: z.number().min(0).max(1),
  everydayBelowLikeness: z.number().min(0).max(1),
  calmBelowLikeness: z.number().min(0).max(1),
  calmCertainBelow: z.number().min(0).max(1),
});

export type DangerValues = z.infer<typeof valuesSchema>;

const DIGIT = /\d/;
const CHILD = /(?<![a-z])(be|con|chau|tre|nhoc|cu|em be|so sinh|thang nho|dua|nit)(?![a-z])/;

/**
 * Names of the values that mean danger (`value:spo2`). `cleaned`: as `clean` leaves it. Where an age can be read in two
 * ways ("3t"), the one that alarms counts.
 */
export function dangerousValues(cleaned: string, limits: DangerValues): string[] {
  const text = fold(cleaned).replace(/(\d),(\d)/g, '$1.$2');
  const ages = agesInMonths(text);
  const child = CHILD.test(text);
  const found: string[] = [];

  if (spo2(text).some((value) => value <= limits.spo2AtMost && value >= 30)) found.push('value:spo2');
  if (breaths(text).some((value) => value <= 150 && value >= breathLimit(ages, child, limits))) found.push('value:breaths');
  for (const degrees of temperatures(text)) {
    const limit = ages.length === 0 ? limits.feverUnknownAge : Math.min(...ages.map((age) => limits.feverAtLeast.find((row) => age < row.underMonths)?.degrees ?? limits.feverUnknownAge));
    if (degrees >= limit && degrees <= 43) found.push('value:fever');
    if (degrees <= limits.coldAtMost && degrees >= 25 && /nhiet do|than nhiet|nguoi lanh|lanh/.test(text)) found.push('value:cold');
  }
  if (/(?<![a-z])sot(?![a-z])/.test(text) && !/khong sot|het sot|ko sot|k sot/.test(text) && ages.some((age) => age < limits.anyFeverUnderMonths) && !/so sinh tiem|tiem|chich/.test(text)) found.push('value:newborn-fever');
  if (numbersAfter(text, PULSE).some((value) => value <= 250 && (value > limits.pulseOver && !isYoung(ages, child) || value > 180 || value < limits.pulseUnder && value >= 20))) found.push('value:pulse');
  for (const [, high = '', low = ''] of text.matchAll(/(?:huyet ap|(?<![a-z])ha(?![a-z]))[^.\d]{0,20}(\d{2,3})\s*(?:\/|tren|-|:|\s)\s*(\d{2,3})/g)) {
    const systolic = Number(high) < 30 ? Number(high) * 10 : Number(high);
    const diastolic = Number(low);
    if (systolic < limits.systolicUnder || diastolic < limits.diastolicUnder && systolic < 110 || systolic >= limits.systolicAtLeast || diastolic >= limits.diastolicAtLeast) found.push('value:blood-pressure');
  }
  if (numbersAfter(text, PRESSURE).some((value) => value >= limits.systolicAtLeast && value <= 300)) found.push('value:blood-pressure');
  return [...new Set(found)];
}

/** Whether a message tells a measured value at all; one that is not dangerous speaks for calm. */
export function hasMeasure(cleaned: string): boolean {
  if (!DIGIT.test(cleaned)) return false;
  const text = fold(cleaned).replace(/(\d),(\d)/g, '$1.$2');
  return spo2(text).length > 0 || breaths(text).length > 0 || temperatures(text).length > 0 || /huyet ap[^.\d]{0,20}\d{2,3}/.test(text);
}

function isYoung(ages: number[], child: boolean): boolean {
  return ages.length > 0 ? ages.some((age) => age < 72) : child;
}

const OXYGEN = afterName(/(?:spo2|sp ?o ?2|nong do ox[yi]|do bao hoa|ox[yi] trong mau|ox[yi] mau|chi so ox[yi]|kep tay do|may kep|ox[yi])/);
/** "Đo được 92%": nothing else is measured so at home. */
const MEASURED_SHARE = /(?<![a-z])(?:do|kep|may)(?![a-z])[^.\d%]{0,16}(\d{2})\s*%/g;
const PULSE = afterName(/(?:mach|nhip tim|tim dap)/);
const PRESSURE = afterName(/huyet ap/);

function spo2(text: string): number[] {
  return [...numbersAfter(text, OXYGEN), ...[...text.matchAll(MEASURED_SHARE)].map(([, value]) => Number(value))].filter((value) => value <= 100);
}

function breaths(text: string): number[] {
  const rate = [...text.matchAll(/(?:tho|nhip tho)[^.\d]{0,24}(\d{2,3})\s*(?:lan|nhip|hoi|cai|l|n)?\s*(?:\/|mot|1|trong|moi|tren|x)?\s*(?:phut|1 phut|p(?![a-z]))/g)];
  const named = [...text.matchAll(/nhip tho[^.\d]{0,16}(\d{2,3})(?!\d)/g)];
  const before = [...text.matchAll(/(\d{2,3})\s*(?:lan|nhip|hoi)\s*(?:tho)?\s*(?:\/|mot|1|trong|moi)\s*(?:phut|p(?![a-z]))[^.]{0,12}tho/g)];
  return [...rate, ...named, ...before].map(([, value]) => Number(value));
}

function breathLimit(ages: number[], child: boolean, limits: DangerValues): number {
  if (ages.length === 0) return child ? limits.breathsUnknownChild : limits.breathsUnknownAdult;
  return Math.min(...ages.map((age) => limits.breathsAtLeast.find((row) => age < row.underMonths)?.breaths ?? limits.breathsUnknownAdult));
}

const DEGREES = String.raw`(?<![\d/.])(3[0-9]|4[0-3])(?:\.(\d))?`;
const WITH_UNIT = new RegExp(String.raw`${DEGREES}\s*(?:do c|°c|doc|do|°|oc)(?![a-z])\s*(ruoi|\d(?![\d/]))?`, 'g');
const AFTER_FEVER = new RegExp(String.raw`(?:sot|nhiet do|than nhiet|nhiet ke|cap nhiet|kep nhiet|nong|lanh)[^.\d]{0,18}${DEGREES}(?!\s*(?:mam|nguoi|tuoi|ngay|thang|kg|ky|tuan|gio|phut|tieng|lan|nam|dong|nghin|trieu))(?![\d/])`, 'g');

/** Temperatures: a number with its unit, or right after a word of fever. */
function temperatures(text: string): number[] {
  if (!/sot|nhiet|nong|lanh|hap hap/.test(text)) return [];
  const found = [...text.matchAll(WITH_UNIT), ...text.matchAll(AFTER_FEVER)];
  return found.map(([, whole, part, word]) => Number(whole) + (part !== undefined ? Number(part) / 10 : word === 'ruoi' ? 0.5 : word !== undefined ? Number(word) / 10 : 0));
}

/** Ages as people write them: `3 tháng`, `2 tuổi`, `10 ngày tuổi`, `9th`, `3t` (months and years, both). */
export function agesInMonths(text: string): number[] {
  const ages: number[] = [];
  for (const match of text.matchAll(/(?<![\d/.])(\d{1,3})\s*(ngay|tuan|thang|tuoi|thg|th|t|n)(?![a-z0-9])(\s*(?:tuoi|ruoi))?(?!\s*(?:truoc|nay|qua))/g)) {
    const count = Number(match[1]);
    const unit = match[2] ?? '';
    const before = text.slice(Math.max(0, match.index - 14), match.index);
    const isAge = unit === 'tuoi' || (match[3] ?? '').includes('tuoi') || /(be|con|chau|tre|nhoc|cu|gai|trai|nho|ut|em|dua|duoc|dc|moi|sinh|de|no|nit)\s*$/.test(before.trimEnd() + ' ');
    if (!isAge || /(sot|ho|bau|thai|om|benh|dau|sau|truoc)\s*(duoc|dc|da)?\s*$/.test(before)) continue;
    if (unit === 'tuoi' || unit === 't') ages.push(count * 12);
    if (unit === 'thang' || unit === 'thg' || unit === 'th' || unit === 't') ages.push(count);
    if (unit === 'tuan') ages.push(count / 4.35);
    if (unit === 'ngay' || unit === 'n') ages.push(count / 30);
  }
  if (/so sinh|moi de|moi sinh/.test(text) && ages.length === 0) ages.push(0.3);
  return ages;
}

function afterName(name: RegExp): RegExp {
  return new RegExp(`${name.source}[^.\\d]{0,24}(\\d{2,3})(?![\\d])`, 'g');
}

function numbersAfter(text: string, name: RegExp): number[] {
  return [...text.matchAll(name)].map(([, value]) => Number(value));
}
