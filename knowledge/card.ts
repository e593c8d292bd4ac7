import { z } from 'zod';
import { isDay, type Day } from './day.ts';
import { parseSheet } from './sheet.ts';
import { ruleMessage, wanted, type FieldFault } from './wanted.ts';

/**
 * A card is one curated answer in one file. This module knows its form and nothing else: how to read a file's text
 * into a `Card`, and how to tell what is wrong with it so that its author can act on it.
 */

const day = z.custom<Day>((value) => typeof value === 'string' && isDay(value), { error: ruleMessage('day') });
const words = (least: number) => z.string().trim().min(least);

/** A source's own date may be known to the year, the month or the day. */
const sourceSchema = z.strictObject({
  name: words(3),
  date: z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, { error: ruleMessage('sourceDate') }),
  url: z.url().optional(),
});

const reviewSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('sourced') }),
  z.strictObject({ status: z.literal('signed'), by: words(2), role: words(2), on: day }),
]);

const frontSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(\.[a-z0-9-]+)+$/, { error: ruleMessage('cardId') }),
  topic: z.string().regex(/^[a-z0-9-]+$/, { error: ruleMessage('topic') }),
  question: words(6),
  variants: z.array(words(2)).min(5, { error: ruleMessage('fiveVariants') }),
  sources: z.array(sourceSchema).min(1, { error: ruleMessage('oneSource') }),
  validFrom: day,
  validUntil: day,
  reviewBy: day,
  review: reviewSchema,
  related: z.array(z.string()).default([]),
});

export type Source = z.infer<typeof sourceSchema>;

/** One curated answer. Texts are Markdown without headings; `{{station.phone}}` and the like are filled from the place. */
export type Card = z.infer<typeof frontSchema> & {
  /** The short answer: what to do comes first, at most 600 characters. */
  answer: string;
  /** Under "Xem thêm". */
  more: string | null;
  /** Under "Chuyên môn": shown only when `review.status` is `signed`. */
  clinical: string | null;
};

export type CardResult = { ok: true; card: Card } | { ok: false; faults: FieldFault[] };

/** Reads a card file's text. Never throws: what is wrong comes back as faults, all of them at once. */
export function parseCard(text: string): CardResult {
  const read = parseSheet(text, frontSchema, 'headings', ({ validFrom, validUntil }) => (
    validFrom > validUntil ? [{ field: 'validUntil', expected: wanted('dayFrom', { day: validFrom }) }] : []
  ));
  return read.ok ? { ok: true, card: { ...read.front, ...read.body } } : read;
}
