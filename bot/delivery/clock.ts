/** Times in the store are wall-clock, and the wall clock of a small machine may be put right while we run. */

const TOLERATED_MS = 5000;

/**
 * A watch over the wall clock: each call says whether it was set back since the last one, judged by the monotonic clock.
 * Set forward needs no care: what rests ends its rest early.
 */
export function watchForSetBack(wallMs: () => number, monotonicMs: () => number = () => performance.now()): () => boolean {
  let wall = wallMs();
  let steady = monotonicMs();
  return () => {
    const passedWall = wallMs() - wall;
    const passedSteady = monotonicMs() - steady;
    wall += passedWall;
    steady += passedSteady;
    return passedWall < passedSteady - TOLERATED_MS;
  };
}
