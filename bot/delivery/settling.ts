import type { Claimed, Settlement } from '#bot/store/sending.ts';
import { settleAll } from '#bot/store/settling.ts';
import type { Store } from '#bot/store/store.ts';

/**
 * Writes down what became of rows, as many in one transaction as have come together meanwhile, and before everything that
 * waits for the store: until then a kill leaves them in doubt.
 */
export type Settling = {
  /**
   * Resolves once it is on disk: forgetting it would make a sent message `unknown`. Only when the program stops while the
   * store is away is it given up.
   */
  write: (row: Claimed, outcome: Settlement['outcome']) => Promise<'written' | 'given-up'>;
};

const MOST_AT_ONCE = 100;

export function createSettling(options: { store: Store; trouble: (error: unknown) => void; isStopping: () => boolean }): Settling {
  type Waiting = { row: Claimed; outcome: Settlement['outcome']; tell: (how: 'written' | 'given-up') => void };
  const waiting: Waiting[] = [];
  let running = false;

  const run = async (): Promise<void> => {
    let pauseMs = 100;
    while (waiting.length > 0) {
      const some = waiting.splice(0, MOST_AT_ONCE);
      try {
        await options.store.write((tx) => settleAll(tx, some.map(({ row, outcome }) => ({ row, settlement: { outcome, attempts: row.attempts } }))), { first: true });
        pauseMs = 100;
        for (const each of some) each.tell('written');
      } catch (error) {
        options.trouble(error);
        if (options.isStopping()) {
          for (const each of some) each.tell('given-up');
          continue;
        }
        waiting.unshift(...some);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        pauseMs = Math.min(pauseMs * 2, 5000);
      }
    }
    running = false;
  };

  return {
    write: (row, outcome) => new Promise((tell) => {
      waiting.push({ row, outcome, tell });
      if (running) return;
      running = true;
      void run();
    }),
  };
}
