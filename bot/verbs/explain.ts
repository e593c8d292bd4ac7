import type { Judgement } from '#knowledge/judgement.ts';
import type { TextKey, Texts } from '#locales/texts.ts';

/** Reasons that are one sentence; those with a colon carry what they are about. */
const PLAIN = [
  'sure', 'unsure', 'unlike', 'nothing-alike', 'unmeasured', 'two-needs', 'follow-up', 'perhaps-follow-up', 'only-examination', 'dose', 'language', 'noise',
  'private', 'injection', 'by-likeness', 'no-question', 'no-content', 'command', 'menu',
] as const;
const ABOUT = ['intent', 'smalltalk', 'danger', 'recovered'] as const;

/** Why a message was so decided, in Vietnamese: the decision, then one line a reason. */
export function explain(texts: Texts, judgement: Judgement): string {
  const card = judgement.outcome === 'answer' ? judgement.cardId : judgement.outcome === 'clarify' ? judgement.options.join(', ') : '';
  const decision = texts.say('vi', `cli:ask.decision.${judgement.outcome}`, { card });
  const lines = judgement.reasons.map((reason) => texts.say('vi', 'cli:ask.explainLine', { reason: sayReason(texts, reason) }));
  return [texts.say('vi', 'cli:ask.explain', { decision, score: judgement.score.toFixed(2) }), ...lines].join('\n');
}

function sayReason(texts: Texts, reason: string): string {
  const plain = PLAIN.find((known) => known === reason);
  if (plain !== undefined) return texts.say('vi', `cli:ask.reason.${plain}`);
  const [head = '', ...rest] = reason.split(':');
  const what = rest.join(':');
  const about = ABOUT.find((known) => known === head);
  if (about !== undefined) return texts.say('vi', `cli:ask.reason.${about}`, { what });
  if (head === 'guard') return texts.say('vi', guardKey(what), { what: what.split(':').at(-1) ?? '' });
  return reason;
}

function guardKey(what: string): TextKey {
  if (what === 'name') return 'cli:ask.reason.guard-name';
  return what.startsWith('kind:') ? 'cli:ask.reason.guard-kind' : 'cli:ask.reason.guard';
}
