import type { Lexicon, Phrase } from './lexicon.ts';
import type { Guess, Speller } from './spelling.ts';
import { telexReadings } from './telex.ts';
import { clean, foldWord, mayRepeat, writtenWords } from './text.ts';

/**
 * From a message as typed to the syllables that were meant: chat spelling, Telex residue, slips and regional words are
 * read here, once, so that search, danger signs and intents all see the same.
 */

/** One syllable as understood. */
export type Syllable = {
  /** Without marks: what everything is compared by. */
  folded: string;
  /** With the marks that are known; equal to `folded` where none were typed. */
  marked: string;
  /** 0-1: how far this reading is believed. */
  weight: number;
  /** Other readings of the same syllable. */
  others: readonly Guess[];
  /** False for a word that neither the base nor the lexicon knows. */
  known: boolean;
  /** Whether it could be a Vietnamese word at all. */
  possible: boolean;
  /** True where every mark of the word is there: a bare `cho` in a message with marks is never `chó`. */
  exact: boolean;
  /** Which clause of the message it stands in: commas and stops count them up. */
  clause: number;
};

export type Normal = {
  cleaned: string;
  /** Everything understood, regional words replaced by the common ones: for search. */
  syllables: Syllable[];
  /** The same before regional words are replaced: for word lists that hold them. */
  spoken: Syllable[];
};

/** What the reader of messages rests on. Without `speller` and `vocabulary` (while the base itself is read) no slip is guessed. */
export type Reader = {
  lexicon: Lexicon;
  vocabulary?: ReadonlyMap<string, number>;
  speller?: Speller;
  /** Words as spelt in carefully written text, with their marks. */
  careful?: ReadonlySet<string>;
};

const MAX_SYLLABLES = 400;
const UNSURE = 0.3;
const MARKED_SHARE = 0.4;
const NEIGHBOURS = 4;
/** Belief in a slip of a word that exists. */
const ODD = 0.5;
/** From this length on, two words run together are likelier than one slip. */
const LONG = 6;

/** The breve over a letter that has a mark already (ơ̆, â̆), as Jrai and Bahnar write: without this it would cut the word in two. */
const SECOND_MARK = /\u0306/gu;

/** Reads a message. Any text gives a result; an empty one gives no syllables. */
export function normalise(text: string, reader: Reader): Normal {
  const cleaned = clean(text);
  const spoken: Syllable[] = [];
  for (const [clause, part] of tidy(cleaned.replace(SECOND_MARK, '')).split(/[,;:!?…\n()]+|\.(?!\d)/).entries()) {
    if (spoken.length >= MAX_SYLLABLES) break;
    const found = writtenWords(part);
    const tokens = (/\d/.test(part) ? found.flatMap((token) => (/\d/.test(token) ? splitDigits(token, reader.lexicon) : token)) : found).slice(0, MAX_SYLLABLES);
    for (const syllable of readTokens(tokens, reader)) {
      syllable.clause = clause;
      spoken.push(syllable);
    }
  }
  if (reader.careful) markExact(spoken, reader.careful);
  return { cleaned, syllables: replaceRegional(spoken, reader.lexicon.regional), spoken };
}

/** Says of each syllable whether all its marks are there. People forward a marked text and add a line without, so only its neighbours count. */
function markExact(spoken: Syllable[], careful: ReadonlySet<string>): void {
  const marked = spoken.map((syllable) => (syllable.marked === syllable.folded ? 0 : 1));
  spoken.forEach((syllable, at) => {
    const near = marked.slice(Math.max(0, at - NEIGHBOURS), at + NEIGHBOURS + 1);
    const writesMarks = near.reduce<number>((sum, one) => sum + one, 0) >= near.length * MARKED_SHARE;
    syllable.exact = writesMarks && (marked[at] === 1 || careful.has(syllable.marked));
  });
}

/** Spaced and hyphenated names become one word, and `quáaaa` becomes `quá`. */
function tidy(cleaned: string): string {
  const once = mayRepeat(cleaned) ? cleaned.replace(/(\p{L})\1{2,}/gu, '$1') : cleaned;
  return once
    .replace(/\b(co[\s-]?vid|sars[\s-]?cov)[\s-]?(19|2)?(?![\p{L}\p{N}])/gu, 'covid')
    .replace(/(?<![\p{L}\p{N}])([52])\s*k(?![\p{L}\p{N}])/gu, '$1k')
    .replace(/(?<![\p{L}\p{N}])f\s*([0-3o])(?![\p{L}\p{N}])/gu, (_, digit: string) => `f${digit === 'o' ? '0' : digit}`)
    .replace(/(?<![\p{L}\p{N}])sp\s?[o0]\s?2(?![\p{L}])/gu, 'spo2 ');
}

/** What a word with a digit stands for: `9th` is nine months, `mui3` the third dose; `5k` and `f0` stay. */
function splitDigits(token: string, lexicon: Lexicon): string[] {
  if (!/\p{L}/u.test(token) || lexicon.whole.has(token)) return [token];
  const vni = token.replace(/[1-9]/g, '');
  if (/\p{L}\d+\p{L}/u.test(token) && /^\p{L}/u.test(token) && lexicon.syllables.has(foldWord(vni))) return [vni];
  return token.match(/\d+|\p{L}+/gu) ?? [token];
}

