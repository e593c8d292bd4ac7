import type { Channel, SendOutcome } from '#bot/channels/channel.ts';
import { MESSAGE_KINDS } from '#bot/store/schema.ts';
import { beginSending, claim, claimedUnder, settle, type Claimed, type Settlement } from '#bot/store/sending.ts';
import type { Store } from '#bot/store/store.ts';
import type { Pacing } from './pacing.ts';
import { decideDelivery, isQuiet } from './policy.ts';

/**
 * One channel's way out. Rows are claimed a few at a time, so that a reply that comes in during a broadcast waits for a
 * handful of sends and not for the broadcast; within the handful, too, the most urgent goes first.
 */
export type Lane = {
  wake: () => void;
  /** Ids of the rows this lane is sending. */
  held: () => number[];
  start: () => void;
  stop: () => Promise<void>;
};

export type LaneOptions = {
  store: Store;
  channel: Channel;
  pacing: Pacing;
  /** Of this process and channel; a number is added for each claim. */
  leaseName: string;
  leaseMs: number;
  sendTimeoutMs: number;
  lookEveryMs: number;
  concurrency: number;
  clock: () => number;
  onSettled: (row: Claimed, settlement: Settlement['outcome']) => void;
  trouble: (error: unknown) => void;
};

/** After so many `later` in a row the channel itself is taken to be throttled, and the whole lane rests. */
const LATERS_BEFORE_REST = 3;
const LONGEST_REST_MS = 60_000;

