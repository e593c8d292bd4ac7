import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fold, words } from './text.ts';

/** The word lists that understanding rests on. They are data, in `knowledge/lexicon`, so that a station can extend them. */
export type Lexicon = {
  /** Chat spelling: one word exactly as typed → what it may mean, in full marks, likeliest first. */
  chat: ReadonlyMap<string, string[]>;
  /** Chat spelling of several words, by the unmarked first word. */
  chatPhrases: ReadonlyMap<string, Phrase[]>;
  /** What letters after a number count. */
  units: ReadonlyMap<string, string[]>;
  /** Regional ways of speaking, by the unmarked first word. */
  regional: ReadonlyMap<string, Phrase[]>;
  /** Letter-digit words that stay whole. */
  whole: ReadonlySet<string>;
  /** Words that say little, unmarked. */
  stop: ReadonlySet<string>;
  /** Every unmarked syllable that Vietnamese could form. */
  syllables: ReadonlySet<string>;
};

/** Words to find one after another, and the words they stand for. */
export type Phrase = {
  folded: string[];
  meant: string[];
};

/** Reads the lexicon from its folder. A missing file is an installation fault and throws. */
export async function loadLexicon(dir: string): Promise<Lexicon> {
  const read = (name: string) => readFile(join(dir, name), 'utf8');
  const [chat, regional, whole, stop, rimes] = await Promise.all(['chat.tsv', 'regional.tsv', 'whole.txt', 'stop.txt', 'rimes.tsv'].map(read));
  const chatRows = rows(chat ?? '');
  const wordsOf = (text = '') => new Set(lines(text).flatMap((line) => line.split(/\s+/)));
  return {
    chat: new Map(chatRows.filter(([typed]) => !typed.includes(' ') && !typed.startsWith('*')).map(([typed, meant]) => [typed, meant.split('|')])),
    chatPhrases: phrases(chatRows.filter(([typed]) => typed.includes(' '))),
    units: new Map(chatRows.filter(([typed]) => typed.startsWith('*')).map(([typed, meant]) => [typed.slice(1), meant.split('|')])),
    regional: phrases(rows(regional ?? '')),
    whole: wordsOf(whole),
    stop: wordsOf(stop),
    syllables: syllablesOf(rows(rimes ?? '')),
  };
}

/** The lines of a list that are neither empty nor a comment. */
export function lines(text: string): string[] {
  return text.normalize('NFC').split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

/** The first two columns of a tab-separated list. */
export function rows(text: string): [string, string][] {
  return lines(text).map((line) => {
    const [first = '', second = ''] = line.split('\t');
    return [first.trim(), second.trim()];
  });
}

/** Phrases by the unmarked first word, longest first. */
export function phrases(list: [string, string][]): Map<string, Phrase[]> {
  const found = new Map<string, Phrase[]>();
  for (const [typed, meant] of list) {
    const phrase: Phrase = { folded: words(typed).map((word) => word.folded), meant: meant.split(' ') };
    const first = phrase.folded[0];
    if (first === undefined) continue;
    found.set(first, [...(found.get(first) ?? []), phrase].sort((a, b) => b.folded.length - a.folded.length));
  }
  return found;
}

function syllablesOf(list: [string, string][]): Set<string> {
  const of = (kind: string) => list.filter(([name]) => name === kind).flatMap(([, forms]) => forms.split(' ')).map((form) => (form === '-' ? '' : fold(form)));
  return new Set(of('onset').flatMap((onset) => of('rime').map((rime) => onset + rime)));
}
