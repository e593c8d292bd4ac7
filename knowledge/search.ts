import { favourOf, fitOf, type Fit } from './fit.ts';
import { charGrams, cosine, type Grams } from './grams.ts';
import type { Syllable } from './normalise.ts';
import { collect, lostWeight, position } from './postings.ts';
import { termsOf, weighQuery, type Query } from './query.ts';
import { vectorOf, type Postings, type SearchIndex } from './searchIndex.ts';

/** Search proper: which entries of the base a message resembles, and how much. Scores compare across messages. */

export type Hit = {
  entry: number;
  id: string;
  /** The phrasing that matched best. */
  phrasing: number;
  /** About 0-1: `lexical`, `text` and `chars` together. */
  score: number;
  /** Share of the message's weight met by the best phrasings, pairs included. */
  lexical: number;
  /** The same against the answer's text. */
  text: number;
  /** Likeness of the letters, 0-1. */
  chars: number;
  /** Likeness to the middle of all phrasings of the entry, 0-1. */
  whole: number;
};

export type SearchOptions = {
  /** How many hits are wanted. */
  top?: number;
  /** A phrasing to leave out as if it had never been written, for measuring what the base knows without it. */
  without?: number;
  /** Numbers of entries to leave out. */
  withoutEntries?: ReadonlySet<number>;
};

export type Search = {
  query: (syllables: Syllable[], without?: number) => Query;
  find: (query: Query, options?: SearchOptions) => Hit[];
  fit: (query: Query, hit: Hit, without?: number) => Fit;
  /** How much the message's own words favour one hit over another, from -1 to 1: what only one of the two is asked with. */
  favour: (query: Query, one: Hit, other: Hit, without?: number) => number;
};

const TEXT_SHARE = 1.4;
const CHAR_SHARE = 0.5;
const WHOLE_SHARE = 3;
/** What the second and third phrasing of the same entry add: several people asking alike is more than one. */
const VOTES = [1, 0.2, 0.1] as const;
const CANDIDATES = 40;
/** How many of the best are compared letter by letter, too. */
const SPELT = 15;
/** A term in more phrasings than this is common; more than a base of a thousand cards has. */
const COMMON_FROM = 1_000;
const ENOUGH_TERMS = 4;

