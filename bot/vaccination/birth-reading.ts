import type { Day } from '#knowledge/day.ts';
import { dayFrom } from './calendar.ts';

/**
 * One way to understand what was said. `birth` is the latest day on which the child can have been born, so that no
 * dose is reckoned too early; `earliest` the first such day. They are equal for a day that was named.
 */
export type BirthReading = { birth: Day; earliest: Day; precision: 'day' | 'about' };

export type AskBirth =
  | 'lunar'
  | 'grade'
  /** Counted from one at birth, or named by its animal. */
  | 'nominal-age'
  /** A year, or "not yet one": too wide for a schedule. */
  | 'too-wide'
  | 'future'
  /** No such day: 31/2. */
  | 'impossible';

/** A reading of one expression, or why it must be asked about; not `sure`: say it back first. */
export type Found = { kind: 'reading'; reading: BirthReading; sure: boolean } | { kind: 'ask'; why: AskBirth };

export function exactly(days: number): Found {
  const day = dayFrom(days);
  return { kind: 'reading', reading: { birth: day, earliest: day, precision: 'day' }, sure: true };
}

export function about(birth: number, earliest: number): Found {
  return { kind: 'reading', reading: { birth: dayFrom(birth), earliest: dayFrom(Math.min(birth, earliest)), precision: 'about' }, sure: true };
}

export function unsure(found: Found): Found {
  return found.kind === 'reading' ? { ...found, sure: false } : found;
}

export function num(text: string | undefined): number {
  return Number(text);
}
