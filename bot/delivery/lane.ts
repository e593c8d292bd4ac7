import type { Channel, SendOutcome } from '#bot/channels/channel.ts';
import { MESSAGE_KINDS } from '#bot/store/tables/messages.ts';
import { beginSending, claim, claimedUnder, type Claimed, type Settlement } from '#bot/store/sending.ts';
import type { Store } from '#bot/store/store.ts';
import type { DayHours } from '#knowledge/place.ts';
import { createDoubt } from './doubt.ts';
import type { Pacing } from './pacing.ts';
import { decideDelivery, isQuiet } from './policy.ts';
import { createSettling } from './settling.ts';

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
  /** When what nobody asked for may go out, as of now. */
  dayHours: () => DayHours;
  onSettled: (row: Claimed, settlement: Settlement['outcome']) => void;
  trouble: (error: unknown) => void;
};

/** After so many `later` in a row the channel itself is taken to be throttled, and the whole lane rests. */
const LATERS_BEFORE_REST = 3;
const LONGEST_REST_MS = 60_000;
/** Announcements claimed at once; fewer where a platform takes them slowly, since a claim that waits long is lost. */
const BULK = 100;
const PACED_BULK = 40;
/** Where nothing is paced, so many times more announcements go at once: a commit then serves many. */
const BULK_TIMES = 4;
/** Where as much is in doubt as may be, it is looked again after so long: a call that hangs does not stop the others. */
const LOOK_AGAIN_MS = 20;

/**
 * Three steps side by side: rows are claimed into `ready`; of those the most urgent are made `sending` and wait in
 * `begun`; from there each goes out as soon as there is a permit, the most urgent first.
 */
