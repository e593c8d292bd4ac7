import type { Calibration } from './calibration.ts';
import { LIKENESS, type Danger } from './danger.ts';
import { FEATURES } from './features.ts';
import type { Intent } from './intents.ts';
import type { JudgeContext, Judgement } from './judgement.ts';
import type { Lang } from './lang.ts';
import { probability } from './logistic.ts';
import type { Normal, Syllable } from './normalise.ts';
import type { Weighing } from './weigh.ts';

/** Everything a decision rests on. */
export type Evidence = {
  message: Normal;
  context: JudgeContext;
  /** What an answer must not be taken for: an examination, a prescription. */
  asks: ('diagnosis' | 'dose' | 'medicine')[];
  lang: Lang;
  /** Surely not Vietnamese. */
  foreign: boolean;
  danger: Danger;
  intents: Intent[];
  weighing: Weighing;
  /** The parts of a message that asks for two things; empty for most. */
  parts: Weighing[];
  /** The card that the optional model chose and what is strange to it; null without a model, or when it named no card at hand. */
  choice: { id: string; strange: string[] } | null;
  /** The message read as a follow-up to the last card; null where it cannot be one. */
  followUp: { weighing: Weighing; marked: boolean } | null;
};

/** A card for "I want a person": being unsure and near it means being asked for one. */
const HUMAN_CARD = 'bot.human';
/** From this certainty on a question is known so well that mere likeness to danger yields to it. */
const VERY_SURE = 0.95;
/** The reason beside a wish that no line of the lists names: the message only sounds like kept ones. */
export const BY_LIKENESS = 'by-likeness';
/** A kind word in a message that asks nothing and is like no card is all there is to it. */
const CHATTER_BELOW = 0.25;
/** From this certainty on each half of a message is a need of its own, when the whole is not sure. */
const NEED_FROM = 0.45;
/** The same, when the other half is sure. */
const NEED_BESIDE_SURE = 0.35;
const MOST_OPTIONS = 3;
/** An option far behind the first only distracts. */
const OPTION_SHARE = 0.35;

/** Sure, ask, or hand over: one pure function from the evidence to the judgement, with its reasons. */
export function decide(evidence: Evidence, calibration: Calibration): Judgement {
  return beforeCards(evidence, sureOf(evidence.weighing, calibration)) ?? withChoice(amongCards(evidence, calibration), evidence.choice);
}

/** Cards that do something. No model makes a deed happen. */
const DEEDS: readonly string[] = [HUMAN_CARD, 'bot.unsubscribe', 'bot.delete-data', 'bot.language'];
/** A model that sees one message alone is no help with two needs in it, nor where the last topic decides. */
const OWN_MATTER = ['two-needs', 'follow-up', 'perhaps-follow-up'];

/** Whether a model's choice could change anything: the bot is unsure, and there are cards at hand. */
export function isOpenToChoice(judgement: Judgement): boolean {
  if (judgement.outcome !== 'clarify' && judgement.outcome !== 'escalate') return false;
  return (judgement.reasons.includes('unsure') || judgement.reasons.includes('unlike')) && !judgement.reasons.some((reason) => OWN_MATTER.includes(reason));
}

/** The model's choice takes one step towards certainty, and only where nothing in the question is strange to its card. */
function withChoice(judgement: Judgement, choice: Evidence['choice']): Judgement {
  if (choice === null || !isOpenToChoice(judgement) || DEEDS.includes(choice.id)) return judgement;
  const { lang } = judgement;
  const reasons = [choice.strange.length === 0 ? 'model:agreed' : 'model:vetoed', ...choice.strange.map((name) => `guard:${name}`), ...judgement.reasons];
  if (choice.strange.length > 0) return { ...judgement, reasons };
  if (judgement.outcome === 'clarify') return { lang, score: judgement.options[0] === choice.id ? judgement.score : 1 - judgement.score, outcome: 'answer', cardId: choice.id, reasons };
  return { lang, score: judgement.score, outcome: 'clarify', options: [choice.id], reasons };
}

/** A refusal hurts whoever asked in earnest: a mere guess at one yields to a card that is likely. */
const REFUSED: readonly Intent['intent'][] = ['injection', 'private'];

