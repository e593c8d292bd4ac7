import type { Calibration } from './calibration.ts';
import type { Danger } from './danger.ts';
import type { Field } from './features.ts';
import type { Facets } from './guard.ts';
import type { Intent } from './intents.ts';
import type { JudgeContext, Judgement } from './judgement.ts';
import type { Lang } from './lang.ts';
import { probability } from './logistic.ts';
import type { Normal } from './normalise.ts';
import type { Query } from './search.ts';

/** How the cards stand to a question. */
export type Weighing = {
  query: Query;
  field: Field;
  asked: Facets;
  /** Of the first card; null when there is none. */
  features: number[] | null;
  /** What the question names or asks that the first card never does. */
  strange: string[];
};

/** Everything a decision rests on. */
export type Evidence = {
  message: Normal;
  context: JudgeContext;
  lang: Lang;
  danger: Danger;
  intents: Intent[];
  weighing: Weighing;
};

/** Sure, ask, or hand over: one pure function from the evidence to the judgement, with its reasons. */
export function decide(evidence: Evidence, calibration: Calibration): Judgement {
  const { danger, lang, message, weighing } = evidence;
  if (danger.state === 'alarm') return { lang, score: 1, outcome: 'emergency', danger: danger.class, sign: danger.sign, reasons: [`danger:${danger.sign}`] };
  if (!/\p{L}{2}/u.test(message.cleaned) && !/\d/.test(message.cleaned)) return { lang, score: 1, outcome: 'smalltalk', smalltalk: 'noise', reasons: ['noise'] };
  if (danger.state === 'recovered') return { lang, score: 1, outcome: 'smalltalk', smalltalk: 'recovered', reasons: [`recovered:${danger.sign}`] };
  for (const intent of evidence.intents) {
    switch (intent.intent) {
      case 'injection': return { lang, score: 1, outcome: 'smalltalk', smalltalk: 'refusal', reasons: ['injection'] };
      case 'private': return { lang, score: 1, outcome: 'escalate', reasons: ['private'] };
      case 'human': return { lang, score: 1, outcome: 'human', reasons: ['intent:human'] };
      case 'session': return { lang, score: 1, outcome: 'session', reasons: ['intent:session'] };
      case 'child-schedule': return { lang, score: 1, outcome: 'child-schedule', reasons: ['intent:child-schedule'] };
      case 'smalltalk': if (intent.whole) return { lang, score: 1, outcome: 'smalltalk', smalltalk: intent.smalltalk, reasons: [`smalltalk:${intent.smalltalk}`] };
    }
  }
  const [first, second, third] = weighing.field.cards;
  if (!first || !weighing.features) return { lang, score: 0, outcome: 'escalate', reasons: ['nothing-alike'] };
  const p = probability(calibration.model, weighing.features);
  if (p >= calibration.answerFrom && !weighing.strange.some((name) => !name.startsWith('kind:'))) return { lang, score: p, outcome: 'answer', cardId: first.id, reasons: ['sure'] };
  if (p < calibration.offerFrom) return { lang, score: p, outcome: 'escalate', reasons: ['unlike'] };
  return { lang, score: p, outcome: 'clarify', options: [first.id, ...[second, third].flatMap((hit) => (hit ? [hit.id] : []))], reasons: ['unsure', ...weighing.strange.map((name) => `guard:${name}`)] };
}
