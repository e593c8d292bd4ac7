import { addCampaign, campaignById, campaignsIn, changeCampaign, hasRowsToSend, holdCampaign } from '#bot/store/campaigns.ts';
import { noteMissed } from './missed.ts';
import { begin, enqueueAll, takeBackAll } from './ledger.ts';
import type { CampaignPorts } from './ports.ts';
import { isMadeUp, missedSince, nextDue, repeats } from './schedule.ts';

/**
 * What announcements need of a running program: those whose moment has come begin, what another process left half-done is
 * done, and what has nothing left to send ends. Any number of processes may do this together.
 */
export type CampaignRunner = {
  /** One round of it; `start` does so regularly. */
  look: () => Promise<void>;
  start: () => void;
  stop: () => Promise<void>;
};

export type RunnerOptions = CampaignPorts & {
  onTrouble: (error: unknown) => void;
  /** @defaultValue 1000 */
  lookEveryMs?: number;
};

export function createCampaignRunner(options: RunnerOptions): CampaignRunner {
  const { store } = options;
  let looking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  const lookOnce = async (): Promise<void> => {
    const [due, starting, running, stopped] = await store.read(async (tx) => [
      await campaignsIn(tx, 'scheduled', { dueByMs: tx.nowMs }), await campaignsIn(tx, 'starting'), await campaignsIn(tx, 'running'), await campaignsIn(tx, 'stopped', { halfDone: true }),
    ] as const);
    await each(due, async (id) => { starting.push(...await beginDue(id)); });
    await each(starting, (id) => enqueueAll(options, id));
    await each(running, endIfOver);
    await each(stopped, (id) => takeBackAll(options, id));
  };

  /** One that cannot be read or begun is told, and keeps nobody from the others. */
  const each = async (ids: readonly number[], work: (id: number) => Promise<void>): Promise<void> => {
    for (const id of ids) await work(id).catch(options.onTrouble);
  };

  /** Begins one whose moment has come; one that repeats begets a round. Gives what is now starting. */
  const beginDue = (id: number): Promise<number[]> => store.write(async (tx) => {
    const it = await holdCampaign(tx, id);
    if (it?.state !== 'scheduled' || it.dueMs === null || it.dueMs > tx.nowMs) return [];
    if (!repeats(it.schedule)) {
      await begin(tx, options, it);
      return [id];
    }
    // Moments that passed while nothing ran are not made up for one by one, and the last of them only while it is fresh; the others are told to staff.
    const next = nextDue(it.schedule, tx.nowMs);
    const isFresh = isMadeUp(it.schedule, it.dueMs, tx.nowMs);
    await changeCampaign(tx, id, next === null ? { state: 'done', dueMs: null, endedMs: tx.nowMs } : { dueMs: next });
    await noteMissed(tx, id, missedSince(it.schedule, it.dueMs, tx.nowMs));
    if (!isFresh) return [];
    const roundId = await addCampaign(tx, { ...it, schedule: { kind: 'now' }, parentId: id });
    const round = await campaignById(tx, roundId);
    if (round !== null) await begin(tx, options, round);
    return [roundId];
  });

  const endIfOver = async (id: number): Promise<void> => {
    if (await store.read((tx) => hasRowsToSend(tx, id))) return;
    await store.write(async (tx) => {
      const it = await holdCampaign(tx, id);
      if (it?.state === 'running' && !await hasRowsToSend(tx, id)) await changeCampaign(tx, id, { state: 'done', endedMs: tx.nowMs });
    });
  };

  const look = (): Promise<void> => (looking ??= lookOnce().catch(options.onTrouble).finally(() => { looking = null; }));
  return {
    look,
    start: () => {
      timer = setInterval(() => { void look(); }, options.lookEveryMs ?? 1000);
      void look();
    },
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
