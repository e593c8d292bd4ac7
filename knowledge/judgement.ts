import type { Lang } from './lang.ts';

/** Classes of danger. `sensitive` is suicide, violence and abuse: other words, and nobody but the health duty person sees it. */
export type DangerClass = 'medical' | 'poisoning' | 'suicide' | 'violence';

/** What the bot understood of one message. Closed: every switch over `outcome` must name each of these. */
export type Judgement = {
  /** The language the message seems to be written in. Never switches the resident's own language by itself. */
  lang: Lang;
  /** 0-1: the calibrated probability that `cardId` (or the first option) is what was meant; 1 for fixed rules. */
  score: number;
  /** Why so decided, in short stable words (`score`, `margin`, `guard:cost`, `danger:seizure`); never holds the question. */
  reasons: string[];
} & (
  | { outcome: 'answer'; cardId: string }
  | { outcome: 'clarify'; options: [string, ...string[]] }
  | { outcome: 'escalate' }
  | { outcome: 'emergency'; danger: DangerClass; sign: string }
  | { outcome: 'session' }
  | { outcome: 'child-schedule' }
  | { outcome: 'human' }
  | { outcome: 'smalltalk'; smalltalk: 'greeting' | 'thanks' | 'recovered' | 'noise' | 'refusal' | 'private' | 'other' }
);

/** What came before, as far as it bears on understanding the next message. */
export type JudgeContext = {
  nowMs: number;
  /** The card last answered, if within the last 30 minutes. */
  lastCardId?: string;
  /** The card that the optional model chose among those nearest to this very question. Counts only where the guard agrees. */
  chosenCardId?: string;
  /** The language the resident chose; a short message that could be in it is read so. */
  lang?: Lang;
};

/** The knowledge as the conversation sees it: a question in, a judgement out. Pure: the same input gives the same answer. */
export type Judge = (question: string, context: JudgeContext) => Judgement;
