import { createClient } from 'redis';
import { randomUUID } from 'node:crypto';
import { createMemoryPacing, createWindow, WINDOW_MS, type Limits, type Pacing, type SlidingWindow } from './pacing.ts';

/**
 * Pacing that several processes share, in Redis. When Redis is away each process keeps to its share of the limit, the
 * limit divided by the most processes there may be; the changes between the two ways are bridged so that the sum stays
 * within the limit. One case is beyond it: when only some processes lose Redis, theirs come on top of what the others
 * share, at most doubling it.
 */
export type RedisPacingOptions = {
  url: string;
  limits: Limits;
  /** Of the keys in Redis. @defaultValue 'loa:pace:' */
  prefix?: string;
  /** The most processes that may ever share this Redis. @defaultValue 4 */
  mostProcesses?: number;
  /** Hears that Redis came or went, in words without data. */
  onChange?: (away: boolean, why: string) => void;
};

const SHARED_WINDOW_MS = WINDOW_MS;
/** A permit that took longer to arrive may stand for a moment that has passed, and is not used. */
const STALE_MS = 25;
const COMMAND_MS = 400;
const MOST_RECONNECT_MS = 500;
/** After Redis came back, each process keeps to its share until all must have noticed. */
const GRACE_MS = SHARED_WINDOW_MS + 2 * MOST_RECONNECT_MS;

