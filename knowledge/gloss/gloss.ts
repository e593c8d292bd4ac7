import { readFileSync } from 'node:fs';
import { spellingKey, toHouse, type Highland, type Orthography, type Weigh } from '../identify/orthography.ts';
import { vietnameseWords } from '../identify/onDemand.ts';
import type { Lang } from '../lang.ts';

/**
 * A question in Jrai, Bahnar or English, word by word in Vietnamese: enough to understand what is asked, and never shown
 * to anybody. Words come from the short lists beside this file, then from the termbase.
 */

/** The languages that are read so. */
export type Glossed = Exclude<Lang, 'vi'>;

export type Gloss = {
  /** The Vietnamese of the words that are known, in their order, with numbers, dates and names as written. */
  vietnamese: string;
  /** Words and, of these, words whose meaning is known; names and numbers are not counted. */
  words: number;
  known: number;
};

export type Glosser = (text: string) => Gloss;

/** What the termbase of a language gives: its surer terms with their Vietnamese, and how well a word is attested. */
export type Vocabulary = { terms: readonly { term: string; vi: string; confidence: 'high' | 'medium' | 'low' }[]; weigh: Weigh };

type Entry = { words: string[]; keys: string[]; vi: string; own: boolean };

/** Dates and numbers, or a word with its marks, apostrophes and hyphens. */
const PIECE = /\d+(?:[/.:-]\d+)*|['\u2019\u02BC]?[\p{L}\p{M}]+(?:['\u2019\u2010\u2011-][\p{L}\p{M}]+)*/gu;
const VIETNAMESE_TONE = /[\u0300\u0301\u0303\u0309\u0323]/;

/** Jrai or Bahnar into Vietnamese words, whatever spelling it is typed in. */
export function createHighlandGlosser(lang: Highland, vocabulary: Vocabulary, orthography: Orthography): Glosser {
  const keyOf = (word: string) => spellingKey(word.toLowerCase(), lang, orthography);
  const entries = entriesOf([
    ...listed(lang).map((row) => ({ ...row, own: true })),
    ...vocabulary.terms.filter(({ confidence }) => confidence !== 'low').flatMap(({ term, vi }) => term.split(/[;/]/).map((one) => ({ term: one.trim(), vi: firstMeaning(vi), own: false }))),
  ], keyOf);
  const vietnamese = vietnameseWords();
  const isLoan = (word: string) => vietnamese.has(word) && vocabulary.weigh(word) === 0;
  return (text) => glossOf(toHouse(text.slice(0, 2_000), lang, orthography, vocabulary.weigh), entries, keyOf, isLoan);
}

/** English into Vietnamese words. */
export function createEnglishGlosser(): Glosser {
  const keyOf = (word: string) => word.toLowerCase().replace(/[\u2018\u2019]/g, '\'').replace(/'s$/, '');
  const entries = entriesOf(listed('en').map((row) => ({ ...row, own: true })), keyOf);
  return (text) => glossOf(text.slice(0, 2_000).normalize('NFC').replace(/(\d)(?:st|nd|rd|th)\b/gi, '$1'), entries, keyOf, () => false);
}

function glossOf(text: string, entries: ReadonlyMap<string, Entry[]>, keyOf: (word: string) => string, isLoan: (word: string) => boolean): Gloss {
  const pieces = text.match(PIECE) ?? [];
  const keys = pieces.map((piece) => (/^\d/.test(piece) ? piece : keyOf(piece)));
  const gloss: Gloss = { vietnamese: '', words: 0, known: 0 };
  const said: string[] = [];
  for (let at = 0; at < pieces.length;) {
    const piece = pieces[at] ?? '';
    const hit = /^\d/.test(piece) ? undefined : bestOf(entries.get(keys[at] ?? '') ?? [], pieces, keys, at);
    if (/^\d/.test(piece)) said.push(piece);
    else if (hit !== undefined) {
      said.push(hit.vi);
      gloss.words += hit.words.length;
      gloss.known += hit.words.length;
    } else if (VIETNAMESE_TONE.test(piece.normalize('NFD')) || isLoan(piece.toLowerCase())) {
      // A Vietnamese word in the middle of the sentence is its own meaning.
      said.push(piece);
      gloss.words += 1;
      gloss.known += 1;
    } else if (at > 0 && /^\p{Lu}/u.test(piece)) said.push(piece);
    else gloss.words += 1;
    at += hit?.words.length ?? 1;
  }
  gloss.vietnamese = inOrder(said.filter((word) => word !== '').join(' '));
  return gloss;
}

/** The longest entry that fits here; of equally long ones the one typed exactly so, then the short lists' before the termbase's. */
function bestOf(candidates: readonly Entry[], pieces: readonly string[], keys: readonly string[], at: number): Entry | undefined {
  const fits = candidates.filter((entry) => entry.keys.every((key, i) => keys[at + i] === key));
  const longest = fits[0]?.words.length;
  const exact = (entry: Entry) => entry.words.every((word, i) => pieces[at + i]?.toLowerCase() === word);
  const same = fits.filter((entry) => entry.words.length === longest);
  return same.find((entry) => entry.own && exact(entry)) ?? same.find((entry) => exact(entry)) ?? same.find((entry) => entry.own) ?? same[0];
}

function entriesOf(rows: readonly { term: string; vi: string; own: boolean }[], keyOf: (word: string) => string): Map<string, Entry[]> {
  const entries = new Map<string, Entry[]>();
  for (const { term, vi, own } of rows) {
    const words = term.normalize('NFC').toLowerCase().match(PIECE) ?? [];
    const keys = words.map((word) => (/^\d/.test(word) ? word : keyOf(word)));
    const [first] = keys;
    // "blan 10" shows where the number stands; as an entry it would swallow every ten.
    const isExample = /\d/.test(term) && !/\d/.test(vi);
    if (first === undefined || first === '' || isExample || /[….+?]/.test(term)) continue;
    entries.set(first, [...(entries.get(first) ?? []), { words, keys, vi, own }]);
  }
  for (const list of entries.values()) list.sort((a, b) => b.words.length - a.words.length);
  return entries;
}

/**
 * One word stands for a year of the calendar and a year of age: before four digits it is the calendar's. And a month
 * named before its day ("May 3") goes behind it.
 */
function inOrder(text: string): string {
  return text
    .replace(new RegExp(`(\\d{1,2}) ${YEAR}(?! \\d{4})`, 'gu'), `$1 ${AGE}`)
    .replace(new RegExp(`${MONTH} (\\d{1,2}) (\\d{1,2})(?= \\d{4}|$)`, 'gu'), `$2 ${MONTH} $1`);
}

const [YEAR = '', AGE = '', MONTH = ''] = listed('time').map(({ term }) => term);

function firstMeaning(vi: string): string {
  return vi.replace(/\(.*?\)/g, '').split(/[,;]/)[0]?.trim() ?? '';
}

function listed(name: Glossed | 'time'): { term: string; vi: string }[] {
  return readFileSync(new URL(`./${name}.tsv`, import.meta.url), 'utf8')
    .normalize('NFC')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '))
    .map((line) => line.split('\t'))
    .map(([term = '', vi = '']) => ({ term, vi }));
}
