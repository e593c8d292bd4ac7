import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { NEVER_SURE, saveCalibration, type Calibration } from './calibration.ts';
import { DANGER_PREFIX } from './candidates.ts';
import type { Card } from './card.ts';
import type { Day } from './day.ts';
import { FEATURES } from './features.ts';
import { createOpenJudge, entriesOf, type OpenJudge } from './judge.ts';
import { loadCards } from './load.ts';
import { fitLogistic, probability, type Example } from './logistic.ts';
import { learn, type Learnt } from './learnt.ts';
import { saveLearnt } from './learntFile.ts';
import { normalise } from './normalise.ts';
import { learnSorter, type Sorter, type SorterExample } from './sorter.ts';
import { saveSorter } from './sorterFile.ts';
import { loadUnderstanding, type Understanding } from './understanding.ts';
import { strangeNames, type Without } from './weigh.ts';

/**
 * Measures what a score means, from the base itself, when it is published: each phrasing is asked as if it had never
 * been written, then as if its card had never been written, and so is every question that belongs to staff and every
 * wish. The sorter is learnt in folds for this, so that it never knows what it is asked.
 */

/**
 * Share of direct answers that must be right in the measurement. It is harsher than life: phrasings of one card were
 * written to differ from each other, and a neighbour that answers as well counts as wrong. What it comes to on questions
 * of other hands is in the quality report.
 */
const PRECISION = 0.92;
/** Nothing less certain is answered at once, however well a base is written: the measurement itself may be off. */
const LEAST_CERTAINTY = 0.82;
/** Share of the questions whose card is among the first three that must be offered it. */
const OFFERED = 0.97;
const REMOVED_WEIGHT = 0.2;
/** Most of them are caught before any card is looked at; what is not must find no card sure. */
const ALARM_WEIGHT = 0.3;
const FOLDS = 5;
/** A sentence of an answer teaches its card's words, though nobody asks like this. */
const SENTENCE_WEIGHT = 0.3;
const LEAST_SENTENCE = 4;

/** The questions of the measurement with what came of them. */
export type Trial = Example & { kind: 'held-out' | 'removed' | 'outside'; question: string; want: string; got: string; inThree: boolean };

/** What publication makes of a base: how sure to be, the sorter that this was measured with, and the learners of danger and wishes. */
export type Measured = { calibration: Calibration; sorter: Sorter; learnt: Learnt };

/** Asks everything once. Some seconds for a base of hundreds of cards. */
function runTrials(cards: Card[], understanding: Understanding): Trial[] {
  const blank: Calibration = { ...NEVER_SURE, strange: strangeNames(understanding.guard) };
  const open = createOpenJudge(cards, { ...understanding, sorter: null }, blank);
  const examples = sorterExamples(cards, understanding);
  const sorters = Array.from({ length: FOLDS }, (_, fold) => learnSorter(examples.filter(({ phrasing }) => phrasing === null || phrasing % FOLDS !== fold)));
  const texts = [...cards.flatMap((card) => [card.question, ...card.variants]), ...ordered(understanding.examples), ...ordered(understanding.notCovered)];

  const trials: Trial[] = [];
  texts.forEach((question, phrasing) => {
    const entry = open.index.phrasings.owner[phrasing] ?? 0;
    const sorter = sorters[phrasing % FOLDS];
    const without = { phrasing, ...(sorter === undefined ? {} : { sorter }) };
    const card = cards[entry];
    if (!card) {
      trials.push(...trial(open, 'outside', question, '', 1, without));
      return;
    }
    trials.push(...trial(open, 'held-out', question, card.id, 1, without));
    trials.push(...trial(open, 'removed', question, '', REMOVED_WEIGHT, { ...without, entries: new Set([entry]) }));
  });
  alarming(understanding).forEach(({ text }, at) => {
    const sorter = sorters[at % FOLDS];
    trials.push(...trial(open, 'outside', text, '', ALARM_WEIGHT, sorter === undefined ? {} : { sorter }));
  });
  return withGreed(trials);
}

