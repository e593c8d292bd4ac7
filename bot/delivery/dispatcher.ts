import { randomUUID } from 'node:crypto';
import type { Channel, ChannelName } from '#bot/channels/channel.ts';
import { destroyLeaving } from '#bot/store/erasure.ts';
import { endDeadLeases, endPauses, repeatLostAnswers, type Claimed, type Settlement } from '#bot/store/sending.ts';
import type { Store } from '#bot/store/store.ts';
import { USUAL_DAY, type DayHours } from '#knowledge/place.ts';
import { watchForSetBack } from './clock.ts';
import { createLane, type Lane } from './lane.ts';
import type { Pacing } from './pacing.ts';

/**
 * The dispatcher of the outbox: for each channel a lane that claims rows, asks the policy and the pacing, sends, and
 * writes down what became of it; and the housekeeping for rows whose sender died.
 */
export type Dispatcher = {
  /** There may be something to send: at once, instead of at the next look. */
  wake: (channel?: ChannelName) => void;
  /** Ends dead leases, repeats lost answers, forgets those who are leaving; `start` does so regularly. */
  keepHouse: () => Promise<void>;
  start: () => void;
  /** Ends after the sends in hand; what is claimed and not begun goes back into the queue. */
  stop: () => Promise<void>;
};

export type DispatcherOptions = {
  store: Store;
  channels: readonly Channel[];
  pacing: Pacing;
  /** Hears of each row once what became of it is on disk; `settlement` is the policy's or the channel's word. */
  onSettled?: (row: Claimed, settlement: Settlement['outcome']) => void;
  onTrouble?: (what: 'store-unavailable' | 'unexpected', error: unknown) => void;
  /** Sends at once on one channel. @defaultValue 8 */
  concurrency?: number;
  /** A send without an answer for so long is `unknown`. @defaultValue 15000 */
  sendTimeoutMs?: number;
  /** How often to look without being woken. @defaultValue 1000 */
  lookEveryMs?: number;
  /** How long an answer that timed out waits for a receipt before it is sent again. @defaultValue 30000 */
  receiptGraceMs?: number;
  clock?: () => number;
  /** When the place lets go out what nobody asked for, as of now. @defaultValue USUAL_DAY */
  dayHours?: () => DayHours;
};

/** Emergencies, and answers that timed out, are tried so often in all. */
const MOST_REPEATS = 3;
/** Someone who asked to be erased may read the last reply for so long. */
const LEAVING_MS = 60_000;

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { store } = options;
  const clock = options.clock ?? Date.now;
  const sendTimeoutMs = options.sendTimeoutMs ?? 15_000;
  const lookEveryMs = options.lookEveryMs ?? 1000;
  // Long enough to wait for pacing, to send, and to write the outcome down.
  const leaseMs = sendTimeoutMs * 3;
  const wasSetBack = watchForSetBack(clock);
  const process = randomUUID().slice(0, 8);
  const trouble = (error: unknown): void => {
    options.onTrouble?.(error instanceof Error && error.name === 'StoreUnavailable' ? 'store-unavailable' : 'unexpected', error);
  };

  const lanes = new Map<ChannelName, Lane>(options.channels.map((channel) => [channel.name, createLane({
    store, channel, pacing: options.pacing, clock, trouble, leaseMs, sendTimeoutMs, lookEveryMs,
    leaseName: `${process}:${channel.name}`,
    concurrency: options.concurrency ?? 8,
    dayHours: options.dayHours ?? (() => USUAL_DAY),
    onSettled: options.onSettled ?? (() => undefined),
  })]));
  const wake = (channel?: ChannelName): void => {
    if (channel === undefined) for (const lane of lanes.values()) lane.wake();
    else lanes.get(channel)?.wake();
  };

  const keepHouseOnce = async (): Promise<void> => {
    const held = [...lanes.values()].flatMap((lane) => lane.held());
    const setBack = wasSetBack();
    const repeated = await store.write(async (tx) => {
      if (setBack) await endPauses(tx);
      await endDeadLeases(tx, { leaseMs, except: held });
      await destroyLeaving(tx, { sinceBeforeMs: tx.nowMs - LEAVING_MS });
      return repeatLostAnswers(tx, { graceMs: options.receiptGraceMs ?? 30_000, mostAttempts: MOST_REPEATS });
    });
    if (setBack || repeated > 0) wake();
  };
  let keeping: Promise<void> | null = null;
  const keepHouse = (): Promise<void> => (keeping ??= keepHouseOnce().catch(trouble).finally(() => { keeping = null; }));
  let timer: NodeJS.Timeout | undefined;

  return {
    wake,
    keepHouse,
    start: () => {
      for (const lane of lanes.values()) lane.start();
      timer = setInterval(() => { void keepHouse(); }, Math.max(lookEveryMs, 100) * 3);
      void keepHouse();
    },
    stop: async () => {
      clearInterval(timer);
      await Promise.all([...lanes.values()].map((lane) => lane.stop()));
      await keeping;
    },
  };
}
