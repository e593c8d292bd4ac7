import { FAILSAFE_SCHEMA, load as parseYaml } from 'js-yaml';
import type { z } from 'zod';
import { faultsOf, FOR_PEOPLE, fromFailure, wanted, type FieldFault, type Rule } from './wanted.ts';

/**
 * The form that cards and their translations share: fields between two lines `---`, below them the answer, and what
 * stands under the two headings that there may be.
 */

export const MORE = 'Xem thêm';
export const CLINICAL = 'Chuyên môn';

/** Texts are Markdown without headings; null where the heading is missing. */
export type Body = { answer: string; more: string | null; clinical: string | null };

export type SheetResult<Front> = { ok: true; front: Front; body: Body } | { ok: false; faults: FieldFault[] };

/**
 * Reads a sheet's text by the schema of its fields. Never throws: what is wrong comes back, all of it at once.
 * `headings` is the rule that a third heading breaks; `rest` finds what the schema cannot, in fields that keep it.
 */
export function parseSheet<Front>(text: string, schema: z.ZodType<Front>, headings: Rule, rest: (front: Front) => FieldFault[] = () => []): SheetResult<Front> {
  const split = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text.normalize('NFC').replace(/\r\n/g, '\n').replace(/^\uFEFF/, ''));
  if (!split) return { ok: false, faults: [{ field: 'file', expected: wanted('frontMatter') }] };

  let raw: unknown;
  try {
    raw = parseYaml(split[1] ?? '', { schema: FAILSAFE_SCHEMA });
  } catch (error) {
    return { ok: false, faults: [{ field: 'front matter', expected: fromFailure(error, 1) }] };
  }

  const front = schema.safeParse(raw, FOR_PEOPLE);
  const faults = front.success ? [] : faultsOf(front.error, 'front matter');
  const { unknown, ...body } = sections(split[2] ?? '');
  for (const heading of unknown) faults.push({ field: 'body', expected: wanted(headings, { heading }) });
  if (body.answer === '') faults.push({ field: 'body', expected: wanted('answerFirst') });
  if (front.success) faults.push(...rest(front.data));
  return front.success && faults.length === 0 ? { ok: true, front: front.data, body } : { ok: false, faults };
}

function sections(text: string): Body & { unknown: string[] } {
  const parts = text.split(/^## +(.+)$/m);
  const found: Body & { unknown: string[] } = { answer: (parts[0] ?? '').trim(), more: null, clinical: null, unknown: [] };
  for (let i = 1; i < parts.length; i += 2) {
    const heading = (parts[i] ?? '').trim();
    const content = (parts[i + 1] ?? '').trim();
    if (heading === MORE) found.more = content;
    else if (heading === CLINICAL) found.clinical = content;
    else found.unknown.push(heading);
  }
  return found;
}
