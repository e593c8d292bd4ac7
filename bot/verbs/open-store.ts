import { tellOfWork } from '#bot/delivery/wake-ups.ts';
import { openStore, type Store } from '#bot/store/store.ts';
import { sayProblem } from '#bot/store-problem.ts';
import { storeIsNew } from '#bot/doctor/store.ts';
import { sayFault } from '#bot/knowledge-faults.ts';
import { placeNow } from '#bot/place/live.ts';
import { loadPlace, type Place } from '#knowledge/place.ts';
import type { ExitCode, VerbContext } from './verb.ts';

/** The place as its file has it; null where it does not load, and why has been said. */
export async function placeFiled({ config, texts, err }: VerbContext): Promise<Place | null> {
  const loaded = await loadPlace(config.place);
  if (loaded.ok) return loaded.place;
  for (const fault of loaded.faults) err.write(`${texts.say('vi', 'cli:place.fault', { file: loaded.file, ...sayFault(texts, fault) })}\n`);
  return null;
}

/** The place with what was changed in the console, for a command that opens the store for nothing else; looking makes no store. */
export async function placeForVerb(context: VerbContext): Promise<Place | null> {
  const filed = await placeFiled(context);
  if (filed === null || storeIsNew(context.config)) return filed;
  const found: { place: Place | null } = { place: null };
  await openForVerb(context, async (store) => {
    found.place = await placeNow(store, filed);
    return 0;
  });
  return found.place;
}

/** Opens the station's store beside a running program, does one thing, and closes it. Says what an operator can put right. */
export async function openForVerb({ config, texts, err }: VerbContext, act: (store: Store) => Promise<ExitCode>): Promise<ExitCode> {
  const opened = await openStore({ dataDir: config.dataDir, ...(config.databaseUrl === null ? {} : { databaseUrl: config.databaseUrl }) }).catch(() => null);
  if (opened === null) {
    err.write(`${texts.say('vi', 'cli:start.storeFailed')}\n`);
    return 1;
  }
  if (!opened.ok) {
    err.write(`${sayProblem(texts, opened.problem)}\n`);
    return 1;
  }
  try {
    return await act(opened.store);
  } finally {
    await opened.store.close();
    // A running program need not look for what was just stored.
    if (config.redisUrl !== null) await tellOfWork(config.redisUrl);
  }
}
