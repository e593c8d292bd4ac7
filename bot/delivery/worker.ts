import type { Inbound } from '#bot/channels/channel.ts';
import { endRests, inboxState, peopleWaiting, receive, type Received } from '#bot/store/inbox.ts';
import { repliesTo, type OutboxRow } from '#bot/store/outbox.ts';
import type { Store } from '#bot/store/store.ts';
import { watchForSetBack } from './clock.ts';
import { afterNotHandled, handleOldest, nextTurn, NotHandled, takeUp, type Advice, type Handled, type HandleResult, type Handling } from './handle.ts';

/**
 * The worker of the inbox: in order within a conversation, side by side across conversations. What a process leaves
 * behind when it ends, any other or the same one started again takes up.
 */
export type Worker = {
  /** Writes a message down and sees to it; resolves once it is on disk, which is the moment to acknowledge it. */
  receive: (inbound: Inbound) => Promise<Received>;
  /**
   * Writes a message down, has it handled, and gives the replies, which the caller carries to the person: they count as
   * sent. The same message again gives the same replies, to the same person only. Null when handling takes longer than `timeoutMs`; the replies
   * then become visible by themselves. Throws `StoreUnavailable` when nothing was written.
   */
  handleNow: (inbound: Inbound, timeoutMs?: number) => Promise<OutboxRow[] | null>;
  /** Takes up everything that waits and is not being handled; `start` does so regularly. */
  sweep: () => Promise<void>;
  start: () => void;
  /** Ends after the messages in hand. */
  stop: () => Promise<void>;
};

export type WorkerOptions = {
  store: Store;
  handling: Handling;
  /** Hears of each message once it is on disk, before it is handled. `inCall`: whoever brought it waits for the replies. */
  onReceived?: (inbound: Inbound, received: Received, inCall: boolean) => void;
  /** Hears of each handled message once it is on disk: the moment to wake the dispatcher and the desk. */
  onHandled?: (handled: Handled) => void;
  /** Hears, in words without data, of what went wrong and will be tried again. */
  onTrouble?: (what: 'not-handled' | 'not-advised' | 'store-unavailable' | 'unexpected', error: unknown) => void;
  /** @defaultValue 1000 */
  sweepEveryMs?: number;
  clock?: () => number;
};

const HANDLE_NOW_MS = 20_000;
/** How long a message may wait before a sweep suspects that whoever received it is gone. */
const LEFT_BEHIND_MS = 2000;
const SWEEP_LIMIT = 200;

const wasAskedAgain = (run: { again: boolean }): boolean => run.again;

