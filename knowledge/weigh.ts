import type { Calibration } from './calibration.ts';
import { INTENT_PREFIX, OUTSIDE_PREFIX, rankCards, sortOut, UNSORTED } from './candidates.ts';
import type { Card } from './card.ts';
import { featuresOf, type CardFacets, type Field } from './features.ts';
import { facetsOf, mentions, type Facets, type GuardRules } from './guard.ts';
import type { Lexicon } from './lexicon.ts';
import { normalise, type Syllable } from './normalise.ts';
import type { Query } from './query.ts';
import type { Search } from './search.ts';
import type { SearchIndex } from './searchIndex.ts';
import type { Sorter } from './sorter.ts';

/** How the cards stand to a question. */
export type Weighing = {
  query: Query;
  field: Field;
  asked: Facets;
  /** Of the first card, in the order of `FEATURES` and then of the calibration's `strange`; null when there is none. */
  features: number[] | null;
  /** What the question names (`disease:lao`) or asks (`kind:cost`) that the first card never does. */
  strange: string[];
};

/** What is left out as if it had never been written, and the sorter that was learnt without it. */
export type Without = { phrasing?: number; entries?: ReadonlySet<number>; sorter?: Sorter };

/** Weighs a message that is read already. Pure. */
export type Weigh = (syllables: Syllable[], without?: Without) => Weighing;

export type WeighDeps = { cards: Card[]; index: SearchIndex; search: Search; lexicon: Lexicon; guard: GuardRules; sorter: Sorter | null; calibration: Calibration };

const TOP = 40;
/** How many cards are looked at beside the first when a question names or asks something. */
const RIVALS = 5;
const LEAST_NAME = 8;

/** `fieldOf` only ranks, which is all that a check of the base needs; `weigh` also says how sure to be. */
export function createWeigh({ cards, index, search, lexicon, guard, sorter, calibration }: WeighDeps): { weigh: Weigh; fieldOf: (syllables: Syllable[]) => Field; strangeTo: (entry: number, syllables: Syllable[], asked: Facets) => string[] } {
  const knownFacets = new Map<number, CardFacets>();

  /** What a card names and how it is asked; read when first needed, and apart from a phrasing that is left out. */
  function facetsOfCard(entry: number, without?: number): CardFacets {
    const leftOut = without !== undefined && index.phrasings.owner[without] === entry ? without - (index.phrasings.first[entry] ?? 0) : -1;
    const known = leftOut < 0 ? knownFacets.get(entry) : undefined;
    if (known) return known;
    const card = cards[entry];
    const texts = card ? [card.question, ...card.variants].filter((_, at) => at !== leftOut) : [];
    const phrasings = texts.map((text) => facetsOf(normalise(text, { lexicon }).syllables, guard));
    const mentioned = card ? mentions(normalise([...texts, card.answer, card.more ?? ''].join('\n'), { lexicon }).syllables, guard) : [];
    const shares = (of: (facets: Facets) => ReadonlySet<string>) => {
      const counts = new Map<string, number>();
      for (const name of phrasings.flatMap((phrasing) => [...of(phrasing)])) counts.set(name, (counts.get(name) ?? 0) + 1 / phrasings.length);
      return counts;
    };
    const facets = { mentioned: new Set(mentioned), things: shares((phrasing) => phrasing.things), kinds: shares((phrasing) => phrasing.kinds) };
    if (leftOut < 0) knownFacets.set(entry, facets);
    return facets;
  }

  function meet(syllables: Syllable[], without: Without): { query: Query; field: Field } {
    const query = search.query(syllables, without.phrasing);
    const options = { top: TOP, ...(without.phrasing === undefined ? {} : { without: without.phrasing }), ...(without.entries ? { withoutEntries: without.entries } : {}) };
    const hits = search.find(query, options);
    const labels = new Set([...(without.entries ?? [])].map((entry) => index.ids[entry] ?? ''));
    const sorted = sortOut(without.sorter ?? sorter, syllables.map((syllable) => syllable.folded), labels);
    const field: Field = {
      cards: rankCards(hits, sorted),
      intent: hits.find((hit) => hit.id.startsWith(INTENT_PREFIX)),
      outside: hits.find((hit) => hit.id.startsWith(OUTSIDE_PREFIX)),
      sorting: sorted?.sorting ?? UNSORTED,
    };
    return { query, field };
  }

  function weigh(syllables: Syllable[], without: Without = {}): Weighing {
    const { query, field } = meet(syllables, without);
    const asked = facetsOf(syllables, guard);
    const first = field.cards[0];
    if (!first) return { query, field, asked, features: null, strange: [] };
    const facets = field.cards.slice(0, RIVALS).map((hit) => facetsOfCard(hit.entry, without.phrasing));
    const card = facets[0];
    const strange = strangeIn(card, syllables, asked);
    const favoured = Math.min(1, ...field.cards.slice(1, RIVALS).map((rival) => search.favour(query, first, rival, without.phrasing)));
    return {
      query, field, asked, strange,
      features: [
        ...featuresOf(query, field, search.fit(query, first, without.phrasing), asked, facets, calibration.greedy[first.id] ?? 0, favoured),
        ...calibration.strange.map((name) => (strange.some((found) => found === name || found.startsWith(`${name}:`)) ? 1 : 0)),
      ],
    };
  }

  return { weigh, fieldOf: (syllables) => meet(syllables, {}).field, strangeTo: (entry, syllables, asked) => strangeIn(facetsOfCard(entry), syllables, asked) };
}

/** What may be strange in a question, as a calibration weighs it: each kind of question, each class of named things, a name that nobody knows. */
export function strangeNames(guard: GuardRules): string[] {
  return [...[...guard.kinds.keys()].map((kind) => `kind:${kind}`), ...new Set([...guard.nameOf.values()].map((name) => name.split(':')[0] ?? '')), 'name'].sort();
}

/** What a text names or asks that the card never does. */
function strangeIn(card: CardFacets | undefined, syllables: Syllable[], asked: Facets): string[] {
  return [...strangersOf(syllables), ...[...asked.things].filter((thing) => !card?.mentioned.has(thing)), ...[...asked.kinds].filter((kind) => !card?.kinds.has(kind)).map((kind) => `kind:${kind}`)];
}

/** Names that neither the base nor Vietnamese has and that are too long for the slip of a syllable: `chikungunya`. */
function strangersOf(syllables: Syllable[]): string[] {
  return syllables.some((syllable) => !syllable.known && !syllable.possible && syllable.others.length === 0 && syllable.folded.length >= LEAST_NAME) ? ['name'] : [];
}
