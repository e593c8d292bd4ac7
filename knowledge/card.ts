import { FAILSAFE_SCHEMA, load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import { isDay, type Day } from './day.ts';
import { faultsOf, FOR_PEOPLE, fromFailure, ruleMessage, wanted, type FieldFault } from './wanted.ts';

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
export type Review = z.infer<typeof reviewSchema>;

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

/** The two headings that a card may have. */
export const MORE = 'Xem thêm';
export const CLINICAL = 'Chuyên môn';

/** Reads a card file's text. Never throws: what is wrong comes back as faults, all of them at once. */
export function parseCard(text: string): CardResult {
  const split = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text.normalize('NFC').replace(/\r\n/g, '\n').replace(/^\uFEFF/, ''));
  if (!split) return { ok: false, faults: [{ field: 'file', expected: wanted('frontMatter') }] };

  let raw: unknown;
  try {
    raw = parseYaml(split[1] ?? '', { schema: FAILSAFE_SCHEMA });
  } catch (error) {
    return { ok: false, faults: [{ field: 'front matter', expected: fromFailure(error, 1) }] };
  }

  const front = frontSchema.safeParse(raw, FOR_PEOPLE);
  const faults = front.success ? [] : faultsOf(front.error, 'front matter');
  const body = sections(split[2] ?? '');
  for (const heading of body.unknown) faults.push({ field: 'body', expected: wanted('headings', { heading }) });
  if (body.answer === '') faults.push({ field: 'body', expected: wanted('answerFirst') });
  if (front.success && front.data.validFrom > front.data.validUntil) faults.push({ field: 'validUntil', expected: wanted('dayFrom', { day: front.data.validFrom }) });
  if (!front.success || faults.length > 0) return { ok: false, faults };

  return { ok: true, card: { ...front.data, answer: body.answer, more: body.more, clinical: body.clinical } };
}

function sections(body: string): { answer: string; more: string | null; clinical: string | null; unknown: string[] } {
  const parts = body.split(/^## +(.+)$/m);
  const found = { answer: (parts[0] ?? '').trim(), more: null as string | null, clinical: null as string | null, unknown: [] as string[] };
  for (let i = 1; i < parts.length; i += 2) {
    const heading = (parts[i] ?? '').trim();
    const content = (parts[i + 1] ?? '').trim();
    if (heading === MORE) found.more = content;
    else if (heading === CLINICAL) found.clinical = content;
    else found.unknown.push(heading);
  }
  return found;
}
