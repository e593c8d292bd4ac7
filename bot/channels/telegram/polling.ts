import { z } from 'zod';
import type { Api, ApiFault } from './api.ts';
import { verdictOf } from './errors.ts';
import type { Intake } from './intake.ts';
import type { Clock, TelegramTrouble } from './ports.ts';
import { WANTED_UPDATES } from './update.ts';

export type PollingOptions = {
  api: Api;
  intake: Pick<Intake, 'take'>;
  clock: Clock;
  /** How long Telegram may hold an empty answer back. */
  waitSeconds: number;
  onUp: () => void;
  onTrouble: (trouble: TelegramTrouble, error?: unknown) => void;
};

const batchSchema = z.array(z.looseObject({ update_id: z.int() }));

/** After about a week without updates Telegram counts from another number; an old offset would then confirm unread ones. */
const OFFSET_LIVES_MS = 5 * 24 * 3600 * 1000;
/** A call that is silent for so much longer than it may be is given up: some networks swallow long calls. */
const GRACE_MS = 10_000;
/** An empty answer that comes sooner was not held back. */
const SOONEST_EMPTY_MS = 300;

/**
 * Asks for updates until `signal` aborts. An offset, which is the receipt, is only sent once what it confirms is on
 * disk; it is kept nowhere, because what comes twice after a restart changes nothing. Never throws.
 */
export async function poll(options: PollingOptions, signal: AbortSignal): Promise<void> {
  const { api, intake, clock } = options;
  let offset: number | undefined;
  let lastUpdateMs = clock.nowMs();
  let failures = 0;

  while (!signal.aborted) {
    if (clock.nowMs() - lastUpdateMs > OFFSET_LIVES_MS) offset = undefined;
    const askedMs = performance.now();
    const result = await api.call(
      'getUpdates',
      { timeout: options.waitSeconds, limit: 100, allowed_updates: WANTED_UPDATES, ...(offset === undefined ? {} : { offset }) },
      batchSchema,
      { timeoutMs: options.waitSeconds * 1000 + GRACE_MS, signal },
    );
    if (!result.ok) {
      if (wasStopped(signal)) return;
      const pause = pauseAfter(result.fault, failures);
      failures += 1;
      options.onTrouble(pause.trouble);
      await clock.sleep(pause.ms, signal);
      continue;
    }
    const last = result.result.at(-1);
    if (last !== undefined) {
      try {
        await intake.take(result.result);
      } catch (error) {
        options.onTrouble('not-stored', error);
        await clock.sleep(growing(1000, 30_000, failures), signal);
        failures += 1;
        continue;
      }
      offset = last.update_id + 1;
      lastUpdateMs = clock.nowMs();
    }
    failures = 0;
    options.onUp();
    // Something between us and Telegram that does not wait would otherwise be asked hundreds of times a second.
    if (last === undefined && performance.now() - askedMs < SOONEST_EMPTY_MS) await clock.sleep(SOONEST_EMPTY_MS, signal);
  }
}

/** What went wrong, and how long to leave it alone; each failure in a row doubles it. */
function pauseAfter(fault: ApiFault, failures: number): { trouble: TelegramTrouble; ms: number } {
  if (fault.kind !== 'said-no') return { trouble: 'network', ms: growing(1000, 60_000, failures) };
  const verdict = verdictOf(fault);
  if (verdict === 'conflict') return { trouble: /webhook/i.test(fault.description) ? 'webhook-active' : 'another-poller', ms: growing(5000, 300_000, failures) };
  if (verdict === 'token-refused') return { trouble: 'token-refused', ms: growing(30_000, 600_000, failures) };
  if (verdict === 'throttled') return { trouble: 'throttled', ms: fault.retryAfterMs ?? growing(1000, 60_000, failures) };
  return { trouble: 'unexpected', ms: growing(5000, 300_000, failures) };
}

/** Asked of a function, because it changes while we wait. */
const wasStopped = (signal: AbortSignal): boolean => signal.aborted;

/** Doubles with each failure up to `most`, less up to a fifth by chance, so that two do not keep meeting. */
export function growing(first: number, most: number, failures: number): number {
  return Math.min(first * 2 ** Math.min(failures, 20), most) * (1 - Math.random() * 0.2);
}
