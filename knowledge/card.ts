import { FAILSAFE_SCHEMA, load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import { isDay, type Day } from './day.ts';

/**
 * A card is one curated answer in one file. This module knows its form and nothing else: how to read a file's text
 * into a `Card`, and how to say what is wrong with it in words its author can act on.
 */

const day = z.custom<Day>((value) => typeof value === 'string' && isDay(value), { error: 'a day like 2026-11-22' });
const words = (least: number) => z.string().trim().min(least);

/** A source's own date may be known to the year, the month or the day. */
const sourceSchema = z.strictObject({
  name: words(3),
  date: z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, { error: 'a date like 2026, 2026-05 or 2026-05-16' }),
  url: z.url().optional(),
});

const reviewSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('sourced') }),
  z.strictObject({ status: z.literal('signed'), by: words(2), role: words(2), on: day }),
]);

const frontSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(\.[a-z0-9-]+)+$/, { error: 'an id like 5k.mask' }),
  topic: z.string().regex(/^[a-z0-9-]+$/, { error: 'the name of the folder that holds the card' }),
  question: words(6),
  variants: z.array(words(2)).min(5, { error: 'at least five ways in which residents ask this' }),
  sources: z.array(sourceSchema).min(1, { error: 'at least one source' }),
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

/** One thing wrong with a file: which field (dotted path, or `body`) and what was expected there. */
export type CardFault = { field: string; expected: string };

export type CardResult = { ok: true; card: Card } | { ok: false; faults: CardFault[] };

const MORE = 'Xem thêm';
const CLINICAL = 'Chuyên môn';

/** Reads a card file's text. Never throws: what is wrong comes back as faults, all of them at once. */
export function parseCard(text: string): CardResult {
  const split = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text.normalize('NFC').replace(/\r\n/g, '\n').replace(/^\uFEFF/, ''));
  if (!split) return { ok: false, faults: [{ field: 'file', expected: 'front matter between two lines of ---, then the answer' }] };

  let raw: unknown;
  try {
    raw = parseYaml(split[1] ?? '', { schema: FAILSAFE_SCHEMA });
  } catch (error) {
    return { ok: false, faults: [{ field: 'front matter', expected: error instanceof Error ? (error.message.split('\n')[0] ?? 'YAML') : 'YAML' }] };
  }

  const front = frontSchema.safeParse(raw);
  const faults: CardFault[] = front.success ? [] : front.error.issues.map((issue) => ({ field: issue.path.join('.') || 'front matter', expected: issue.message }));
  const body = sections(split[2] ?? '');
  for (const heading of body.unknown) faults.push({ field: 'body', expected: `only the headings "${MORE}" and "${CLINICAL}", not "${heading}"` });
  if (body.answer === '') faults.push({ field: 'body', expected: 'the answer, before any heading' });
  if (front.success && front.data.validFrom > front.data.validUntil) faults.push({ field: 'validUntil', expected: `a day from ${front.data.validFrom} on` });
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
