import { createHash } from 'node:crypto';
import type { Failure, Result } from 'zalo-sdk-adapter';

/**
 * Several messages that together are one piece. What has arrived is not sent again when the piece is: a piece whose
 * third part failed goes on with the third.
 */
export type Sequence = {
  run(address: string, text: string, steps: readonly (() => Promise<Result<{ message_id: string }>>)[]): Promise<SequenceResult>;
};

/** `failedBefore`: how often this piece has failed in this process. */
export type SequenceResult = { ok: true; messageId: string | null } | { ok: false; failure: Failure; failedBefore: number };

/** Pieces that are remembered as unfinished; the oldest is forgotten first, and then begins anew. */
const UNFINISHED_LIMIT = 500;

export function createSequence(): Sequence {
  const unfinished = new Map<string, { done: number; failures: number }>();
  return {
    run: async (address, text, steps) => {
      const key = createHash('sha256').update(`${address}\n${text}`).digest('base64');
      const before = unfinished.get(key) ?? { done: 0, failures: 0 };
      let messageId: string | null = null;
      for (const [i, step] of steps.entries()) {
        if (i < before.done) continue;
        const result = await step();
        if (!result.ok) {
          unfinished.delete(key);
          unfinished.set(key, { done: i, failures: before.failures + 1 });
          const oldest = unfinished.keys().next();
          if (unfinished.size > UNFINISHED_LIMIT && !oldest.done) unfinished.delete(oldest.value);
          return { ok: false, failure: result.failure, failedBefore: before.failures };
        }
        messageId = result.value.message_id;
      }
      unfinished.delete(key);
      return { ok: true, messageId };
    },
  };
}