/**
 * Drops what left the window, and gives a permit if there is room, nobody was asked to rest, and, for those taken evenly,
 * the last one is far enough away. Redis's own clock, so that processes need not agree on one. Answers 0, or the
 * milliseconds after which to ask again.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local window = tonumber(ARGV[2])
local rest = redis.call('PTTL', KEYS[3])
if rest > 0 then return rest end
local from = tonumber(redis.call('GET', KEYS[2]) or '0')
if ARGV[4] == '1' and now < from and from < now + window then return math.max(1, math.ceil(from - now)) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.3f', now - window))
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('ZADD', KEYS[1], string.format('%.3f', now), ARGV[3])
  redis.call('PEXPIRE', KEYS[1], math.ceil(window * 2))
  redis.call('SET', KEYS[2], string.format('%.3f', math.max(from + window / tonumber(ARGV[1]), now)), 'PX', math.ceil(window * 2))
  return 0
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return math.max(1, math.ceil(oldest[2] + window - now))
`;

/** Connects in the background; works from the first moment, with or without Redis. */
export function createRedisPacing(options: RedisPacingOptions): Pacing {
  const most = options.mostProcesses ?? 4;
  const prefix = options.prefix ?? 'loa:pace:';
  const shares = new Map<string, SlidingWindow>();
  // Remembers only rests, which hold here even when Redis is away.
  const own = createMemoryPacing(Object.fromEntries(Object.keys(options.limits).map((key) => [key, Number.MAX_SAFE_INTEGER])));
  // What Redis answered last, as far as it tells when the next permit will be there.
  const given = createMemoryPacing(options.limits);
  const waits = new Map<string, number>();
  const evenlyOf = (key: string): string => `${key}:evenly`;
  const client = createClient({
    url: options.url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 1000, reconnectStrategy: (tries) => Math.min(20 * 2 ** Math.min(tries, 6), MOST_RECONNECT_MS) },
  });
  let away = true;
  let met = false;
  let closed = false;
  // Others may have been given permits by Redis up to this moment; a share begins one window later.
  let shareFromMs = performance.now() + SHARED_WINDOW_MS;
  let sharedFromMs = Number.POSITIVE_INFINITY;

  const lost = (why: string): void => {
    if (away) return;
    away = true;
    shareFromMs = performance.now() + SHARED_WINDOW_MS;
    sharedFromMs = Number.POSITIVE_INFINITY;
    options.onChange?.(true, why);
  };
  const back = async (): Promise<void> => {
    // Met for the first time, and it has been up for long: nobody can be keeping to a share because of its absence.
    const settled = !met && await upFor(client) * 1000 > GRACE_MS;
    met = true;
    away = false;
    sharedFromMs = performance.now() + (settled ? 0 : GRACE_MS);
    options.onChange?.(false, 'ready');
  };
  /** A connection that hangs without breaking says nothing when it is well again, so it is asked. */
  const probe = (): void => {
    setTimeout(() => {
      if (closed || !away || !client.isReady) return;
      within(COMMAND_MS, client.ping()).then(back).catch(probe);
    }, MOST_RECONNECT_MS).unref();
  };
  client.on('error', (error: unknown) => { lost(messageOf(error)); });
  client.on('end', () => { lost('closed'); });
  client.on('ready', () => { back().catch(probe); });
  client.connect().catch(() => undefined);

  const share = (key: string, limit: number, evenly: boolean): number => {
    const nowMs = performance.now();
    if (nowMs < shareFromMs) return Math.ceil(shareFromMs - nowMs);
    // A share below one call a window becomes one call in a longer window.
    const window = shares.get(key) ?? createWindow(Math.max(1, Math.floor(limit / most)), SHARED_WINDOW_MS * Math.max(1, most / limit));
    shares.set(key, window);
    return window.take(nowMs, evenly);
  };

  const takeOne = async (key: string, limit: number, evenly: boolean): Promise<number> => {
    const restMs = await own.take(key);
    if (restMs > 0) return restMs;
    if (away) return share(key, limit, evenly);
    // Freshly back: only within the share, and noted in Redis so that whoever shares already counts it.
    if (performance.now() < sharedFromMs) {
      const waitMs = share(key, limit, evenly);
      if (waitMs > 0) return waitMs;
    }
    try {
      const askedMs = performance.now();
      const answer = await within(COMMAND_MS, client.eval(TAKE, {
        keys: [prefix + key, `${prefix}${key}:next`, `${prefix}${key}:rest`],
        arguments: [String(limit), String(SHARED_WINDOW_MS), randomUUID(), evenly ? '1' : '0'],
      }));
      if (answer === 0 && performance.now() - askedMs > STALE_MS) return 1;
      return typeof answer === 'number' ? answer : 1;
    } catch (error) {
      // The permit may have been given; using none is the safe side.
      lost(messageOf(error));
      probe();
      return Math.ceil(Math.max(1, shareFromMs - performance.now()));
    }
  };

  return {
    perSecond: (key) => options.limits[key] ?? null,
    untilPermit: (key, nth, evenly = false) => {
      const toldToWaitMs = Math.max(waits.get(key) ?? 0, evenly ? waits.get(evenlyOf(key)) ?? 0 : 0) - performance.now();
      return Math.max(toldToWaitMs, own.untilPermit(key, 1), given.untilPermit(key, nth, evenly));
    },
    rest: async (key, ms) => {
      await own.rest(key, ms);
      if (away) return;
      await within(COMMAND_MS, client.set(`${prefix}${key}:rest`, '1', { PX: Math.max(1, Math.ceil(ms)) })).catch(() => undefined);
    },
    take: async (key, evenly = false) => {
      const limit = options.limits[key];
      if (limit === undefined) return 0;
      const waitMs = await takeOne(key, limit, evenly);
      if (waitMs === 0) void given.take(key, evenly);
      waits.set(evenly ? evenlyOf(key) : key, performance.now() + waitMs);
      return waitMs;
    },
    close: () => {
      closed = true;
      client.destroy();
      return Promise.resolve();
    },
  };
}

async function upFor(client: { info: (section: string) => Promise<string> }): Promise<number> {
  const info = await within(COMMAND_MS, client.info('server'));
  return Number(/uptime_in_seconds:(\d+)/.exec(info)?.[1] ?? 0);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'error');

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => { reject(new Error('no answer in time')); }, ms); });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
