/**
 * How likely a word is in one way of writing one language: by the words known of it, and for the rest by its letters,
 * three at a time. Built from word lists alone.
 */
import { createCounts, type Counts } from './counts.ts';

/** Words with their weights: how often each is met, in any unit. */
export type Weights = ReadonlyMap<string, number>;

/** The natural logarithm of a word's probability. */
export type WordModel = (word: string) => number;

/** The part of running text that known words make up; the rest is left to the letters. */
const KNOWN = 0.7;
/** A letter never met after these two: rare, not impossible. */
const UNMET = 0.02;
const ALPHABET = 80;
const LONGEST_WORD = 24;

/** Letters get numbers below this, so that three of them are one number; it stands for every letter that was never met. */
const STRANGE = 255;
/** Ends a sequence that is counted whatever follows it. */
const ANY = 254;

/** Builds the model. A word's letters count by how often the word is met, but far less than in proportion. */
export function createWordModel(weights: Weights): WordModel {
  let total = 0;
  const letters = createCounts();
  const numbers = new Map<number, number>();
  for (const [word, weight] of weights) {
    total += weight;
    count(letters, numbered(`^^${word}$`, numbers, true), 1 + Math.log2(1 + weight));
  }

  const seen = (key: number) => letters.get(key) ?? 0;
  const letter = (first: number, second: number, next: number): number => {
    const single = (seen(next) + UNMET) / (seen(ANY) + UNMET * ALPHABET);
    const pair = (seen((second << 8) | next) + 3 * single) / (seen((second << 8) | ANY) + 3);
    return (seen((first << 16) | (second << 8) | next) + 3 * pair) / (seen((first << 16) | (second << 8) | ANY) + 3);
  };

  return (word) => {
    const padded = numbered(`^^${word.slice(0, LONGEST_WORD)}$`, numbers, false);
    let spelled = 1;
    for (let i = 2; i < padded.length; i += 1) spelled *= letter(padded[i - 2] ?? STRANGE, padded[i - 1] ?? STRANGE, padded[i] ?? STRANGE);
    return Math.log(KNOWN * ((weights.get(word) ?? 0) / total) + (1 - KNOWN) * spelled + 1e-30);
  };
}

/** Counts each letter of a word, alone and with the one and the two before it, and what stands before it with anything after. */
function count(letters: Counts, padded: number[], times: number): void {
  for (let i = 2; i < padded.length; i += 1) {
    const [first, second, next] = [padded[i - 2] ?? STRANGE, padded[i - 1] ?? STRANGE, padded[i] ?? STRANGE];
    letters.add(next, times);
    letters.add(ANY, times);
    letters.add((second << 8) | next, times);
    letters.add((second << 8) | ANY, times);
    letters.add((first << 16) | (second << 8) | next, times);
    letters.add((first << 16) | (second << 8) | ANY, times);
  }
}

/** The letters of a text as numbers from 1 on. More letters than there are numbers for would be a list of something else. */
function numbered(text: string, numbers: Map<number, number>, learning: boolean): number[] {
  return Array.from({ length: text.length }, (_, at) => {
    const letter = text.charCodeAt(at);
    const known = numbers.get(letter);
    if (known !== undefined || !learning) return known ?? STRANGE;
    const number = numbers.size + 1;
    if (number >= ANY) throw new Error('a word list with more letters than a language has');
    numbers.set(letter, number);
    return number;
  });
}
