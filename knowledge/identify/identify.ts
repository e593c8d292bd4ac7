import { readFileSync } from 'node:fs';
import type { Lang } from '../lang.ts';
import { createWordModel, type Weights, type WordModel } from './model.ts';
import { composed, loadOrthography, type Highland, type Orthography } from './orthography.ts';
import { bare, onVietnameseKeyboard, wordsOf } from './words.ts';
import { telexKeys } from './telexKeys.ts';

/**
 * Which language a message is written in: Vietnamese (with marks, without, in chat spelling, in raw Telex), Jrai and
 * Bahnar (with their letters, on a Vietnamese keyboard, without any), English; and three neighbours that must not be
 * taken for them. It only says what it reads: who is asked, and that nobody is switched, is `mayAsk`'s and the conversation's.
 */

/** Languages of the same hills, known well enough to be told apart and not spoken by the house. */
export type Neighbour = 'ede' | 'mnong' | 'kriem';

export type Identification = {
  /** The likeliest of the house's languages, or null when the message reads like a neighbour's or has no word. */
  lang: Lang | null;
  near: Neighbour | null;
  /** How much likelier than the next language, as a natural logarithm: 0 undecided, 3 is twenty to one. */
  margin: number;
  runnerUp: Lang | Neighbour | null;
  /** Words that were weighed; names and numbers are not. */
  words: number;
};

export type Identify = (text: string) => Identification;

type Reading = { of: Lang | Neighbour; prior: number; likelihood: WordModel };

/** Words beyond these are not weighed: by then the language is long clear. */
const MOST_WORDS = 24;
/** Words whose likelihoods are kept at hand; most messages are made of few words. */
const KEPT_WORDS = 4_000;
/** One strange word may speak against a language only so much. */
const WORST = 7;
/** How much of a highland text is Vietnamese loans. */
const LOANS = 0.06;
/**
 * A message in a neighbour's language is rarer than in the house's: one for every three, and of Kriem, which is the
 * nearest to Bahnar, one for every four or five. Chosen on one half of the measured text, confirmed on the other.
 */
const RARE = { ede: -1, mnong: -1, kriem: -1.5 } as const satisfies Record<Neighbour, number>;

/** Builds the identifier from the word lists of this folder and of the glossaries. About 0.1 s once. */
export function createIdentifier(orthography: Orthography = loadOrthography()): Identify {
  const readings = readingsOf(orthography);
  const kept = new Map<string, number[]>();
  const rowOf = (word: string): number[] => {
    const before = kept.get(word);
    if (before !== undefined) return before;
    const row = readings.map(({ likelihood }) => likelihood(word));
    if (kept.size >= KEPT_WORDS) kept.clear();
    kept.set(word, row);
    return row;
  };
  return (text) => {
    const words = weighed(composed(text.slice(0, 2_000), orthography));
    if (words.length === 0) return { lang: null, near: null, margin: 0, runnerUp: null, words: 0 };
    const rows = words.map(rowOf);
    const best = rows.map((row) => Math.max(...row));
    const scores = new Map<Lang | Neighbour, number>();
    readings.forEach(({ of, prior }, i) => {
      const score = rows.reduce((sum, row, w) => sum + Math.max(row[i] ?? -Infinity, (best[w] ?? 0) - WORST), prior);
      scores.set(of, Math.max(score, scores.get(of) ?? -Infinity));
    });
    const ranked = [...scores].sort((a, b) => b[1] - a[1]);
    const [first, second] = ranked;
    if (first === undefined || second === undefined) return { lang: null, near: null, margin: 0, runnerUp: null, words: words.length };
    const neighbour = isNeighbour(first[0]) ? first[0] : null;
    return { lang: isNeighbour(first[0]) ? null : first[0], near: neighbour, margin: first[1] - second[1], runnerUp: second[0], words: words.length };
  };
}

/** Below this many words a resident is asked at most once. */
export const FEW_WORDS = 5;
/** The lead that makes asking worthwhile: in a longer message, and in a short one. */
export const CLEAR = 3;
export const VERY_CLEAR = 6;

/**
 * Whether the conversation may ask "shall I speak …?". It never switches by itself. `current` is the language spoken
 * now, `asked` how often this resident has been asked about this language.
 */
export function mayAsk(found: Identification, current: Lang, asked: number): boolean {
  if (found.lang === null || found.lang === current) return false;
  if (found.words < FEW_WORDS) return asked === 0 && found.margin >= VERY_CLEAR;
  return found.margin >= CLEAR;
}

