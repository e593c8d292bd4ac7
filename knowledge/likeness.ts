import type { DangerClass } from './judgement.ts';
import type { Syllable } from './normalise.ts';

/**
 * A small learner beside the word lists: how much a message sounds like the kept messages of danger. It catches what no
 * line of `signs.yaml` says, and it doubts a line that fired in harmless company. Softmax regression over words and
 * pairs up to three apart; the same examples always give the same learner.
 */

export const MOODS = ['calm', 'medical', 'poisoning', 'suicide', 'violence'] as const;
export type Mood = 'calm' | DangerClass;

export type MoodExample = { mood: Mood; syllables: Syllable[]; weight: number };

/** Probability of each mood, in the order of `MOODS`. */
export type Likeness = (syllables: Syllable[]) => number[];

const PASSES = 12;
const REACH = 3;
const RATE = 1;

export function learnLikeness(examples: MoodExample[]): Likeness {
  const terms = new Map<string, number>();
  const rows = examples.map((example) => ({ terms: termsOf(example.syllables, (name) => {
    let number = terms.get(name);
    if (number === undefined) terms.set(name, number = terms.size);
    return number;
  }), target: MOODS.indexOf(example.mood), weight: example.weight }));
  const weights = new Float32Array(terms.size * MOODS.length);
  const bias = new Float64Array(MOODS.length);

  const random = createRandom();
  for (let pass = 0; pass < PASSES; pass += 1) {
    const rate = RATE / (1 + pass * 0.15);
    for (let step = 0; step < rows.length; step += 1) {
      const row = rows[Math.floor(random() * rows.length)];
      if (!row) continue;
      const chances = softmax(row.terms, weights, bias);
      const scale = (rate * row.weight) / Math.sqrt(row.terms.length || 1);
      for (let mood = 0; mood < MOODS.length; mood += 1) {
        const error = (chances[mood] ?? 0) - (mood === row.target ? 1 : 0);
        for (const term of row.terms) {
          const at = term * MOODS.length + mood;
          weights[at] = (weights[at] ?? 0) - scale * error;
        }
        bias[mood] = (bias[mood] ?? 0) - rate * row.weight * 0.05 * error;
      }
    }
  }
  return (syllables) => softmax(termsOf(syllables, (name) => terms.get(name)), weights, bias);
}

function termsOf(syllables: Syllable[], numberOf: (name: string) => number | undefined): number[] {
  const found = new Set<number>();
  const add = (name: string) => {
    const number = numberOf(name);
    if (number !== undefined) found.add(number);
  };
  syllables.forEach(({ folded }, i) => {
    add(folded);
    for (let apart = 1; apart <= REACH; apart += 1) {
      const other = syllables[i + apart];
      if (other) add(`${folded}${apart === 1 ? ' ' : '_'}${other.folded}`);
    }
  });
  return [...found];
}

function softmax(terms: number[], weights: Float32Array, bias: Float64Array): number[] {
  const scale = 1 / Math.sqrt(terms.length || 1);
  const sums = MOODS.map((_, mood) => (bias[mood] ?? 0) + scale * terms.reduce((sum, term) => sum + (weights[term * MOODS.length + mood] ?? 0), 0));
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
