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
  /** The limit of `key`; null when it has none. */
  perSecond: (key: string) => number | null;
  /** Milliseconds until the nth permit from now could be taken, as far as this process knows; it takes none. */
  untilPermit: (key: string, nth: number, evenly?: boolean) => number;
  close: () => Promise<void>;
};

/** Calls in any one second, by key; a key without a limit is not paced. */
export type Limits = Readonly<Partial<Record<string, number>>>;

/** A second, and a little more for the way from a permit to the wire; at 30 a second this gives away two and a half percent. */
export const WINDOW_MS = 1025;

/** Pacing within one process. `nowMs` is monotonic. */
export function createMemoryPacing(limits: Limits, nowMs: () => number = () => performance.now()): Pacing {
  const windows = new Map(Object.entries(limits).flatMap(([key, limit]) => (limit === undefined ? [] : [[key, createWindow(limit, WINDOW_MS)] as const])));
  const rests = new Map<string, number>();
  return {
    take: (key, evenly = false) => {
      const window = windows.get(key);
      if (window === undefined) return Promise.resolve(0);
      const restMs = (rests.get(key) ?? 0) - nowMs();
      return Promise.resolve(restMs > 0 ? Math.ceil(restMs) : window.take(nowMs(), evenly));
    },
    untilPermit: (key, nth, evenly = false) => {
      const now = nowMs();
      return Math.max(0, (rests.get(key) ?? 0) - now, windows.get(key)?.until(nth, now, evenly) ?? 0);
    },
    rest: (key, ms) => {
      rests.set(key, Math.max(rests.get(key) ?? 0, nowMs() + ms));
      return Promise.resolve();
    },
    perSecond: (key) => limits[key] ?? null,
    close: () => Promise.resolve(),
  };
}

export type SlidingWindow = {
  /** 0 and a permit, or the milliseconds until there is one. */
  take: (nowMs: number, evenly?: boolean) => number;
  /** Milliseconds until the nth permit from now could be taken. */
  until: (nth: number, nowMs: number, evenly?: boolean) => number;
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
    until: (nth, nowMs, evenly = false) => {
      const standing = given.filter((each) => each + windowMs > nowMs);
      const leaving = standing[nth + standing.length - limit - 1];
      const roomMs = nth > limit ? windowMs : leaving === undefined ? 0 : leaving + windowMs - nowMs;
      return evenly ? Math.max(roomMs, evenlyFromMs + (nth - 1) * gapMs - nowMs, 0) : roomMs;
    },
  };
}
