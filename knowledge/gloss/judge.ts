import { LIKENESS } from '../danger.ts';
import { BY_LIKENESS } from '../decide.ts';
import { CLEAR, type Identification, type Identify } from '../identify/identify.ts';
import { heardAs, type Heard } from '../identify/onDemand.ts';
import type { Judge, JudgeContext, Judgement } from '../judgement.ts';
import type { Lang } from '../lang.ts';
import type { Gloss, Glossed } from './gloss.ts';
import { asksForSession } from './session.ts';
import type { Nearest } from './phrasings.ts';

/** Understanding in Jrai, Bahnar and English, laid over the judge of Vietnamese. */

/** What is known of one language: its words in Vietnamese, and how its speakers ask. */
export type Reading = { gloss: (text: string) => Gloss; nearest: (text: string) => Nearest };

/** Asked for only when a message is in that language. */
export type Readings = (lang: Glossed) => Reading;

export type LanguageJudge = {
  judge: Judge;
  /** The message in Vietnamese words for whoever must read days, ages or village names in it; the message itself when it is Vietnamese. */
  inVietnamese: (text: string, lang: Lang) => string;
};

/** From where on something is made of a message; each is a part or a likeness from 0 to 1. */
export type Thresholds = {
  /** Of the words at least this part must have a meaning before anything is made of them. */
  known: number;
  /** The same, before a card is answered on the Vietnamese alone. */
  nearlyAll: number;
  /** How sure the judge of Vietnamese must be of words put one after the other. */
  sure: number;
  /** The same words in another order, or one more or less. */
  same: number;
  /** Near enough to be asked back. */
  near: number;
  /** Near enough to be answered when both ways of reading lead to the same card. */
  alike: number;
  /** Near enough to be answered when the judge of Vietnamese would still ask: one word ("fever") is no whole question. */
  plain: number;
  /** The next card must be this much less alike. */
  lead: number;
};

/**
 * Chosen on every second known way of asking while each was held out, so that hardly a direct answer is wrong and running
 * text, which asks for nothing, is hardly ever asked back; confirmed on the others (`npm run bench -- languages`).
 */
export const THRESHOLDS: Thresholds = { known: 0.6, nearlyAll: 0.9, sure: 0.8, same: 0.85, near: 0.5, alike: 0.4, plain: 0.7, lead: 0.1 };

/** Cards that are offered at most. */
const OFFERED = 3;
/** Longest message of one who chose a language that is read in it although it could be another. */
const SHORT_WORDS = 4;

/**
 * Danger is heard in the message as written and in its Vietnamese words: either raises the alarm. Then sessions, a
 * child's schedule, a person, thanks and greetings by the Vietnamese words. A card is answered when a known way of asking
 * is the same, or when both readings agree. What is only near to a card is asked back; everything else goes to staff, with the language.
 */
export function createLanguageJudge(vietnamese: Judge, identify: Identify, readings: Readings, thresholds: Thresholds = THRESHOLDS): LanguageJudge {
  const judge: Judge = (question, context) => {
    const found = identify(question);
    const heard = heardAs(found, question);
    const lang = spoken(found, heard, context);
    const asWritten = vietnamese(question, context);
    if (lang === 'vi' || lang === null) return asWritten;
    if (asWritten.outcome === 'emergency') return { ...asWritten, lang };
    if (!heard.foreign && lang !== context.lang && SETTLED.includes(asWritten.outcome)) return asWritten;
    return { ...understood(question, readings(lang), lang, vietnamese, context, thresholds), lang };
  };
  return { judge, inVietnamese: (text, lang) => (lang === 'vi' ? text : readings(lang).gloss(text).vietnamese) };
}

/** What Vietnamese makes of a message that could be another language is kept when it is one of these. */
const SETTLED: readonly Judgement['outcome'][] = ['answer', 'session', 'child-schedule', 'human'];

/** The language a message is read in: what it is clearly written in, or, for a short one, what the resident chose. Null: a neighbour's. */
function spoken(found: Identification, heard: Heard, context: JudgeContext): Lang | null {
  if (heard.foreign) return heard.lang === 'vi' ? null : heard.lang;
  const chosen = context.lang;
  if (chosen !== undefined && chosen !== 'vi' && found.words > 0 && found.words <= SHORT_WORDS && found.margin < CLEAR) return chosen;
  return heard.lang;
}

function understood(question: string, { gloss, nearest }: Reading, lang: Glossed, vietnamese: Judge, context: JudgeContext, at: Thresholds): Judgement {
  const read = gloss(question);
  const part = read.words === 0 ? 0 : read.known / read.words;
  const near = nearest(question).cards;
  const [first, second] = near;
  const same = first !== undefined && first.likeness >= at.same && first.likeness - (second?.likeness ?? 0) >= at.lead / 2;
  if (part < at.known && !same) return toStaff(lang);

  const meant = vietnamese(read.vietnamese, { nowMs: context.nowMs });
  switch (meant.outcome) {
    case 'emergency':
      // A sign by name alarms; likeness was learned from Vietnamese sentences and means nothing here.
      if (meant.sign !== LIKENESS) return meant;
      break;
    case 'session':
    case 'child-schedule':
    case 'human':
      // Likeness needs nearly all of the words: what is left of a question in another language sounds like many things.
      if (part >= at.nearlyAll || !meant.reasons.includes(BY_LIKENESS)) return meant;
      break;
    case 'smalltalk':
      if (!same && meant.smalltalk !== 'noise' && meant.reasons.includes(`smalltalk:${meant.smalltalk}`) && !meant.reasons.includes('no-question')) return meant;
      break;
    case 'answer':
    case 'clarify':
    case 'escalate':
      break;
  }
  if (asksForSession(read.vietnamese)) return { lang, score: 1, outcome: 'session', reasons: ['intent:session'] };
  if (same) return { lang, score: first.likeness, outcome: 'answer', cardId: first.id, reasons: ['phrasing'] };
  const options = meant.outcome === 'answer' ? [meant.cardId] : meant.outcome === 'clarify' ? meant.options : [];
  const agreed = near.find(({ id, likeness }) => likeness >= at.alike && options[0] === id);
  const isPlain = agreed !== undefined && (meant.outcome === 'answer' || agreed.likeness >= at.plain);
  if (isPlain && agreed.likeness >= (first?.likeness ?? 0) - at.lead) return { lang, score: agreed.likeness, outcome: 'answer', cardId: agreed.id, reasons: ['phrasing', 'termbase'] };
  if (meant.outcome === 'answer' && meant.score >= at.sure && part >= at.nearlyAll) return { lang, score: meant.score, outcome: 'answer', cardId: meant.cardId, reasons: ['termbase'] };
  const offered = new Set([...near.filter(({ likeness }) => likeness >= at.near).map(({ id }) => id), ...(part >= at.nearlyAll ? options : [])]);
  const [likeliest, ...others] = offered;
  return likeliest === undefined ? toStaff(lang) : { lang, score: first?.likeness ?? meant.score, outcome: 'clarify', options: [likeliest, ...others.slice(0, OFFERED - 1)], reasons: ['near'] };
}

function toStaff(lang: Glossed): Judgement {
  return { lang, score: 0, outcome: 'escalate', reasons: ['language', `lang:${lang}`] };
}
