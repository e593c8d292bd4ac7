import { K1, type Postings } from './searchIndex.ts';

/** Reading the lists of an index. */

/** Where `doc` stands among a term's documents, or -1. */
export function position(from: Postings, term: number, doc: number): number {
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
export function lostWeight(from: Postings, at: number, own: number): number {
  if (at < 0) return 0;
  const weight = from.weights[at] ?? 0;
  const count = from.counts[at] ?? 0;
  const damping = (count * (K1 + 1)) / weight - count;
  const rest = Math.max(0, count - own);
  return weight - (rest * (K1 + 1)) / (rest + damping);
}

/** Adds `weight` times each document's own weight for a term; `touched` gets the documents that had nothing yet. */
export function collect(from: Postings, term: number, weight: number, scores: Float64Array, touched: number[]): void {
  const end = from.start[term + 1] ?? 0;
  for (let at = from.start[term] ?? 0; at < end; at += 1) {
    const doc = from.docs[at] ?? 0;
    if (scores[doc] === 0) touched.push(doc);
    scores[doc] = (scores[doc] ?? 0) + weight * (from.weights[at] ?? 0);
  }
}
