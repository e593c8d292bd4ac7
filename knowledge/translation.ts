import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import type { Card } from './card.ts';
import { isDay, type Day } from './day.ts';
import type { Lang } from './lang.ts';
import { parseSheet } from './sheet.ts';
import { ruleMessage, wanted, type FieldFault } from './wanted.ts';

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
const statusSchema = z.discriminatedUnion('status', [
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
  const read = parseSheet(text, frontSchema, 'sameHeadings');
  if (!read.ok) return read;
  const { question, variants, ...status } = read.front;
  return { ok: true, translation: { id, lang, status, question, variants, ...read.body } };
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

async function translationFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && FILE.test(entry.name))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