/** Danger first, then what no card answers. */
function beforeCards({ danger, lang, foreign, message, intents, weighing }: Evidence, whole: Certainty | null): Judgement | null {
  const cardSure = whole?.sure ?? false;
  const fixed = { lang, score: 1 };
  // A sign that is written down always alarms. Mere likeness, or a guess at slips, yields to a question that the base knows well, and to tricks.
  const doubtful = danger.state === 'alarm' && (danger.sign === LIKENESS || danger.guessed === true) && ((whole?.p ?? 0) >= VERY_SURE && cardSure || foreign);
  const trick = intents.some(({ intent }) => intent === 'injection') && danger.state === 'alarm' && danger.class !== 'suicide';
  if (danger.state === 'alarm' && !doubtful && !trick) return { ...fixed, outcome: 'emergency', danger: danger.class, sign: danger.sign, reasons: [`danger:${danger.sign}`] };
  if (isNoise(message, weighing, foreign)) return { ...fixed, outcome: 'smalltalk', smalltalk: 'noise', reasons: ['noise'] };
  if (danger.state === 'recovered') return { ...fixed, outcome: 'smalltalk', smalltalk: 'recovered', reasons: [`recovered:${danger.sign}`] };
  for (const found of intents) {
    if ('by' in found && found.by === 'likeness' && (cardSure || REFUSED.includes(found.intent) && (whole?.p ?? 0) >= NEED_FROM)) continue;
    switch (found.intent) {
      case 'injection': return { ...fixed, outcome: 'smalltalk', smalltalk: 'refusal', reasons: ['injection'] };
      case 'private': return { ...fixed, outcome: 'smalltalk', smalltalk: 'private', reasons: ['private'] };
      case 'human':
      case 'session':
      case 'child-schedule': return { ...fixed, outcome: found.intent, reasons: [`intent:${found.intent}`, ...(found.by === 'likeness' ? [BY_LIKENESS] : [])] };
      case 'smalltalk': {
        if (found.whole && (whole?.p ?? 0) < NEED_FROM) return { ...fixed, outcome: 'smalltalk', smalltalk: found.smalltalk, reasons: [`smalltalk:${found.smalltalk}`] };
        break;
      }
      case 'bare': break;
    }
  }
  return null;
}

/** No word at all, or hardly one that could be Vietnamese or is known here, and nothing beside but words that say little. */
function isNoise({ cleaned, spoken, syllables }: Normal, { query }: Weighing, foreign: boolean): boolean {
  if (!/\p{L}/u.test(cleaned) || spoken.length === 0) return true;
  const strange = syllables.filter(isStrange).length;
  const tells = syllables.some((syllable, at) => !isStrange(syllable) && !isNumber(syllable) && query.slots[at]?.stop !== true);
  return !foreign && (spoken.every((syllable) => isNumber(syllable) || isStrange(syllable)) || strange * 2 > syllables.length && !tells);
}

function isStrange({ known, possible }: Syllable): boolean {
  return !known && !possible;
}

function isNumber({ folded }: Syllable): boolean {
  return /^\d+$/.test(folded);
}

function amongCards(evidence: Evidence, calibration: Calibration): Judgement {
  const { lang, foreign, weighing, parts, followUp } = evidence;
  const whole = sureOf(weighing, calibration);
  const offered = weighing.features === null ? 0 : probability(calibration.offer, weighing.features);
  const halves = parts.map((part) => sureOf(part, calibration));
  const needs = [...new Set(halves.flatMap((half) => (half?.sure ? [half.id] : [])))];
  if (needs.length > 1) return { lang, score: Math.min(...halves.map((half) => half?.p ?? 1)), outcome: 'clarify', options: asOptions(needs), reasons: ['two-needs'] };
  if (whole?.sure) return { lang, score: whole.p, outcome: 'answer', cardId: whole.id, reasons: ['sure', ...cautions(evidence, whole.id)] };

  if (needsPrescriber(evidence)) return { lang, score: whole?.p ?? 0, outcome: 'escalate', reasons: ['dose', ...doubts(weighing)] };

  const need = needs.length > 0 ? NEED_BESIDE_SURE : NEED_FROM;
  const likely = [...new Set(halves.flatMap((half) => (half && half.p >= need && !half.strange ? [half.id] : [])))];
  if (likely.length > 1) return { lang, score: Math.min(...halves.map((half) => half?.p ?? 1)), outcome: 'clarify', options: asOptions([...likely, ...optionsOf(weighing)]), reasons: ['two-needs'] };

  const followed = followUp ? sureOf(followUp.weighing, calibration) : null;
  if (followUp && followed && followUp.marked) {
    if (followed.sure) return { lang, score: followed.p, outcome: 'answer', cardId: followed.id, reasons: ['follow-up', 'sure', ...cautions(evidence, followed.id)] };
    return { lang, score: followed.p, outcome: 'clarify', options: asOptions([...optionsOf(followUp.weighing), ...optionsOf(weighing)]), reasons: ['follow-up', ...doubts(followUp.weighing)] };
  }

  if (followed?.sure) return { lang, score: followed.p, outcome: 'clarify', options: asOptions([followed.id, ...optionsOf(weighing)]), reasons: ['perhaps-follow-up'] };

  if (evidence.intents.some(({ intent }) => intent === 'bare')) return { lang, score: 1, outcome: 'smalltalk', smalltalk: 'other', reasons: ['no-content'] };

  const kind = evidence.intents.find((found) => found.intent === 'smalltalk' && found.much);
  if (kind?.intent === 'smalltalk' && (whole?.p ?? 0) < CHATTER_BELOW && weighing.asked.kinds.size === 0) return { lang, score: 1 - (whole?.p ?? 0), outcome: 'smalltalk', smalltalk: kind.smalltalk, reasons: [`smalltalk:${kind.smalltalk}`, 'no-question'] };
  if (!whole) return { lang, score: 0, outcome: 'escalate', reasons: ['nothing-alike'] };
  // A choice in Vietnamese is no help to somebody who writes another language; a person is.
  if (foreign) return { lang, score: whole.p, outcome: 'escalate', reasons: ['language'] };
  if (offered < calibration.offerFrom && !isCatchword(weighing)) return { lang, score: whole.p, outcome: 'escalate', reasons: ['unlike', ...doubts(weighing)] };
  return { lang, score: whole.p, outcome: 'clarify', options: asOptions(optionsOf(weighing)), reasons: ['unsure', ...doubts(weighing)] };
}

