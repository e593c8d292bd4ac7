import type { Syllable } from './normalise.ts';
import { K1, PAIR, vectorOf, type Postings, type SearchIndex } from './searchIndex.ts';

/** Search proper: which entries of the base a message resembles, and how much. Scores compare across messages. */

/** A message as weighted terms. */
export type Query = {
  /** Known terms: number in the index, weight (belief × how telling). */
  terms: { term: number; weight: number; pair: boolean }[];
  /** Weight of all syllables, unknown ones included: what a perfect phrasing would cover. */
  mass: number;
  /** The part of `mass` that no entry holds. */
  unknown: number;
  letters: string;
  length: number;
  /** The content of the message, syllable by syllable: term numbers of its readings and the weight it would earn. */
  slots: { terms: number[]; weight: number; stop: boolean }[];
};

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

/** How a message and one entry meet, beyond the score; each 0-1. */
export type Fit = {
  /** Share of the message's weight that the entry holds anywhere. */
  covered: number;
  /** Share of the message's weight that the best phrasing holds. */
  inPhrasing: number;
  /** Share of the best phrasing's weight that the message holds. */
  ofPhrasing: number;
  /** The weightiest syllable of the message that the entry does not hold, against the weightiest possible. */
  missing: number;
};

export type Search = {
  query: (syllables: Syllable[], without?: number) => Query;
  find: (query: Query, options?: SearchOptions) => Hit[];
  fit: (query: Query, hit: Hit, without?: number) => Fit;
  /** How much the message's own words favour one hit over another, from -1 to 1: what only one of the two is asked with. */
  favour: (query: Query, one: Hit, other: Hit, without?: number) => number;
};

