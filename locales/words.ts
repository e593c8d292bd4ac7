import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Highland } from '#knowledge/identify/orthography.ts';
import { wordsOf } from '#knowledge/identify/words.ts';
import type { Translation } from '#knowledge/translation.ts';

/**
 * What is known of the words of Jrai and Bahnar, and the check that no text uses another: a text in either language may
 * hold attested words, listed Vietnamese loans and names, numbers and `{{values}}`, and nothing else.
 */

/** How sure a term is: `low` is composed or comes from one word list, and attests nothing. */
export type Confidence = 'high' | 'medium' | 'low';

/** One entry of the termbase: the term, its Vietnamese meaning, how sure, and on what evidence. */
export type Term = { term: string; vi: string; confidence: Confidence; evidence: string };

type Listing = { words: string[]; kind: 'loan' | 'name' };

export type Termbase = {
  lang: Highland;
  terms: Term[];
  /** Attested forms by weight, 0 for none; a form known only from another dialect is not among them. */
  weigh: (word: string) => number;
  /** Forms met in another dialect only (Kon Tum, Kriem). */
  elsewhere: (word: string) => boolean;
  /** The term of low confidence that begins at `at`, or null: its words may be attested, together they are a guess. */
  unsure: (words: readonly string[], at: number) => string | null;
  /** Whether these words, from `at` on, begin a listed Vietnamese loan or a name: how many words it has, and which it is. */
  listed: (words: readonly string[], at: number) => { length: number; kind: 'loan' | 'name' } | null;
};

/** One thing wrong with a text: the rule, and the word or the share that breaks it. */
export type WordFault = { file: string; key: string; rule: 'not-attested' | 'other-dialect' | 'unsure-term' | 'too-vietnamese'; word: string };

/** Above this part of its words a text is Vietnamese with ornaments, and stays Vietnamese. */
const MOST_VIETNAMESE = 0.35;

const confidence = z.enum(['high', 'medium', 'low']);

/** Reads `<lang>.tsv`, `<lang>.words.tsv` and `loans.tsv` from the folder of glossaries. A malformed row throws with file and line. */
export function loadTermbase(dir: string, lang: Highland): Termbase {
  const terms = rows(join(dir, `${lang}.tsv`), 4).map(({ cells: [term = '', vi = '', sure = '', evidence = ''], where }): Term => {
    const read = confidence.safeParse(sure);
    if (!read.success) throw new Error(`${where}: confidence is high, medium or low, not "${sure}"`);
    return { term, vi, confidence: read.data, evidence };
  });

  const weights = new Map<string, number>();
  const breveless = new Map<string, number>();
  const dialect = new Set<string>();
  const attest = (word: string, weight: number) => {
    weights.set(word, Math.max(weight, weights.get(word) ?? 0));
    // A breve more or less is the same Jrai word in another hand; in Bahnar it is another word.
    if (lang === 'jra') breveless.set(withoutBreves(word), Math.max(weight, breveless.get(withoutBreves(word)) ?? 0));
  };
  for (const { cells: [word = '', tier = '', variety = ''] } of rows(join(dir, `${lang}.words.tsv`), 3)) {
    if (lang === 'bdq' && !/\b(GL|V|L)\b/.test(variety)) dialect.add(word);
    else attest(word, Number(tier) + 1);
  }
  for (const { term, confidence: sure } of terms) if (sure !== 'low') for (const word of wordsOf(term.toLowerCase())) attest(word, 1);

  const listings = new Map<string, Listing[]>();
  for (const { cells: [phrase = '', kind = '', langs = ''], where } of rows(join(dir, 'loans.tsv'), 3)) {
    if (kind !== 'loan' && kind !== 'name') throw new Error(`${where}: a loan or a name, not "${kind}"`);
    if (!langs.split(' ').includes(lang)) continue;
    const words = wordsOf(phrase.toLowerCase());
    const first = words[0] ?? '';
    const listing: Listing = { words, kind };
    listings.set(first, [...(listings.get(first) ?? []), listing].sort((a, b) => b.words.length - a.words.length));
  }

  const guesses = terms
    .filter(({ confidence: sure }) => sure === 'low')
    .flatMap(({ term }) => term.toLowerCase().split(/[;/]/))
    .map((term) => wordsOf(term))
    .filter((words) => words.length > 1 && !listings.get(words[0] ?? '')?.some((listing) => listing.words.length === words.length));

  return {
    lang,
    terms,
    unsure: (words, at) => guesses.find((guess) => guess.every((word, i) => words[at + i] === word))?.join(' ') ?? null,
    weigh: (word) => weights.get(word) ?? (lang === 'jra' ? (breveless.get(withoutBreves(word)) ?? 0) : 0),
    elsewhere: (word) => dialect.has(word),
    listed: (words, at) => {
      const hit = listings.get(words[at] ?? '')?.find((listing) => listing.words.every((word, i) => words[at + i] === word));
      return hit ? { length: hit.words.length, kind: hit.kind } : null;
    },
  };
}

