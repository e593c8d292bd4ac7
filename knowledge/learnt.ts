import { createHash } from 'node:crypto';
import { INTENT_PREFIX, OUTSIDE_PREFIX } from './candidates.ts';
import { MOODS, type Mood } from './danger.ts';
import { WISHES, type Wish } from './intents.ts';
import { learnLikeness, likenessOf, vocabularyOf, type Likeness, type LikenessModel, type Vocabulary } from './likeness.ts';
import type { Entry } from './searchIndex.ts';
import type { Understanding } from './understanding.ts';

/**
 * The learners of danger and of wishes: kept messages against the base's own questions as ordinary talk. They are learnt
 * when a base is published and kept in a file beside the sorter; a start only reads them.
 */

export type Learnt = {
  /** Fingerprint of everything that it was learnt from. */
  of: string;
  vocabulary: Vocabulary;
  moods: LikenessModel<Mood>;
  wishes: LikenessModel<Wish>;
  /** Marks of the kept messages of danger that it knows, in rising order. */
  kept: Uint32Array;
};

/** What a judge asks. `isAdded`: whether just these words were kept as a message of danger, or as a calm one, since the learners learnt. */
export type Learners = { moods: Likeness<Mood>; wishes: Likeness<Wish>; isAdded: (words: string[]) => boolean };

/** How much a kept message of danger, or one that only looks like it, or one of an intent, counts against an ordinary question. */
const ALARM_WEIGHT = 4;
const NEAR_MISS_WEIGHT = 1.5;
const WISH_WEIGHT = 3;
/** What belongs to staff is full of other illnesses: it counts once more, so that not every complaint is an alarm. */
const STAFF_WEIGHT = 2;
/** One in so many of staff's questions also teaches what is no wish. */
const STAFF_SHARE = 3;
const MOST_ORDINARY = 12_000;
/** Wishes are few, and drown beside too much ordinary talk. */
const BESIDE_WISHES = 3_500;

/** Learns anew; some tenths of a second. `read`: a message as its reader understands it, in unmarked syllables. */
export function learn(entries: Entry[], understanding: Understanding, read: (text: string) => string[], of: string): Learnt {
  const ofWish = (entry: Entry) => WISHES.find((wish) => entry.id === INTENT_PREFIX + wish);
  const theirs = entries.filter((entry) => entry.id.startsWith(OUTSIDE_PREFIX)).flatMap((entry) => entry.phrasings);
  const ordinary = entries.filter((entry) => ofWish(entry) === undefined && !entry.id.startsWith(OUTSIDE_PREFIX)).flatMap((entry) => entry.phrasings);
  const sample = (most: number) => ordinary.filter((_, at) => at % Math.max(1, Math.ceil(ordinary.length / most)) === 0);
  const calm = sample(MOST_ORDINARY);
  const wished = entries.flatMap((entry) => {
    const label = ofWish(entry);
    return label ? entry.phrasings.map((words) => ({ label, words, weight: WISH_WEIGHT })) : [];
  });
  const moods = [
    ...understanding.danger.examples.map(({ mood, text }) => ({ label: mood, words: read(text), weight: mood === 'calm' ? NEAR_MISS_WEIGHT : ALARM_WEIGHT })),
    ...theirs.map((words) => ({ label: 'calm' as const, words, weight: STAFF_WEIGHT })),
    ...[...calm, ...wished.map(({ words }) => words)].map((words) => ({ label: 'calm' as const, words, weight: 1 })),
  ];
  const wishes = [...wished, ...[...sample(BESIDE_WISHES), ...theirs.filter((_, at) => at % STAFF_SHARE === 0)].map((words) => ({ label: 'none' as const, words, weight: 1 }))];
  const vocabulary = vocabularyOf([...moods, ...wishes].map(({ words }) => words));
  return {
    of, vocabulary,
    moods: learnLikeness(MOODS, moods, vocabulary),
    wishes: learnLikeness(WISHES, wishes, vocabulary),
    kept: Uint32Array.from(understanding.danger.examples, markOf).sort(),
  };
}

/**
 * The learners as a judge asks them. A kept message that was written since they learnt counts at once: whoever writes
 * just that is understood so, until the next publication teaches what is like it.
 */
export function askLearnt({ vocabulary, moods, wishes, kept }: Learnt, understanding: Understanding, read: (text: string) => string[]): Learners {
  const known = new Set(kept);
  const added = new Map(understanding.danger.examples.filter((example) => !known.has(markOf(example))).map(({ mood, text }) => [read(text).join(' '), mood]));
  const learnt = likenessOf(moods, vocabulary);
  return {
    moods: added.size === 0 ? learnt : (words) => {
      const mood = added.get(words.join(' '));
      return mood === undefined ? learnt(words) : { calm: 0, medical: 0, poisoning: 0, suicide: 0, violence: 0, [mood]: 1 };
    },
    wishes: likenessOf(wishes, vocabulary),
    isAdded: (words) => added.size > 0 && added.has(words.join(' ')),
  };
}

function markOf({ mood, text }: { mood: Mood; text: string }): number {
  return createHash('sha256').update(`${mood}\t${text}`).digest().readUInt32LE();
}
