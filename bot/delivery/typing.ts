import type { Channel, ChannelName, Inbound } from '#bot/channels/channel.ts';

/**
 * "… is typing", for answers that take longer than a moment. Nothing waits for it and nothing hangs on it: an answer that
 * is quick is never preceded by it, and from the moment at which the answer is handed to the platform none is sent.
 */
export type Typing = {
  /** The person wrote something and has no answer yet. */
  begun: (inbound: Pick<Inbound, 'channel' | 'address'>, personId: string) => void;
  /** The person will get no answer to what they wrote, or no longer waits for one. */
  over: (personId: string) => void;
  /** The channel, whose `send` ends what `begun` began for that address. */
  watched: (channel: Channel) => Channel;
  stop: () => void;
};

export type TypingOptions = {
  channel: (name: ChannelName) => Channel | undefined;
  /** How long an answer may take before it is shown that one is being made. @defaultValue 500 */
  afterMs?: number;
  /** How often it is shown again: platforms forget it after 5 seconds. @defaultValue 4000 */
  againMs?: number;
};

const AFTER_MS = 500;
const AGAIN_MS = 4_000;
/** Whoever has no answer by then is not told for ever that one is coming. */
const MOST_TIMES = 5;
/** When many wait, the platform's patience is kept for the answers. */
const MOST_AT_ONCE = 4;

export function createTyping(options: TypingOptions): Typing {
  const waiting = new Map<string, { personId: string; timer: NodeJS.Timeout }>();
  const keys = new Map<string, string>();
  let underWay = 0;

  const end = (key: string): void => {
    const found = waiting.get(key);
    if (found === undefined) return;
    clearTimeout(found.timer);
    waiting.delete(key);
    keys.delete(found.personId);
  };

  return {
    begun: ({ channel: name, address }, personId) => {
      const channel = options.channel(name);
      if (channel?.typing === undefined || !channel.capabilities.typing) return;
      const key = keyOf(name, address);
      // Whoever writes several messages in a row waits for one answer at a time.
      if (waiting.has(key)) return;
      const show = (times: number): void => {
        if (times > MOST_TIMES) {
          end(key);
          return;
        }
        waiting.set(key, { personId, timer: setTimeout(() => { show(times + 1); }, options.againMs ?? AGAIN_MS) });
        if (underWay >= MOST_AT_ONCE) return;
        underWay += 1;
        // That it is not shown is nothing that anybody has to hear of.
        channel.typing?.(address).catch(() => undefined).finally(() => { underWay -= 1; });
      };
      waiting.set(key, { personId, timer: setTimeout(() => { show(1); }, options.afterMs ?? AFTER_MS) });
      keys.set(personId, key);
    },
    over: (personId) => {
      const key = keys.get(personId);
      if (key !== undefined) end(key);
    },
    watched: (channel) => (channel.typing === undefined ? channel : {
      ...channel,
      send: (address, piece) => {
        end(keyOf(channel.name, address));
        return channel.send(address, piece);
      },
    }),
    stop: () => {
      for (const key of [...waiting.keys()]) end(key);
    },
  };
}

function keyOf(channel: ChannelName, address: string): string {
  return `${channel} ${address}`;
}
