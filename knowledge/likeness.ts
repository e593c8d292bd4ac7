/**
 * A small learner beside the word lists: how much a message sounds like kept messages of each kind. It catches what no
 * line of a list says, and it doubts a line that fired in harmless company. Softmax regression over words and pairs up
 * to three apart; the same examples always give the same learner.
 */

export type Example<Label extends string> = { label: Label; words: string[]; weight: number };

/** Probability of each label for a message in unmarked syllables. */
export type Likeness<Label extends string> = (words: string[]) => Record<Label, number>;

const PASSES = 6;
const REACH = 3;
const RATE = 1;

/** Numbers for words and pairs, shared by every learner of one base so that each text is read once. */
export type Encoder = { learn: (words: string[]) => Int32Array; read: (words: string[]) => Int32Array; size: () => number };

export function createEncoder(): Encoder {
  const names = new Map<string, number>();
  const pairs = new Map<number, number>();
  let size = 0;

  function encode(words: string[], grow: boolean): Int32Array {
    const found = new Set<number>();
    // Which number it is tells nothing about the kind of message.
    const numbers = words.map((word) => {
      const name = NUMBER.test(word) ? '#' : word;
      let number = names.get(name);
      if (number === undefined && grow) names.set(name, number = size++);
      return number;
    });
    numbers.forEach((number, i) => {
      if (number === undefined) return;
      found.add(number);
      for (let apart = 1; apart <= REACH; apart += 1) {
        const other = numbers[i + apart];
        if (other === undefined) continue;
        const key = (number * WIDE + other) * 2 + (apart === 1 ? 0 : 1);
        let pair = pairs.get(key);
        if (pair === undefined && grow) pairs.set(key, pair = size++);
        if (pair !== undefined) found.add(pair);
      }
    });
    return Int32Array.from(found);
  }

  return { learn: (words) => encode(words, true), read: (words) => encode(words, false), size: () => size };
}

const NUMBER = /^\d+$/;
const WIDE = 2 ** 22;

export function learnLikeness<Label extends string>(labels: readonly Label[], examples: Example<Label>[], encoder: Encoder): Likeness<Label> {
  const rows = examples.map((example) => ({ terms: encoder.learn(example.words), target: labels.indexOf(example.label), weight: example.weight }));
  const weights = new Float32Array(encoder.size() * labels.length);
  const bias = new Float64Array(labels.length);

  const random = createRandom();
  for (let pass = 0; pass < PASSES; pass += 1) {
    const rate = RATE / (1 + pass * 0.15);
    for (let step = 0; step < rows.length; step += 1) {
      const row = rows[Math.floor(random() * rows.length)];
      if (!row) continue;
      const chances = softmax(row.terms, weights, bias);
      const scale = (rate * row.weight) / Math.sqrt(row.terms.length || 1);
      for (let label = 0; label < labels.length; label += 1) {
        const error = (chances[label] ?? 0) - (label === row.target ? 1 : 0);
        for (const term of row.terms) {
          const at = term * labels.length + label;
          weights[at] = (weights[at] ?? 0) - scale * error;
        }
        bias[label] = (bias[label] ?? 0) - rate * row.weight * 0.05 * error;
      }
    }
  }
  return (words) => {
    const chances = softmax(encoder.read(words), weights, bias);
    return Object.fromEntries(labels.map((label, at) => [label, chances[at] ?? 0])) as Record<Label, number>;
  };
}

function softmax(terms: Int32Array, weights: Float32Array, bias: Float64Array): number[] {
  const scale = 1 / Math.sqrt(terms.length || 1);
  const sums = Array.from(bias);
  for (const term of terms) {
    const from = term * bias.length;
    for (let label = 0; label < bias.length; label += 1) sums[label] = (sums[label] ?? 0) + scale * (weights[from + label] ?? 0);
  }
  const highest = Math.max(...sums);
  const powers = sums.map((sum) => Math.exp(sum - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** A plain repeatable sequence (mulberry32). */
function createRandom(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
