import { sayProblem } from '#bot/store-problem.ts';
import { openStore, type Store } from '#bot/store/store.ts';
import { loadPlace, type Place } from '#knowledge/place.ts';
import { readUnderstanding, type Understanding } from '#knowledge/understanding.ts';
import type { Texts } from '#locales/texts.ts';
import type { Config } from './config.ts';
import { sayFault, sayUnreadable } from './knowledge-faults.ts';
import type { Log } from './log.ts';

/** What the program stands on, or the sentence for whoever can put right what is missing. */
export type Ready = { ok: true; filed: Place; understanding: Understanding; store: Store } | { ok: false; say: string; exitCode: 1 | 2 };

/** Reads the place and the word lists, then opens the store: wrong files (exit code 2) are told before anything is written. */
export async function makeReady(config: Config, { texts, log, clock, knowledgeDir, commitDelayMs }: { texts: Texts; log: Log; clock: () => number; knowledgeDir: string; commitDelayMs: number | undefined }): Promise<Ready> {
  const place = await loadPlace(config.place);
  if (!place.ok) {
    const faults = place.faults.map((fault) => texts.say('vi', 'cli:place.fault', { file: place.file, ...sayFault(texts, fault) }));
    return { ok: false, exitCode: 2, say: [texts.say('vi', 'cli:place.missing', { dir: config.place }), ...faults].join('\n') };
  }
  const lists = await readUnderstanding(knowledgeDir);
  if (!lists.ok) return { ok: false, exitCode: 2, say: sayUnreadable(texts, lists.faults) };
  const opened = await openStore({
    dataDir: config.dataDir,
    ...(config.databaseUrl === null ? {} : { databaseUrl: config.databaseUrl }),
    clock,
    ...(commitDelayMs === undefined ? {} : { commitDelayMs }),
    onTrouble: (why) => { log.warn('store.trouble', { why }); },
  }).catch((error: unknown) => {
    log.error('store.unavailable', error);
    return null;
  });
  if (opened === null) return { ok: false, exitCode: 1, say: texts.say('vi', 'cli:start.storeFailed') };
  if (!opened.ok) return { ok: false, exitCode: 1, say: sayProblem(texts, opened.problem) };
  return { ok: true, filed: place.place, understanding: lists.understanding, store: opened.store };
}
