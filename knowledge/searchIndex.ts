/**
 * The index: every phrasing of every card as unmarked syllables and pairs of neighbours, in typed arrays.
 * Built once for a base; read by `search.ts`.
 */

import { createPairs, type Pairs } from './pairs.ts';

/** One entry to be found: a card (or another thing that a message may mean), its phrasings and its longer text. */
export type Entry = {
  id: string;
  /** Each phrasing as unmarked syllables. */
  phrasings: string[][];
  /** The text of the answer as unmarked syllables, a weaker sign; the phrasings are added to it. */
  text: string[];
};

export type SearchIndex = {
  ids: string[];
  /** Term numbers of unmarked syllables. */
  terms: ReadonlyMap<string, number>;
  /** Term numbers of pairs of neighbours. */
  pairs: Pick<Pairs, 'get'>;
  /** How telling a term is: by the number of entries that hold it. */
  idf: Float64Array;
  /** For a term that no entry holds. */
  unknownIdf: number;
  phrasings: Postings & { owner: Int32Array; first: Int32Array };
  texts: Postings;
  /** The middle of an entry's phrasings, each of length one: how people ask this on the whole. */
  middles: Postings & { squares: Float64Array };
  /** Unmarked text of each phrasing, for comparing letters. */
  letters: string[];
};

/** Documents of each term: `docs[start[t] … start[t + 1])` with their BM25 weights. */
export type Postings = { start: Int32Array; docs: Int32Array; weights: Float32Array; counts: Uint16Array };

/** BM25: how soon repeating a term stops helping. */
export const K1 = 1.2;
const B_PHRASING = 0.5;
const B_TEXT = 0.75;

/** Builds the index; the cost is linear in the number of syllables. */
export function buildIndex(entries: Entry[]): SearchIndex {
  const terms = new Map<string, number>();
  const pairs = createPairs();
  let count = 0;

  // Entry after entry in one flat list: its phrasings, then its text. A list of its own for each would cost more than its numbers.
  const numbers = growingList();
  const add = (syllables: string[]): void => {
    let before = -1;
    for (const syllable of syllables) {
      let term = terms.get(syllable);
      if (term === undefined) terms.set(syllable, term = count++);
      numbers.push(term);
      if (before >= 0) {
        let pair = pairs.get(before, term);
        if (pair === undefined) pairs.set(before, term, pair = count++);
        numbers.push(pair);
      }
      before = term;
    }
  };

  const size = entries.reduce((sum, entry) => sum + entry.phrasings.length, 0);
  const phrasingSpans = { from: new Int32Array(size), to: new Int32Array(size) };
  const entrySpans = { from: new Int32Array(entries.length), to: new Int32Array(entries.length) };
  const owner = new Int32Array(size);
  const first = new Int32Array(entries.length + 1);
  const letters: string[] = [];
  for (const [number, entry] of entries.entries()) {
    first[number] = letters.length;
    entrySpans.from[number] = numbers.size();
    for (const phrasing of entry.phrasings) {
      const at = letters.length;
      owner[at] = number;
      phrasingSpans.from[at] = numbers.size();
      add(phrasing);
      phrasingSpans.to[at] = numbers.size();
      letters.push(phrasing.join('_'));
    }
    add(entry.text);
    entrySpans.to[number] = numbers.size();
  }
  first[entries.length] = letters.length;

  const phrasings: Docs = { ...phrasingSpans, numbers: numbers.list(), terms: count };
  const wholes: Docs = { ...entrySpans, numbers: numbers.list(), terms: count };
  const frequency = entryFrequency(phrasings, owner);
  const idf = Float64Array.from(frequency, (df) => Math.log(1 + (entries.length - df + 0.5) / (df + 0.5)));
  return {
    ids: entries.map((entry) => entry.id),
    terms, pairs, idf,
    unknownIdf: Math.log(1 + (entries.length + 0.5) / 0.5),
    phrasings: { ...postings(phrasings, B_PHRASING), owner, first },
    texts: postings(wholes, B_TEXT),
    middles: middlesOf(phrasings, owner, entries.length, idf, startsOf(frequency)),
    letters,
  };
}

/** Documents as spans of one list of term numbers. `terms`: how many different ones there are. */
type Docs = { numbers: Int32Array; from: Int32Array; to: Int32Array; terms: number };

/** Numbers one after another in little room; `list` is a view of those so far. */
function growingList(): { push: (number: number) => void; size: () => number; list: () => Int32Array } {
  let list = new Int32Array(1_024);
  let size = 0;
  return {
    push: (number) => {
      if (size === list.length) {
        const longer = new Int32Array(size * 2);
        longer.set(list);
        list = longer;
      }
      list[size++] = number;
    },
    size: () => size,
    list: () => list.subarray(0, size),
  };
}

/** Where each term's documents begin in a list of all, from how many it has; the end of the last comes last. */
function startsOf(sizes: Int32Array): Int32Array {
  const starts = new Int32Array(sizes.length + 1);
  for (let term = 0; term < sizes.length; term += 1) starts[term + 1] = (starts[term] ?? 0) + (sizes[term] ?? 0);
  return starts;
}

