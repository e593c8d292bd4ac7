import { lookRegularly, type Looking } from '#bot/store/looking.ts';
import { knowledgeCounter, liveRevisions, outsideQuestions } from '#bot/store/revisions.ts';
import { laidTexts } from '#bot/store/translating.ts';
import type { Texts } from '#locales/texts.ts';
import type { Store } from '#bot/store/store.ts';
import type { LiveKnowledge, StaffChanges } from './open-knowledge.ts';

/** What is published is told by every process within this time, and the moment it takes to read the base again. */
const LOOK_EVERY_MS = 1_000;

/** What staff changed, as the store keeps it. */
export function staffChanges(store: Store, texts?: Pick<Texts, 'layOver'>): () => Promise<StaffChanges> {
  return async () => {
    const translations = await store.read(laidTexts);
    // Interface texts and cards change in the same moment.
    texts?.layOver(translations);
    return { ...await changedCards(store), translations };
  };
}

function changedCards(store: Store): Promise<Omit<StaffChanges, 'translations'>> {
  return store.read(async (tx) => ({
    revisions: await liveRevisions(tx),
    outside: (await outsideQuestions(tx)).filter(({ state }) => state === 'published').map(({ theme, question }): [string, string] => [theme, question]),
  }));
}

/**
 * Watches whether anybody, in whichever process, has published something, and lets the knowledge read itself again; a look
 * resolves once it is told. `since` is the counter as it was before the knowledge was read for the first time.
 */
export function watchKnowledge(store: Store, knowledge: LiveKnowledge, options: { since: number; clock: () => number; onTrouble: (error: unknown) => void }): Looking {
  let known = options.since;
  return lookRegularly(async () => {
    const now = await store.read(knowledgeCounter);
    if (now === known) return;
    await knowledge.refresh(options.clock());
    known = now;
  }, LOOK_EVERY_MS, options.onTrouble);
}
