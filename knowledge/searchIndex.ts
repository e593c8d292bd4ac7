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

  const numbersOf = (syllables: string[]): Int32Array => {
    const numbers = new Int32Array(Math.max(0, syllables.length * 2 - 1));
    let before = -1;
    let at = 0;
    for (const syllable of syllables) {
      let term = terms.get(syllable);
      if (term === undefined) terms.set(syllable, term = count++);
      numbers[at++] = term;
      if (before >= 0) {
        let pair = pairs.get(before, term);
        if (pair === undefined) pairs.set(before, term, pair = count++);
        numbers[at++] = pair;
      }
      before = term;
    }
    return numbers;
  };

  const phrasingDocs: Int32Array[] = [];
  const owner: number[] = [];
  const first: number[] = [];
  const letters: string[] = [];
  const textDocs: Int32Array[] = [];
  for (const [number, entry] of entries.entries()) {
    first.push(phrasingDocs.length);
    for (const phrasing of entry.phrasings) {
      phrasingDocs.push(numbersOf(phrasing));
      owner.push(number);
      letters.push(phrasing.join('_'));
    }
    const text = numbersOf(entry.text);
    const parts = [text, ...phrasingDocs.slice(first.at(-1) ?? 0)];
    const whole = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    textDocs.push(whole);
  }
  first.push(phrasingDocs.length);

  const idf = entryIdf(phrasingDocs, owner, entries.length, count);
  const owners = Int32Array.from(owner);
  return {
    ids: entries.map((entry) => entry.id),
    terms, pairs, idf,
    unknownIdf: Math.log(1 + (entries.length + 0.5) / 0.5),
    phrasings: { ...postings(phrasingDocs, count, B_PHRASING), owner: owners, first: Int32Array.from(first) },
    texts: postings(textDocs, count, B_TEXT),
    middles: middlesOf(phrasingDocs, owners, entries.length, idf),
    letters,
  };
}

function entryIdf(docs: Int32Array[], owner: number[], entries: number, terms: number): Float64Array {
  const frequency = new Int32Array(terms);
  const lastOwner = new Int32Array(terms).fill(-1);
  docs.forEach((doc, number) => {
    const entry = owner[number] ?? 0;
    for (const term of doc) {
      if (lastOwner[term] === entry) continue;
      lastOwner[term] = entry;
      frequency[term] = (frequency[term] ?? 0) + 1;
    }
  });
  return Float64Array.from(frequency, (df) => Math.log(1 + (entries - df + 0.5) / (df + 0.5)));
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

function middlesOf(docs: Int32Array[], owner: Int32Array, entries: number, idf: Float64Array): SearchIndex['middles'] {
  const start = new Int32Array(idf.length + 1);
  const squares = new Float64Array(entries);
  const sums = { terms: [] as number[], entries: [] as number[], weights: [] as number[] };
  const sum = new Float64Array(idf.length);
  const ofEntry = new Int32Array(idf.length).fill(-1);
  const ofDoc = new Int32Array(idf.length).fill(-1);
  let touched: number[] = [];
  let entry = -1;
  const close = () => {
    for (const term of touched) {
      const weight = sum[term] ?? 0;
      sums.terms.push(term);
      sums.entries.push(entry);
      sums.weights.push(weight);
      squares[entry] = (squares[entry] ?? 0) + weight * weight;
      start[term + 1] = (start[term + 1] ?? 0) + 1;
    }
    touched = [];
  };
  docs.forEach((doc, number) => {
    const here = owner[number] ?? 0;
    if (here !== entry) {
      close();
      entry = here;
    }
    // As `vectorOf` does, without a Map for each of ten thousands of phrasings.
    const distinct: number[] = [];
    let square = 0;
    for (const term of doc) {
      if (ofDoc[term] === number) continue;
      ofDoc[term] = number;
      distinct.push(term);
      const weight = idf[term] ?? 0;
      square += weight * weight;
    }
    const length = Math.sqrt(square) || 1;
    for (const term of distinct) {
      if (ofEntry[term] !== entry) {
        ofEntry[term] = entry;
        sum[term] = 0;
        touched.push(term);
      }
      sum[term] = (sum[term] ?? 0) + (idf[term] ?? 0) / length;
    }
  });
  close();
  for (let term = 0; term < idf.length; term += 1) start[term + 1] = (start[term + 1] ?? 0) + (start[term] ?? 0);
  const next = start.slice();
  const ids = new Int32Array(sums.terms.length);
  const weights = new Float32Array(sums.terms.length);
  sums.terms.forEach((term, from) => {
    const at = next[term] ?? 0;
    next[term] = at + 1;
    ids[at] = sums.entries[from] ?? 0;
    weights[at] = sums.weights[from] ?? 0;
  });
  return { start, docs: ids, weights, counts: new Uint16Array(0), squares };
}

function postings(docs: Int32Array[], terms: number, b: number): Postings {
  const start = new Int32Array(terms + 1);
  let total = 0;
  const seen = new Int32Array(terms).fill(-1);
  docs.forEach((doc, number) => {
    total += doc.length;
    for (const term of doc) {
      if (seen[term] === number) continue;
      seen[term] = number;
      start[term + 1] = (start[term + 1] ?? 0) + 1;
    }
  });
  for (let term = 0; term < terms; term += 1) start[term + 1] = (start[term + 1] ?? 0) + (start[term] ?? 0);

  const average = docs.length === 0 ? 1 : Math.max(1, total / docs.length);
  const size = start[terms] ?? 0;
  const ids = new Int32Array(size);
  const weights = new Float32Array(size);
  const tfs = new Uint16Array(size);
  const next = start.slice();
  const counts = new Int32Array(terms);
  docs.forEach((doc, number) => {
    for (const term of doc) counts[term] = (counts[term] ?? 0) + 1;
    const length = 1 - b + b * (doc.length / average);
    for (const term of doc) {
      const tf = counts[term] ?? 0;
      if (tf === 0) continue;
      counts[term] = 0;
      const at = next[term] ?? 0;
      next[term] = at + 1;
      ids[at] = number;
      tfs[at] = tf;
      weights[at] = (tf * (K1 + 1)) / (tf + K1 * length);
    }
  });
  return { start, docs: ids, weights, counts: tfs };
}