/** In how many entries' phrasings each term stands. */
function entryFrequency({ numbers, from, to, terms }: Docs, owner: Int32Array): Int32Array {
  const frequency = new Int32Array(terms);
  const lastOwner = new Int32Array(terms).fill(-1);
  for (let doc = 0; doc < from.length; doc += 1) {
    const entry = owner[doc] ?? 0;
    const end = to[doc] ?? 0;
    for (let at = from[doc] ?? 0; at < end; at += 1) {
      const term = numbers[at] ?? 0;
      if (lastOwner[term] === entry) continue;
      lastOwner[term] = entry;
      frequency[term] = (frequency[term] ?? 0) + 1;
    }
  }
  return frequency;
}

/** Length of a phrasing as a vector of its terms' idf; a term said twice counts once. */
export function vectorOf(terms: Iterable<number>, idf: Float64Array): Map<number, number> {
  const vector = new Map<number, number>();
  let square = 0;
  for (const term of terms) {
    if (vector.has(term)) continue;
    const weight = idf[term] ?? 0;
    vector.set(term, weight);
    square += weight * weight;
  }
  const length = Math.sqrt(square) || 1;
  for (const [term, weight] of vector) vector.set(term, weight / length);
  return vector;
}

/** `start`: where each term's entries begin, for the phrasings alone. */
function middlesOf({ numbers, from, to, terms }: Docs, owner: Int32Array, entries: number, idf: Float64Array, start: Int32Array): SearchIndex['middles'] {
  const size = start[terms] ?? 0;
  const docs = new Int32Array(size);
  const weights = new Float32Array(size);
  const squares = new Float64Array(entries);
  const next = start.slice();
  const sum = new Float64Array(terms);
  const ofDoc = new Int32Array(terms).fill(-1);
  let touched: number[] = [];

  const close = (entry: number): void => {
    for (const term of touched) {
      const weight = sum[term] ?? 0;
      sum[term] = 0;
      const at = next[term] ?? 0;
      next[term] = at + 1;
      docs[at] = entry;
      weights[at] = weight;
      squares[entry] = (squares[entry] ?? 0) + weight * weight;
    }
    touched = [];
  };

  for (let doc = 0; doc < from.length; doc += 1) {
    if (doc > 0 && owner[doc - 1] !== owner[doc]) close(owner[doc - 1] ?? 0);
    // As `vectorOf` does, without a Map for each of ten thousands of phrasings.
    const begin = from[doc] ?? 0;
    const end = to[doc] ?? 0;
    let square = 0;
    for (let at = begin; at < end; at += 1) {
      const term = numbers[at] ?? 0;
      if (ofDoc[term] === doc) continue;
      ofDoc[term] = doc;
      square += (idf[term] ?? 0) ** 2;
    }
    const length = Math.sqrt(square) || 1;
    for (let at = begin; at < end; at += 1) {
      const term = numbers[at] ?? 0;
      if (ofDoc[term] !== doc) continue;
      ofDoc[term] = -1;
      if (sum[term] === 0) touched.push(term);
      sum[term] = (sum[term] ?? 0) + (idf[term] ?? 0) / length;
    }
  }
  if (owner.length > 0) close(owner.at(-1) ?? 0);
  return { start, docs, weights, counts: new Uint16Array(0), squares };
}

function postings({ numbers, from, to, terms }: Docs, b: number): Postings {
  const holding = new Int32Array(terms);
  const seen = new Int32Array(terms).fill(-1);
  let total = 0;
  for (let doc = 0; doc < from.length; doc += 1) {
    const begin = from[doc] ?? 0;
    const end = to[doc] ?? 0;
    total += end - begin;
    for (let at = begin; at < end; at += 1) {
      const term = numbers[at] ?? 0;
      if (seen[term] === doc) continue;
      seen[term] = doc;
      holding[term] = (holding[term] ?? 0) + 1;
    }
  }
  const start = startsOf(holding);
  const average = from.length === 0 ? 1 : Math.max(1, total / from.length);
  const size = start[terms] ?? 0;
  const docs = new Int32Array(size);
  const weights = new Float32Array(size);
  const counts = new Uint16Array(size);
  const next = start.slice();
  const inDoc = holding.fill(0);
  for (let doc = 0; doc < from.length; doc += 1) {
    const begin = from[doc] ?? 0;
    const end = to[doc] ?? 0;
    for (let at = begin; at < end; at += 1) {
      const term = numbers[at] ?? 0;
      inDoc[term] = (inDoc[term] ?? 0) + 1;
    }
    const length = 1 - b + b * ((end - begin) / average);
    for (let at = begin; at < end; at += 1) {
      const term = numbers[at] ?? 0;
      const tf = inDoc[term] ?? 0;
      if (tf === 0) continue;
      inDoc[term] = 0;
      const place = next[term] ?? 0;
      next[term] = place + 1;
      docs[place] = doc;
      counts[place] = tf;
      weights[place] = (tf * (K1 + 1)) / (tf + K1 * length);
    }
  }
  return { start, docs, weights, counts };
}