/** The questions of a list as the index holds them: those of one name together. */
function ordered(list: [string, string][]): string[] {
  const groups = new Map<string, string[]>();
  for (const [name, question] of list) groups.set(name, [...(groups.get(name) ?? []), question]);
  return [...groups.values()].flat();
}

function trial(open: OpenJudge, kind: Trial['kind'], question: string, want: string, weight: number, without: Without): Trial[] {
  const { features, field } = open.weigh(normalise(question, open.reader).syllables, without);
  const got = field.cards[0]?.id ?? '';
  return features ? [{ kind, question, want, got, inThree: want !== '' && field.cards.slice(0, 3).some((hit) => hit.id === want), features, right: got === want, weight }] : [];
}

/** Everything that the sorter learns from; `phrasing` is its number in the index, null for a sentence of an answer. */
function sorterExamples(cards: Card[], understanding: Understanding): (SorterExample & { phrasing: number | null })[] {
  const wordsOf = (text: string) => normalise(text, { lexicon: understanding.lexicon }).syllables.map((syllable) => syllable.folded);
  const phrasings = entriesOf(cards, understanding).flatMap((entry) => entry.phrasings.map((words) => ({ label: entry.id, words, weight: 1 })));
  const sentences = cards.flatMap((card) => `${card.answer}\n${card.more ?? ''}`.split(/[.?!;\n]+/).map(wordsOf)
    .filter((words) => words.length >= LEAST_SENTENCE).map((words) => ({ label: card.id, words, weight: SENTENCE_WEIGHT, phrasing: null })));
  const dangers = alarming(understanding).map(({ mood, text }, at) => ({ label: DANGER_PREFIX + mood, words: wordsOf(text), weight: 1, phrasing: at }));
  const not = [...new Set(dangers.map(({ label }) => label))];
  const calm = understanding.danger.examples.filter(({ mood }) => mood === 'calm').map(({ text }) => ({ not, words: wordsOf(text), weight: 1, phrasing: null }));
  return [...phrasings.map((example, phrasing) => ({ ...example, phrasing })), ...sentences, ...dangers, ...calm];
}

/** Kept messages of danger. */
function alarming({ danger }: Understanding): Understanding['danger']['examples'] {
  return danger.examples.filter(({ mood }) => mood !== 'calm');
}

/** How often each card came first, and how often for what was not its own. */
function tally(trials: Trial[]): { first: Map<string, number>; wrongly: Map<string, number> } {
  const [first, wrongly] = [new Map<string, number>(), new Map<string, number>()];
  for (const { kind, got, right } of trials) {
    if (kind === 'removed') continue;
    first.set(got, (first.get(got) ?? 0) + 1);
    if (!right) wrongly.set(got, (wrongly.get(got) ?? 0) + 1);
  }
  return { first, wrongly };
}

/** Keeps a card that was seldom first from looking greedy or modest by chance. */
const PRIOR = 4;

function greed(wrongly: number, first: number): number {
  return (wrongly + 1) / (first + PRIOR);
}

/** Fills in how greedy each trial's first card was in all other trials. */
function withGreed(trials: Trial[]): Trial[] {
  const { first, wrongly } = tally(trials);
  const at = FEATURES.indexOf('greedy');
  return trials.map((trial) => {
    const counted = trial.kind !== 'removed';
    const features = [...trial.features];
    features[at] = greed((wrongly.get(trial.got) ?? 0) - (counted && !trial.right ? 1 : 0), (first.get(trial.got) ?? 0) - (counted ? 1 : 0));
    return { ...trial, features };
  });
}

