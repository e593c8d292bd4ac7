import { describe } from 'vitest';
import { freshDatabase, hasPostgres } from '#test/machine.ts';
import { freshFolder, openOrThrow } from './fresh.ts';
import type { Store, StoreOptions } from '#bot/store/store.ts';

/** A store of the test's own on one engine; opened again, it is the same store, as after a restart. */
export type Ground = {
  store: Store;
  /** What it was opened with. */
  options: StoreOptions;
  /** Opens it once more, beside the first, as another process would. */
  beside: (more?: Partial<StoreOptions>) => Promise<Store>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** Runs the same tests on SQLite and on a real PostgreSQL. */
export function onBothEngines(tests: (fresh: (more?: Partial<StoreOptions>) => Promise<Ground>) => void): void {
  describe('on SQLite', () => { tests((more) => ground({}, more)); });
  describe.skipIf(!hasPostgres())('on PostgreSQL', () => { tests(async (more) => ground({ databaseUrl: await freshDatabase() }, more)); });
}

async function ground(where: { databaseUrl?: string }, more: Partial<StoreOptions> = {}): Promise<Ground> {
  const folder = freshFolder();
  const options: StoreOptions = { dataDir: folder.path, ...where, ...more };
  const opened: Store[] = [];
  const beside = async (other: Partial<StoreOptions> = {}): Promise<Store> => {
    const store = await openOrThrow({ ...options, ...other });
    opened.push(store);
    return store;
  };
  const store = await beside();
  return {
    store,
    options,
    beside,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(opened.map((each) => each.close().catch(() => undefined)));
      folder[Symbol.dispose]();
    },
  };
}
