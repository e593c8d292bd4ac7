/**
 * Days and hours as people in Vietnam count them. Vietnam has one zone, UTC+7, without daylight saving
 * (IANA Asia/Ho_Chi_Minh since 1975), so plain arithmetic is exact and needs no library.
 */

/** A calendar day in Vietnam, `YYYY-MM-DD`. Compares correctly as text. */
export type Day = `${number}-${number}-${number}`;

const OFFSET_MS = 7 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The calendar day in Vietnam at `epochMs`. */
export function dayOf(epochMs: number): Day {
  return new Date(epochMs + OFFSET_MS).toISOString().slice(0, 10) as Day;
}

/** Hour and minute of the day in Vietnam at `epochMs`, 0-23 and 0-59. */
export function clockOf(epochMs: number): { hour: number; minute: number } {
  const local = new Date(epochMs + OFFSET_MS);
  return { hour: local.getUTCHours(), minute: local.getUTCMinutes() };
}

/** Epoch milliseconds of `day` at `hour:minute` in Vietnam. */
export function epochOf(day: Day, hour = 0, minute = 0): number {
  return Date.parse(`${day}T00:00:00Z`) - OFFSET_MS + (hour * 60 + minute) * 60_000;
}

/** `day` moved by whole days. */
export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10) as Day;
}

/** Day of the week, 1 = Monday … 7 = Sunday, as the place's opening hours use it. */
export function weekdayOf(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

/** True for text that is a real calendar day in the form `YYYY-MM-DD`. */
export function isDay(text: string): text is Day {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}

/**
 * Epoch milliseconds of a moment as somebody types it: `2026-11-25T17:00`, with seconds and a zone where they matter, or
 * a day alone for its first minute. Without a zone it is Vietnam's, wherever the machine believes to stand. Null for anything else.
 */
export function momentOf(typed: string): number | null {
  const [, day = '', time = '00:00', zone = '+07:00', hours, minutes = '00'] = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|([+-]\d{2})(?::?(\d{2}))?)?)?$/i.exec(typed.trim()) ?? [];
  const atMs = isDay(day) ? Date.parse(`${day}T${time}${hours === undefined ? zone.toUpperCase() : `${hours}:${minutes}`}`) : NaN;
  return Number.isNaN(atMs) ? null : atMs;
}

/** The day as people read it: `25/11/2026`. */
export function readableDay(day: Day): string {
  const [year, month, date] = day.split('-');
  return `${date ?? ''}/${month ?? ''}/${year ?? ''}`;
}