/** Cards about an illness: whether it is this one, only an examination can tell. */
const ILLNESS = /^(disease\.|covid\.(symptoms|child-sick|danger-signs|long-covid)$)/;

function cautions({ asks }: Evidence, cardId: string): string[] {
  return [...(asks.includes('diagnosis') && ILLNESS.test(cardId) ? ['only-examination'] : []), ...(asks.includes('dose') || asks.includes('medicine') ? ['dose'] : [])];
}

/** A dose for a person, or a medicine for a complaint that no card names: choices would only look like a prescription. */
function needsPrescriber({ asks, weighing }: Evidence): boolean {
  return asks.includes('dose') || asks.includes('medicine') && ![...weighing.asked.things].some((thing) => thing.startsWith('disease:') && !weighing.strange.includes(thing));
}

/** From this likeness of the letters on, a message is one of the card's own phrasings, give or take a mark. */
const VERBATIM = 0.97;

type Certainty = { id: string; p: number; strange: boolean; sure: boolean };

/** The first card, how probable it is, and whether nothing in the question is strange to it. */
function sureOf(weighing: Weighing, calibration: Calibration): Certainty | null {
  const first = weighing.field.cards[0];
  if (!first || !weighing.features) return null;
  const p = probability(calibration.model, weighing.features);
  const strange = !weighing.strange.every((name) => name.startsWith('kind:'));
  // Whoever asks a card in its own words means it, also where nobody has measured the card yet. Without any measurement nothing is sure.
  const sure = calibration.answerFrom < 1 && (first.chars >= VERBATIM || first.measured && p >= calibration.answerFrom);
  return { id: first.id, p, strange, sure: sure && !strange };
}

/** A few words that the base knows and no more (`bảo hiểm`), none of them strange to the nearest card (`giá cà phê`): what is meant can only be asked. */
function isCatchword({ query, features, asked, strange }: Weighing): boolean {
  const words = query.slots.filter((slot) => !slot.stop).length;
  return words > 0 && words <= CATCHWORD && strange.length === 0 && asked.kinds.size === 0 && (features?.[FEATURES.indexOf('covered')] ?? 0) >= WELL_KNOWN;
}

const CATCHWORD = 3;
const WELL_KNOWN = 0.95;

function optionsOf(weighing: Weighing): string[] {
  const best = weighing.field.cards[0]?.score ?? 0;
  return weighing.field.cards.filter((hit) => hit.score >= best * OPTION_SHARE).slice(0, MOST_OPTIONS).map((hit) => hit.id);
}

function doubts(weighing: Weighing): string[] {
  const newer = weighing.field.cards[0]?.measured === false && weighing.field.sorting.first > 0;
  return [...weighing.strange.map((name) => `guard:${name}`), ...(newer ? ['unmeasured'] : [])];
}

function asOptions(ids: string[]): [string, ...string[]] {
  const [first = '', ...others] = [...new Set(ids)].slice(0, MOST_OPTIONS);
  return [first, ...others];
}