/** Prepares searching in `index`. `stop`: unmarked words that say little. */
export function createSearch(index: SearchIndex, stop: ReadonlySet<string>): Search {
  const { phrasings, texts, middles, idf } = index;
  const phrasingScores = new Float64Array(phrasings.owner.length);
  const textScores = new Float64Array(index.ids.length);
  const middleScores = new Float64Array(index.ids.length);
  const touchedPhrasings: number[] = [];
  const touchedMiddles: number[] = [];
  const touchedEntries: number[] = [];
  /** The three best phrasings of each entry in the search under way, and the number of the best. */
  const best = [new Float64Array(index.ids.length), new Float64Array(index.ids.length), new Float64Array(index.ids.length)] as const;
  const nearest = new Int32Array(index.ids.length);
  const touchedTexts: number[] = [];
  const grams = new Map<number, Grams>();
  const stopTerms = new Set([...stop].flatMap((word) => index.terms.get(word) ?? []));

  function find(asked: Query, options: SearchOptions = {}): Hit[] {
    if (asked.terms.length === 0) return [];
    const left = termsOf(index, options.without);
    const leftOwner = options.without === undefined ? -1 : phrasings.owner[options.without] ?? -1;
    for (const { term, weight } of telling(asked.terms, phrasings)) {
      collect(phrasings, term, weight, phrasingScores, touchedPhrasings);
      collect(texts, term, weight, textScores, touchedTexts);
      collect(middles, term, weight, middleScores, touchedMiddles);
      const own = leftOwner >= 0 ? left.get(term) ?? 0 : 0;
      if (own > 0) textScores[leftOwner] = (textScores[leftOwner] ?? 0) - weight * lostWeight(texts, position(texts, term, leftOwner), own);
    }
    for (const phrasing of touchedPhrasings) {
      const score = phrasingScores[phrasing] ?? 0;
      phrasingScores[phrasing] = 0;
      const entry = phrasings.owner[phrasing] ?? 0;
      if (phrasing === options.without || options.withoutEntries?.has(entry)) continue;
      const one = best[0][entry] ?? 0;
      const two = best[1][entry] ?? 0;
      if (one === 0) touchedEntries.push(entry);
      if (score > one) {
        nearest[entry] = phrasing;
        best[0][entry] = score;
        best[1][entry] = one;
        best[2][entry] = two;
      } else if (score > two) {
        best[1][entry] = score;
        best[2][entry] = two;
      } else if (score > (best[2][entry] ?? 0)) best[2][entry] = score;
    }
    touchedPhrasings.length = 0;

    const length = Math.sqrt(asked.terms.reduce((sum, { weight }) => sum + weight * weight, 0)) || 1;
    const leftVector = options.without === undefined ? null : vectorOf(left.keys(), idf);
    const scale = 1 / (0.8 * 2 * Math.max(1, asked.mass));
    const near: Hit[] = [];
    for (const entry of touchedEntries) {
      const lexical = scale * ((best[0][entry] ?? 0) * VOTES[0] + (best[1][entry] ?? 0) * VOTES[1] + (best[2][entry] ?? 0) * VOTES[2]);
      const text = scale * (textScores[entry] ?? 0);
      let dot = middleScores[entry] ?? 0;
      let square = middles.squares[entry] ?? 0;
      if (entry === leftOwner && leftVector) {
        for (const { term, weight } of asked.terms) dot -= weight * (leftVector.get(term) ?? 0);
        for (const [term, weight] of leftVector) square -= 2 * weight * (middles.weights[position(middles, term, entry)] ?? 0);
        square += 1;
      }
      const whole = Math.max(0, dot) / (length * Math.sqrt(Math.max(1, square)));
      const score = lexical + TEXT_SHARE * text + WHOLE_SHARE * whole;
      best[0][entry] = best[1][entry] = best[2][entry] = 0;
      if (near.length === CANDIDATES && score <= (near.at(-1)?.score ?? 0)) continue;
      insert(near, { entry, id: index.ids[entry] ?? '', phrasing: nearest[entry] ?? 0, lexical, text, whole, chars: 0, score });
    }
    touchedEntries.length = 0;
    for (const at of touchedTexts) textScores[at] = 0;
    for (const at of touchedMiddles) middleScores[at] = 0;
    touchedTexts.length = touchedMiddles.length = 0;

    const own = charGrams(asked.letters);
    for (const hit of near.slice(0, SPELT)) {
      hit.chars = cosine(own, gramsOf(hit.phrasing));
      hit.score += CHAR_SHARE * hit.chars;
    }
    return near.sort(byScore).slice(0, options.top ?? 10);
  }

  function gramsOf(phrasing: number): Grams {
    let known = grams.get(phrasing);
    if (!known) {
      known = charGrams(index.letters[phrasing] ?? '');
      grams.set(phrasing, known);
    }
    return known;
  }

  return {
    query: (syllables, without) => weighQuery(index, stop, syllables, without),
    find,
    fit: (asked, hit, without) => fitOf(index, stopTerms, asked, hit, without),
    favour: (asked, one, other, without) => favourOf(index, asked, one, other, without),
  };
}

/** Puts a hit in its place among the best, which stay no more than `CANDIDATES`. */
function insert(near: Hit[], hit: Hit): void {
  let at = near.length;
  while (at > 0 && byScore(hit, near[at - 1] ?? hit) < 0) at -= 1;
  near.splice(at, 0, hit);
  if (near.length > CANDIDATES) near.pop();
}

function byScore(a: Hit, b: Hit): number {
  return b.score - a.score || a.entry - b.entry;
}

/**
 * The terms worth following. In a very large base the commonest words stand in thousands of phrasings and tell nothing
 * that the rarer ones do not; a message of common words only keeps them all. A station's base never gets there.
 */
function telling(terms: Query['terms'], from: Postings): Query['terms'] {
  const rare = terms.filter(({ term }) => (from.start[term + 1] ?? 0) - (from.start[term] ?? 0) <= COMMON_FROM);
  return rare.length >= ENOUGH_TERMS ? rare : terms;
}
