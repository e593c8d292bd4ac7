import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import type { Inbound } from '#bot/channels/channel.ts';
import type { Clock, TelegramPorts, TelegramTrouble } from '#bot/channels/telegram/ports.ts';
import { createTelegram, type TelegramChannel, type TelegramOptions } from '#bot/channels/telegram/telegram.ts';
import { startFakeTelegram, type FakeTelegram, type FakeTelegramOptions } from '#test/fakes/telegram/server.ts';
import { serveApp, until } from '../serve.ts';

/** A Telegram channel with nobody behind it but a list: what a test needs to see what came in and to send. */

export type Listener = {
  fake: FakeTelegram;
  telegram: TelegramChannel;
  /** What is on "disk", each platform id once. */
  stored: Inbound[];
  troubles: TelegramTrouble[];
  /** Pauses the channel asked for, when its time is moved. */
  pauses: number[];
  standings: string[];
  memory: Map<string, string>;
  /** The next writes fail, so many. */
  failWrites(times: number): void;
  /** Writes wait until the given function is called. */
  holdWrites(): () => void;
  /** Writes under way. */
  writing: () => number;
  /** Calls of the webhook that were read to their end. */
  arrived: () => number;
  [Symbol.asyncDispose](): Promise<void>;
};

export type ListenerOptions = {
  mode?: 'polling' | 'webhook' | 'none';
  fake?: FakeTelegramOptions;
  with?: FakeTelegram;
  channel?: Partial<TelegramOptions>;
  /** Pauses end at once. */
  hurry?: boolean;
};

export async function listen(options: ListenerOptions = {}): Promise<Listener> {
  const fake = options.with ?? await startFakeTelegram(options.fake);
  const stored: Inbound[] = [];
  const troubles: TelegramTrouble[] = [];
  const pauses: number[] = [];
  const standings: string[] = [];
  const memory = new Map<string, string>();
  const state = { failures: 0, held: Promise.resolve(), writing: 0, arrived: 0 };
  const clock: Clock = {
    nowMs: Date.now,
    sleep: async (ms, signal) => {
      pauses.push(ms);
      await sleep(options.hurry === false ? ms : 2, undefined, { signal }).catch(() => undefined);
    },
  };
  const ports: TelegramPorts = {
    staff: () => Promise.resolve(null),
    store: async (inbounds) => {
      state.writing += 1;
      await state.held.finally(() => { state.writing -= 1; });
      if (state.failures > 0) {
        state.failures -= 1;
        throw new Error('the disk is full');
      }
      for (const inbound of inbounds) if (!stored.some((each) => each.platformId === inbound.platformId)) stored.push(inbound);
    },
    memory: {
      get: (key) => Promise.resolve(memory.get(key) ?? null),
      set: (key, value) => {
        memory.set(key, value);
        return Promise.resolve();
      },
    },
    standing: (address, standing) => {
      standings.push(`${address} ${standing}`);
      return Promise.resolve();
    },
    report: (trouble) => {
      troubles.push(trouble);
    },
  };
  const app = new Hono();
  const web = await serveApp(app);
  const telegram = createTelegram({
    token: fake.token, apiRoot: fake.root, webhookSecret: null, staffChatId: null, ports, clock, pollSeconds: 5,
    mode: options.mode === 'webhook' ? { kind: 'webhook', publicUrl: web.url } : { kind: 'polling' },
    ...options.channel,
  });
  app.use(async (c, next) => {
    await c.req.arrayBuffer();
    // What is read is with the intake a few steps on, before anything else comes in.
    setImmediate(() => { state.arrived += 1; });
    await next();
  });
  app.route('/', telegram.webhook);
  if (options.mode !== 'none') await telegram.start();
  if (options.mode !== 'none' && !fake.calls.some((call) => call.status === 401)) await until(() => telegram.health() === 'up' || fake.calls.some((call) => call.method === 'getUpdates'));
  return {
    fake, telegram, stored, troubles, pauses, standings, memory,
    writing: () => state.writing,
    arrived: () => state.arrived,
    failWrites: (times) => {
      state.failures = times;
    },
    holdWrites: () => {
      let release = (): void => undefined;
      state.held = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        release();
      };
    },
    [Symbol.asyncDispose]: async () => {
      await telegram.stop();
      await web.close();
      if (options.with === undefined) await fake.stop();
    },
  };
}

/** The words of what came in. */
export function texts(stored: readonly Inbound[]): string[] {
  return stored.map(({ content }) => (content.kind === 'text' ? content.text : content.kind));
}
