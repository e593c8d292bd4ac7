import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { telegramPorts } from '#bot/channels/telegram/from-store.ts';
import type { TelegramTrouble } from '#bot/channels/telegram/ports.ts';
import { createTelegram, type TelegramChannel } from '#bot/channels/telegram/telegram.ts';
import { createDispatcher } from '#bot/delivery/dispatcher.ts';
import { createMemoryPacing } from '#bot/delivery/pacing.ts';
import { createWorker } from '#bot/delivery/worker.ts';
import { openStore, type Store } from '#bot/store/store.ts';
import { echoing } from '#test/store/fresh.ts';
import { realHandling, sampleTold } from '#test/conversation/real.ts';

/**
 * A station with Telegram only: the real store, worker, dispatcher and channel, in this process or, run as a program
 * with its options as JSON, in one that a test may kill.
 */
export type StationOptions = {
  dataDir: string;
  apiRoot: string;
  token: string;
  mode: 'polling' | 'webhook';
  /** Of the webhook; 0: any. */
  port?: number;
  /** `echo`: "đáp: x" to "x", quick to start; `real`: what residents get. */
  conversation: 'echo' | 'real';
  /** @defaultValue no pacing */
  perSecond?: number;
  commitDelayMs?: number;
  /** A send whose sender was killed is given up after three times this long. */
  sendTimeoutMs?: number;
  receiptGraceMs?: number;
};

export type Station = { store: Store; telegram: TelegramChannel; troubles: TelegramTrouble[]; stop: () => Promise<void> };

export async function openStation(options: StationOptions): Promise<Station> {
  const opened = await openStore({ dataDir: options.dataDir, ...(options.commitDelayMs === undefined ? {} : { commitDelayMs: options.commitDelayMs }) });
  if (!opened.ok) throw new Error(opened.problem.kind);
  const { store } = opened;
  const troubles: TelegramTrouble[] = [];
  const tongues = options.conversation === 'echo' ? null : await sampleTold();
  const handling = tongues === null ? echoing : await realHandling(tongues);
  const worker = createWorker({ store, handling, sweepEveryMs: 200, onHandled: () => { dispatcher.wake('telegram'); } });
  const app = new Hono();
  const server = await new Promise<{ close: () => Promise<void>; port: number }>((resolve) => {
    const started = serve({ fetch: app.fetch, port: options.port ?? 0, hostname: '127.0.0.1' }, ({ port }) => {
      resolve({ port, close: () => new Promise((done) => {
        if ('closeAllConnections' in started) started.closeAllConnections();
        started.close(() => {
          done();
        });
      }) });
    });
  });
  const telegram = createTelegram({
    token: options.token, apiRoot: options.apiRoot, webhookSecret: null, staffChatId: null, pollSeconds: 20,
    mode: options.mode === 'webhook' ? { kind: 'webhook', publicUrl: `http://127.0.0.1:${server.port}` } : { kind: 'polling' },
    ports: telegramPorts(store, worker, (trouble) => { troubles.push(trouble); }, tongues === null ? {} : { tongues }),
  });
  app.route('/', telegram.webhook);
  const dispatcher = createDispatcher({
    store, channels: [telegram], pacing: createMemoryPacing(options.perSecond === undefined ? {} : { telegram: options.perSecond }), lookEveryMs: 100,
    ...(options.sendTimeoutMs === undefined ? {} : { sendTimeoutMs: options.sendTimeoutMs }),
    ...(options.receiptGraceMs === undefined ? {} : { receiptGraceMs: options.receiptGraceMs }),
  });
  worker.start();
  dispatcher.start();
  await telegram.start();
  return {
    store, telegram, troubles,
    stop: async () => {
      await telegram.stop();
      await worker.stop();
      await dispatcher.stop();
      await server.close();
      await store.close();
    },
  };
}

if (import.meta.main) {
  const options: StationOptions = JSON.parse(process.argv[2] ?? '{}');
  const station = await openStation(options);
  process.on('SIGTERM', () => {
    station.stop().then(() => process.exit(0), () => process.exit(1));
  });
  process.stdout.write('up\n');
}
