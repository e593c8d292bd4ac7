import { readFileSync } from 'node:fs';
import type { Lang } from '../lang.ts';
import { CLEAR, createIdentifier, FEW_WORDS, VERY_CLEAR, type Identification, type Identify } from './identify.ts';
import { wordsOf } from './words.ts';

/** Fewer words than these name a language only when they leave no doubt. */
const LEAST_WORDS = 3;

/** What understanding needs to know of a message's language. */
export type Heard = {
  /** The language it seems to be written in; Vietnamese where nothing else is likelier. */
  lang: Lang;
  /** Surely not Vietnamese: a language of the house or of a neighbour. */
  foreign: boolean;
};

/** Sums up the identification of a text. A letter that Vietnamese has not got leaves only the question which other language it is. */
export function heardAs(found: Identification, text = ''): Heard {
  const clear = found.margin >= (found.words < FEW_WORDS ? VERY_CLEAR : CLEAR) || (isHighland(found.lang) && hasHighlandLetters(text.slice(0, 2_000)));
  const lang = found.lang === null || (found.words < LEAST_WORDS && !clear) ? 'vi' : found.lang;
  return { lang, foreign: clear && (lang !== 'vi' || found.near !== null) };
}

/**
 * An identifier that is built when the first message needs it, so that nobody waits for it at start. Vietnamese typed
 * with its marks, which is most of what comes in, never needs it.
 */
export function identifierOnDemand(build: () => Identify = createIdentifier): Identify {
  let plain: ReadonlySet<string> | null = null;
  let whole: Identify | null = null;
  const identify: Identify = (text) => {
    plain ??= vietnameseWords();
    const words = plainlyVietnamese(text, plain);
    if (words > 0) return { lang: 'vi', near: null, margin: words * SURE_A_WORD, runnerUp: null, words };
    whole ??= build();
    return whole(text);
  };
  // Of one message it is asked by who reads it, by who judges it and by who answers.
  let last: { text: string; found: Identification } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, found: identify(text) };
    return last.found;
  };
}

/** A Vietnamese word with its marks is at least this much likelier than any other language's, as a natural logarithm. */
const SURE_A_WORD = 2;

const TONE = /[\u0300\u0301\u0303\u0309\u0323]/;
/** Signs that stand in no Vietnamese word: letters of the hills, and their breves on other vowels than a. */
const HIGHLAND = /[\u0180\u010D\u00F1\u0243\u010C\u00D1]|(?<!a)\u0306/u;

function isHighland(lang: Lang | null): boolean {
  return lang === 'jra' || lang === 'bdq';
}

function hasHighlandLetters(text: string): boolean {
  const composed = text.normalize('NFC').toLowerCase();
  return HIGHLAND.test(composed) || HIGHLAND.test(composed.normalize('NFD').replace(/[cn][\u030C\u0303]/g, ''));
}

/** How many words a text has if each is a Vietnamese word and one in three bears a tone; otherwise 0. */
function plainlyVietnamese(text: string, known: ReadonlySet<string>): number {
  const words = wordsOf(text.slice(0, 2_000).normalize('NFC').toLowerCase());
  let toned = 0;
  for (const word of words) {
    const apart = word.normalize('NFD');
    if (HIGHLAND.test(apart) || HIGHLAND.test(word)) return 0;
    if (TONE.test(apart)) toned += 1;
    else if (!known.has(word)) return 0;
  }
  return toned * 3 >= words.length ? words.length : 0;
}

/** The commoner Vietnamese words, with their marks. */
export function vietnameseWords(): Set<string> {
  const list = readFileSync(new URL('./lists/vi.tsv', import.meta.url), 'utf8').normalize('NFC').split('\n').slice(1);
  return new Set(list.flatMap((line) => line.split('\t')[0] ?? []));
}
