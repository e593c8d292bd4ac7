import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { FloodLimits } from './flood.ts';
import type { StoredReply, WebPorts } from './ports.ts';

/** A comment line this often keeps proxies from closing a quiet stream, and looks for what another process wrote. */
const HEARTBEAT_MS = 20_000;

/** A browser that lost the stream comes back after this long. */
const RECONNECT_MS = 3_000;

export type Streams = {
  /** Sends the visitor every reply after `afterId`, now and as they come, until they or the program go. Null: too many streams. */
  open(c: Context, visitor: string, afterId: string, write: (reply: StoredReply) => Promise<string>): Response | null;
  /** Ends every stream of a visitor. */
  end(visitor: string): void;
};

/** Server-sent events: one stream a tab. */
export function createStreams(ports: Pick<WebPorts, 'later' | 'subscribe'>, limits: FloodLimits, stopping: AbortSignal, report: (error: unknown) => void): Streams {
  const open = new Map<string, Set<() => void>>();
  let total = 0;

  return {
    open(c, visitor, afterId, write) {
      const mine = open.get(visitor) ?? new Set();
      if (mine.size >= limits.streamsPerVisitor || total >= limits.streams) return null;
      open.set(visitor, mine);
      total++;

      c.header('Cache-Control', 'no-store');
      // Nginx would hold events back until its buffer is full.
      c.header('X-Accel-Buffering', 'no');
      return streamSSE(c, async (stream) => {
        const bell = createBell();
        const end = (): void => {
          bell.end();
        };
        mine.add(end);
        stream.onAbort(end);
        stopping.addEventListener('abort', end);
        const unsubscribe = ports.subscribe(visitor, bell.ring);
        const heartbeat = setInterval(() => {
          void stream.write(': \n\n');
          bell.ring();
        }, HEARTBEAT_MS);
        try {
          await stream.write(`retry: ${RECONNECT_MS}\n\n`);
          let last = afterId;
          while (!stopping.aborted && (await bell.heard())) {
            for (const reply of await ports.later(visitor, last)) {
              await stream.writeSSE({ id: reply.id, data: await write(reply) });
              last = reply.id;
            }
          }
        } catch (error) {
          // The browser comes back with the id of what it saw last, so closing loses nothing.
          report(error);
        } finally {
          clearInterval(heartbeat);
          unsubscribe();
          stopping.removeEventListener('abort', end);
          mine.delete(end);
          if (mine.size === 0) open.delete(visitor);
          total--;
        }
      });
    },
    end(visitor) {
      for (const end of open.get(visitor) ?? []) end();
    },
  };
}

type Bell = { ring: () => void; end: () => void; heard: () => Promise<boolean> };

/** A bell that remembers one ring while nobody listens. It has rung once already, so the first listener looks at once. */
function createBell(): Bell {
  let rung = true;
  let ended = false;
  let waiting: (() => void) | null = null;
  const wake = (): void => {
    waiting?.();
    waiting = null;
  };
  return {
    ring: () => {
      rung = true;
      wake();
    },
    end: () => {
      ended = true;
      wake();
    },
    heard: async () => {
      if (!rung && !ended) await new Promise<void>((resolve) => (waiting = resolve));
      rung = false;
      return !ended;
    },
  };
}