/** What a text is made of: words nobody attested, words of another dialect, guessed terms, and the part (0 to 1) that is Vietnamese. */
export type Wording = { unknown: string[]; dialect: string[]; unsure: string[]; vietnamese: number };

const VALUES = /\{\{.*?\}\}|https?:\/\/\S+/g;

/** Sorts the words of one text. Names, numbers, addresses and `{{values}}` are neither here nor there. */
export function wordingOf(text: string, base: Termbase): Wording {
  const words = wordsOf(text.normalize('NFC').replace(VALUES, ' ').toLowerCase());
  const found: Wording = { unknown: [], dialect: [], unsure: [], vietnamese: 0 };
  let vietnamese = 0;
  let names = 0;
  for (let at = 0; at < words.length; ) {
    const word = words[at] ?? '';
    const guess = base.unsure(words, at);
    if (guess !== null) found.unsure.push(guess);
    const listing = base.listed(words, at);
    if (listing) {
      if (listing.kind === 'loan') vietnamese += listing.length;
      else names += listing.length;
      at += listing.length;
      continue;
    }
    if (base.weigh(word) === 0) (base.elsewhere(word) ? found.dialect : found.unknown).push(word);
    at += 1;
  }
  const counted = words.length - names;
  found.vietnamese = counted === 0 ? 0 : vietnamese / counted;
  return found;
}

/** The faults of one text, by the four rules. */
export function faultsOfText(text: string, base: Termbase): Pick<WordFault, 'rule' | 'word'>[] {
  const { unknown, dialect, unsure, vietnamese } = wordingOf(text, base);
  return [
    ...unknown.map((word) => ({ rule: 'not-attested' as const, word })),
    ...dialect.map((word) => ({ rule: 'other-dialect' as const, word })),
    ...unsure.map((word) => ({ rule: 'unsure-term' as const, word })),
    ...(vietnamese > MOST_VIETNAMESE ? [{ rule: 'too-vietnamese' as const, word: `${Math.round(vietnamese * 100)} %` }] : []),
  ];
}

type Tree = { [key: string]: string | Tree };
const tree: z.ZodType<Tree> = z.lazy(() => z.record(z.string(), z.union([z.string(), tree])));

/** The text of one translated card, as `checkWords` sees it: the parts by their names. */
export type CardText = { file: string; lang: Highland; parts: { key: string; text: string }[] };

/** The Jrai and Bahnar cards as `checkWords` wants them: label, answer, further parts, phrasings. */
export function cardTexts(translations: readonly Translation[]): CardText[] {
  return translations.flatMap(({ id, lang, question, answer, more, clinical, variants }) => {
    if (lang === 'en') return [];
    const parts = [{ key: 'question', text: question }, { key: 'answer', text: answer }, { key: 'more', text: more ?? '' }, { key: 'clinical', text: clinical ?? '' }, ...variants.map((text, i) => ({ key: `variants.${i}`, text }))];
    return [{ file: `${id}.${lang}.md`, lang, parts: parts.filter(({ text }) => text !== '') }];
  });
}

/**
 * Every fault in the Jrai and Bahnar texts below `dir` (the folder `locales`), and in the translated cards handed in.
 * Reads files and nothing else; an unreadable `chat.json` is the business of `checkTexts`.
 */
export function checkWords(dir: string, cards: readonly CardText[]): WordFault[] {
  return (['jra', 'bdq'] as const).flatMap((lang): WordFault[] => {
    const base = loadTermbase(join(dir, 'glossary'), lang);
    const chats = readdirSync(join(dir, lang))
      .filter((name) => name.endsWith('.json') && name !== 'status.json')
      .flatMap((name) => leaves(readTree(join(dir, lang, name)), '').map(([key, text]) => ({ file: `${lang}/${name}`, key, text })));
    const texts = cards.filter((card) => card.lang === lang).flatMap(({ file, parts }) => parts.map((part) => ({ file, ...part })));
    return [...chats, ...texts].flatMap(({ file, key, text }) => faultsOfText(text, base).map((fault) => ({ file, key, ...fault })));
  });
}

function withoutBreves(word: string): string {
  return word.normalize('NFD').replace(/\u0306/g, '').normalize('NFC');
}

function readTree(path: string): Tree {
  try {
    const read = tree.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return read.success ? read.data : {};
  } catch {
    return {};
  }
}

function leaves(node: Tree, prefix: string): [string, string][] {
  return Object.entries(node).flatMap(([key, value]): [string, string][] => (typeof value === 'string' ? [[prefix + key, value]] : leaves(value, `${prefix}${key}.`)));
}

function rows(path: string, least: number): { cells: string[]; where: string }[] {
  return readFileSync(path, 'utf8')
    .normalize('NFC')
    .split('\n')
    .map((line, i) => ({ cells: line.split('\t'), where: `${path}:${i + 1}` }))
    .slice(1)
    .filter(({ cells }) => cells.length > 1 || cells[0] !== '')
    .map(({ cells, where }) => {
      if (cells.length < least) throw new Error(`${where}: ${least} columns expected`);
      return { cells, where };
    });
}
