import type { FakeZalo } from 'zalo-sdk-adapter/fake';
import type { Piece } from '#bot/channels/channel.ts';
import { zaloPorts } from '#bot/channels/zalo/from-store.ts';
import type { ZaloTrouble } from '#bot/channels/zalo/ports.ts';
import { tokensIn } from '#bot/channels/zalo/tokens.ts';
import { createZaloChannel, type ZaloChannel, type ZaloOptions } from '#bot/channels/zalo/zalo.ts';
import { tellHeld } from '#bot/conversation/held.ts';
import { openConversation } from '#bot/conversation/open.ts';
import { apology } from '#bot/conversation/reply.ts';
import { createDispatcher } from '#bot/delivery/dispatcher.ts';
import type { Handling } from '#bot/delivery/handle.ts';
import { createMemoryPacing } from '#bot/delivery/pacing.ts';
import { createWorker } from '#bot/delivery/worker.ts';
import { addToOutbox, type Outgoing } from '#bot/store/outbox.ts';
import { findPerson } from '#bot/store/people.ts';
import type { Store } from '#bot/store/store.ts';
import { loadPlace } from '#knowledge/place.ts';
import { createTexts, type Texts } from '#locales/texts.ts';
import { echoing, openOrThrow } from '#test/store/fresh.ts';
import { serveApp } from '../serve.ts';

/**
 * A station with Zalo only: the real store, worker, dispatcher and channel, in this process or, run as a program with
 * its options as JSON, in one that a test may kill.
 */
export type StationOptions = {
  dataDir: string;
  /** Address and secrets of the fake. */
  zalo: { url: string; appId: string; appSecret: string; oaSecretKey: string };
  seedRefreshToken: string | null;
  /** `echo`: "đáp: x" to "x"; `real`: what residents get. */
  conversation: 'echo' | 'real';
  /** Of the webhook; 0: any. */
  port?: number;
  /** @defaultValue no pacing */
  perSecond?: number;
  sendTimeoutMs?: number;
  receiptGraceMs?: number;
  commitDelayMs?: number;
  /** How often the channel looks after its tokens and what falls due. */
  lookEveryMs?: number;
  channel?: Pick<ZaloOptions, 'replyWindowHours' | 'buttons'>;
};

export type Station = {
  store: Store;
  zalo: ZaloChannel;
  /** The address for Zalo's webhook. */
  webhook: string;
  troubles: ZaloTrouble[];
  words: Texts;
  /** Notable moments that the package told. */
  events: string[];
  /** Writes to a person as the desk or a campaign would. */
  writes: (address: string, kind: Outgoing['kind'], piece: Piece) => Promise<void>;
  stop: () => Promise<void>;
};

export function wireOf(fake: FakeZalo): StationOptions['zalo'] {
  return { url: fake.url, appId: fake.app.appId, appSecret: fake.app.appSecret, oaSecretKey: fake.app.oaSecretKey };
}

/** `clock` moves the station's time with the fake's; only within this process. */
export async function openStation(options: StationOptions, clock: () => number = Date.now): Promise<Station> {
  const { handling, place, texts } = await conversationOf(options.conversation, clock);
  const store = await openOrThrow({ dataDir: options.dataDir, clock, ...(options.commitDelayMs === undefined ? {} : { commitDelayMs: options.commitDelayMs }) });
  const troubles: ZaloTrouble[] = [];
  const events: string[] = [];
  const worker = createWorker({ store, handling, clock, sweepEveryMs: 200, onHandled: () => {
    dispatcher.wake('zalo');
  } });
  const ports = zaloPorts({ store, worker, place, texts, report: (trouble) => {
    troubles.push(trouble);
  } });
  const zalo = createZaloChannel({
    appId: options.zalo.appId, appSecret: options.zalo.appSecret, oaSecretKey: options.zalo.oaSecretKey, seedRefreshToken: options.seedRefreshToken,
    apiRoot: options.zalo.url, oauthRoot: options.zalo.url, tokens: tokensIn(store), ports, texts, clock, lookEveryMs: options.lookEveryMs ?? 100, ...options.channel,
    log: (event) => {
      events.push(event);
    },
  });
  const server = await serveApp(zalo.webhook, options.port);
  const dispatcher = createDispatcher({
    store, channels: [zalo], pacing: createMemoryPacing(options.perSecond === undefined ? {} : { zalo: options.perSecond }), lookEveryMs: 100, clock,
    ...(options.sendTimeoutMs === undefined ? {} : { sendTimeoutMs: options.sendTimeoutMs }),
    ...(options.receiptGraceMs === undefined ? {} : { receiptGraceMs: options.receiptGraceMs }),
  });
  worker.start();
  dispatcher.start();
  await zalo.start();
  return {
    store, zalo, troubles, events, words: texts, webhook: `${server.url}/webhooks/zalo`,
    writes: async (address, kind, piece) => {
      await store.write(async (tx) => {
        const person = await findPerson(tx, 'zalo', address);
        if (person === null) throw new Error('nobody there');
        await addToOutbox(tx, person, [{ kind, piece }]);
      });
      dispatcher.wake('zalo');
    },
    stop: async () => {
      await zalo.stop();
      await worker.stop();
      await dispatcher.stop();
      await server.close();
      await store.close();
    },
  };
}

async function conversationOf(kind: StationOptions['conversation'], clock: () => number) {
  const texts = await createTexts();
  const loaded = await loadPlace('knowledge/places/mau');
  if (!loaded.ok) throw new Error('the sample place does not load');
  const { place } = loaded;
  if (kind === 'echo') return { handling: echoing, place, texts };
  const { converse, deps } = await openConversation({ place, placeDir: 'knowledge/places/mau', texts, nowMs: clock() });
  const handling: Handling = { converse, apology: (lang) => apology(deps, lang), tellHeld: (held, lang) => tellHeld(deps, held, lang, 90) };
  return { handling, place, texts };
}

if (import.meta.main) {
  const options: StationOptions = JSON.parse(process.argv[2] ?? '{}');
  await openStation(options);
  process.stdout.write('up\n');
}
