import type { Failure } from 'zalo-sdk-adapter';
import type { SendOutcome } from '#bot/channels/channel.ts';

/** How long a message waits that only a person can free: consent, console, money. */
export const HUMAN_PAUSE_MS = 300_000;
/** So that everything that waited for the same instant does not come at once. */
const JITTER_MS = 60_000;

/** The reason under which a message rests whose time to be sent is over; an answer of staff is given when the person writes again. */
export const WINDOW_CLOSED = 'window-closed';

/**
 * What a failed send means for the sender. `failedBefore`: how often this very message has failed. `why` is short and
 * holds nothing personal: the package cuts out of a failure what the call carried.
 */
export function outcomeOf(failure: Failure, nowMs: number, failedBefore: number): Exclude<SendOutcome, { kind: 'sent' }> {
  const why = failure.message.slice(0, 120);
  const { remedy } = failure;
  switch (remedy.kind) {
    case 'retry':
      if (remedy.tries !== null && failedBefore >= remedy.tries) return { kind: 'refused', why };
      return { kind: 'later', notBeforeMs: nowMs + remedy.afterMs, why };
    case 'refresh':
      return { kind: 'later', notBeforeMs: nowMs + 60_000, why };
    case 'human':
      return { kind: 'later', notBeforeMs: nowMs + HUMAN_PAUSE_MS, why };
    case 'permanent':
      return { kind: remedy.scope === 'person' ? 'gone' : 'refused', why };
    case 'window':
      if (remedy.opensAtMs === null) return { kind: 'refused', why: WINDOW_CLOSED };
      return { kind: 'later', notBeforeMs: remedy.opensAtMs + Math.floor(Math.random() * JITTER_MS), why };
    case 'unknown':
      return { kind: 'unknown', why };
  }
}
