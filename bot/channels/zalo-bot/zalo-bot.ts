import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { ZaloBot, ZaloBotWebhook, type BotUpdate, type Failure } from 'zalo-sdk-adapter';
import type { Channel, Piece, SendOutcome } from '#bot/channels/channel.ts';
import { fetchFile } from '#bot/channels/fetch-file.ts';
import { outcomeOf } from '#bot/channels/zalo/outcome.ts';
import { partsOf, TEXT_LIMIT } from '#bot/channels/zalo/render.ts';
import { createSequence } from '#bot/channels/zalo/sequence.ts';
import type { ZaloTrouble } from '#bot/channels/zalo/ports.ts';
import { limitBody } from '#bot/http/limit-body.ts';
import type { Texts } from '#locales/texts.ts';
import { chatOf, heardIn } from './heard.ts';
import type { ZaloBotPorts } from './ports.ts';

/** The path that Zalo is told to call; part of the program's interface. */
export const BOT_WEBHOOK_PATH = '/webhooks/zalo-bot';

export type ZaloBotOptions = {
  /** `ZALO_BOT_TOKEN`. */
  token: string;
  /** `ZALO_BOT_API_ROOT`. */
  apiRoot: string;
  /** `ZALO_BOT_WEBHOOK_SECRET` with `PUBLIC_URL`, registered at start; null: the program asks for updates itself. */
  webhook: { secret: string; publicUrl: string } | null;
  ports: ZaloBotPorts;
  texts: Texts;
  /** @defaultValue Date.now */
  clock?: () => number;
  /** How long one poll may be held open; `stop` waits for it. @defaultValue 5 */
  pollSeconds?: number;
};

export type ZaloBotChannel = Channel & {
  /** `POST /webhooks/zalo-bot`; to be mounted at the root. Without a secret it refuses everything. */
  webhook: Hono;
  typing(address: string): Promise<void>;
};

const CALL_TIMEOUT_MS = 10_000;
const BODY_LIMIT_BYTES = 1_000_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** What only a person can mend is tried again so often all the same: they may be mending it now. */
const HUMAN_PAUSE_MS = 60_000;

