import type { Facets } from './guard.ts';
import type { Fit } from './fit.ts';
import type { Query } from './query.ts';
import type { Hit } from './search.ts';

/** What the certainty of an answer rests on: the best card's likeness, its lead over all others, and what it leaves open. */

export const FEATURES = [
  'score', 'lead', 'leadShare', 'outside', 'intent', 'lexical', 'text', 'whole', 'wholeLead', 'lexicalLead', 'textLead', 'covered', 'ofPhrasing',
  'length', 'strangeThing', 'strangeKind', 'kindGap', 'thingGap', 'greedy', 'favoured',
  'sorted', 'sortedLead', 'sortedOutside', 'sortedWish', 'spread', 'agreed', 'sortedFirst', 'family', 'rankLead', 'overOutside', 'sortedDanger', 'unasked',
] as const;

/** A card that a message may be for. */
export type Candidate = Hit & {
  /** Probability by the sorter, 0-1; of a card that it has never seen, that of the likeliest other. */
  likely: number;
  /** Whether the base's measurement knows this card; a newer one answers only to its own phrasings and is offered otherwise. */
  measured: boolean;
  /** What the cards are ordered by: `score` and `likely` together. */
  rank: number;
};

/** The competitors for one message, best first in each list. */
export type Field = {
  cards: Candidate[];
  /** Likeness to questions that belong to staff. */
  outside: Hit | undefined;
  /** Likeness to ways of asking for something that is not a card. */
  intent: Hit | undefined;
  sorting: Sorting;
};

/** What the sorter makes of a message as a whole; probabilities. */
export type Sorting = {
  outside: number;
  wish: number;
  /** Kept messages of danger, of every class. */
  danger: number;
  /** The likeliest card of all, and the next. */
  first: number;
  second: number;
  /** How evenly it is spread over the cards, in nats. */
  spread: number;
  /** By the part of a card's id before the dot. */
  families: ReadonlyMap<string, number>;
  /** By the name of the wish. */
  wishes: ReadonlyMap<string, number>;
};

/** What a card names and how it is asked: share of its phrasings for each. */
export type CardFacets = {
  /** Everything named anywhere in the card. */
  mentioned: ReadonlySet<string>;
  things: ReadonlyMap<string, number>;
  kinds: ReadonlyMap<string, number>;
};

/** How much more another card is asked for one of these than the first card is, 0-1. */
function gap(asked: ReadonlySet<string>, own: ReadonlyMap<string, number> | undefined, others: ReadonlyMap<string, number>[]): number {
  let widest = 0;
  for (const name of asked) widest = Math.max(widest, ...others.map((other) => (other.get(name) ?? 0) - (own?.get(name) ?? 0)));
  return widest;
}

/** How usual it is to ask the card with a name that the question leaves out, 0-1: after a vaccination, of a vaccination. */
function unasked(asked: ReadonlySet<string>, own: ReadonlyMap<string, number> | undefined): number {
  let most = 0;
  for (const [name, share] of own ?? []) if (!asked.has(name)) most = Math.max(most, share);
  return Math.min(1, most);
}

/** Scores above this tell nothing more. */
const HIGH = 12;

/** The features of the first card, in the order of `FEATURES`. */
export function featuresOf(query: Query, field: Field, fit: Fit, asked: Facets, cards: CardFacets[], greedy: number, favoured: number): number[] {
  const first = field.cards[0];
  const [card, ...rivals] = cards;
  const score = Math.min(HIGH, first?.score ?? 0);
  const others = field.cards.slice(1);
  const rival = Math.max(0, ...others.map((hit) => hit.score));
  const leadOf = (part: (hit: Hit) => number) => (first ? part(first) - Math.max(0, ...others.map(part)) : 0);
  const strangeThings = [...asked.things].filter((thing) => !card?.mentioned.has(thing)).length;
  const strangeKinds = [...asked.kinds].filter((kind) => !card?.kinds.has(kind)).length;
  return [
    score,
    score - Math.min(HIGH, rival),
    rival / Math.max(0.05, first?.score ?? 0),
    (field.outside?.score ?? 0) / Math.max(0.05, first?.score ?? 0),
    (field.intent?.score ?? 0) / Math.max(0.05, first?.score ?? 0),
    Math.min(3, first?.lexical ?? 0),
    Math.min(5, first?.text ?? 0),
    first?.whole ?? 0,
    leadOf((hit) => hit.whole),
    leadOf((hit) => hit.lexical),
    leadOf((hit) => hit.text),
    fit.covered, fit.ofPhrasing,
    Math.log1p(query.length) / 3,
    Math.min(2, strangeThings),
    Math.min(2, strangeKinds),
    gap(asked.kinds, card?.kinds, rivals.map((rival) => rival.kinds)),
    gap(asked.things, card?.things, rivals.map((rival) => rival.things)),
    greedy,
    favoured,
    ...sortedFeatures(field),
    unasked(asked.things, card?.things),
  ];
}

/** Probabilities below this are all nothing. */
const TINY = 1e-4;

function sortedFeatures({ cards, sorting }: Field): number[] {
  const [first, second] = cards;
  const likely = log(first?.likely ?? 0);
  const rival = first !== undefined && first.likely >= sorting.first ? sorting.second : sorting.first;
  const nearest = cards.reduce<Candidate | undefined>((best, card) => (best === undefined || card.score > best.score ? card : best), undefined);
  return [
    likely,
    likely - log(rival),
    log(sorting.outside),
    log(sorting.wish),
    sorting.spread,
    first !== undefined && nearest?.entry === first.entry ? 1 : 0,
    first !== undefined && first.likely >= sorting.first ? 1 : 0,
    log(sorting.families.get(first?.id.split('.')[0] ?? '') ?? 0),
    first && second ? first.rank - second.rank : WIDE,
    likely - log(sorting.outside),
    log(sorting.danger),
  ];
}

/** The lead of a card that stands alone. */
const WIDE = 5;

function log(probability: number): number {
  return Math.log(probability + TINY);
}
