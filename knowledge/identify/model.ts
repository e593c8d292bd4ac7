/**
 * How likely a word is in one way of writing one language: by the words known of it, and for the rest by its letters,
 * three at a time. Built from word lists alone.
 */

/** Words with their weights: how often each is met, in any unit. */
export type Weights = ReadonlyMap<string, number>;

/** The natural logarithm of a word's probability. */
export type WordModel = (word: string) => number;

/** The part of running text that known words make up; the rest is left to the letters. */
const KNOWN = 0.7;
/** A letter never met after these two: rare, not impossible. */
const UNMET = 0.02;
const ALPHABET = 80;

/** Builds the model. A word's letters count by how often the word is met, but far less than in proportion. */
export function createWordModel(weights: Weights): WordModel {
  let total = 0;
  const letters = new Map<string, number>();
  for (const [word, weight] of weights) {
    total += weight;
    const times = 1 + Math.log2(1 + weight);
    const padded = `^^${word}$`;
    for (let i = 2; i < padded.length; i += 1) {
      for (let order = 1; order <= 3; order += 1) {
        const end = padded.slice(i - order + 1, i + 1);
        letters.set(end, (letters.get(end) ?? 0) + times);
        const context = `${padded.slice(i - order + 1, i)}|`;
        letters.set(context, (letters.get(context) ?? 0) + times);
      }
    }
  }

  const seen = (key: string) => letters.get(key) ?? 0;
  const cached = new Map<string, number>();
  const letter = (two: string, next: string): number => {
    const key = two + next;
    const before = cached.get(key);
    if (before !== undefined) return before;
    const one = two.slice(1);
    const single = (seen(next) + UNMET) / (seen('|') + UNMET * ALPHABET);
    const pair = (seen(one + next) + 3 * single) / (seen(`${one}|`) + 3);
    const triple = (seen(key) + 3 * pair) / (seen(`${two}|`) + 3);
    // Bounded by the letters there are: only keys that the tables hold are kept.
    if (letters.has(key)) cached.set(key, triple);
    return triple;
  };

  return (word) => {
    const padded = `^^${word.slice(0, 24)}$`;
    let spelled = 1;
    for (let i = 2; i < padded.length; i += 1) spelled *= letter(padded.slice(i - 2, i), padded.slice(i, i + 1));
    return Math.log(KNOWN * ((weights.get(word) ?? 0) / total) + (1 - KNOWN) * spelled + 1e-30);
  };
}
