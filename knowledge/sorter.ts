import { createRandom, softmax } from './repeatable.ts';

/**
 * Which card a message is for, learnt from every way in which the base is asked: a softmax regression over words and
 * pairs of neighbours, with one class a card, one a theme that belongs to staff and one a wish. Search finds the nearest
 * phrasing; this weighs what tells the cards apart. It is learnt when a base is published (`calibrate.ts`) and kept in a
 * file; the same examples always give the same sorter.
 */

export type SorterExample = { label: string; words: string[]; weight: number };

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

const PASSES = 8;
const RATE = 0.5;
const SLOWING = 0.3;
const BIAS_SHARE = 0.05;
/** Errors below this teach nothing. */
const LEAST_ERROR = 1e-3;
/** Weights this small, of the largest, are dropped from the file. */
const LEAST_WEIGHT = 0.1;

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
  return softmax(sums);
}

/** Learns from examples; seconds for some thousands. Features of a single example are left out: they teach nothing general. */
export function learnSorter(examples: SorterExample[]): Sorter {
  const labels = [...new Set(examples.map((example) => example.label))];
  const sets = examples.map((example) => featuresIn(example.words));
  const counts = new Map<string, number>();
  for (const set of sets) for (const feature of set) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  const features = new Map<string, number>();
  for (const [feature, count] of counts) if (count > 1) features.set(feature, features.size);
  const idf = Float32Array.from(features.keys(), (feature) => Math.log(1 + examples.length / (counts.get(feature) ?? 1)));
  const rows = examples.map((example, at) => ({ ...encode(sets[at] ?? new Set(), features, idf), target: labels.indexOf(example.label), weight: example.weight }));

  const size = labels.length;
  const weights = new Float32Array(features.size * size);
  const steps = new Float32Array(features.size * size).fill(1e-6);
  const bias = new Float32Array(size);
  const random = createRandom();
  const order = rows.map((_, at) => at);
  for (let pass = 0; pass < PASSES; pass += 1) {
    shuffle(order, random);
    const rate = RATE / (1 + pass * SLOWING);
    for (const at of order) {
      const row = rows[at];
      if (!row) continue;
      const sums = Float64Array.from(bias);
      row.numbers.forEach((feature, i) => {
        const value = row.values[i] ?? 0;
        for (let label = 0, to = feature * size; label < size; label += 1, to += 1) sums[label] = (sums[label] ?? 0) + value * (weights[to] ?? 0);
      });
      const chances = softmax(sums);
      for (let label = 0; label < size; label += 1) {
        const error = (chances[label] ?? 0) - (label === row.target ? 1 : 0);
        if (Math.abs(error) < LEAST_ERROR) continue;
        for (let i = 0; i < row.numbers.length; i += 1) {
          const to = (row.numbers[i] ?? 0) * size + label;
          const slope = row.weight * error * (row.values[i] ?? 0);
          const step = (steps[to] ?? 0) + slope * slope;
          steps[to] = step;
          weights[to] = (weights[to] ?? 0) - (rate * slope) / Math.sqrt(step);
        }
        bias[label] = (bias[label] ?? 0) - rate * BIAS_SHARE * row.weight * error;
      }
    }
  }
  return { labels, features, idf, bias, ...compact(weights, features.size, size) };
}

/** One byte a weight, and none for the many that say nothing. */
function compact(weights: Float32Array, features: number, size: number): Pick<Sorter, 'start' | 'classes' | 'weights' | 'scale'> {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  const scale = largest / 127 || 1;
  const least = Math.max(0.5, (LEAST_WEIGHT * largest) / scale);
  const start = new Uint32Array(features + 1);
  const classes: number[] = [];
  const kept: number[] = [];
  for (let feature = 0; feature < features; feature += 1) {
    for (let label = 0; label < size; label += 1) {
      const weight = (weights[feature * size + label] ?? 0) / scale;
      if (Math.abs(weight) < least) continue;
      classes.push(label);
      kept.push(Math.round(weight));
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
