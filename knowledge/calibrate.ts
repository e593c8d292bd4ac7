import { createHash } from 'node:crypto';
import { NEVER_SURE, saveCalibration, type Calibration } from './calibration.ts';
import { join } from 'node:path';
import type { Card } from './card.ts';
import type { Day } from './day.ts';
import { FEATURES } from './features.ts';
import { createOpenJudge, type OpenJudge } from './judge.ts';
import { loadUnderstanding, type Understanding } from './understanding.ts';
import { loadCards } from './load.ts';
import { fitLogistic, probability, type Example } from './logistic.ts';
import { normalise } from './normalise.ts';

/**
 * Measures what a score means, from the base itself: each phrasing is asked as if it had never been written, then as if
 * its card had never been written, and every question that belongs to staff is asked too.
 */

/**
 * Share of direct answers that must be right in the measurement. It is harsher than life: phrasings of one card were
 * written to differ from each other, a neighbour that answers as well counts as wrong, and half of the questions are
 * asked of a base that lacks their card. What it comes to on questions of other hands is in the quality report.
 */
export const PRECISION = 0.87;
/** Share of the questions whose card is among the first three that must be offered it. */
const OFFERED = 0.97;
const REMOVED_WEIGHT = 0.25;
const OUTSIDE_WEIGHT = 2;

/** The questions of the measurement with what came of them. */
export type Trial = Example & { kind: 'held-out' | 'removed' | 'outside'; question: string; want: string; got: string; inThree: boolean };

/** Asks everything once. Costs one search a question, some seconds for a base of hundreds of cards. */
export function runTrials(cards: Card[], understanding: Understanding): Trial[] {
  const open = createOpenJudge(cards, understanding, NEVER_SURE);
  const trials: Trial[] = [];
  let phrasing = 0;
  for (const card of cards) {
    const entry = open.index.ids.indexOf(card.id);
    for (const question of [card.question, ...card.variants]) {
      trials.push(...trial(open, 'held-out', question, card.id, 1, { phrasing }));
      trials.push(...trial(open, 'removed', question, '', REMOVED_WEIGHT, { phrasing, entries: new Set([entry]) }));
      phrasing += 1;
    }
  }
  const numbers = new Map(open.index.ids.map((id, number) => [id, number]));
  for (const [theme, question] of understanding.notCovered) {
    const own = numbers.get(`-${theme}`);
    trials.push(...trial(open, 'outside', question, '', OUTSIDE_WEIGHT, own === undefined ? {} : { entries: new Set([own]) }));
  }
  return withGreed(trials);
}

function trial(open: OpenJudge, kind: Trial['kind'], question: string, want: string, weight: number, without: { phrasing?: number; entries?: ReadonlySet<number> }): Trial[] {
  const { features, field } = open.weigh(normalise(question, open.reader).syllables, without);
  const got = field.cards[0]?.id ?? '';
  return features ? [{ kind, question, want, got, inThree: want !== '' && field.cards.slice(0, 3).some((hit) => hit.id === want), features, right: got === want, weight }] : [];
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

/** The calibration of a base. `of` tells what it was made from (`fingerprint`). */
export function calibrate(cards: Card[], understanding: Understanding): Calibration {
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
  const offer = fitLogistic(trials.map((trial) => ({ ...trial, right: trial.inThree })));
  const reachable = trials.filter((trial) => trial.inThree).map((trial) => probability(offer, trial.features)).sort((a, b) => b - a);
  const offerFrom = reachable[Math.floor(reachable.length * OFFERED)] ?? 0;

  const { first, wrongly } = tally(trials);
  return {
    features: [...FEATURES], model, offer, answerFrom, offerFrom,
    greedy: Object.fromEntries([...first].map(([id, count]) => [id, greed(wrongly.get(id) ?? 0, count)])),
    of: fingerprint(cards, understanding),
  };
}

/** Changes whenever the base or the word lists that the measurement rests on change. */
export function fingerprint(cards: Card[], understanding: Understanding): string {
  const hash = createHash('sha256');
  for (const card of cards) hash.update(JSON.stringify([card.id, card.question, card.variants, card.answer, card.more]));
  hash.update(JSON.stringify([understanding.notCovered, understanding.examples, understanding.guard.lines, [...understanding.lexicon.chat], [...understanding.lexicon.regional.keys()]]));
  return hash.digest('hex').slice(0, 16);
}

/** Measures the base below `knowledgeDir/cards` as it is on `today` and writes `calibration.json`. */
export async function recalibrate(knowledgeDir: string, today: Day): Promise<Calibration> {
  const [understanding, base] = await Promise.all([loadUnderstanding(knowledgeDir), loadCards(join(knowledgeDir, 'cards'), today)]);
  const calibration = calibrate(base.cards, understanding);
  await saveCalibration(knowledgeDir, calibration);
  return calibration;
}
