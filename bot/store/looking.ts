/** A look that is taken again and again at what other processes may have changed. */
export type Looking = {
  /** One that begins after this call, so that it sees what was written before; many at once share it. Rejects with its trouble. */
  look: () => Promise<void>;
  stop: () => void;
};

/**
 * Calls `look` every so often, one after another and never two at once: while the store hangs nothing piles up, and what
 * an earlier look saw never lies over what a later one has found.
 */
export function lookRegularly(look: () => Promise<void>, everyMs: number, onTrouble: (error: unknown) => void): Looking {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const begin = (): Promise<void> => {
    const begun = look().finally(() => { if (running === begun) running = null; });
    running = begun;
    return begun;
  };
  const ask = (): Promise<void> => {
    if (running === null) return begin();
    next ??= running.catch(() => undefined).then(() => {
      next = null;
      return begin();
    });
    return next;
  };
  const timer = setInterval(() => { if (running === null) ask().catch(onTrouble); }, everyMs);
  return { look: ask, stop: () => { clearInterval(timer); } };
}
