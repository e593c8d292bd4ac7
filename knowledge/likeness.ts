import { createRandom, softmax } from './repeatable.ts';

/**
 * A small learner beside the word lists: how much a message sounds like kept messages of each kind. It catches what no
 * line of a list says, and it doubts a line that fired in harmless company. Softmax regression over words and pairs up
 * to three apart; the same examples always give the same learner. It is learnt when a base is published (`learnt.ts`).
 */

export type Example<Label extends string> = { label: Label; words: string[]; weight: number };

/** Probability of each label for a message in unmarked syllables. */
export type Likeness<Label extends string> = (words: string[]) => Record<Label, number>;

/**
 * Numbers for words and pairs, shared by every learner of one base. Words come first; the pairs of a word follow each
 * other: `seconds[start[w] … start[w + 1])` in rising order, each `2 × the other word`, and one more when words stand between.
 */
export type Vocabulary = { words: ReadonlyMap<string, number>; start: Uint32Array; seconds: Uint32Array };

/** Weights of every term for each label, term by term, in steps of `scale`. */
export type LikenessModel<Label extends string> = { labels: readonly Label[]; weights: Int16Array; bias: Float64Array; scale: number };

const PASSES = 6;
const REACH = 3;
const RATE = 1;
/** So fine that no decision turns on what is rounded away; what rounds to nothing is most of a learner. */
const STEP = 1 / 512;
const LARGEST = 32_767;
const NUMBER = /^\d+$/;
/** In place of the number of the one text that a pair stands in. */
const SEVERAL = -1;

/** Which number it is tells nothing about the kind of message. */
function nameOf(word: string): string {
  return NUMBER.test(word) ? '#' : word;
}

/** All words of the texts that a learner learns from, and the pairs that stand in more than one: a pair of a single text teaches nothing general. */
export function vocabularyOf(texts: readonly string[][]): Vocabulary {
  const words = new Map<string, number>();
  const seconds: Map<number, number>[] = [];
  texts.forEach((text, which) => {
    const numbers = text.map((word) => {
      const name = nameOf(word);
      const known = words.get(name) ?? words.size;
      if (known === words.size) {
        words.set(name, known);
        seconds.push(new Map());
      }
      return known;
    });
    numbers.forEach((number, at) => {
      for (let apart = 1; apart <= REACH && at + apart < numbers.length; apart += 1) {
        const pair = pairOf(numbers[at + apart] ?? 0, apart);
        const seen = seconds[number]?.get(pair);
        if (seen === undefined) seconds[number]?.set(pair, which);
        else if (seen !== which) seconds[number]?.set(pair, SEVERAL);
      }
    });
  });
  const kept = seconds.map((pairs) => [...pairs].flatMap(([pair, seen]) => (seen === SEVERAL ? [pair] : [])).sort((a, b) => a - b));
  const start = new Uint32Array(words.size + 1);
  kept.forEach((list, word) => { start[word + 1] = (start[word] ?? 0) + list.length; });
  return { words, start, seconds: Uint32Array.from(kept.flat()) };
}

function pairOf(other: number, apart: number): number {
  return other * 2 + (apart === 1 ? 0 : 1);
}

/** The known words and pairs of a text, each once. */
function termsIn({ words, start, seconds }: Vocabulary, text: string[]): number[] {
  const found = new Set<number>();
  const numbers = text.map((word) => words.get(nameOf(word)));
  numbers.forEach((number, at) => {
    if (number === undefined) return;
    found.add(number);
    for (let apart = 1; apart <= REACH; apart += 1) {
      const other = numbers[at + apart];
      if (other === undefined) continue;
      const place = placeOf(seconds, pairOf(other, apart), start[number] ?? 0, start[number + 1] ?? 0);
      if (place >= 0) found.add(words.size + place);
    }
  });
  return [...found];
}

/** Where a number stands in the rising part `[from, to)` of a list, or -1. */
function placeOf(list: Uint32Array, number: number, from: number, to: number): number {
  let [low, high] = [from, to - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const here = list[middle] ?? 0;
    if (here === number) return middle;
    if (here < number) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Learns from examples; some tenths of a second for some thousands. */
export function learnLikeness<Label extends string>(labels: readonly Label[], examples: Example<Label>[], vocabulary: Vocabulary): LikenessModel<Label> {
  const rows = examples.map((example) => ({ terms: termsIn(vocabulary, example.words), target: labels.indexOf(example.label), weight: example.weight }));
  const weights = new Float32Array((vocabulary.words.size + vocabulary.seconds.length) * labels.length);
  const bias = new Float64Array(labels.length);

  const random = createRandom();
  for (let pass = 0; pass < PASSES; pass += 1) {
    const rate = RATE / (1 + pass * 0.15);
    for (let step = 0; step < rows.length; step += 1) {
      const row = rows[Math.floor(random() * rows.length)];
      if (!row) continue;
      const chances = chancesOf(row.terms, weights, 1, bias);
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
  return { labels, bias, scale: STEP, weights: Int16Array.from(weights, (weight) => Math.max(-LARGEST, Math.min(LARGEST, Math.round(weight / STEP)))) };
}

/** A learner that is asked. Pure; costs some hundred additions. */
export function likenessOf<Label extends string>({ labels, weights, scale, bias }: LikenessModel<Label>, vocabulary: Vocabulary): Likeness<Label> {
  return (words) => {
    const chances = chancesOf(termsIn(vocabulary, words), weights, scale, bias);
    return Object.fromEntries(labels.map((label, at) => [label, chances[at] ?? 0])) as Record<Label, number>;
  };
}

function chancesOf(terms: readonly number[], weights: Float32Array | Int16Array, step: number, bias: Float64Array): Float64Array {
  const scale = step / Math.sqrt(terms.length || 1);
  const sums = Float64Array.from(bias);
  for (const term of terms) {
    const from = term * bias.length;
    for (let label = 0; label < bias.length; label += 1) sums[label] = (sums[label] ?? 0) + scale * (weights[from + label] ?? 0);
  }
  return softmax(sums);
}
