/**
 * How many rows may be in doubt at once: made `sending`, and what became of them not yet on disk. A kill leaves just those
 * `unknown`, so on a platform with a limit it is as many as keep its pace and no more, by how long a row has been in doubt of
 * late: a platform that answers in 15 ms needs two for thirty a second, one that takes a quarter of a second eight.
 */
export type Doubt = {
  /** Rows took so long to be made `sending`. */
  tookToBegin: (ms: number) => void;
  /** A row took so long from the call until what became of it was on disk. */
  tookToSettle: (ms: number) => void;
  /** So long before its permit a row is made `sending`, for the disk not to be waited for between two permits. */
  leadMs: () => number;
  /** The most in doubt at once; `underWayMs`: how long the oldest call is under way, since one that hangs must not stop the others. */
  most: (underWayMs: number) => number;
};

/** How much a new time counts in the running mean. */
const LATEST_SHARE = 0.2;
/** Times vary about so much around their mean. */
const MARGIN = 2;
const FEWEST = 2;

/** `perSecond`: the platform's limit, null when it has none; then it is always `concurrency`. */
export function createDoubt({ perSecond, concurrency }: { perSecond: number | null; concurrency: number }): Doubt {
  const mean = { beginMs: 0, settleMs: 0 };
  return {
    tookToBegin: (ms) => { mean.beginMs += (ms - mean.beginMs) * LATEST_SHARE; },
    tookToSettle: (ms) => { mean.settleMs += (ms - mean.settleMs) * LATEST_SHARE; },
    leadMs: () => mean.beginMs * MARGIN + 1,
    most: (underWayMs) => {
      if (perSecond === null) return concurrency;
      const inDoubtMs = mean.beginMs + Math.max(mean.settleMs * MARGIN, underWayMs);
      return Math.min(concurrency, Math.max(FEWEST, Math.ceil(perSecond * inDoubtMs / 1000) + 1));
    },
  };
}
