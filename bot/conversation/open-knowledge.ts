import { dayOf } from '#knowledge/day.ts';
import { createOpenJudge } from '#knowledge/judge.ts';
import { isValidOn, loadCards, type Base } from '#knowledge/load.ts';
import { normalise } from '#knowledge/normalise.ts';
import { loadUnderstanding, type Understanding } from '#knowledge/understanding.ts';
import { cardFolders, KNOWLEDGE_DIR } from './assemble.ts';
import type { Knowledge } from './knowledge.ts';

/** The knowledge as it is now. */
export type LiveKnowledge = {
  current: () => Knowledge;
  base: () => Base;
  /** Ids of the cards nearest to a question, the nearest first, sure or not: help for a person who answers. */
  nearest: (question: string, limit: number) => string[];
  /** Reads the cards again: at a new day some begin and some run out. What is being answered meanwhile is not disturbed. */
  refresh: (nowMs: number) => Promise<void>;
};

/**
 * Loads the cards that ship and the place's own. Without a given `understanding` it reads the one that ships, and throws
 * when its danger signs or word lists cannot be read: nothing may start without them.
 */
export async function openKnowledge(placeDir: string, nowMs: number, given?: Understanding): Promise<LiveKnowledge> {
  const understanding = given ?? await loadUnderstanding(KNOWLEDGE_DIR);
  const load = async (atMs: number) => {
    const base = await loadCards(cardFolders(placeDir), dayOf(atMs));
    const cards = new Map(base.cards.map((card) => [card.id, card]));
    const open = createOpenJudge(base.cards, understanding);
    const knowledge: Knowledge = {
      judge: open.judge,
      card: (id, askedMs) => {
        const card = cards.get(id);
        return card !== undefined && isValidOn(card, dayOf(askedMs)) ? card : undefined;
      },
    };
    const nearest = (question: string, limit: number): string[] => open.weigh(normalise(question, open.reader).syllables).field.cards.slice(0, limit).map((hit) => hit.id);
    return { base, knowledge, nearest };
  };
  let now = await load(nowMs);
  return {
    current: () => now.knowledge,
    base: () => now.base,
    nearest: (question, limit) => now.nearest(question, limit),
    refresh: async (atMs) => {
      now = await load(atMs);
    },
  };
}