/** The calibration of a base with its sorter. Half a minute for a base of hundreds of cards. */
export function calibrate(cards: Card[], understanding: Understanding): Measured {
  const trials = runTrials(cards, understanding);
  const model = fitLogistic(trials);
  const scored = trials.map((example) => ({ p: probability(model, example.features), right: example.right, weight: example.weight })).sort((a, b) => b.p - a.p);
  let right = 0;
  let all = 0;
  let answerFrom = 1;
  for (const { p, right: isRight, weight } of scored) {
    all += weight;
    if (isRight) right += weight;
    if (all > 20 && right / all >= PRECISION) answerFrom = p;
  }
  answerFrom = Math.max(answerFrom, LEAST_CERTAINTY);
  const offer = fitLogistic(trials.map((trial) => ({ ...trial, right: trial.inThree })));
  const reachable = trials.filter((trial) => trial.inThree).map((trial) => probability(offer, trial.features)).sort((a, b) => b - a);
  const offerFrom = reachable[Math.floor(reachable.length * OFFERED)] ?? 0;

  const { first, wrongly } = tally(trials);
  return {
    sorter: learnSorter(sorterExamples(cards, understanding)),
    learnt: learnt(cards, understanding),
    calibration: {
      features: [...FEATURES], strange: strangeNames(understanding.guard), model, offer, answerFrom, offerFrom,
      greedy: Object.fromEntries([...first].map(([id, count]) => [id, greed(wrongly.get(id) ?? 0, count)])),
      of: fingerprint(cards, understanding),
    },
  };
}

/** The learners of danger and of wishes, learnt from this base. */
export function learnt(cards: Card[], understanding: Understanding): Learnt {
  const { reader } = createOpenJudge(cards, understanding);
  return learn(entriesOf(cards, understanding), understanding, (text) => normalise(text, reader).syllables.map((syllable) => syllable.folded), teaching(cards, understanding));
}

/** Whether the learners learnt from this very base and these very signs. Without them each start learns anew. */
export function learntStanding(cards: Card[], understanding: Understanding): 'learnt' | 'earlier' | 'missing' {
  if (understanding.learnt === null) return 'missing';
  return understanding.learnt.of === teaching(cards, understanding) ? 'learnt' : 'earlier';
}

/** Changes whenever anything changes that the learners learn from. */
function teaching(cards: Card[], understanding: Understanding): string {
  const { danger, intents } = understanding;
  return createHash('sha256').update(JSON.stringify([fingerprint(cards, understanding), danger.examples, danger.lines, intents.lines])).digest('hex').slice(0, 16);
}

/** Whether the measurement is of this very base, of an earlier one, or missing: then nothing is answered for sure. */
export function standingOf(cards: Card[], understanding: Understanding): 'measured' | 'earlier' | 'missing' {
  const { of } = understanding.calibration;
  return of === '' ? 'missing' : of === fingerprint(cards, understanding) ? 'measured' : 'earlier';
}

/** Changes whenever the base or the word lists that the measurement rests on change. */
export function fingerprint(cards: Card[], understanding: Understanding): string {
  const hash = createHash('sha256');
  for (const card of cards) hash.update(JSON.stringify([card.id, card.question, card.variants, card.answer, card.more]));
  hash.update(JSON.stringify([understanding.notCovered, understanding.examples, understanding.guard.lines, [...understanding.lexicon.chat], [...understanding.lexicon.regional.keys()]]));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Measures the base below `knowledgeDir/cards`, with a commune's own cards laid over it, as it is on `today`; writes
 * `calibration.json`, `sorter.json` and `likeness.json`.
 */
export async function recalibrate(knowledgeDir: string, today: Day, placeCards?: string): Promise<Measured> {
  const dirs = [join(knowledgeDir, 'cards'), ...(placeCards === undefined ? [] : [placeCards])];
  const [understanding, base] = await Promise.all([loadUnderstanding(knowledgeDir), loadCards(dirs, today)]);
  const measured = calibrate(base.cards, understanding);
  await saveSorter(knowledgeDir, measured.calibration.of, measured.sorter);
  await saveLearnt(knowledgeDir, measured.learnt);
  await saveCalibration(knowledgeDir, measured.calibration);
  return measured;
}
