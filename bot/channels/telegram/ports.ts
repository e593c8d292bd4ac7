import type { Inbound } from '#bot/channels/channel.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { TextKey } from '#locales/texts.ts';
import type { StaffAct } from '#bot/tickets/staff-wire.ts';
import type { Said } from '#bot/tickets/staff-room.ts';

/** What the Telegram channel needs of the rest of the program. */
export type TelegramPorts = {
  /**
   * Writes down what people did, in this order, under each one's `platformId`; the same one again changes nothing.
   * Resolves once all of it is on disk. When it throws, Telegram is not told "received" and everything comes again.
   */
  store(inbounds: Inbound[]): Promise<void>;
  /** Somebody of the station acts on their side of the desk; resolves once it is on disk. Null: nothing is said at once. */
  staff(act: StaffAct): Promise<StaffSaid | null>;
  /** A few small texts that outlive the process: file ids, long button values, the bot's own name. */
  memory: Memory;
  /** A person blocked the bot, or let it in again. What is lost of this is seen at the next send. */
  standing(address: string, standing: 'gone' | 'back'): Promise<void>;
  /** The words of this channel for one person, in the language they chose. @defaultValue Vietnamese for everybody */
  words?(address: string): Promise<PersonWords>;
  /** Hears of what an operator can act on, and of what will be tried again. */
  report: (trouble: TelegramTrouble, error?: unknown) => void;
};

/** `lang`: what the person chose. `say`: approved alone, a draft with its Vietnamese in brackets, otherwise Vietnamese. */
export type PersonWords = { lang: Lang; say: (key: TextKey & `telegram:${string}`) => string };

export type StaffSaid = NonNullable<Said>;

export type Memory = {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
};

/** Each has a sentence for the operator: `telegram:trouble.<name>`. */
export const TROUBLES = ['another-poller', 'webhook-active', 'token-refused', 'webhook-refused', 'network', 'throttled', 'not-stored', 'not-understood', 'unexpected'] as const;
export type TelegramTrouble = (typeof TROUBLES)[number];

/** Time as the channel uses it, so that a test can move it. */
export type Clock = {
  /** Epoch milliseconds. */
  nowMs: () => number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

export const wallClock: Clock = {
  nowMs: Date.now,
  sleep: (ms, signal) => new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  }),
};
