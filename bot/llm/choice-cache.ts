import { createHash } from 'node:crypto';
import type { Option } from './selector.ts';

/** What a model answered before, so that a question that many ask costs one call. Holds ids only, under a hash. */
export type ChoiceCache = {
  /** Null when nothing is known, or the cache is away. Never throws, never keeps anybody waiting. */
  get: (key: string) => Promise<string | null>;
  set: (key: string, id: string) => void;
  close: () => Promise<void>;
};

/** One key for one question to one model about the same cards, worded as they are now: a card that changed is asked about anew. */
export function choiceKey(model: string, question: string, cards: readonly Option[]): string {
  return createHash('sha256').update(JSON.stringify([model, question, cards.map(({ id, question: asked }) => [id, asked])])).digest('base64url');
}

const MOST_KEPT = 1_000;
const KEPT_MS = 24 * 60 * 60 * 1000;

/** In this process; the oldest goes first. */
export function createMemoryCache(nowMs: () => number = () => performance.now()): ChoiceCache {
  const kept = new Map<string, { id: string; untilMs: number }>();
  return {
    get: (key) => {
      const found = kept.get(key);
      return Promise.resolve(found !== undefined && nowMs() < found.untilMs ? found.id : null);
    },
    set: (key, id) => {
      kept.delete(key);
      kept.set(key, { id, untilMs: nowMs() + KEPT_MS });
      const oldest = kept.keys().next();
      if (kept.size > MOST_KEPT && oldest.done !== true) kept.delete(oldest.value);
    },
    close: () => Promise.resolve(),
  };
}

const COMMAND_MS = 250;

/** Shared by all processes, with this one's own memory in front; Redis being away only means more calls. */
export async function createRedisCache(url: string, prefix = 'loa:choice:'): Promise<ChoiceCache> {
  const { createClient } = await import('redis');
  const near = createMemoryCache();
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 1_000, reconnectStrategy: (tries) => Math.min(200 * 2 ** Math.min(tries, 6), 10_000) } });
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  return {
    get: async (key) => {
      const here = await near.get(key);
      if (here !== null || !client.isReady) return here;
      return soon(client.get(prefix + key));
    },
    set: (key, id) => {
      near.set(key, id);
      if (client.isReady) client.set(prefix + key, id, { expiration: { type: 'PX', value: KEPT_MS } }).catch(() => undefined);
    },
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

/** The answer if it comes at once. */
async function soon(reply: Promise<string | null>): Promise<string | null> {
  const timer = Promise.withResolvers<null>();
  const waking = setTimeout(() => { timer.resolve(null); }, COMMAND_MS);
  try {
    return await Promise.race([reply.catch(() => null), timer.promise]);
  } finally {
    clearTimeout(waking);
  }
}
