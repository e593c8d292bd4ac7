import type { Syllable } from './normalise.ts';
import type { SearchIndex } from './searchIndex.ts';

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

/** How much a word that says little counts, and a pair of two of them. */
export const STOP_WEIGHT = 0.25;
const STOP_PAIR_WEIGHT = 0.5;
/** Readings below this belief do not count as said. */
const UNSURE = 0.25;
/** What a word that no entry holds counts of what it might. */
const UNKNOWN_SHARE = 0.7;

/** How often a left-out phrasing uses each term, so that it can be taken off the text of its entry. */
export function termsOf(index: SearchIndex, phrasing: number | undefined): Map<number, number> {
  const counts = new Map<number, number>();
  if (phrasing === undefined) return counts;
  let before: number | undefined;
  for (const syllable of (index.letters[phrasing] ?? '').split('_')) {
    const term = index.terms.get(syllable);
    if (term === undefined) continue;
    counts.set(term, (counts.get(term) ?? 0) + 1);
    const pair = before === undefined ? undefined : index.pairs.get(before, term);
    if (pair !== undefined) counts.set(pair, (counts.get(pair) ?? 0) + 1);
    before = term;
  }
  return counts;
}

/** Weighs a message in an index. `without`: a phrasing whose own words are unknown where nobody else uses them. */
export function weighQuery(index: SearchIndex, stop: ReadonlySet<string>, syllables: Syllable[], without?: number): Query {
  const { phrasings, texts, idf } = index;
  const left = termsOf(index, without);
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
    const before = weights.get(term);
    if (!before) weights.set(term, { weight, pair });
    else if (before.weight < weight) before.weight = weight;
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
        const pair = index.pairs.get(before.term, reading.term);
        if (pair === undefined) continue;
        add(pair, before.weight * reading.weight * (idf[pair] ?? 0) * (before.stop && reading.stop ? STOP_PAIR_WEIGHT : 1), true);
      }
    }
    const lost = !anyKnown && !/^\d+$/.test(syllables[i]?.folded ?? '') ? index.unknownIdf * UNKNOWN_SHARE : 0;
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
