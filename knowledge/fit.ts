import { position } from './postings.ts';
import { STOP_WEIGHT, termsOf, type Query } from './query.ts';
import type { Hit } from './search.ts';
import { vectorOf, type SearchIndex } from './searchIndex.ts';

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

/** What a word that an entry is never asked with counts as, so that one odd word does not decide alone. */
const FLOOR = 0.02;

/** `stop`: term numbers of the words that say little. `without`: a phrasing that was never written. */
export function fitOf(index: SearchIndex, stop: ReadonlySet<number>, asked: Query, hit: Hit, without?: number): Fit {
  const left = termsOf(index, without);
  const phrasing = new Set((index.letters[hit.phrasing] ?? '').split('_').flatMap((syllable) => index.terms.get(syllable) ?? []));
  let covered = 0;
  let inPhrasing = 0;
  let missing = 0;
  const asks = new Set<number>();
  for (const slot of asked.slots) {
    for (const term of slot.terms) asks.add(term);
    if (slot.terms.some((term) => phrasing.has(term))) inPhrasing += slot.weight;
    if (slot.terms.some((term) => phrasing.has(term) || uses(index, hit.entry, term, without, left) > 0)) covered += slot.weight;
    else missing = Math.max(missing, slot.weight);
  }
  let own = 0;
  let met = 0;
  for (const term of phrasing) {
    const weight = (index.idf[term] ?? 0) * (stop.has(term) ? STOP_WEIGHT : 1);
    own += weight;
    if (asks.has(term)) met += weight;
  }
  const mass = Math.max(1e-9, asked.mass);
  return { covered: covered / mass, inPhrasing: inPhrasing / mass, ofPhrasing: met / Math.max(1e-9, own), missing: missing / index.unknownIdf };
}

/** How much the message's own words favour one hit over another, from -1 to 1: what only one of the two is asked with. */
export function favourOf(index: SearchIndex, asked: Query, one: Hit, other: Hit, without?: number): number {
  const { middles, phrasings } = index;
  const left = without === undefined ? null : vectorOf(termsOf(index, without).keys(), index.idf);
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

/** How often an entry uses a term, apart from the left-out phrasing. */
function uses({ texts, phrasings }: SearchIndex, entry: number, term: number, without: number | undefined, left: ReadonlyMap<number, number>): number {
  const at = position(texts, term, entry);
  if (at < 0) return 0;
  const own = without !== undefined && phrasings.owner[without] === entry ? left.get(term) ?? 0 : 0;
  return (texts.counts[at] ?? 0) - own;
}