/** Lower-case words without names: a capital inside a line tells nothing about the language around it. */
function weighed(text: string): string[] {
  const found = text.split('\n').flatMap((line) => {
    const words = wordsOf(line);
    const shouted = words.every((word) => word === word.toUpperCase());
    return shouted ? words : words.filter((word, i) => i === 0 || !/^['\u2019]?\p{Lu}/u.test(word));
  });
  return found.slice(0, MOST_WORDS).map((word) => word.toLowerCase());
}

function isNeighbour(lang: Lang | Neighbour): lang is Neighbour {
  return lang === 'ede' || lang === 'mnong' || lang === 'kriem';
}

function readingsOf(orthography: Orthography): Reading[] {
  const lists = new URL('./lists/', import.meta.url);
  const glossary = new URL('../../locales/glossary/', import.meta.url);
  const vi = listed(new URL('vi.tsv', lists));
  const bdq = rows(new URL('bdq.words.tsv', glossary)).filter((row) => row[3] !== 'x');
  const house = (variety: string) => /\b(GL|V|L)\b/.test(variety);
  const kriemOnly = listed(new URL('kriem.tsv', lists));
  const kriemAll = new Map(bdq.filter((row) => row[2]?.includes('KR')).map((row) => [row[0] ?? '', weightOf(row[1]) * (house(row[2] ?? '') ? 0.3 : 1)]));
  // Counts of ten thousand words of Kriem radio, set beside the rest in that proportion.
  const kriem = merged(kriemAll, scaled(kriemOnly, sumOf(kriemAll) / 10_000));
  const jrai = withSchools(listed(new URL('jra.words.tsv', glossary)), 'jra', orthography);
  const bahnar = withSchools(new Map(bdq.filter((row) => row[2] !== 'KR').map((row) => [row[0] ?? '', weightOf(row[1]) * (kriemOnly.has(row[0] ?? '') ? 0.05 : house(row[2] ?? '') ? 1 : 0.3)])), 'bdq', orthography);

  const marked = createWordModel(vi);
  const unmarked = createWordModel(typed(vi, bare));
  const vietnamese: Reading[] = [
    { of: 'vi', prior: 0, likelihood: marked },
    { of: 'vi', prior: -0.5, likelihood: unmarked },
    { of: 'vi', prior: -0.5, likelihood: createWordModel(merged(typed(vi, bare), scaled(listed(new URL('chat.tsv', lists)), 4), scaled(vi, 0.3))) },
    { of: 'vi', prior: -1.5, likelihood: createWordModel(typed(vi, telexKeys)) },
  ];
  const highland = (of: Lang | Neighbour, list: Weights, prior: number): Reading[] => [
    { of, prior, likelihood: withLoans(createWordModel(list), marked) },
    { of, prior: prior - 0.5, likelihood: withLoans(createWordModel(typed(list, onVietnameseKeyboard)), marked) },
    { of, prior: prior - 0.5, likelihood: withLoans(createWordModel(typed(list, bare)), unmarked) },
  ];
  return [
    ...vietnamese,
    ...highland('jra', jrai, 0),
    ...highland('bdq', bahnar, 0),
    { of: 'en', prior: -0.5, likelihood: createWordModel(listed(new URL('en.tsv', lists))) },
    ...highland('ede', listed(new URL('ede.tsv', lists)), RARE.ede),
    ...highland('mnong', listed(new URL('mnong.tsv', lists)), RARE.mnong),
    ...highland('kriem', kriem, RARE.kriem),
  ];
}

/** Other spelling schools count with what the house spelling has; in Bahnar also presyllables that stand apart. */
function withSchools(list: Weights, lang: Highland, orthography: Orthography): Weights {
  const all = new Map(list);
  const add = (word: string, weight: number) => all.set(word, (all.get(word) ?? 0) + weight);
  for (const [seen, meant] of orthography.spellings[lang]) add(seen, (list.get(meant) ?? 0) * 0.2);
  if (lang === 'jra') return all;
  for (const [word, weight] of list) {
    for (const first of orthography.presyllables.bdq) {
      if (first.length < 2 || word.length < first.length + 2 || !word.startsWith(first)) continue;
      add(first, weight * 0.1);
      add(word.slice(first.length), weight * 0.1);
    }
    if (word.includes('v')) add(word.replaceAll('v', 'w'), weight * 0.2);
    if (/^s/.test(word)) add(`x${word.slice(1)}`, weight * 0.2);
    if (word.startsWith('ƀ')) add(`'b${word.slice(1)}`, weight * 0.2);
  }
  return all;
}

function withLoans(own: WordModel, vietnamese: WordModel): WordModel {
  return (word) => Math.log((1 - LOANS) * Math.exp(own(word)) + LOANS * Math.exp(vietnamese(word)));
}

function typed(list: Weights, change: (word: string) => string): Weights {
  const all = new Map<string, number>();
  for (const [word, weight] of list) {
    const written = change(word);
    all.set(written, (all.get(written) ?? 0) + weight);
  }
  return all;
}

function scaled(list: Weights, by: number): Weights {
  return new Map([...list].map(([word, weight]) => [word, weight * by]));
}

function sumOf(list: Weights): number {
  return [...list.values()].reduce((sum, weight) => sum + weight, 0);
}

function merged(...lists: Weights[]): Weights {
  const all = new Map<string, number>();
  for (const list of lists) for (const [word, weight] of list) all.set(word, (all.get(word) ?? 0) + weight);
  return all;
}

function listed(file: URL): Weights {
  return new Map(rows(file).map(([word = '', tier]) => [word, weightOf(tier)]));
}

/** Lists keep how often a word was met as a power of two. */
function weightOf(tier: string | undefined): number {
  return 2 ** Number(tier ?? 0);
}

function rows(file: URL): string[][] {
  return readFileSync(file, 'utf8').normalize('NFC').split('\n').slice(1).filter((line) => line !== '').map((line) => line.split('\t'));
}