const STOP_WEIGHT = 0.25;
const STOP_PAIR_WEIGHT = 0.5;
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
/** What a word that an entry is never asked with counts as, so that one odd word does not decide alone. */
const FLOOR = 0.02;
/** Readings below this belief do not count as said. */
const UNSURE = 0.25;

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

  /** How often a left-out phrasing uses each term, so that it can be taken off the text of its entry. */
  function termsOf(phrasing: number | undefined): Map<number, number> {
    const counts = new Map<number, number>();
    if (phrasing === undefined) return counts;
    let before: number | undefined;
    for (const syllable of (index.letters[phrasing] ?? '').split('_')) {
      const term = index.terms.get(syllable);
      if (term === undefined) continue;
      counts.set(term, (counts.get(term) ?? 0) + 1);
      const pair = before === undefined ? undefined : index.pairs.get(before * PAIR + term);
      if (pair !== undefined) counts.set(pair, (counts.get(pair) ?? 0) + 1);
      before = term;
    }
    return counts;
  }

  /** How often an entry uses a term, apart from the left-out phrasing. */
  function uses(entry: number, term: number, without: number | undefined, left: ReadonlyMap<number, number>): number {
    const at = position(texts, term, entry);
    if (at < 0) return 0;
    const own = without !== undefined && phrasings.owner[without] === entry ? left.get(term) ?? 0 : 0;
    return (texts.counts[at] ?? 0) - own;
  }

  function query(syllables: Syllable[], without?: number): Query {
    const left = termsOf(without);
    const known = (term: number | undefined) => {
      if (term === undefined || without === undefined) return term;
      const start = texts.start[term] ?? 0;
      const only = (texts.start[term + 1] ?? 0) - start === 1 && texts.docs[start] === phrasings.owner[without];
      return only && (texts.counts[start] ?? 0) <= (left.get(term) ?? 0) ? undefined : term;
    };
    const slots: Query['slots'] = [];
    const weights = new Map<number, { weight: number; pair: boolean }>();
    let mass = 0;
    let unknown = 0;
    const add = (term: number, weight: number, pair: boolean) => {
      const known = weights.get(term);
      if (!known) weights.set(term, { weight, pair });
      else if (known.weight < weight) known.weight = weight;
    };
    const readings = syllables.map((syllable) => [{ folded: syllable.folded, weight: syllable.weight }, ...syllable.others]
      .map((reading) => ({ ...reading, term: known(index.terms.get(reading.folded)), stop: stop.has(reading.folded) })));
    readings.forEach((list, i) => {
      let best = 0;
      let anyKnown = false;
      for (const reading of list) {
        if (reading.term === undefined) continue;
        const weight = reading.weight * (idf[reading.term] ?? 0) * (reading.stop ? STOP_WEIGHT : 1);
        anyKnown ||= reading.weight >= 0.5;
        if (weight > best) best = weight;
        add(reading.term, weight, false);
        for (const before of readings[i - 1] ?? []) {
          if (before.term === undefined) continue;
          const pair = index.pairs.get(before.term * PAIR + reading.term);
          if (pair === undefined) continue;
          add(pair, before.weight * reading.weight * (idf[pair] ?? 0) * (before.stop && reading.stop ? STOP_PAIR_WEIGHT : 1), true);
        }
      }
      const lost = !anyKnown && !/^\d+$/.test(syllables[i]?.folded ?? '') ? index.unknownIdf * 0.7 : 0;
      mass += Math.max(best, lost);
      unknown += Math.max(0, lost - best);
      slots.push({ terms: list.flatMap((reading) => (reading.term !== undefined && reading.weight >= UNSURE ? [reading.term] : [])), weight: Math.max(best, lost), stop: list[0]?.stop ?? false });
    });
    return {
      terms: [...weights].map(([term, found]) => ({ term, ...found })),
      mass, unknown,
      letters: syllables.map((syllable) => syllable.folded).join('_'),
      length: syllables.length,
      slots,
    };
  }

  function find(asked: Query, options: SearchOptions = {}): Hit[] {
    if (asked.terms.length === 0) return [];
    const left = termsOf(options.without);
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
      const [one, two, three] = [best[0][entry] ?? 0, best[1][entry] ?? 0, best[2][entry] ?? 0];
      if (one === 0) touchedEntries.push(entry);
      if (score > one) {
        nearest[entry] = phrasing;
        best[0][entry] = score;
        best[1][entry] = one;
        best[2][entry] = two;
      } else if (score > two) {
        best[1][entry] = score;
        best[2][entry] = two;
      } else if (score > three) best[2][entry] = score;
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

  function fit(asked: Query, hit: Hit, without?: number): Fit {
    const left = termsOf(without);
    const phrasing = new Set((index.letters[hit.phrasing] ?? '').split('_').flatMap((syllable) => index.terms.get(syllable) ?? []));
    let covered = 0;
    let inPhrasing = 0;
    let missing = 0;
    const asks = new Set<number>();
    for (const slot of asked.slots) {
      for (const term of slot.terms) asks.add(term);
      if (slot.terms.some((term) => phrasing.has(term))) inPhrasing += slot.weight;
      if (slot.terms.some((term) => phrasing.has(term) || uses(hit.entry, term, without, left) > 0)) covered += slot.weight;
      else missing = Math.max(missing, slot.weight);
    }
    let own = 0;
    let met = 0;
    for (const term of phrasing) {
      const weight = (idf[term] ?? 0) * (stopTerms.has(term) ? STOP_WEIGHT : 1);
      own += weight;
      if (asks.has(term)) met += weight;
    }
    const mass = Math.max(1e-9, asked.mass);
    return { covered: covered / mass, inPhrasing: inPhrasing / mass, ofPhrasing: met / Math.max(1e-9, own), missing: missing / index.unknownIdf };
  }

  function favour(asked: Query, one: Hit, other: Hit, without?: number): number {
    const left = without === undefined ? null : vectorOf(termsOf(without).keys(), idf);
    const usual = (hit: Hit, term: number) => {
      const at = position(middles, term, hit.entry);
      const own = left && without !== undefined && phrasings.owner[without] === hit.entry ? left.get(term) ?? 0 : 0;
      const count = (phrasings.first[hit.entry + 1] ?? 0) - (phrasings.first[hit.entry] ?? 0);
      return Math.max(0, at < 0 ? 0 : (middles.weights[at] ?? 0) - own) / Math.max(1, count - (own > 0 ? 1 : 0));
    };
    let sum = 0;
    let total = 0;
    for (const { term, weight } of asked.terms) {
      total += weight;
      sum += weight * Math.log((usual(one, term) + FLOOR) / (usual(other, term) + FLOOR));
    }
    return Math.max(-1, Math.min(1, sum / Math.max(1e-9, total)));
  }

  function gramsOf(phrasing: number): Grams {
    let known = grams.get(phrasing);
    if (!known) {
      known = charGrams(index.letters[phrasing] ?? '');
      grams.set(phrasing, known);
    }
    return known;
  }

  return { query, find, fit, favour };
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

/** Where `doc` stands among a term's documents, or -1. */
function position(from: Postings, term: number, doc: number): number {
  let low = from.start[term] ?? 0;
  let high = (from.start[term + 1] ?? 0) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const here = from.docs[middle] ?? 0;
    if (here === doc) return middle;
    if (here < doc) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** How much of a term's weight goes when `own` of its uses were never written. */
function lostWeight(from: Postings, at: number, own: number): number {
  if (at < 0) return 0;
  const weight = from.weights[at] ?? 0;
  const count = from.counts[at] ?? 0;
  const damping = (count * (K1 + 1)) / weight - count;
  const rest = Math.max(0, count - own);
  return weight - (rest * (K1 + 1)) / (rest + damping);
}

/**
 * The terms worth following. In a very large base the commonest words stand in thousands of phrasings and tell nothing
 * that the rarer ones do not; a message of common words only keeps them all. A station's base never gets there.
 */
function telling(terms: Query['terms'], from: Postings): Query['terms'] {
  const rare = terms.filter(({ term }) => (from.start[term + 1] ?? 0) - (from.start[term] ?? 0) <= COMMON_FROM);
  return rare.length >= ENOUGH_TERMS ? rare : terms;
}

function collect(from: Postings, term: number, weight: number, scores: Float64Array, touched: number[]): void {
  const end = from.start[term + 1] ?? 0;
  for (let at = from.start[term] ?? 0; at < end; at += 1) {
    const doc = from.docs[at] ?? 0;
    if (scores[doc] === 0) touched.push(doc);
    scores[doc] = (scores[doc] ?? 0) + weight * (from.weights[at] ?? 0);
  }
}

/** Which 3- to 5-letter sequences a text has and how often, by a hash, in order of the hash. */
type Grams = { hashes: Uint32Array; counts: Uint16Array; length: number };

function charGrams(letters: string): Grams {
  const text = `_${letters}_`;
  const all = new Uint32Array(Math.max(0, text.length * 3 - 9 + 3));
  let used = 0;
  for (let from = 0; from < text.length; from += 1) {
    let hash = 2166136261;
    for (let size = 1; size <= 5 && from + size <= text.length; size += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(from + size - 1), 16777619) >>> 0;
      if (size >= 3) all[used++] = hash;
    }
  }
  const sorted = all.subarray(0, used).sort();
  const hashes = new Uint32Array(used);
  const counts = new Uint16Array(used);
  let distinct = 0;
  for (const hash of sorted) {
    if (distinct === 0 || hashes[distinct - 1] !== hash) hashes[distinct++] = hash;
    counts[distinct - 1] = (counts[distinct - 1] ?? 0) + 1;
  }
  let square = 0;
  for (let at = 0; at < distinct; at += 1) square += (counts[at] ?? 0) ** 2;
  return { hashes: hashes.slice(0, distinct), counts: counts.slice(0, distinct), length: Math.sqrt(square) };
}

/** Both lists are in order, so one walk along them finds what they share. */
function cosine(a: Grams, b: Grams): number {
  let sum = 0;
  for (let i = 0, j = 0; i < a.hashes.length && j < b.hashes.length;) {
    const left = a.hashes[i] ?? 0;
    const right = b.hashes[j] ?? 0;
    if (left === right) sum += (a.counts[i++] ?? 0) * (b.counts[j++] ?? 0);
    else if (left < right) i += 1;
    else j += 1;
  }
  return sum / Math.max(1e-9, a.length * b.length);
}
