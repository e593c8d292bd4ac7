import say from '#locales/vi/aloud.json' with { type: 'json' };

/** An announcement as somebody reads it into the loudspeaker: days, hours and numbers in words, one breath a line. */

/** The words between the opening and the closing of a reading. `words` are the texts of `locales/vi/console.json`. */
export function readAloud(text: string, words: { open: string; close: string }): string[] {
  const lines = text.normalize('NFC').replace(/https?:\/\/\S+/gu, '').split(/\n+/u).flatMap((line) => line.split(/(?<=[.!?…])\s+(?=\p{Lu})/u));
  return [words.open, ...lines.map((line) => spoken(line.trim())).filter((line) => line !== ''), words.close];
}

/** One line with its numbers as they are spoken; what is no number stays as it is. */
export function spoken(line: string): string {
  return line
    .replace(/(?:\bngày\s+)?(?<![\d/])(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?(?![\d/])/giu, (whole, day: string, month: string, year: string | undefined) => (
      isIn(day, 1, 31) && isIn(month, 1, 12) ? [whole.startsWith('N') ? say.dayAtStart : say.day, sayNumber(Number(day)), say.month, sayMonth(Number(month)), ...(year === undefined ? [] : [say.year, sayNumber(Number(year))])].join(' ') : whole
    ))
    .replace(/(?<!\d)(\d{1,2})\s*(?::|h|giờ\s+)\s*(\d{2})?(?![\d:])(\s*phút)?/giu, (whole, hour: string, minute: string | undefined) => sayClock(whole, hour, minute))
    .replace(/(?<!\d)(?:\+?\d[ .]?){7,14}\d(?!\d)/gu, (number) => digitByDigit(number))
    .replace(/(?<![\d.,])(1\d\d)(?![\d.,]\d)(?=[\s,.;:!?)]|$)/gu, (number) => (EMERGENCY.has(number) ? digitByDigit(number) : number))
    .replace(/(?<![\d.,])(\d{1,3}(?:\.\d{3})+|\d{1,6})(?![\d]|[.,]\d)/gu, (number) => sayNumber(Number(number.replaceAll('.', ''))))
    .replace(/\s+/gu, ' ');
}

function digitByDigit(number: string): string {
  return (number.match(/\d/gu) ?? []).map((each) => sayNumber(Number(each))).join(' ');
}

/** Numbers that are called are said digit by digit. */
const EMERGENCY = new Set(['111', '113', '114', '115', '112']);

const DIGITS = [say.digit[0], say.digit[1], say.digit[2], say.digit[3], say.digit[4], say.digit[5], say.digit[6], say.digit[7], say.digit[8], say.digit[9]] as const;

/** A whole number from 0 to 999,999,999 in Vietnamese words. */
export function sayNumber(number: number): string {
  const millions = Math.floor(number / 1_000_000);
  const thousands = Math.floor(number / 1000) % 1000;
  const rest = number % 1000;
  const parts = [
    ...(millions > 0 ? [`${hundreds(millions, false)} ${say.million}`] : []),
    ...(thousands > 0 ? [`${hundreds(thousands, millions > 0)} ${say.thousand}`] : []),
    ...(rest > 0 || number === 0 ? [hundreds(rest, number >= 1000)] : []),
  ];
  return parts.join(' ');
}

/** `isFull`: something stands in front, so that the hundreds are named even when there are none. */
function hundreds(number: number, isFull: boolean): string {
  const hundred = Math.floor(number / 100);
  const tens = number % 100;
  const head = hundred > 0 || isFull ? `${digit(hundred)} ${say.hundred}` : '';
  if (tens === 0) return head === '' ? digit(0) : hundred === 0 && isFull ? '' : head;
  const tail = tens < 10 ? (head === '' ? digit(tens) : `${say.and} ${digit(tens)}`) : twoDigits(tens);
  return head === '' ? tail : `${head} ${tail}`;
}

function twoDigits(number: number): string {
  const ten = Math.floor(number / 10);
  const one = number % 10;
  const head = ten === 1 ? say.ten : `${digit(ten)} ${say.tens}`;
  if (one === 0) return head;
  if (one === 1 && ten > 1) return `${head} ${say.oneAfterTens}`;
  if (one === 5) return `${head} ${say.fiveAfterTens}`;
  return `${head} ${digit(one)}`;
}

function digit(number: number): string {
  return DIGITS[number] ?? '';
}

/** April is "tháng tư". */
function sayMonth(month: number): string {
  return month === 4 ? say.april : sayNumber(month);
}

function sayClock(whole: string, hour: string, minute: string | undefined): string {
  if (!isIn(hour, 0, 23) || (minute !== undefined && !isIn(minute, 0, 59))) return whole;
  // "7 " with nothing that says an hour is not one; the pattern asks for ":" or "h", and "7:" alone is a list.
  if (minute === undefined && /:\s*$/u.test(whole)) return whole;
  const end = /\s$/u.test(whole) ? ' ' : '';
  if (minute === undefined || Number(minute) === 0) return `${sayNumber(Number(hour))} ${say.hour}${end}`;
  return `${sayNumber(Number(hour))} ${say.hour} ${minute === '30' ? say.half : sayNumber(Number(minute))}${end}`;
}

function isIn(text: string, from: number, to: number): boolean {
  return Number(text) >= from && Number(text) <= to;
}
