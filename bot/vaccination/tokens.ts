import { z } from 'zod';
import { clean, compatible, fold } from '#knowledge/text.ts';

/**
 * A message as a row of codes: what the words of a lexicon mean, numbers as digits, and `_` for everything else.
 * "Cháu được bốn tháng rưỡi" becomes `_ 4 M HALF`. Grammars are then plain patterns over codes.
 */

const lexiconSchema = z.strictObject({
  phrases: z.record(z.string(), z.array(z.string().min(1))),
  numbers: z.record(z.string(), z.number().int()),
  tens: z.array(z.string()),
  twenties: z.array(z.string()),
  units: z.array(z.string()),
  openers: z.array(z.string()),
});

/** `exact`: counts only as written, because without marks it is a common word of another meaning (`mốt`, `một`). */
type Phrase = { code: string; words: string[]; exact: boolean };

/** A lexicon ready to be looked up by the unmarked form of a first word. */
export type Lexicon = {
  phrases: Map<string, Phrase[]>;
  numbers: Map<string, { word: string; value: number }[]>;
  tens: string[];
  twenties: string[];
  units: Set<string>;
  openers: Set<string>;
};

/** Checks a lexicon that was read from YAML; throws with the field when it breaks the form. */
export function lexiconFrom(raw: unknown): Lexicon {
  const parsed = lexiconSchema.parse(raw);
  const phrases = new Map<string, Phrase[]>();
  for (const [code, texts] of Object.entries(parsed.phrases)) {
    for (const text of texts) {
      const exact = text.startsWith('=');
      const words = text.slice(exact ? 1 : 0).normalize('NFC').split(' ');
      const key = fold(words[0] ?? '');
      phrases.set(key, [...(phrases.get(key) ?? []), { code, words, exact }].sort((a, b) => b.words.length - a.words.length));
    }
  }
  const numbers = new Map<string, { word: string; value: number }[]>();
  for (const [word, value] of Object.entries(parsed.numbers)) numbers.set(fold(word), [...(numbers.get(fold(word)) ?? []), { word: word.normalize('NFC'), value }]);
  return { phrases, numbers, tens: parsed.tens, twenties: parsed.twenties, units: new Set(parsed.units), openers: new Set(parsed.openers) };
}

/** Written dates (3/5/2026, 3-5-26, 2026-05-03), decimals (4.5), numbers, and words with their marks. */
const PIECES = /\d{1,4}(?:[/.-]\d{1,4}){1,2}|\d+|[\p{L}\p{M}]+/gu;

/** The codes of a message, joined by single spaces, with a space at both ends. */
export function codesOf(text: string, lexicon: Lexicon): string {
  const pieces = clean(text).replace(/(\d)\s*([/-])\s*(?=\d)/g, '$1$2').match(PIECES) ?? [];
  const codes: string[] = [];
  for (let i = 0; i < pieces.length;) {
    const piece = pieces[i] ?? '';
    if (/^\d/.test(piece)) {
      codes.push(piece);
      i += 1;
      continue;
    }
    const number = numberAt(pieces, i, codes, lexicon);
    const phrase = phraseAt(pieces, i, lexicon);
    if (number !== null && (phrase === null || phrase.words.length === 1)) {
      codes.push(number.text);
      i += number.length;
    } else if (phrase !== null) {
      if (phrase.code === 'NOTHING') codes.push('_');
      else if (phrase.code !== 'SKIP') codes.push(phrase.code);
      i += phrase.words.length;
    } else {
      codes.push('_');
      i += 1;
    }
  }
  return ` ${codes.join(' ')} `;
}

function phraseAt(pieces: string[], at: number, lexicon: Lexicon): Phrase | null {
  const candidates = lexicon.phrases.get(fold(pieces[at] ?? '')) ?? [];
  const fits = candidates.filter((phrase) => phrase.words.every((word, k) => (phrase.exact ? pieces[at + k] === word : compatible(pieces[at + k] ?? '', word))));
  // Among equally long ones the word typed exactly so wins: "sau" is not "sáu" when "sau" is a word of its own.
  return fits.find((phrase) => phrase.words.length === fits[0]?.words.length && phrase.words.every((word, k) => pieces[at + k] === word)) ?? fits[0] ?? null;
}

/** A number in words that begins here and stands beside a unit: `15`, or `2-3` for "hai ba tháng". */
function numberAt(pieces: string[], at: number, before: string[], lexicon: Lexicon): { text: string; length: number } | null {
  const values: (number | 'ten' | 'twenty')[] = [];
  let end = at;
  for (; end < pieces.length && values.length < 3; end++) {
    const piece = pieces[end] ?? '';
    const last = values.at(-1);
    // "năm" after a number is a year: "mười năm", "tháng 5 năm 2026".
    const isYear = phraseAt(pieces, end, lexicon)?.code === 'Y' && (last !== undefined || /^\d/.test(before.at(-1) ?? '')) && !(typeof last === 'number' && isUnit(pieces, end + 1, lexicon) && phraseAt(pieces, end + 1, lexicon)?.code !== 'HALF');
    const value = isYear ? null : valueOf(piece, lexicon, last === undefined);
    if (value === null) break;
    values.push(value);
  }
  if (values.length === 0) return null;
  const opened = lexicon.openers.has(before.at(-1) ?? '') && !/^\d{4}$/.test(pieces[end] ?? '');
  if (!opened && !isUnit(pieces, end, lexicon)) return null;
  // After an opener a shorter number will do: "thứ tư sau" is no "thứ 4 6".
  for (let length = values.length; length > 0 && (opened || length === values.length); length--) {
    const text = composed(values.slice(0, length));
    if (text !== null) return { text, length };
  }
  return null;
}

function isUnit(pieces: string[], at: number, lexicon: Lexicon): boolean {
  const phrase = phraseAt(pieces, at, lexicon);
  return phrase !== null && lexicon.units.has(phrase.code);
}

function valueOf(piece: string, lexicon: Lexicon, first: boolean): number | 'ten' | 'twenty' | null {
  if (lexicon.twenties.some((word) => compatible(piece, word))) return 'twenty';
  const exact = lexicon.numbers.get(fold(piece))?.find(({ word }) => compatible(piece, word));
  if (lexicon.tens.some((word) => compatible(piece, word)) && !(first && exact !== undefined)) return 'ten';
  return exact?.value ?? null;
}

function composed(values: (number | 'ten' | 'twenty')[]): string | null {
  const [a, b, c] = values;
  if (a === 'twenty') return typeof b === 'number' && c === undefined ? String(20 + b) : b === undefined ? '20' : null;
  if (a === 'ten') return b === undefined ? '10' : null;
  if (typeof a !== 'number') return null;
  if (b === undefined) return String(a);
  if (b === 'ten') return typeof c === 'number' ? String(a * 10 + c) : c === undefined ? String(a * 10) : null;
  if (typeof b === 'number' && c === undefined) return a === 10 ? String(10 + b) : b === a + 1 ? `${a}-${b}` : null;
  return null;
}
