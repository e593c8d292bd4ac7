/**
 * How fast a platform may be called. A permit is taken right before each call; over any second, the permits of one key
 * never exceed its limit, however many wait.
 */
export type Pacing = {
  /** Takes a permit for `key`: 0 when it was given, otherwise the milliseconds after which to ask again. */
  take: (key: string) => Promise<number>;
  close: () => Promise<void>;
};

/** Calls in any one second, by key; a key without a limit is not paced. */
export type Limits = Readonly<Partial<Record<string, number>>>;

/** A second, and a little more for the way from a permit to the wire. */
export const WINDOW_MS = 1020;

/** Pacing within one process. `nowMs` is monotonic. */
export function createMemoryPacing(limits: Limits, nowMs: () => number = () => performance.now()): Pacing {
  const windows = new Map<string, SlidingWindow>();
  return {
    take: (key) => {
      const limit = limits[key];
      if (limit === undefined) return Promise.resolve(0);
      const window = windows.get(key) ?? createWindow(limit, WINDOW_MS);
      windows.set(key, window);
      return Promise.resolve(window.take(nowMs()));
    },
    close: () => Promise.resolve(),
  };
}

export type SlidingWindow = {
  /** 0 and a permit, or the milliseconds until there is one. */
  take: (nowMs: number) => number;
};

/** Remembers when the last `limit` permits were given: the next is due one window after the oldest of them. */
export function createWindow(limit: number, windowMs: number): SlidingWindow {
  const given: number[] = [];
  return {
    take: (nowMs) => {
      const oldest = given[0];
      if (given.length >= limit && oldest !== undefined) {
        const waitMs = oldest + windowMs - nowMs;
        if (waitMs > 0) return Math.max(1, Math.ceil(waitMs));
        given.shift();
      }
      given.push(nowMs);
      return 0;
    },
  };
}
