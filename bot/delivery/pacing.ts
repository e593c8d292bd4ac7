/**
 * How fast a platform may be called. A permit is taken right before each call; over any second, the permits of one key
 * never exceed its limit, however many wait.
 */
export type Pacing = {
  /**
   * Takes a permit for `key`: 0 when it was given, otherwise the milliseconds after which to ask again. `evenly`: what is
   * in no hurry is spread over the second, so that an answer in between finds the next permit soon.
   */
  take: (key: string, evenly?: boolean) => Promise<number>;
  /** The platform asked for a rest of so long: nobody gets a permit for `key` until then, in no process. */
  rest: (key: string, ms: number) => Promise<void>;
  /** Whether `key` has a limit at all. */
  isPaced: (key: string) => boolean;
  close: () => Promise<void>;
};

/** Calls in any one second, by key; a key without a limit is not paced. */
export type Limits = Readonly<Partial<Record<string, number>>>;

/** A second, and a little more for the way from a permit to the wire; at 30 a second this gives away two and a half percent. */
export const WINDOW_MS = 1025;

/** Pacing within one process. `nowMs` is monotonic. */
export function createMemoryPacing(limits: Limits, nowMs: () => number = () => performance.now()): Pacing {
  const windows = new Map<string, SlidingWindow>();
  const rests = new Map<string, number>();
  return {
    take: (key, evenly = false) => {
      const limit = limits[key];
      if (limit === undefined) return Promise.resolve(0);
      const restMs = (rests.get(key) ?? 0) - nowMs();
      if (restMs > 0) return Promise.resolve(Math.ceil(restMs));
      const window = windows.get(key) ?? createWindow(limit, WINDOW_MS);
      windows.set(key, window);
      return Promise.resolve(window.take(nowMs(), evenly));
    },
    rest: (key, ms) => {
      rests.set(key, Math.max(rests.get(key) ?? 0, nowMs() + ms));
      return Promise.resolve();
    },
    isPaced: (key) => limits[key] !== undefined,
    close: () => Promise.resolve(),
  };
}

export type SlidingWindow = {
  /** 0 and a permit, or the milliseconds until there is one. */
  take: (nowMs: number, evenly?: boolean) => number;
};

/**
 * Remembers when the last `limit` permits were given: the next is due one window after the oldest of them. Those taken
 * evenly also keep a distance from each other; one that came late is made up for by the next.
 */
export function createWindow(limit: number, windowMs: number): SlidingWindow {
  const given: number[] = [];
  const gapMs = windowMs / limit;
  let evenlyFromMs = Number.NEGATIVE_INFINITY;
  return {
    take: (nowMs, evenly = false) => {
      if (evenly && nowMs < evenlyFromMs) return Math.max(1, Math.ceil(evenlyFromMs - nowMs));
      const oldest = given[0];
      if (given.length >= limit && oldest !== undefined) {
        const waitMs = oldest + windowMs - nowMs;
        if (waitMs > 0) return Math.max(1, Math.ceil(waitMs));
        given.shift();
      }
      given.push(nowMs);
      evenlyFromMs = Math.max(evenlyFromMs + gapMs, nowMs);
      return 0;
    },
  };
}