function readTokens(tokens: string[], reader: Reader): Syllable[] {
  const folded = tokens.map(foldWord);
  const result: Syllable[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i] ?? '';
    const plain = folded[i] ?? '';
    const phrase = phraseAt(reader.lexicon.chatPhrases, folded, i);
    if (phrase) {
      result.push(...sure(phrase.meant));
      i += phrase.folded.length - 1;
      continue;
    }
    const unit = reader.lexicon.units.get(token);
    const meanings = unit && /^\d+$/.test(folded[i - 1] ?? '') ? unit : reader.lexicon.chat.get(token);
    if (meanings) result.push(...readMeanings(meanings));
    else if (!reader.vocabulary || !reader.speller) result.push(asTyped(token, plain));
    else result.push(...readWord(token, plain, result.at(-1)?.folded, folded[i + 1], reader));
  }
  return result;
}

/** The first meaning leads; others of the same length stand beside it, syllable by syllable. */
function readMeanings(meanings: string[]): Syllable[] {
  const lead = sure((meanings[0] ?? '').split(' '));
  if (meanings.length === 1) return lead;
  const beside = lead.map((): Guess[] => []);
  for (const meaning of meanings.slice(1)) {
    for (const [i, part] of meaning.split(' ').entries()) beside[Math.min(i, lead.length - 1)]?.push({ folded: foldWord(part), weight: 0.5 });
  }
  return lead.map((syllable, i) => ({ ...syllable, weight: 0.5, others: beside[i] ?? [] }));
}

function readWord(token: string, plain: string, before: string | undefined, after: string | undefined, reader: Reader): Syllable[] {
  const itself = asTyped(token, plain);
  const { vocabulary, speller, lexicon } = reader;
  if (!vocabulary || !speller || /\d/.test(plain)) return [itself];
  if (vocabulary.has(plain)) {
    // Known without its marks, but nobody spells it so with them (`ruổi`): perhaps a slip.
    const odd = token !== plain && reader.careful !== undefined && !reader.careful.has(token);
    return [odd ? { ...itself, others: speller.suggest(plain, before, after).filter((guess) => guess.weight > ODD).map((guess) => ({ ...guess, weight: ODD })) } : itself];
  }

  const possible = lexicon.syllables.has(plain);
  if (!possible) {
    const readings = telexReadings(plain);
    const telex = readings.find((reading) => vocabulary.has(reading)) ?? readings.find((reading) => lexicon.syllables.has(reading));
    if (telex !== undefined) return [{ ...itself, folded: telex, marked: telex, known: vocabulary.has(telex) }];
    const chat = lexicon.chat.get(plain);
    if (chat) return readMeanings(chat);
  }

  const guesses = speller.suggest(plain, before, after);
  const best = guesses[0];
  // A real word that the base does not use is more likely meant as it stands: it says that the question lies outside.
  if (possible) return [{ ...itself, known: false, others: guesses.map((guess) => ({ ...guess, weight: UNSURE * guess.weight })) }];
  const pieces = !best || plain.length >= LONG ? segment(plain, vocabulary) : null;
  if (pieces) return sure(pieces);
  if (!best) return [{ ...itself, known: false, possible: false }];
  return [{ ...itself, folded: best.folded, marked: best.folded, weight: best.weight, others: [...guesses.slice(1), { folded: plain, weight: UNSURE }], known: false, possible: false }];
}

function asTyped(token: string, plain: string): Syllable {
  return { folded: plain, marked: token, weight: 1, others: NO_OTHERS, known: true, possible: true, exact: false, clause: 0 };
}

/** Of every syllable that has no other reading, as most have none. */
const NO_OTHERS: readonly Guess[] = [];

/** Two or three known words run together (`khotho`). */
function segment(plain: string, vocabulary: ReadonlyMap<string, number>, depth = 3): string[] | null {
  if (plain.length < 4 || plain.length > 18) return null;
  for (let cut = plain.length - 2; cut >= 2; cut -= 1) {
    const head = plain.slice(0, cut);
    const tail = plain.slice(cut);
    if (!vocabulary.has(head)) continue;
    if (vocabulary.has(tail)) return [head, tail];
    const rest = depth > 2 ? segment(tail, vocabulary, depth - 1) : null;
    if (rest) return [head, ...rest];
  }
  return null;
}

function sure(parts: string[], clause = 0): Syllable[] {
  return parts.map((part) => ({ folded: foldWord(part), marked: part, weight: 1, others: NO_OTHERS, known: true, possible: true, exact: false, clause }));
}

/**
 * Regional words by their letters alone, marks or none, so that a question means the same to search however it is typed.
 */
function replaceRegional(list: Syllable[], regional: Lexicon['regional']): Syllable[] {
  if (!list.some((syllable) => regional.has(syllable.folded))) return [...list];
  const folded = list.map((syllable) => syllable.folded);
  const result: Syllable[] = [];
  for (let i = 0; i < list.length; i += 1) {
    const phrase = phraseAt(regional, folded, i);
    const syllable = list[i];
    if (phrase) {
      result.push(...sure(phrase.meant, syllable?.clause));
      i += phrase.folded.length - 1;
    } else if (syllable) result.push(syllable);
  }
  return result;
}

function phraseAt(index: ReadonlyMap<string, Phrase[]>, folded: string[], at: number): Phrase | undefined {
  const beginning = index.get(folded[at] ?? '');
  if (beginning === undefined) return undefined;
  for (const phrase of beginning) if (standsAt(phrase.folded, folded, at)) return phrase;
  return undefined;
}

/** In plain steps: it is asked of every word of everything that is read. */
function standsAt(parts: string[], folded: string[], at: number): boolean {
  for (let k = 1; k < parts.length; k += 1) if (folded[at + k] !== parts[k]) return false;
  return true;
}
