import { createRandom, softmax } from './repeatable.ts';

/**
 * Which card a message is for, learnt from every way in which the base is asked: a linear sorter over words and pairs
 * of neighbours, with one class a card, one a theme that belongs to staff and one a wish. It learns from its mistakes
 * alone: whichever label comes too near the right one is pushed back. Search finds the nearest phrasing; this weighs what tells the cards apart. It is learnt when a base is published (`calibrate.ts`) and kept in a
 * file; the same examples always give the same sorter.
 */

/** A message for `label`; or one of which only is known that it is for none of the labels in `not`. */
export type SorterExample = ({ label: string } | { not: readonly string[] }) & { words: string[]; weight: number };

/** Rows of weights by feature: `classes[start[f] … start[f + 1])` with `weights`, times `scale`. */
export type Sorter = {
  labels: string[];
  /** Number of a word, or of two neighbours joined by a space. */
  features: ReadonlyMap<string, number>;
  /** How telling a feature is. */
  idf: Float32Array;
  bias: Float32Array;
  start: Uint32Array;
  classes: Uint16Array;
  weights: Int8Array;
  scale: number;
};

/** Probability of each label, in the order of `labels`. */
export type Sorted = Float64Array;

/** What is learnt depends a little on the order of the examples: the mean of several orders, and of the last passes of each, does not. */
const ROUNDS = 3;
const PASSES = 5;
const COUNTED = 2;
const RATE = 0.2;
const SLOWING = 0.3;
const BIAS_SHARE = 0.05;
/** How far the right label must be ahead of every other before an example has nothing more to teach. */
const MARGIN = 1;
/** So many of the labels that come too near are pushed back at a time. Pushing all of them is slower and no better. */
const MOST_RIVALS = 3;
/** What goes into the file; three times as many would sort half a point better. */
const MOST_WEIGHTS = 400_000;
/** From sums to chances: so sharp that they are right about as often as they say. */
const SHARPNESS = 9;

/** Words and pairs of neighbours. Which number it is tells nothing about what is asked. */
function featuresIn(words: string[]): Set<string> {
  const found = new Set<string>();
  words.forEach((word, at) => {
    found.add(word);
    const next = words[at + 1];
    if (next !== undefined) found.add(`${word} ${next}`);
  });
  return found;
}

/** What a message is for. Costs a few thousand additions. */
export function sort(sorter: Sorter, words: string[]): Sorted {
  const sums = Float64Array.from(sorter.bias);
  const { numbers, values } = encode(featuresIn(words), sorter.features, sorter.idf);
  numbers.forEach((feature, at) => {
    const value = (values[at] ?? 0) * sorter.scale;
    for (let i = sorter.start[feature] ?? 0; i < (sorter.start[feature + 1] ?? 0); i += 1) {
      const label = sorter.classes[i] ?? 0;
      sums[label] = (sums[label] ?? 0) + value * (sorter.weights[i] ?? 0);
    }
  });
  return softmax(sums.map((sum) => sum * SHARPNESS));
}

/** Learns from examples; seconds for some thousands. Features of a single example are left out: they teach nothing general. */
export function learnSorter(examples: SorterExample[]): Sorter {
  const labels = [...new Set(examples.flatMap((example) => ('label' in example ? [example.label] : [])))];
  const numberOf = new Map(labels.map((label, number) => [label, number]));
  const sets = examples.map((example) => featuresIn(example.words));
  const counts = new Map<string, number>();
  for (const set of sets) for (const feature of set) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  const features = new Map<string, number>();
  for (const [feature, count] of counts) if (count > 1) features.set(feature, features.size);
  const idf = Float32Array.from(features.keys(), (feature) => Math.log(1 + examples.length / (counts.get(feature) ?? 1)));
  const rows = examples.map((example, at) => ({ ...encode(sets[at] ?? new Set(), features, idf), wanted: wantedOf(example, numberOf), weight: example.weight }));

  const size = labels.length;
  const mean: Learner = { weights: new Float32Array(features.size * size), bias: new Float32Array(size) };
  const random = createRandom();
  for (let round = 0; round < ROUNDS; round += 1) learnOnce(rows, size, random, mean);
  return { labels, features, idf, bias: mean.bias, ...compact(mean.weights, features.size, size) };
}

/** `target`: the right label; or null, and then every label but those in `not` may be right. */
type Wanted = { target: number } | { target: null; not: ReadonlySet<number> };
type Row = { numbers: Int32Array; values: Float32Array; wanted: Wanted; weight: number };
/** Weights of every feature for each label, feature by feature. */
type Learner = { weights: Float32Array; bias: Float32Array };

function wantedOf(example: SorterExample, numberOf: ReadonlyMap<string, number>): Wanted {
  if ('label' in example) return { target: numberOf.get(example.label) ?? 0 };
  return { target: null, not: new Set(example.not.flatMap((label) => numberOf.get(label) ?? [])) };
}

