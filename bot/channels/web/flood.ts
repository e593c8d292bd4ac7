/** Limits that keep one person or one address from drowning the rest, in memory only. */
export type FloodLimits = {
  /** Messages that one visitor may send at once, and per second after that. */
  visitorBurst: number;
  visitorPerSecond: number;
  /** The same for one network address. Mobile networks put many villages behind one, so it is wide. */
  addressBurst: number;
  addressPerSecond: number;
  /** For callers of one address who bring no cookie of ours: no browser that opened the page, so a script. */
  strangerBurst: number;
  strangerPerSecond: number;
  /** Buckets kept; the one untouched for longest goes first. */
  buckets: number;
  /** Event streams open at once, for one visitor (several tabs) and in all. */
  streamsPerVisitor: number;
  streams: number;
};

export const FLOOD_LIMITS: FloodLimits = {
  visitorBurst: 20,
  visitorPerSecond: 0.5,
  addressBurst: 1_200,
  addressPerSecond: 60,
  strangerBurst: 120,
  strangerPerSecond: 5,
  buckets: 20_000,
  streamsPerVisitor: 8,
  streams: 2_000,
};

/** Milliseconds until this key may act again; 0: it may act now, and has. */
export type Take = (key: string, nowMs: number) => number;

/** A token bucket for every key, in a map that never holds more than `buckets` of them. */
export function createBuckets(burst: number, perSecond: number, buckets: number): Take {
  const levels = new Map<string, { tokens: number; atMs: number }>();
  return (key, nowMs) => {
    const known = levels.get(key);
    // A clock that was set back refills nothing and takes nothing away.
    const elapsedMs = known === undefined ? 0 : Math.max(0, nowMs - known.atMs);
    const tokens = known === undefined ? burst : Math.min(burst, known.tokens + (elapsedMs / 1000) * perSecond);
    const allowed = tokens >= 1;

    // Deleting first moves the key to the end, so that the first key is always the one untouched for longest.
    levels.delete(key);
    levels.set(key, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    if (levels.size > buckets) {
      const oldest = levels.keys().next();
      if (oldest.done !== true) levels.delete(oldest.value);
    }
    return allowed ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
  };
}