export function createLane(options: LaneOptions): Lane {
  const { store, channel, pacing, clock } = options;
  const ready: Claimed[] = [];
  const sending = new Map<number, Promise<void>>();
  const state = { stopping: false, woken: true, claims: 0, latersInARow: 0, restUntilMs: 0, paced: false };
  /** The claim whose answer did not arrive, if any: it may have been written all the same. */
  let unheard: string | null = null;
  let ring = (): void => undefined;
  let running: Promise<void> = Promise.resolve();

  const wake = (): void => {
    state.woken = true;
    ring();
  };
  /** Until woken, or for `ms`. */
  const pause = (ms: number): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    ring = () => { clearTimeout(timer); resolve(); };
  });

  const run = async (): Promise<void> => {
    while (!state.stopping) {
      try {
        await step();
      } catch (error) {
        options.trouble(error);
        await pause(options.lookEveryMs);
      }
    }
  };

  const step = async (): Promise<void> => {
    if (state.woken || ready.length === 0) await fetch();
    const next = ready[0];
    if (!next || sending.size >= options.concurrency) {
      if (!state.woken) await pause(options.lookEveryMs);
      return;
    }
    const restMs = state.restUntilMs - performance.now();
    if (restMs > 0) {
      await pause(restMs);
      if (state.restUntilMs > performance.now()) return;
    }
    const room = state.paced ? 1 : options.concurrency - sending.size;
    const going: Claimed[] = [];
    for (let row: Claimed | undefined = next; row !== undefined && going.length < room; row = ready[0]) {
      take(row);
      if (decide(row)) going.push(row);
    }
    await send(going);
  };

  /** Whether the row may go now; otherwise it is put aside as the policy says. */
  const decide = (row: Claimed): boolean => {
    const decision = decideDelivery({
      capabilities: channel.capabilities, kind: row.kind, nowMs: clock(), lastInboundMs: row.lastInboundMs,
      person: row.personState, consents: row.consents, expiresMs: row.expiresMs, urgent: row.urgent, paid: row.paid,
    });
    switch (decision.do) {
      case 'send':
        return true;
      case 'wait':
        begin(row, () => Promise.resolve({ kind: 'held', notBeforeMs: decision.notBeforeMs, why: decision.why }));
        return false;
      case 'template':
      case 'skip':
        begin(row, () => Promise.resolve({ kind: 'refused', why: decision.why }));
        return false;
    }
  };

  /**
   * Rows that may go at once become `sending` together, with one commit. Where permits have to be waited for it is one row
   * at a time, so that a kill leaves in doubt only what was really on its way; the calls themselves run side by side.
   */
  const send = async (rows: readonly Claimed[]): Promise<void> => {
    if (rows.length === 0) return;
    // Not their ids: a row whose lease ran out here may have been claimed once more, and stands in line twice.
    const ours = new Set<Claimed>();
    try {
      await store.write(async (tx) => {
        ours.clear();
        for (const row of rows) if (await beginSending(tx, row, options.leaseMs)) ours.add(row);
      });
    } catch (error) {
      ready.unshift(...rows);
      throw error;
    }
    for (const row of ours) {
      const begun = { ...row, attempts: row.attempts + 1 };
      if (await permitted()) begin(begun, () => sendWithin(begun));
      else begin(begun, () => Promise.resolve({ kind: 'held', notBeforeMs: 0, why: 'the program stopped' }));
    }
  };

  /** Waits for a permit; false when the program stops before there is one. */
  const permitted = async (): Promise<boolean> => {
    let waitMs = await pacing.take(channel.name);
    state.paced = waitMs > 0;
    for (; waitMs > 0; waitMs = await pacing.take(channel.name)) {
      if (state.stopping) return false;
      await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, 1000)));
    }
    return true;
  };

  const fetch = async (): Promise<void> => {
    state.woken = false;
    const room = options.concurrency * 2 - sending.size - ready.length;
    if (room <= 0) return;
    const lease = unheard ?? `${options.leaseName}:${state.claims += 1}`;
    const again = unheard !== null;
    unheard = lease;
    const rows = await store.write((tx) => (again
      ? claimedUnder(tx, lease)
      : claim(tx, { channel: channel.name, lease, leaseMs: options.leaseMs, limit: room, campaigns: { limit: room, quiet: isQuiet(clock()) } })));
    unheard = null;
    ready.push(...rows);
    ready.sort((a, b) => MESSAGE_KINDS.indexOf(a.kind) - MESSAGE_KINDS.indexOf(b.kind) || a.id - b.id);
    // A whole handful means that there may be more.
    if (rows.length >= room) state.woken = true;
  };

  const take = (row: Claimed): void => { ready.splice(ready.indexOf(row), 1); };

  const begin = (row: Claimed, act: () => Promise<Settlement['outcome']>): void => {
    sending.set(row.id, (async () => {
      const outcome = await act();
      note(outcome);
      await writeDown(row, outcome);
    })().finally(() => {
      sending.delete(row.id);
      // The person's next piece may go now.
      wake();
    }));
  };

  /** The channel's answer, or `unknown` when it takes too long; an answer that comes after that is still written down. */
  const sendWithin = async (row: Claimed): Promise<SendOutcome> => {
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<SendOutcome>((resolve) => {
      timer = setTimeout(() => { resolve({ kind: 'unknown', why: 'no answer in time' }); }, options.sendTimeoutMs);
    });
    const answer = channel.send(row.address, row.piece).catch((error: unknown): SendOutcome => {
      options.trouble(error);
      return { kind: 'unknown', why: 'the channel failed' };
    });
    const outcome = await Promise.race([answer, timedOut]);
    clearTimeout(timer);
    if (outcome.kind === 'unknown') void answer.then((late) => (late.kind === 'sent' ? writeDown(row, late) : undefined));
    return outcome;
  };

  const note = (outcome: Settlement['outcome']): void => {
    if (outcome.kind === 'sent') state.latersInARow = 0;
    if (outcome.kind !== 'later') return;
    state.latersInARow += 1;
    if (state.latersInARow < LATERS_BEFORE_REST) return;
    state.restUntilMs = performance.now() + Math.min(Math.max(outcome.notBeforeMs - clock(), 1000), LONGEST_REST_MS);
  };

  /** Holds on to an outcome until it is on disk: forgetting it would make a sent message `unknown`. */
  const writeDown = async (row: Claimed, outcome: Settlement['outcome']): Promise<void> => {
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5000)) {
      try {
        await store.write((tx) => settle(tx, row, { outcome, attempts: row.attempts }));
        break;
      } catch (error) {
        options.trouble(error);
        if (state.stopping) return;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    try {
      options.onSettled(row, outcome);
    } catch (error) {
      options.trouble(error);
    }
  };

  return {
    wake,
    held: () => [...sending.keys()],
    start: () => { running = run(); },
    stop: async () => {
      state.stopping = true;
      ring();
      await running;
      for (const row of ready.splice(0)) begin(row, () => Promise.resolve({ kind: 'held', notBeforeMs: 0, why: 'the program stopped' }));
      await Promise.all(sending.values());
    },
  };
}