/** Learns from the beginning in an order of its own, and adds its share of the last passes to the mean. */
function learnOnce(rows: Row[], size: number, random: () => number, mean: Learner): void {
  const weights = new Float32Array(mean.weights.length);
  const steps = new Float32Array(mean.weights.length).fill(1e-6);
  const bias = new Float32Array(size);
  const sums = new Float64Array(size);
  const order = rows.map((_, at) => at);
  for (let pass = 0; pass < PASSES; pass += 1) {
    shuffle(order, random);
    const rate = RATE / (1 + pass * SLOWING);
    for (const at of order) {
      const row = rows[at];
      if (!row) continue;
      const { numbers, values } = row;
      sums.set(bias);
      for (let i = 0; i < numbers.length; i += 1) {
        const value = values[i] ?? 0;
        for (let label = 0, from = (numbers[i] ?? 0) * size; label < size; label += 1, from += 1) sums[label] = (sums[label] ?? 0) + value * (weights[from] ?? 0);
      }
      const rivals = rivalsOf(sums, row.wanted);
      if (rivals.length === 0) continue;
      const pulled = row.wanted.target === null ? [] : [{ label: row.wanted.target, share: -1 }];
      for (const { label, share } of [...pulled, ...rivals]) {
        for (let i = 0; i < numbers.length; i += 1) {
          const to = (numbers[i] ?? 0) * size + label;
          const slope = row.weight * share * (values[i] ?? 0);
          const step = (steps[to] ?? 0) + slope * slope;
          steps[to] = step;
          weights[to] = (weights[to] ?? 0) - (rate * slope) / Math.sqrt(step);
        }
        bias[label] = (bias[label] ?? 0) - rate * BIAS_SHARE * row.weight * share;
      }
    }
    if (pass >= PASSES - COUNTED) {
      addShare(mean.weights, weights);
      addShare(mean.bias, bias);
    }
  }
}

function addShare(mean: Float32Array, list: Float32Array): void {
  for (let i = 0; i < list.length; i += 1) mean[i] = (mean[i] ?? 0) + (list[i] ?? 0) / (ROUNDS * COUNTED);
}

/** The labels that come too near to the right one, the worst of them, with their shares of the blame. */
function rivalsOf(sums: Float64Array, wanted: Wanted): { label: number; share: number }[] {
  const bound = (wanted.target === null ? bestBut(sums, wanted.not) : sums[wanted.target] ?? 0) - MARGIN;
  const worst: { label: number; over: number }[] = [];
  sums.forEach((sum, label) => {
    if (label === wanted.target || wanted.target === null && !wanted.not.has(label) || sum <= bound || worst.length === MOST_RIVALS && sum - bound <= (worst.at(-1)?.over ?? 0)) return;
    const at = worst.findIndex(({ over }) => over < sum - bound);
    worst.splice(at < 0 ? worst.length : at, 0, { label, over: sum - bound });
    worst.length = Math.min(worst.length, MOST_RIVALS);
  });
  const total = worst.reduce((sum, { over }) => sum + over, 0);
  return worst.map(({ label, over }) => ({ label, share: over / total }));
}

function bestBut(sums: Float64Array, not: ReadonlySet<number>): number {
  return sums.reduce((best, sum, label) => (not.has(label) ? best : Math.max(best, sum)), -Infinity);
}

/** One byte a weight, and only the weightiest. */
function compact(weights: Float32Array, features: number, size: number): Pick<Sorter, 'start' | 'classes' | 'weights' | 'scale'> {
  const sizes = weights.filter((weight) => weight !== 0).map(Math.abs).sort();
  const scale = (sizes.at(-1) ?? 0) / 127 || 1;
  const least = Math.max(scale / 2, sizes.at(-Math.min(MOST_WEIGHTS, sizes.length)) ?? 0);
  const start = new Uint32Array(features + 1);
  const classes: number[] = [];
  const kept: number[] = [];
  for (let feature = 0; feature < features; feature += 1) {
    for (let label = 0; label < size; label += 1) {
      const weight = weights[feature * size + label] ?? 0;
      if (Math.abs(weight) < least) continue;
      classes.push(label);
      kept.push(Math.round(weight / scale));
    }
    start[feature + 1] = kept.length;
  }
  return { start, classes: Uint16Array.from(classes), weights: Int8Array.from(kept), scale };
}

/** The known features with their values, together of length one. */
function encode(found: ReadonlySet<string>, features: ReadonlyMap<string, number>, idf: Float32Array): { numbers: Int32Array; values: Float32Array } {
  const known: number[] = [];
  for (const feature of found) {
    const number = features.get(feature);
    if (number !== undefined) known.push(number);
  }
  const numbers = Int32Array.from(known);
  const values = new Float32Array(known.length);
  let square = 0;
  for (let at = 0; at < known.length; at += 1) {
    const value = idf[known[at] ?? 0] ?? 0;
    values[at] = value;
    square += value * value;
  }
  const length = Math.sqrt(square) || 1;
  for (let at = 0; at < values.length; at += 1) values[at] = (values[at] ?? 0) / length;
  return { numbers, values };
}

function shuffle(list: number[], random: () => number): void {
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j] ?? 0, list[i] ?? 0];
  }
}
