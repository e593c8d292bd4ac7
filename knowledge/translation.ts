import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { FAILSAFE_SCHEMA, load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import type { Card } from './card.ts';
import { isDay, type Day } from './day.ts';
import type { Lang } from './lang.ts';
import { faultsOf, FOR_PEOPLE, fromFailure, ruleMessage, wanted, type FieldFault } from './wanted.ts';

/**
 * A card in another language: one file beside the Vietnamese (`5k.mask.jra.md`), with who approved it, and a hash of the
 * Vietnamese it renders, so that a changed original makes it stale by itself.
 */

/** The languages a card may be translated into. */
export type Target = Exclude<Lang, 'vi'>;

/** What a text is worth: shown beside the Vietnamese, alone, or not until somebody looks again. */
export type Standing = 'draft' | 'approved' | 'stale' | 'missing';

const words = (least: number) => z.string().trim().min(least);
const day = z.custom<Day>((value) => typeof value === 'string' && isDay(value), { error: ruleMessage('day') });
const hash = z.string().regex(/^[0-9a-f]{16}$/, { error: ruleMessage('hash') });

/** Status of one text. An approval names the speaker, the dialect and the day. */
export const statusSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('draft'), of: hash }),
  z.strictObject({ status: z.literal('approved'), of: hash, by: words(2), dialect: words(2), on: day }),
]);

export type TextStatus = z.infer<typeof statusSchema>;

/** `locales/<lang>/status.json`: the status of each interface text by its key (`chat:passed.lead`). */
export const statusFileSchema = z.record(z.string(), statusSchema);

export type StatusFile = z.infer<typeof statusFileSchema>;

const frontShape = { question: words(2), variants: z.array(words(2)).default([]) };
const frontSchema = z.discriminatedUnion('status', [
  z.strictObject({ ...frontShape, status: z.literal('draft'), of: hash }),
  z.strictObject({ ...frontShape, status: z.literal('approved'), of: hash, by: words(2), dialect: words(2), on: day }),
]);

/** A card's text in another language. A part that is null is shown in Vietnamese. */
export type Translation = {
  id: string;
  lang: Target;
  status: TextStatus;
  /** The label for choices and buttons. */
  question: string;
  /** How speakers ask it; may be empty. */
  variants: string[];
  answer: string;
  more: string | null;
  /** Shown only when the translation is approved and the card is signed. */
  clinical: string | null;
};

/** One thing wrong with a translation's file. */
export type TranslationFault = FieldFault & { file: string };

export type TranslationResult = { ok: true; translation: Translation } | { ok: false; faults: FieldFault[] };

/** Reads a translation's text. Never throws: what is wrong comes back, all at once. */
export function parseTranslation(text: string, id: string, lang: Target): TranslationResult {
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
  const body = partsOf(split[2] ?? '');
  for (const heading of body.unknown) faults.push({ field: 'body', expected: wanted('sameHeadings', { heading }) });
  if (body.answer === '') faults.push({ field: 'body', expected: wanted('answerFirst') });
  if (!front.success || faults.length > 0) return { ok: false, faults };
  const { question, variants, ...status } = front.data;
  return { ok: true, translation: { id, lang, status, question, variants, answer: body.answer, more: body.more, clinical: body.clinical } };
}

/** Sixteen signs that change when a text changes by more than its spaces. */
export function hashOf(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.map((text) => text.normalize('NFC').replace(/\s+/g, ' ').trim()).join('\n')).digest('hex').slice(0, 16);
}

/** The hash of what a translation renders: the question, the answer, and those further parts that it has too. */
export function cardHash(card: Pick<Card, 'question' | 'answer' | 'more' | 'clinical'>, parts: Pick<Translation, 'more' | 'clinical'>): string {
  return hashOf(card.question, card.answer, ...(parts.more === null ? [] : [card.more ?? '']), ...(parts.clinical === null ? [] : [card.clinical ?? '']));
}

/** Where a card's translation stands now. */
export function standingOf(translation: Translation | undefined, card: Card): Standing {
  if (translation === undefined) return 'missing';
  return translation.status.of === cardHash(card, translation) ? translation.status.status : 'stale';
}

/** Where one interface text stands: `text` in the language, `vietnamese` beside it, and what the status file says of it. */
export function textStanding(text: string | undefined, vietnamese: string, status: TextStatus | undefined): Standing {
  if (text === undefined) return 'missing';
  if (status === undefined) return 'draft';
  return status.of === hashOf(vietnamese) ? status.status : 'stale';
}

export type Translations = {
  /** By card id and language. */
  get(id: string, lang: Target): Translation | undefined;
  all: Translation[];
  faults: TranslationFault[];
};

const FILE = /^(.+)\.(jra|bdq|en)\.md$/;
const VALUE = /\{\{\s*([\w.]+)\s*\}\}/g;

/**
 * Reads every translation below `dirs`; of two for one card and language the later folder's wins. A file that breaks the
 * form, belongs to no card, or asks for a value that no Vietnamese card asks for, is left out and named in `faults`.
 */
export async function loadTranslations(dirs: string | string[], cards: readonly Card[]): Promise<Translations> {
  const known = new Set(cards.map((card) => card.id));
  const values = new Set(cards.flatMap((card) => valuesIn(`${card.answer} ${card.more ?? ''} ${card.clinical ?? ''}`)));
  const found = new Map<string, Translation>();
  const faults: TranslationFault[] = [];
  for (const dir of [dirs].flat()) {
    const files = await translationFiles(dir);
    const read = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')));
    for (const [at, file] of files.entries()) {
      const name = FILE.exec(file.split('/').at(-1) ?? '');
      const id = name?.[1] ?? '';
      const lang = name?.[2];
      if (lang !== 'jra' && lang !== 'bdq' && lang !== 'en') continue;
      const result = parseTranslation(read[at] ?? '', id, lang);
      const wrong = result.ok ? valuesIn(`${result.translation.answer} ${result.translation.more ?? ''} ${result.translation.clinical ?? ''}`).filter((value) => !values.has(value)) : [];
      if (!result.ok) faults.push(...result.faults.map((fault) => ({ file, ...fault })));
      else if (!known.has(id)) faults.push({ file, field: 'file', expected: wanted('vietnameseCard', { id }) });
      else if (wrong.length > 0) faults.push({ file, field: 'body', expected: wanted('usedValues', { names: wrong.join(', ') }) });
      else found.set(`${id} ${lang}`, result.translation);
    }
  }
  return { get: (id, lang) => found.get(`${id} ${lang}`), all: [...found.values()], faults };
}

function valuesIn(text: string): string[] {
  return [...text.matchAll(VALUE)].map((hit) => hit[1] ?? '');
}

function partsOf(body: string): { answer: string; more: string | null; clinical: string | null; unknown: string[] } {
  const pieces = body.split(/^## +(.+)$/m);
  const found = { answer: (pieces[0] ?? '').trim(), more: null as string | null, clinical: null as string | null, unknown: [] as string[] };
  for (let i = 1; i < pieces.length; i += 2) {
    const heading = (pieces[i] ?? '').trim().normalize('NFC');
    const content = (pieces[i + 1] ?? '').trim();
    if (/^Xem thêm$/.test(heading)) found.more = content;
    else if (/^Chuyên môn$/.test(heading)) found.clinical = content;
    else found.unknown.push(heading);
  }
  return found;
}

async function translationFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && FILE.test(entry.name))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
