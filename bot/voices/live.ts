import { listRecordings, recordingsMark, type Recording } from '#bot/store/recordings.ts';
import { lookRegularly } from '#bot/store/looking.ts';
import type { Store } from '#bot/store/store.ts';

/** What is recorded, approved or taken away in another process is known here within this time. */
const LOOK_EVERY_MS = 3_000;

export type LiveRecordings = {
  /** Every recording without its sound, as of now. */
  current: () => readonly Recording[];
  /** Looks at once; after something was changed here. */
  refresh: () => Promise<void>;
  stop: () => void;
};

/** The list of recordings, kept in memory so that a turn of conversation needs no query. */
export async function watchRecordings(store: Store, onTrouble: (error: unknown) => void): Promise<LiveRecordings> {
  let mark = '';
  let recordings: readonly Recording[] = [];
  const refresh = async (): Promise<void> => {
    const now = await store.read(recordingsMark);
    if (now === mark) return;
    recordings = await store.read(listRecordings);
    mark = now;
  };
  await refresh();
  const { look, stop } = lookRegularly(refresh, LOOK_EVERY_MS, onTrouble);
  return { current: () => recordings, refresh: look, stop };
}
