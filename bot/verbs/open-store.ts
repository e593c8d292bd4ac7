import { tellOfWork } from '#bot/delivery/wake-ups.ts';
import { openStore, type Store } from '#bot/store/store.ts';
import { sayProblem } from '#bot/store-problem.ts';
import type { ExitCode, VerbContext } from './verb.ts';

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
