import type { Candidate, Sorting } from './features.ts';
import type { Hit } from './search.ts';
import { sort, type Sorter } from './sorter.ts';

/** How much of a card's rank the sorter decides; search decides the rest. Found on phrasings of other hands. */
const SORTER_SHARE = 0.4;
/** Below this, how unlikely the sorter finds a card makes no more difference. */
const LEAST_LIKELY = 1e-5;

/** The names of the index's entries that are no cards begin so: ways of asking for something else, and questions of staff. */
export const INTENT_PREFIX = '~';
export const OUTSIDE_PREFIX = '-';
/** The sorter's labels for kept messages of danger begin so. The index does not hold them: what sounds like them is no card's, and nothing more. */
export const DANGER_PREFIX = '!';

export function isCard(id: string): boolean {
  return !id.startsWith(INTENT_PREFIX) && !id.startsWith(OUTSIDE_PREFIX);
}

/** What the sorter makes of a message. `without`: labels that were never there. Null where a base has no sorter. */
export function sortOut(sorter: Sorter | null, words: string[], without: ReadonlySet<string> = new Set()): { sorting: Sorting; of: ReadonlyMap<string, number> } | null {
  if (sorter === null) return null;
  const chances = sort(sorter, words);
  const left = without.size === 0 ? 1 : sorter.labels.reduce((sum, label, at) => (without.has(label) ? sum - (chances[at] ?? 0) : sum), 1) || 1;
  const of = new Map<string, number>();
  const families = new Map<string, number>();
  const wishes = new Map<string, number>();
  const sorting = { outside: 0, wish: 0, danger: 0, first: 0, second: 0, spread: 0, families, wishes };
  kindsOf(sorter).forEach(({ label, kind, family }, at) => {
    if (without.has(label)) return;
    const chance = (chances[at] ?? 0) / left;
    if (kind === 'outside') sorting.outside += chance;
    else if (kind === 'wish') {
      sorting.wish += chance;
      wishes.set(label.slice(INTENT_PREFIX.length), chance);
    }
    else if (kind === 'danger') sorting.danger += chance;
    else {
      of.set(label, chance);
      families.set(family, (families.get(family) ?? 0) + chance);
      if (chance > 0) sorting.spread -= chance * Math.log(chance);
      if (chance > sorting.first) {
        sorting.second = sorting.first;
        sorting.first = chance;
      } else if (chance > sorting.second) sorting.second = chance;
    }
  });
  return { sorting, of };
}

type Kind = 'card' | 'wish' | 'outside' | 'danger';
type Label = { label: string; kind: Kind; family: string };

/** What a sorter's labels stand for, read once. */
const kinds = new WeakMap<Sorter, Label[]>();

function kindsOf(sorter: Sorter): Label[] {
  const known = kinds.get(sorter) ?? sorter.labels.map((label) => ({ label, family: label.split('.')[0] ?? '', kind: kindOf(label) }));
  kinds.set(sorter, known);
  return known;
}

function kindOf(label: string): Kind {
  if (label.startsWith(OUTSIDE_PREFIX)) return 'outside';
  if (label.startsWith(INTENT_PREFIX)) return 'wish';
  return label.startsWith(DANGER_PREFIX) ? 'danger' : 'card';
}

/** Nothing known: all cards are as likely. */
export const UNSORTED: Sorting = { outside: 0, wish: 0, danger: 0, first: 0, second: 0, spread: 0, families: new Map(), wishes: new Map() };

/** The cards among the hits in the order in which they are believed. A card that the sorter has never seen is as likely as the likeliest. */
export function rankCards(hits: Hit[], sorted: ReturnType<typeof sortOut>): Candidate[] {
  return hits.filter((hit) => isCard(hit.id)).map((hit) => {
    const likely = sorted === null ? 0 : sorted.of.get(hit.id) ?? sorted.sorting.first;
    return { ...hit, likely, measured: sorted?.of.has(hit.id) ?? false, rank: hit.score + (sorted === null ? 0 : SORTER_SHARE * Math.log(likely + LEAST_LIKELY)) };
  }).sort((a, b) => b.rank - a.rank || a.entry - b.entry);
}
