import { addDemand } from '#bot/store/translating.ts';
import type { Store } from '#bot/store/store.ts';
import { dayOf } from '#knowledge/day.ts';
import type { Lang } from '#knowledge/lang.ts';

/** Written down this often; what a killed process had not yet written is lost, which a worklist can bear. */
const WRITE_EVERY_MS = 30_000;

/** Counts which cards were the answer, so that translators and readers begin with what is asked most. */
export type Demand = { count: (cardId: string, lang: Lang) => void; flush: () => Promise<void>; stop: () => Promise<void> };

export function countDemand(store: Store, clock: () => number, onTrouble: (error: unknown) => void): Demand {
  let counts = new Map<string, { cardId: string; lang: Lang; asked: number }>();
  const flush = async (): Promise<void> => {
    if (counts.size === 0) return;
    const due = counts;
    counts = new Map();
    await store.write((tx) => addDemand(tx, dayOf(clock()), [...due.values()]));
  };
  const timer = setInterval(() => {
    flush().catch(onTrouble);
  }, WRITE_EVERY_MS);
  return {
    count: (cardId, lang) => {
      const key = `${cardId} ${lang}`;
      counts.set(key, { cardId, lang, asked: (counts.get(key)?.asked ?? 0) + 1 });
    },
    flush,
    stop: async () => {
      clearInterval(timer);
      await flush().catch(onTrouble);
    },
  };
}
