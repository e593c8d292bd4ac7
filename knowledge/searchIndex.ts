/**
 * The index: every phrasing of every card as unmarked syllables and pairs of neighbours, in typed arrays.
 * Built once for a base; read by `search.ts`.
 */

/** One entry to be found: a card (or another thing that a message may mean), its phrasings and its longer text. */
export type Entry = {
  id: string;
  /** Each phrasing as unmarked syllables. */
  phrasings: string[][];
  /** The text of the answer as unmarked syllables, a weaker sign. */
  text: string[];
};

export type SearchIndex = {
  ids: string[];
  /** Term numbers of unmarked syllables. */
  terms: ReadonlyMap<string, number>;
  /** Term numbers of pairs, by `first * PAIR + second`. */
  pairs: ReadonlyMap<number, number>;
  /** How telling a term is: by the number of entries that hold it. */
  idf: Float64Array;
  /** For a term that no entry holds. */
  unknownIdf: number;
  phrasings: Postings & { owner: Int32Array; first: Int32Array };
  texts: Postings;
  /** Unmarked text of each phrasing, for comparing letters. */
  letters: string[];
};

/** Documents of each term: `docs[start[t] … start[t + 1])` with their BM25 weights. */
export type Postings = { start: Int32Array; docs: Int32Array; weights: Float32Array };

export const PAIR = 2 ** 21;
const K1 = 1.2;
const B_PHRASING = 0.5;
const B_TEXT = 0.75;

/** Builds the index; the cost is linear in the number of syllables. */
export function buildIndex(entries: Entry[]): SearchIndex {
  const terms = new Map<string, number>();
  const pairs = new Map<number, number>();
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
        const key = before * PAIR + term;
        let pair = pairs.get(key);
        if (pair === undefined) pairs.set(key, pair = count++);
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
    textDocs.push(numbersOf(entry.text));
  }
  first.push(phrasingDocs.length);

  const idf = entryIdf(phrasingDocs, owner, entries.length, count);
  return {
    ids: entries.map((entry) => entry.id),
    terms, pairs, idf,
    unknownIdf: Math.log(1 + (entries.length + 0.5) / 0.5),
    phrasings: { ...postings(phrasingDocs, count, B_PHRASING), owner: Int32Array.from(owner), first: Int32Array.from(first) },
    texts: postings(textDocs, count, B_TEXT),
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
      weights[at] = (tf * (K1 + 1)) / (tf + K1 * length);
    }
  });
  return { start, docs: ids, weights };
}
