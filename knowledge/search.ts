import type { Syllable } from './normalise.ts';
import { PAIR, type Postings, type SearchIndex } from './searchIndex.ts';

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
};

export type SearchOptions = {
  /** How many hits are wanted. */
  top?: number;
  /** Numbers of phrasings to leave out, for measuring what the base knows without them. */
  withoutPhrasings?: ReadonlySet<number>;
  /** Numbers of entries to leave out. */
  withoutEntries?: ReadonlySet<number>;
};

export type Search = { query: (syllables: Syllable[]) => Query; find: (query: Query, options?: SearchOptions) => Hit[] };

const STOP_WEIGHT = 0.25;
const STOP_PAIR_WEIGHT = 0.35;
const TEXT_SHARE = 0.25;
const CHAR_SHARE = 0.5;
/** What the second and third phrasing of the same entry add: several people asking alike is more than one. */
const VOTES = [1, 0.15, 0.08];
const CANDIDATES = 40;

/** Prepares searching in `index`. `stop`: unmarked words that say little. */
export function createSearch(index: SearchIndex, stop: ReadonlySet<string>): Search {
  const { phrasings, texts, idf } = index;
  const phrasingScores = new Float64Array(phrasings.owner.length);
  const textScores = new Float64Array(index.ids.length);
  const touchedPhrasings: number[] = [];
  const touchedTexts: number[] = [];
  const grams = new Map<number, Map<number, number>>();

  function query(syllables: Syllable[]): Query {
    const weights = new Map<number, { weight: number; pair: boolean }>();
    let mass = 0;
    let unknown = 0;
    const add = (term: number, weight: number, pair: boolean) => {
      const known = weights.get(term);
      if (!known) weights.set(term, { weight, pair });
      else if (known.weight < weight) known.weight = weight;
    };
    const readings = syllables.map((syllable) => [{ folded: syllable.folded, weight: syllable.weight }, ...syllable.others]
      .map((reading) => ({ ...reading, term: index.terms.get(reading.folded), stop: stop.has(reading.folded) })));
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
    });
    return {
      terms: [...weights].map(([term, found]) => ({ term, ...found })),
      mass, unknown,
      letters: syllables.map((syllable) => syllable.folded).join('_'),
      length: syllables.length,
    };
  }

  function find(asked: Query, options: SearchOptions = {}): Hit[] {
    if (asked.terms.length === 0) return [];
    for (const { term, weight } of asked.terms) {
      collect(phrasings, term, weight, phrasingScores, touchedPhrasings);
      collect(texts, term, weight, textScores, touchedTexts);
    }
    const byEntry = new Map<number, { phrasing: number; best: [number, number, number] }>();
    for (const phrasing of touchedPhrasings) {
      if (options.withoutPhrasings?.has(phrasing)) continue;
      const entry = phrasings.owner[phrasing] ?? 0;
      if (options.withoutEntries?.has(entry)) continue;
      const score = phrasingScores[phrasing] ?? 0;
      const seen = byEntry.get(entry);
      if (!seen) byEntry.set(entry, { phrasing, best: [score, 0, 0] });
      else if (score > seen.best[0]) {
        seen.phrasing = phrasing;
        seen.best = [score, seen.best[0], seen.best[1]];
      } else if (score > seen.best[1]) seen.best = [seen.best[0], score, seen.best[1]];
      else if (score > seen.best[2]) seen.best[2] = score;
    }
    const scale = 1 / (0.8 * 2 * Math.max(1, asked.mass));
    const hits = [...byEntry].map(([entry, { phrasing, best }]): Hit => {
      const lexical = scale * best.reduce((sum, score, rank) => sum + score * (VOTES[rank] ?? 0), 0);
      const text = scale * (textScores[entry] ?? 0);
      return { entry, id: index.ids[entry] ?? '', phrasing, lexical, text, chars: 0, score: lexical + TEXT_SHARE * text };
    });
    for (const at of touchedPhrasings.splice(0)) phrasingScores[at] = 0;
    for (const at of touchedTexts.splice(0)) textScores[at] = 0;

    hits.sort(byScore);
    const near = hits.slice(0, CANDIDATES);
    const own = charGrams(asked.letters);
    for (const hit of near) {
      hit.chars = cosine(own, gramsOf(hit.phrasing));
      hit.score += CHAR_SHARE * hit.chars;
    }
    return near.sort(byScore).slice(0, options.top ?? 10);
  }

  function gramsOf(phrasing: number): Map<number, number> {
    let known = grams.get(phrasing);
    if (!known) {
      known = charGrams(index.letters[phrasing] ?? '');
      grams.set(phrasing, known);
    }
    return known;
  }

  return { query, find };
}

function byScore(a: Hit, b: Hit): number {
  return b.score - a.score || a.entry - b.entry;
}

function collect(from: Postings, term: number, weight: number, scores: Float64Array, touched: number[]): void {
  const end = from.start[term + 1] ?? 0;
  for (let at = from.start[term] ?? 0; at < end; at += 1) {
    const doc = from.docs[at] ?? 0;
    if (scores[doc] === 0) touched.push(doc);
    scores[doc] = (scores[doc] ?? 0) + weight * (from.weights[at] ?? 0);
  }
}

/** Counts of 3- to 5-letter sequences, by a hash; the length of the vector is kept under -1. */
function charGrams(letters: string): Map<number, number> {
  const grams = new Map<number, number>();
  const text = `_${letters}_`;
  for (let from = 0; from < text.length; from += 1) {
    let hash = 2166136261;
    for (let size = 1; size <= 5 && from + size <= text.length; size += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(from + size - 1), 16777619) >>> 0;
      if (size >= 3) grams.set(hash, (grams.get(hash) ?? 0) + 1);
    }
  }
  let square = 0;
  for (const value of grams.values()) square += value * value;
  grams.set(-1, Math.sqrt(square));
  return grams;
}

function cosine(a: Map<number, number>, b: Map<number, number>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let sum = 0;
  for (const [gram, value] of small) if (gram >= 0) sum += value * (large.get(gram) ?? 0);
  return sum / Math.max(1e-9, (a.get(-1) ?? 0) * (b.get(-1) ?? 0));
}