export function createWorker(options: WorkerOptions): Worker {
  const { store, handling } = options;
  const clock = options.clock ?? Date.now;
  const startedMs = clock();
  const wasSetBack = watchForSetBack(clock);
  const conversations = new Map<string, { again: boolean; done: Promise<void> }>();
  const waiters = new Map<number, ((rows: OutboxRow[]) => void)[]>();
  const rests = new Set<NodeJS.Timeout>();
  const state = { stopping: false };
  let sweeping: Promise<void> | null = null;
  let firstSweep = true;
  let timer: NodeJS.Timeout | undefined;

  /** Sees to the person's messages until none waits; one such run a person at a time. */
  const see = (personId: string): Promise<void> => {
    const running = conversations.get(personId);
    if (running) {
      running.again = true;
      return running.done;
    }
    const run = { again: false, done: Promise.resolve() };
    conversations.set(personId, run);
    run.done = (async () => {
      try {
        for (let more = true; more && !state.stopping;) {
          run.again = false;
          const next = announce(await handleOne(personId));
          more = next || wasAskedAgain(run);
        }
      } catch (error) {
        // The message is on disk; the next sweep takes it up.
        trouble(error);
      } finally {
        conversations.delete(personId);
      }
    })();
    return run.done;

    /** Passes the result on; true when there is more to do at once. */
    function announce(result: HandleResult): boolean {
      if (result.kind === 'handled') settle(result);
      if (result.kind === 'resting') rest(personId, result.untilMs - clock());
      return result.kind === 'handled' && result.more;
    }
  };

  const handleOne = async (personId: string): Promise<HandleResult> => {
    const advice = await advised(personId);
    // What was asked for took a while: a station that is being stopped leaves the message to the next start.
    if (handling.advise && isStopping()) return { kind: 'idle' };
    try {
      return await store.write((tx) => handleOldest(tx, personId, handling, advice));
    } catch (failure) {
      if (!(failure instanceof NotHandled)) throw failure;
      options.onTrouble?.('not-handled', failure.cause);
      return store.write((tx) => afterNotHandled(tx, failure, handling));
    }
  };

  /** What others make of the next message; whatever goes wrong there, the message is handled without. */
  const advised = async (personId: string): Promise<Advice | null> => {
    if (!handling.advise) return null;
    try {
      const next = await store.read((tx) => nextTurn(tx, personId));
      return next && { inboxId: next.inboxId, aid: await handling.advise(next.inbound, next.resident) };
    } catch (error) {
      options.onTrouble?.('not-advised', error);
      return null;
    }
  };
  const isStopping = (): boolean => state.stopping;

  const settle = (handled: Handled): void => {
    for (const resolve of waiters.get(handled.inboxId) ?? []) resolve(handled.rows);
    waiters.delete(handled.inboxId);
    options.onHandled?.(handled);
    if (!handled.erased) return;
    // What the destroyed key left behind in the write-ahead log or in dead rows.
    store.scrub().catch(trouble);
    // Messages that had come in after the wish now belong to the stranger at the same address.
    void see(handled.personId);
  };

  const rest = (personId: string, ms: number): void => {
    const waking = setTimeout(() => {
      rests.delete(waking);
      if (!state.stopping) void see(personId);
    }, Math.min(Math.max(ms, 1), 60_000));
    rests.add(waking);
  };

  const trouble = (error: unknown): void => {
    options.onTrouble?.(error instanceof Error && error.name === 'StoreUnavailable' ? 'store-unavailable' : 'unexpected', error);
  };

  const sweepOnce = async (): Promise<void> => {
    if (wasSetBack()) await store.write(endRests);
    const receivedBeforeMs = firstSweep ? Number.MAX_SAFE_INTEGER : clock() - LEFT_BEHIND_MS;
    const people = await store.read((tx) => peopleWaiting(tx, { receivedBeforeMs, limit: SWEEP_LIMIT }));
    firstSweep = firstSweep && people.length === SWEEP_LIMIT;
    await Promise.all(people.filter((id) => !conversations.has(id)).map(async (id) => {
      const taken = await store.write((tx) => takeUp(tx, id, startedMs, handling));
      if (taken.kind === 'handled') settle(taken);
      await see(id);
    }));
  };

  const sweep = (): Promise<void> => (sweeping ??= sweepOnce().catch(trouble).finally(() => { sweeping = null; }));

  /** Asks the store now and then, for a message that another process may be handling. */
  const elsewhere = async ({ inboxId, personId }: Received, untilMs: number, isOver: () => boolean): Promise<OutboxRow[] | null> => {
    for (let pauseMs = 100; performance.now() < untilMs && !isOver(); pauseMs = Math.min(pauseMs * 1.5, 1000)) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (isOver()) break;
      // While it is handled right here, its end is heard of.
      if (conversations.has(personId)) continue;
      // A store that is away for a moment is no reason to stop waiting: the message is on disk.
      const found = await store.read((tx) => inboxState(tx, inboxId)).catch(() => 'new' as const);
      if (found === 'done' || found === 'failed') return store.read((tx) => repliesTo(tx, inboxId));
    }
    return null;
  };

  return {
    receive: async (inbound) => {
      const received = await store.write((tx) => receive(tx, inbound, { inCall: false }), { first: true });
      options.onReceived?.(inbound, received, false);
      if (received.fresh && !state.stopping) void see(received.personId);
      return received;
    },
    handleNow: async (inbound, timeoutMs = HANDLE_NOW_MS) => {
      const received = await store.write((tx) => receive(tx, inbound, { inCall: true }));
      options.onReceived?.(inbound, received, true);
      const { inboxId, personId, fresh, foreign } = received;
      if (foreign) return [];
      if (!fresh) {
        const found = await store.read((tx) => inboxState(tx, inboxId));
        if (found !== 'new') return store.read((tx) => repliesTo(tx, inboxId));
      }
      let over = false;
      let tell: (rows: OutboxRow[]) => void = () => undefined;
      const here = new Promise<OutboxRow[]>((resolve) => { tell = resolve; });
      waiters.set(inboxId, [...(waiters.get(inboxId) ?? []), tell]);
      void see(personId);
      try {
        return await Promise.race([here, elsewhere(received, performance.now() + timeoutMs, () => over || state.stopping)]);
      } finally {
        over = true;
        const others = (waiters.get(inboxId) ?? []).filter((each) => each !== tell);
        if (others.length > 0) waiters.set(inboxId, others);
        else waiters.delete(inboxId);
      }
    },
    sweep,
    start: () => {
      timer = setInterval(() => { void sweep(); }, options.sweepEveryMs ?? 1000);
      void sweep();
    },
    stop: async () => {
      state.stopping = true;
      clearInterval(timer);
      for (const waking of rests) clearTimeout(waking);
      await sweeping;
      await Promise.all([...conversations.values()].map((run) => run.done));
    },
  };
}