/** A bot of the Zalo Bot Platform as a channel: texts only, numbers for choices. `start` returns at once. */
export function createZaloBotChannel(options: ZaloBotOptions): ZaloBotChannel {
  const { ports } = options;
  const nowMs = options.clock ?? Date.now;
  const bot = new ZaloBot({ token: options.token, apiRoot: options.apiRoot, timeoutMs: CALL_TIMEOUT_MS, now: nowMs });
  const sequence = createSequence();
  const status: { health: ReturnType<Channel['health']>; trouble: ZaloTrouble | null } = { health: 'off', trouble: null };
  let stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const up = (): void => {
    status.health = 'up';
    status.trouble = null;
  };
  /** Says each trouble once, until it is over or becomes another. */
  const trouble = (what: ZaloTrouble, error?: unknown): void => {
    status.health = what === 'polling-refused' ? 'reauth' : 'down';
    if (status.trouble !== what) ports.report(what, error);
    status.trouble = what;
  };

  const take = async (update: BotUpdate): Promise<void> => {
    const inbound = heardIn(update, nowMs());
    if (inbound !== null) await ports.store(inbound);
  };

  /**
   * Zalo hands each update out once and keeps no place to return to: the next is only asked for when this one is on disk,
   * however long that takes. What a kill between the two takes along is lost, which is why a webhook is better.
   */
  const poll = async (signal: AbortSignal): Promise<void> => {
    if (!await insist(signal, () => bot.deleteWebhook())) return;
    for (let failures = 0; !signal.aborted;) {
      const next = await bot.getUpdates({ timeoutSeconds: options.pollSeconds ?? 5 });
      if (next.ok) {
        failures = 0;
        if (next.value !== null) await storeSurely(next.value, signal);
        up();
        continue;
      }
      failures += 1;
      trouble(troubleOf(next.failure));
      await pause(pauseAfter(next.failure, failures), signal);
    }
  };

  const storeSurely = async (update: BotUpdate, signal: AbortSignal): Promise<void> => {
    for (let failures = 0; ; failures += 1) {
      try {
        await take(update);
        return;
      } catch (error) {
        trouble('not-stored', error);
        // A station that is being stopped tries once more at once, and then can do no more.
        if (wasStopped(signal)) return;
        await pause(growing(failures), signal);
      }
    }
  };

  /** Repeats a call with growing pauses until it is answered; false when we are stopped before. */
  const insist = async (signal: AbortSignal, call: () => Promise<{ ok: true } | { ok: false; failure: Failure }>): Promise<boolean> => {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const result = await call();
      if (result.ok) return true;
      trouble(troubleOf(result.failure));
      await pause(pauseAfter(result.failure, failures), signal);
    }
    return false;
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    const { webhook } = options;
    if (webhook === null) return poll(signal);
    if (await insist(signal, () => bot.setWebhook({ url: webhook.publicUrl + BOT_WEBHOOK_PATH, secret_token: webhook.secret }))) up();
  };

  const send = async (address: string, piece: Piece): Promise<SendOutcome> => {
    const parts = partsOf(piece, options.texts, { numbered: true });
    if (parts.length === 0) return { kind: 'refused', why: 'nothing to see in it' };
    const result = await sequence.run(address, piece.text, parts.map((text) => () => bot.sendMessage(chatOf(address), text)));
    if (result.ok) return { kind: 'sent', platformMessageId: result.messageId };
    return outcomeOf(result.failure, nowMs(), result.failedBefore);
  };

  return {
    name: 'zalo-bot',
    fetchVoice: (address) => fetchFile(address, options.apiRoot),
    capabilities: { buttons: false, edit: false, receipts: false, typing: true, voice: false, textLimit: TEXT_LIMIT, replyWindowHours: null, topics: false },
    send,
    typing: async (address) => {
      await bot.sendChatAction(chatOf(address), 'typing');
    },
    webhook: webhookApp(options.webhook?.secret ?? null, take, ports.report),
    start: () => {
      stopping = new AbortController();
      status.health = 'down';
      running = run(stopping.signal).catch((error: unknown) => {
        trouble('unexpected', error);
      });
      return Promise.resolve();
    },
    stop: async () => {
      stopping.abort();
      // A poll that Zalo holds open may still bring a message, which would never come again.
      await running;
      status.health = 'off';
    },
    health: () => status.health,
  };
}

function webhookApp(secret: string | null, take: (update: BotUpdate) => Promise<void>, report: ZaloBotPorts['report']): Hono {
  const judge = secret === null ? null : new ZaloBotWebhook({ secretToken: secret, maxBytes: BODY_LIMIT_BYTES });
  const app = new Hono();
  app.post(BOT_WEBHOOK_PATH, limitBody({ maxSize: BODY_LIMIT_BYTES, onError: (c) => c.body(null, 400) }), async (c) => {
    const verdict = judge?.receive(new Uint8Array(await c.req.arrayBuffer()), c.req.raw.headers) ?? { status: 401, kind: 'refused' };
    if (verdict.kind === 'update') {
      try {
        await take(verdict.update);
      } catch (error) {
        report('not-stored', error);
        return c.body(null, 503);
      }
    }
    return c.body(null, verdict.status);
  });
  return app;
}

function troubleOf(failure: Failure): ZaloTrouble {
  if (failure.kind === 'unreached') return 'network';
  return failure.remedy.kind === 'human' || failure.remedy.kind === 'permanent' ? 'polling-refused' : 'network';
}

function pauseAfter(failure: Failure, failures: number): number {
  return troubleOf(failure) === 'polling-refused' ? HUMAN_PAUSE_MS : growing(failures);
}

function growing(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MS) * (1 - Math.random() * 0.2);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** Asked of a function, because it changes while we wait. */
const wasStopped = (signal: AbortSignal): boolean => signal.aborted;
