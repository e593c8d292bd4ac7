import { fileURLToPath } from 'node:url';
import { dayOf } from '#knowledge/day.ts';
import { createJudge, loadUnderstanding } from '#knowledge/judge.ts';
import { isValidOn, loadCards, type Base } from '#knowledge/load.ts';
import { cardFolders } from './assemble.ts';
import type { Knowledge } from './knowledge.ts';

/** The knowledge as it is now. */
export type LiveKnowledge = {
  current: () => Knowledge;
  base: () => Base;
  /** Reads the cards again: at a new day some begin and some run out. What is being answered meanwhile is not disturbed. */
  refresh: (nowMs: number) => Promise<void>;
};

/** Loads the cards that ship and the place's own. Throws when the danger signs cannot be read: nothing may start without them. */
export async function openKnowledge(placeDir: string, nowMs: number): Promise<LiveKnowledge> {
  const understanding = await loadUnderstanding(fileURLToPath(new URL('../../knowledge', import.meta.url)));
  const load = async (atMs: number) => {
    const base = await loadCards(cardFolders(placeDir), dayOf(atMs));
    const cards = new Map(base.cards.map((card) => [card.id, card]));
    const knowledge: Knowledge = {
      judge: createJudge(base.cards, understanding),
      card: (id, askedMs) => {
        const card = cards.get(id);
        return card !== undefined && isValidOn(card, dayOf(askedMs)) ? card : undefined;
      },
    };
    return { base, knowledge };
  };
  let now = await load(nowMs);
  return {
    current: () => now.knowledge,
    base: () => now.base,
    refresh: async (atMs) => {
      now = await load(atMs);
    },
  };
}
