import { readFileSync } from 'node:fs';
import { load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import { fold, words } from '#knowledge/text.ts';

/** What tells that a person or a place is being named. Phrases are lists of words. */
export type PrivateWords = {
  /** Behind these a person's name stands, perhaps after words of `between`, but not where one of `never` follows. */
  person: { introduce: readonly string[][]; between: ReadonlySet<string>; never: ReadonlySet<string> };
  /** Behind these the name of a place stands. */
  place: readonly string[][];
  /** These are themselves part of a name. */
  names: readonly string[][];
  /** Words that are part of no name. */
  ends: ReadonlySet<string>;
};

const list = z.array(z.string());
const fileSchema = z.strictObject({ person: z.strictObject({ introduce: list, between: list, never: list }), place: z.strictObject({ introduce: list }), names: list, ends: list });

/** Reads the words that ship; `places` gives further names that must not leave, as the place's villages are called now. */
export function loadPrivateWords(places: () => readonly string[] = () => []): PrivateWords {
  const read = fileSchema.parse(parseYaml(readFileSync(new URL('./private-words.yaml', import.meta.url), 'utf8').normalize('NFC')));
  const phrase = (text: string): string[] => spokenIn(text).map(({ typed }) => typed.toLowerCase());
  const folded = (of: readonly string[]): Set<string> => new Set(of.map((word) => fold(word)));
  return {
    person: { introduce: read.person.introduce.map(phrase), between: folded(read.person.between), never: folded(read.person.never) },
    place: read.place.introduce.map(phrase),
    get names() {
      return [...read.names, ...places()].map(phrase).filter((name) => name.length > 0);
    },
    ends: folded(read.ends),
  };
}

/**
 * A question as it may leave the station: only words that the knowledge itself uses, so that a name, an address or
 * anything else that belongs to one person has no way out, and none of these where it is made of everyday words. Numbers
 * go as well, but for words of the base that hold one (5K). What is left is enough to choose among cards.
 */
export function redact(question: string, knows: (foldedWord: string) => boolean, hidden: PrivateWords): string {
  const composed = question.normalize('NFC');
  const spoken = spokenIn(composed);
  const named = namedIn(composed, spoken, hidden);
  const kept = spoken.map(({ typed, at }, i) => {
    const folded = words(typed.toLowerCase())[0]?.folded ?? '';
    if (named.has(i) || !knows(folded) || /^\p{N}+$/u.test(typed) || /\d{2}/.test(typed)) return GAP;
    return isName(typed, at, composed) ? GAP : typed.toLowerCase();
  });
  return kept.join(' ').replaceAll(new RegExp(`${GAP}(?: ${GAP})+`, 'g'), GAP).trim();
}

type Spoken = { typed: string; at: number };

const GAP = '…';
/** Words of a name behind a word that introduces it. */
const LONGEST_NAME = 4;

function spokenIn(text: string): Spoken[] {
  return [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map((hit) => ({ typed: hit[0], at: hit.index }));
}

/** Positions of words that name a person or a place, although each by itself may be an everyday word. */
function namedIn(text: string, spoken: Spoken[], hidden: PrivateWords): Set<number> {
  const named = new Set<number>();
  const foldedAt = (at: number): string | undefined => {
    const word = spoken[at];
    return word && fold(word.typed.toLowerCase());
  };
  /** Hides what goes on from `from`, up to a word that is part of no name or the end of the phrase. */
  const follow = (from: number, most: number): void => {
    for (let i = from; i < Math.min(from + most, spoken.length); i++) {
      const [word, before] = [spoken[i], spoken[i - 1]];
      if (!word || hidden.ends.has(foldedAt(i) ?? '')) return;
      if (before && i > from && /[.,;:?!\n]/.test(text.slice(before.at + before.typed.length, word.at))) return;
      named.add(i);
    }
  };
  for (let i = 0; i < spoken.length; i++) {
    for (const phrase of hidden.person.introduce) {
      if (!standsAt(spoken, i, phrase)) continue;
      let at = i + phrase.length;
      while (hidden.person.between.has(foldedAt(at) ?? '')) at += 1;
      if (at >= spoken.length || hidden.person.never.has(foldedAt(at) ?? '')) continue;
      named.add(at);
      follow(at + 1, LONGEST_NAME - 1);
    }
    for (const phrase of hidden.place) if (standsAt(spoken, i, phrase)) follow(i + phrase.length, LONGEST_NAME);
    for (const phrase of hidden.names) {
      if (!standsAt(spoken, i, phrase)) continue;
      for (let part = 0; part < phrase.length; part++) named.add(i + part);
      follow(i + phrase.length, LONGEST_NAME - 1);
    }
  }
  return named;
}

/** A word with marks is compared with its marks, so that `huyết áp` and a village do not meet; one without, without. */
function standsAt(spoken: Spoken[], at: number, phrase: readonly string[]): boolean {
  return phrase.every((word, part) => {
    const typed = spoken[at + part]?.typed.toLowerCase();
    return typed !== undefined && (typed === word || typed === fold(word));
  });
}

/** Written with a capital although no sentence begins here, and not in capitals altogether: most likely a name. */
function isName(typed: string, at: number, text: string): boolean {
  if (!/^\p{Lu}\p{Ll}/u.test(typed)) return false;
  const before = text.slice(0, at).trimEnd();
  return before !== '' && !/[.?!:\n]$/.test(before);
}
