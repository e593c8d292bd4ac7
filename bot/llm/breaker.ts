/** Leaves a service alone for a while after it failed several times in a row, so that nobody waits for it meanwhile. */
export type Breaker = { isOpen: () => boolean; failed: () => void; succeeded: () => void };

const FAILURES_TO_OPEN = 3;
const OPEN_MS = 60_000;

export function createBreaker(options: { nowMs?: () => number; onOpen?: () => void } = {}): Breaker {
  const nowMs = options.nowMs ?? (() => performance.now());
  let failures = 0;
  let openUntilMs = Number.NEGATIVE_INFINITY;
  return {
    isOpen: () => nowMs() < openUntilMs,
    failed: () => {
      failures += 1;
      if (failures < FAILURES_TO_OPEN) return;
      failures = 0;
      openUntilMs = nowMs() + OPEN_MS;
      options.onOpen?.();
    },
    succeeded: () => {
      failures = 0;
    },
  };
}
