import { readFileSync } from 'node:fs';
import { bare, mapWords, wordsOf } from './words.ts';

/**
 * Jrai and Bahnar as they are written by different hands, brought to one form: composed letters in the house spelling
 * (the radio's: joined presyllables, `ƀ` written out, `v` and `s` in Bahnar, a straight apostrophe). Pure: all tables come in.
 */

/** The two languages that have several spellings. */
export type Highland = 'jra' | 'bdq';

/** How well attested a form is: 0 never met, higher more often. */
export type Weigh = (word: string) => number;

type Change = (text: string) => string;

/** What is seen for what is meant, from `letters.tsv` and `spellings.tsv`. */
export type Orthography = {
  letters: Change;
  legacy: Record<Highland, Change>;
  tilde: Change;
  old: Change;
  presyllables: Record<Highland, ReadonlySet<string>>;
  spellings: Record<Highland, ReadonlyMap<string, string>>;
};

/** Reads the tables that lie beside this file, or in `dir`. */
export function loadOrthography(dir: URL = new URL('./', import.meta.url)): Orthography {
  const letters = rows(new URL('letters.tsv', dir));
  const spellings = rows(new URL('spellings.tsv', dir));
  const pairs = (list: string[][], kind: string) => new Map(list.filter((row) => row[0] === kind).map((row) => [nfc(row[1]), nfc(row[2])]));
  return {
    letters: changing(pairs(letters, 'both')),
    legacy: { jra: changing(pairs(letters, 'legacy-jra')), bdq: changing(pairs(letters, 'legacy-bdq')) },
    tilde: changing(pairs(letters, 'tilde-bdq')),
    old: changing(pairs(letters, 'old-bdq')),
    presyllables: { jra: new Set(pairs(letters, 'presyllable-jra').keys()), bdq: new Set(pairs(letters, 'presyllable-bdq').keys()) },
    spellings: { jra: pairs(spellings, 'jra'), bdq: pairs(spellings, 'bdq') },
  };
}

/** Composed, each letter with its one code point or pair: look-alikes, breve and hat in the wrong order, typographic apostrophes. */
export function composed(text: string, table: Orthography): string {
  return table.letters(text.normalize('NFC')).normalize('NFC');
}

/** Whether letters of the radio's old font stand raw in the text (`[ơi`, `do\`, `]ar`). Brackets that a person typed are not. */
export function hasLegacyLetters(text: string): boolean {
  const plain = text.replace(/\{\{.*?\}\}/g, ' ');
  if (/[\p{L}\p{M}]\\|\p{L}\^|\^\p{L}|\p{L}\u0060\p{L}|[\u00EA\u00F4\u01A1][#|]/u.test(plain)) return true;
  if (/[\]}]\p{L}/u.test(plain)) return true;
  const opening = plain.match(/[[{](?=\p{L})/gu)?.length ?? 0;
  const closing = plain.match(/[\]}]/g)?.length ?? 0;
  return opening > closing;
}

/** Letters of the radio's old font as letters; `{{values}}` stay. Text without such residue comes back as it is. */
export function fromLegacyLetters(text: string, lang: Highland, table: Orthography): string {
  if (!hasLegacyLetters(text)) return text;
  return text
    .split(/(\{\{.*?\}\})/)
    .map((part) => (part.startsWith('{{') ? part : table.legacy[lang](part.normalize('NFC'))))
    .join('')
    .normalize('NFC');
}

const OTHER_TONE = /[\u0300\u0301\u0309\u0323]/;

/**
 * A text in the house spelling. `weigh` says which forms are attested: presyllables are joined where the joined word
 * is better attested than what follows alone, and Bahnar `w`, `x`, `'b`, tildes change only into a known word. Composed.
 */
export function toHouse(text: string, lang: Highland, table: Orthography, weigh: Weigh): string {
  const clean = composed(fromLegacyLetters(text, lang, table), table);
  const tildesAreBreves = lang === 'bdq' && !OTHER_TONE.test(clean.normalize('NFD'));
  const spelled = mapWords(clean, (word) => keepCase(word, houseWord(word.toLowerCase(), lang, table, weigh, tildesAreBreves)));
  return joinPresyllables(spelled, lang, table, weigh);
}

function houseWord(word: string, lang: Highland, table: Orthography, weigh: Weigh, tildesAreBreves: boolean): string {
  const school = table.spellings[lang].get(word);
  if (school !== undefined) return school;
  if (lang === 'jra' || weigh(word) > 0) return word;
  const breves = tildesAreBreves ? table.tilde(word) : word;
  const tries = [breves, table.old(breves), breves.replace(/^b/, 'ƀ'), table.old(breves.replace(/w/g, 'v').replace(/x/g, 's'))];
  return tries.find((candidate) => weigh(candidate) > 0) ?? word;
}

function joinPresyllables(text: string, lang: Highland, table: Orthography, weigh: Weigh): string {
  return text.replace(/([\p{L}\p{M}]+) (?=([\p{L}\p{M}]+))/gu, (whole: string, first: string, next: string) => {
    const small = first.toLowerCase();
    return table.presyllables[lang].has(small) && weigh(small + next.toLowerCase()) > weigh(next.toLowerCase()) ? first : whole;
  });
}

/**
 * A key under which all spellings of one word meet: without marks, `w` as v and `x` as s in Bahnar; in Jrai `nh` as n,
 * `ch` as c, the vowel of a minor syllable and a leading `hơ-` before m dropped. For comparing, never for telling languages apart.
 */
export function spellingKey(word: string, lang: Highland, table: Orthography): string {
  const folded = bare(composed(word, table)).replace(/[-\s]/g, '');
  switch (lang) {
    case 'jra':
      return folded.replace(/nh/g, 'n').replace(/ch/g, 'c').replace(/^([bcdghjklmprst])o(?=[bcdghjklmnprstwy]+[aeiou])/, '$1').replace(/^h(?=m)/, '');
    case 'bdq':
      return folded.replace(/w/g, 'v').replace(/x/g, 's');
  }
}

/** The words of a text in their spelling keys, presyllables standing apart already joined. */
export function keysOf(text: string, lang: Highland, table: Orthography, weigh: Weigh): string[] {
  return wordsOf(toHouse(text, lang, table, weigh)).map((word) => spellingKey(word, lang, table));
}

function keepCase(typed: string, word: string): string {
  if (word === typed.toLowerCase()) return typed;
  if (typed.length > 1 && typed === typed.toUpperCase()) return word.toUpperCase();
  const at = /\p{L}/u.exec(typed)?.[0] ?? '';
  return at !== '' && at === at.toUpperCase() && at !== at.toLowerCase() ? word.replace(/\p{L}/u, (first) => first.toUpperCase()) : word;
}

function changing(pairs: ReadonlyMap<string, string>): Change {
  const keys = [...pairs.keys()].sort((a, b) => b.length - a.length).map((key) => key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (keys.length === 0) return (text) => text;
  const pattern = new RegExp(keys.join('|'), 'gu');
  return (text) => text.replace(pattern, (hit) => pairs.get(hit) ?? hit);
}

function nfc(value: string | undefined): string {
  return (value ?? '').normalize('NFC');
}

function rows(file: URL): string[][] {
  return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('# ')).map((line) => line.split('\t'));
}
