import type { Danger } from './danger.ts';
import type { Intent } from './intents.ts';
import type { JudgeContext, Judgement } from './judgement.ts';
import type { Lang } from './lang.ts';
import type { Normal } from './normalise.ts';
import type { Hit, Query } from './search.ts';

/** Everything a decision rests on. */
export type Evidence = {
  message: Normal;
  context: JudgeContext;
  query: Query;
  lang: Lang;
  danger: Danger;
  intents: Intent[];
  hits: Hit[];
};

/** Sure, ask, or hand over: one pure function from the evidence to the judgement, with its reasons. */
export function decide(evidence: Evidence): Judgement {
  const { danger, lang, hits, message } = evidence;
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
  const [first, second, third] = hits;
  if (!first || first.score < 0.35) return { lang, score: first?.score ?? 0, outcome: 'escalate', reasons: ['score'] };
  const margin = first.score - (second?.score ?? 0);
  if (first.score >= 0.9 && margin >= 0.2) return { lang, score: Math.min(1, first.score / 2), outcome: 'answer', cardId: first.id, reasons: ['score', 'margin'] };
  return { lang, score: Math.min(1, first.score / 2), outcome: 'clarify', options: [first.id, ...[second, third].flatMap((hit) => (hit ? [hit.id] : []))], reasons: ['unsure'] };
}
