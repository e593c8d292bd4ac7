import type { Channel } from '#bot/channels/channel.ts';

/** Who is looking at the page right now, in this process. */
export type WebAudience = {
  subscribe(visitor: string, wake: () => void): () => void;
  wake(visitor: string): void;
  /** Wakes those for whom another process says that there is something. */
  wakeWhere(isMeant: (visitor: string) => boolean): void;
};

export function createWebAudience(): WebAudience {
  const open = new Map<string, Set<() => void>>();
  return {
    subscribe(visitor, wake) {
      const mine = open.get(visitor) ?? new Set();
      open.set(visitor, mine.add(wake));
      return () => {
        mine.delete(wake);
        if (mine.size === 0) open.delete(visitor);
      };
    },
    wake(visitor) {
      for (const wake of open.get(visitor) ?? []) wake();
    },
    wakeWhere(isMeant) {
      for (const [visitor, wakes] of open) if (isMeant(visitor)) for (const wake of wakes) wake();
    },
  };
}

/** Longest text of one message on the page, in UTF-16 units. */
export const WEB_TEXT_LIMIT = 20_000;

/**
 * The web chat as delivery sees it. Sending is telling open pages to look into the outbox; who is away reads it when
 * they open the page again. So a row counts as sent once it may be read.
 */
export function createWebChannel(audience: WebAudience): Channel {
  let up = false;
  return {
    name: 'web',
    capabilities: { buttons: true, edit: false, receipts: false, typing: false, voice: false, textLimit: WEB_TEXT_LIMIT, replyWindowHours: null, topics: false },
    send: (address) => {
      audience.wake(address);
      return Promise.resolve({ kind: 'sent', platformMessageId: null });
    },
    start: () => {
      up = true;
      return Promise.resolve();
    },
    stop: () => {
      up = false;
      return Promise.resolve();
    },
    health: () => (up ? 'up' : 'down'),
  };
}