export function createLane(options: LaneOptions): Lane {
  const { store, channel, pacing, clock } = options;
  const perSecond = pacing.perSecond(channel.name);
  const paced = perSecond !== null;
  const doubt = createDoubt({ perSecond, concurrency: options.concurrency });
  const ready: Claimed[] = [];
  const begun: Going[] = [];
  const sending = new Map<number, { sinceMs: number; done: Promise<void> }>();
  const state = { stopping: false, woken: true, claims: 0, latersInARow: 0, restUntilMs: 0 };
  const settling = createSettling({ store, trouble: options.trouble, isStopping: () => state.stopping });
  /** The claim whose answer did not arrive, if any: it may have been written all the same. */
  let unheard: string | null = null;
  let ring = (): void => undefined;
  let ringLaunch = (): void => undefined;
  let running: Promise<unknown> = Promise.resolve();

  const wake = (): void => {
    state.woken = true;
    ring();
  };
  /** Until rung, or for `ms`. */
  const pause = (ms: number): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    ring = () => { clearTimeout(timer); resolve(); };
  });
  const pauseLaunch = (ms: number): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    ringLaunch = () => { clearTimeout(timer); resolve(); };
  });

  const runStaging = async (): Promise<void> => {
    while (!state.stopping) {
      try {
        await stage();
      } catch (error) {
        options.trouble(error);
        await pause(options.lookEveryMs);
      }
    }
    ringLaunch();
  };

  const stage = async (): Promise<void> => {
    if (state.woken || ready.length === 0) await fetch();
    const restMs = state.restUntilMs - performance.now();
    if (restMs > 0 && ready.length > 0) {
      await pause(restMs);
      return;
    }
    const room = roomNow();
    if (room.rows === 0) {
      if (!state.woken) await pause(Math.min(room.againMs, options.lookEveryMs));
      return;
    }
    const taken = ready.slice(0, room.rows);
    ready.splice(0, taken.length);
    const toSend: Going[] = [];
    for (const row of taken) {
      const decision = decide(row);
      switch (decision.do) {
        case 'send':
          toSend.push({ ...row, asTemplate: false });
          break;
        case 'wait':
          begin(row, () => Promise.resolve({ kind: 'held', notBeforeMs: decision.notBeforeMs, why: decision.why }));
          break;
        case 'template':
          if (row.templated && row.piece.template !== undefined && channel.sendTemplate !== undefined) toSend.push({ ...row, asTemplate: true });
          else begin(row, () => Promise.resolve({ kind: 'refused', why: decision.why }));
          break;
        case 'skip':
          begin(row, () => Promise.resolve({ kind: 'refused', why: decision.why }));
          break;
        default:
          decision satisfies never;
      }
    }
    if (toSend.length > 0) await makeSending(toSend);
  };

  /**
   * How many may be begun now. A kill leaves in doubt what is begun, so it is no more than goes out at once, and where
   * permits are waited for no more than get one by the time they are begun. What is more urgent overtakes what is begun.
   */
  const roomNow = (): { rows: number; againMs: number } => {
    const first = ready[0];
    if (first === undefined) return { rows: 0, againMs: options.lookEveryMs };
    const bulk = isBulk(first);
    if (!paced) return { rows: Math.max(0, (bulk ? options.concurrency * BULK_TIMES : options.concurrency) - sending.size - begun.length), againMs: options.lookEveryMs };
    const ahead = bulk ? begun.length : begun.filter((row) => !isBulk(row)).length;
    const most = Math.min(doubt.most(underWayMs()) - sending.size - ahead, bulk ? ready.length : ready.filter((row) => !isBulk(row)).length);
    const untilPermitMs = (rows: number): number => pacing.untilPermit(channel.name, ahead + rows, bulk) - doubt.leadMs();
    let rows = 0;
    while (rows < most && untilPermitMs(rows + 1) <= 0) rows += 1;
    return { rows, againMs: most <= 0 ? LOOK_AGAIN_MS : Math.max(1, untilPermitMs(1)) };
  };

  /** How long the oldest call is under way. */
  const underWayMs = (): number => {
    const [oldest] = sending.values();
    return oldest === undefined ? 0 : performance.now() - oldest.sinceMs;
  };

  const decide = (row: Claimed): ReturnType<typeof decideDelivery> => decideDelivery({
    capabilities: channel.capabilities, kind: row.kind, nowMs: clock(), lastInboundMs: row.lastInboundMs,
    person: row.personState, consents: row.consents, expiresMs: row.expiresMs, urgent: row.urgent, paid: row.paid, dayHours: options.dayHours(),
  });

  const makeSending = async (rows: Going[]): Promise<void> => {
    let mine: Going[];
    const fromMs = performance.now();
    try {
      mine = await store.write((tx) => beginSending(tx, rows, options.leaseMs));
    } catch (error) {
      ready.unshift(...rows);
      throw error;
    }
    doubt.tookToBegin(performance.now() - fromMs);
    begun.push(...mine.map((row) => ({ ...row, attempts: row.attempts + 1 })));
    begun.sort(byUrgency);
    ringLaunch();
  };

  const runLaunching = async (): Promise<void> => {
    while (!state.stopping) {
      const first = begun[0];
      if (first === undefined) {
        await pauseLaunch(options.lookEveryMs);
        continue;
      }
      const waitMs = paced ? await pacing.take(channel.name, isBulk(first)) : 0;
      if (waitMs > 0) {
        // Something more urgent may come to stand first meanwhile.
        await pauseLaunch(Math.min(waitMs, 1000));
        continue;
      }
      const row = begun.shift();
      if (row !== undefined) begin(row, () => sendWithin(row));
      if (paced) ring();
    }
  };

  const fetch = async (): Promise<void> => {
    state.woken = false;
    const bulk = ready.filter(isBulk).length;
    const most = paced ? PACED_BULK : BULK;
    const urgentRoom = options.concurrency * 2 - (ready.length - bulk);
    const bulkRoom = bulk > most / 4 ? 0 : most - bulk;
    if (urgentRoom <= 0 && bulkRoom <= 0) return;
    const lease = unheard ?? `${options.leaseName}:${state.claims += 1}`;
    const again = unheard !== null;
    unheard = lease;
    const rows = await store.write((tx) => (again
      ? claimedUnder(tx, lease)
      : claim(tx, { channel: channel.name, lease, leaseMs: options.leaseMs, limit: Math.max(0, urgentRoom), campaigns: { limit: bulkRoom, quiet: isQuiet(clock(), options.dayHours()) } })));
    unheard = null;
    // A row that waited here until its lease ran out has just been claimed anew.
    const anew = new Set(rows.map((row) => row.id));
    ready.splice(0, ready.length, ...ready.filter((row) => !anew.has(row.id)), ...rows);
    ready.sort(byUrgency);
    // A whole handful means that there may be more.
    if (rows.filter((row) => !isBulk(row)).length >= urgentRoom && urgentRoom > 0) state.woken = true;
  };

  const begin = (row: Claimed, act: () => Promise<Settlement['outcome']>): void => {
    const sinceMs = performance.now();
    const done = (async () => {
      const outcome = await act();
      note(outcome);
      await writeDown(row, outcome);
    })().finally(() => {
      sending.delete(row.id);
      doubt.tookToSettle(performance.now() - sinceMs);
      // The person's next piece may go now; of an announcement's rows more are there already.
      if (isBulk(row)) ring();
      else wake();
    });
    sending.set(row.id, { sinceMs, done });
  };

  /** The channel's answer, or `unknown` when it takes too long; an answer that comes after that is still written down. */
  const sendWithin = async (row: Going): Promise<SendOutcome> => {
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<SendOutcome>((resolve) => {
      timer = setTimeout(() => { resolve({ kind: 'unknown', why: 'no answer in time' }); }, options.sendTimeoutMs);
    });
    const { template } = row.piece;
    const sent = row.asTemplate && template !== undefined && channel.sendTemplate !== undefined ? channel.sendTemplate(row.address, template) : channel.send(row.address, row.piece);
    const answer = sent.catch((error: unknown): SendOutcome => {
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
    const restMs = Math.min(Math.max(outcome.notBeforeMs - clock(), 1000), LONGEST_REST_MS);
    // One refusal for speed slows everybody who calls that platform.
    if (outcome.why === 'throttled') void pacing.rest(channel.name, restMs).catch(options.trouble);
    state.latersInARow += 1;
    if (state.latersInARow >= LATERS_BEFORE_REST) state.restUntilMs = performance.now() + restMs;
  };

  const writeDown = async (row: Claimed, outcome: Settlement['outcome']): Promise<void> => {
    if (await settling.write(row, outcome) === 'given-up') return;
    try {
      options.onSettled(row, outcome);
    } catch (error) {
      options.trouble(error);
    }
  };

  return {
    wake,
    held: () => [...sending.keys(), ...begun.map((row) => row.id)],
    start: () => { running = Promise.all([runStaging(), runLaunching()]); },
    stop: async () => {
      state.stopping = true;
      ring();
      ringLaunch();
      await running;
      for (const row of [...begun.splice(0), ...ready.splice(0)]) begin(row, () => Promise.resolve({ kind: 'held', notBeforeMs: 0, why: 'the program stopped' }));
      await Promise.all([...sending.values()].map(({ done }) => done));
    },
  };
}

/** A row on its way, and whether as the platform's approved form instead of in words. */
type Going = Claimed & { asTemplate: boolean };

/** A row of an announcement: the last to go, and in no hurry. */
const isBulk = (row: Claimed): boolean => row.campaignId !== null;

const byUrgency = (a: Claimed, b: Claimed): number => MESSAGE_KINDS.indexOf(a.kind) - MESSAGE_KINDS.indexOf(b.kind) || Number(b.urgent) - Number(a.urgent) || a.id - b.id;
