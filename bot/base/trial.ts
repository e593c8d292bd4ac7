import { isCard } from '#knowledge/candidates.ts';
import type { Evidence } from '#knowledge/decide.ts';
import type { Judgement } from '#knowledge/judgement.ts';
import type { OpenJudge } from '#knowledge/judge.ts';

/** One question tried out, as staff are shown it. */
export type Trial = {
  question: string;
  judgement: Judgement;
  /** How the program read it: chat spelling resolved, without marks where none could be told. */
  read: string;
  /** The nearest cards, best first; `share` is how near compared with the first, 0-1. */
  near: { id: string; share: number }[];
  /** How sure one must be of the first card to answer at once, 0-1. */
  answerFrom: number;
};

/** Runs a question through the judge that answers residents, or through one with a draft in it. */
export function tryQuestion(open: OpenJudge, question: string, options: { nowMs: number; answerFrom: number }): Trial {
  const { judgement, evidence } = open.explain(question, { nowMs: options.nowMs });
  const hits = evidence.weighing.field.cards.filter(({ id }) => isCard(id)).slice(0, 3);
  const best = hits[0]?.score ?? 0;
  return { question, judgement, read: readAs(evidence), near: hits.map(({ id, score }) => ({ id, share: best === 0 ? 0 : score / best })), answerFrom: options.answerFrom };
}

function readAs({ message }: Evidence): string {
  return message.syllables.map((syllable) => syllable.marked).join(' ');
}
