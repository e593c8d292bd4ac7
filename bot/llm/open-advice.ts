import type { LiveKnowledge } from '#bot/conversation/open-knowledge.ts';
import type { Converse } from '#bot/conversation/turn.ts';
import type { Base } from '#knowledge/load.ts';
import type { Place } from '#knowledge/place.ts';
import { words } from '#knowledge/text.ts';
import type { Advise, AdvisorDeps } from './advisor.ts';
import type { ModelConfig } from './open.ts';
import { loadPrivateWords } from './redact.ts';

/** What advice rests on: the knowledge as it is at each question, and what the place's people must not be known by. */
export function adviceOn(knowledge: LiveKnowledge, place: Pick<Place, 'villages'>): Pick<AdvisorDeps, 'knowledge' | 'hidden'> {
  return {
    knowledge: { nearest: knowledge.nearest, knows: wordsOf(knowledge), question: (id, nowMs) => knowledge.current().card(id, nowMs)?.question },
    hidden: loadPrivateWords(() => place.villages.flatMap((village) => [village.name, ...village.aliases])),
  };
}

/**
 * Whether a word is one of the base's own. Only what was written as knowledge counts: what staff took over from a
 * resident's question may hold a name.
 */
export function wordsOf(knowledge: Pick<LiveKnowledge, 'files' | 'shipped'>): (foldedWord: string) => boolean {
  let read: { of: Base; words: Set<string> } | null = null;
  return (foldedWord) => {
    const base = knowledge.files();
    if (read?.of !== base) {
      const { danger, intents, guard, examples, notCovered } = knowledge.shipped;
      const texts = [
        ...base.cards.flatMap((card) => [card.question, ...card.variants, card.answer, card.more ?? '']),
        ...danger.lines, ...intents.lines, ...guard.lines, ...[...examples, ...notCovered].map(([, text]) => text),
      ];
      read = { of: base, words: new Set(texts.flatMap((text) => words(text.normalize('NFC').toLowerCase()).map((word) => word.folded))) };
    }
    return read.words.has(foldedWord);
  };
}

export type AdviceOptions = {
  config: ModelConfig;
  converse: Converse;
  knowledge: LiveKnowledge;
  place: Pick<Place, 'villages'>;
  /** Hears a short code of what went wrong. */
  onTrouble: (why: string) => void;
};

/** The configured model's advice for the command line, where one question comes after the other. */
export async function openAdvice(options: AdviceOptions): Promise<Advise> {
  const [{ createAdvisor }, { openModel }, { whyOf }] = await Promise.all([import('./advisor.ts'), import('./open.ts'), import('./check.ts')]);
  // The command line ends with its last question; a connection to Redis would hold it.
  const model = openModel({ ...options.config, redisUrl: null }, { onTrouble: (_, error) => { options.onTrouble(whyOf(error)); } });
  await model.selector();
  return createAdvisor({ converse: options.converse, selector: model.selector, ...adviceOn(options.knowledge, options.place) });
}
