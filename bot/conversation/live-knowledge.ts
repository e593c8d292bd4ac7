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

export type KnowledgeWatch = {
  /** Reads the base again if something was published; resolves once it is told. */
  look: () => Promise<void>;
  stop: () => void;
};

/**
 * Watches whether anybody, in whichever process, has published something, and lets the knowledge read itself again.
 * `since` is the counter as it was before the knowledge was read for the first time.
 */
export function watchKnowledge(store: Store, knowledge: LiveKnowledge, options: { since: number; clock: () => number; onTrouble: (error: unknown) => void }): KnowledgeWatch {
  let known = options.since;
  let reading: Promise<void> = Promise.resolve();
  const look = (): Promise<void> => {
    reading = reading.catch(() => undefined).then(async () => {
      const now = await store.read(knowledgeCounter);
      if (now === known) return;
      await knowledge.refresh(options.clock());
      known = now;
    });
    return reading;
  };
  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    // The next look begins when the last has ended, so that a slow machine does not fall behind itself.
    timer = setTimeout(() => { look().catch(options.onTrouble).finally(() => { if (timer !== undefined) again(); }); }, LOOK_EVERY_MS);
  };
  again();
  return {
    look,
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
