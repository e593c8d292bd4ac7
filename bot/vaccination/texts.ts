import type { Lang } from '#knowledge/lang.ts';
import { readableDay, weekdayOf, type Day } from '#knowledge/day.ts';
import vi from '#locales/vi/vaccination.json' with { type: 'json' };

type Leaves<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : Leaves<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** A text of `locales/<lang>/vaccination.json`, by its name there. */
export type VaccinationKey = Leaves<typeof vi>;

/** One text with its values filled in. */
export type Say = (key: VaccinationKey, values?: Record<string, string | number>) => string;

/** The language of a conversation in this part: its texts, and the language they are really in. */
export type Voice = { say: Say; lang: Lang };

export type Station = { name: string; phone: string };

export function weekdayName(say: Say, day: Day): string {
  return say(`weekday.${WEEKDAYS[weekdayOf(day) - 1] ?? '7'}`);
}

const WEEKDAYS = ['1', '2', '3', '4', '5', '6', '7'] as const;

/** `3/5/2026`, as people write it. */
export function shortDay(day: Day): string {
  return readableDay(day).replace(/\b0/g, '');
}

/** `7:30`. */
export function clockText(minute: number): string {
  return `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
}
