import type { Hono } from 'hono';
import { z } from 'zod';
import type { Channel, Piece } from '#bot/channels/channel.ts';
import type { StaffWire } from '#bot/tickets/staff-wire.ts';
import { createApi, type Api, type ApiResult } from './api.ts';
import { followLanguage, registerCommands } from './commands.ts';
import { verdictOf } from './errors.ts';
import { createIntake } from './intake.ts';
import { growing, poll } from './polling.ts';
import { wallClock, type Clock, type StaffSaid, type TelegramPorts, type TelegramTrouble } from './ports.ts';
import { TEXT_LIMIT } from './render.ts';
import { createRouter, type Notice, type RoutedStaff } from './router.ts';
import { createSender, movedKey } from './send.ts';
import { createStaffWire } from './staff.ts';
import { WANTED_UPDATES } from './update.ts';
import { createWebhook, secretFromToken, WEBHOOK_PATH } from './webhook.ts';
import { MENU_WORDS, staffSentence } from './words.ts';

export type TelegramOptions = {
  /** `TELEGRAM_BOT_TOKEN`. */
  token: string;
  /** `TELEGRAM_API_ROOT`. */
  apiRoot: string;
  /** `TELEGRAM_MODE`, with webhook the address that people reach us at (`PUBLIC_URL`). */
  mode: { kind: 'polling' } | { kind: 'webhook'; publicUrl: string };
  /** `TELEGRAM_WEBHOOK_SECRET`; null: one is made from the token. */
  webhookSecret: string | null;
  /** `TELEGRAM_STAFF_CHAT_ID`: nobody in there is answered as a resident. */
  staffChatId: number | null;
  ports: TelegramPorts;
  clock?: Clock;
  /** How long one poll may be held open. @defaultValue 50 */
  pollSeconds?: number;
};

export type TelegramChannel = Channel & {
  /** `POST /webhooks/telegram`; to be mounted at the root in either mode, so that a late call is heard after a switch. */
  webhook: Hono;
  /** The bytes of a voice note or picture that someone sent, by the file id in their message. */
  download(fileId: string): ReturnType<Api['download']>;
  typing(address: string): Promise<void>;
  /** The staff's group and the private chats of those who linked their account. */
  staff: StaffWire;
};

/** Telegram as a channel. Nothing happens before `start`, which returns at once even when Telegram is out of reach. */
export function createTelegram(options: TelegramOptions): TelegramChannel {
  const { ports } = options;
  const clock = options.clock ?? wallClock;
  const api = createApi({ token: options.token, root: options.apiRoot });
  const secret = options.webhookSecret ?? secretFromToken(options.token);
  const status: { health: ReturnType<Channel['health']>; trouble: TelegramTrouble | null } = { health: 'off', trouble: null };
  let stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const up = (): void => {
    status.health = 'up';
    status.trouble = null;
  };
  /** Says each trouble once, until it is over or becomes another. */
  const trouble = (what: TelegramTrouble, error?: unknown): void => {
    status.health = what === 'token-refused' ? 'reauth' : 'down';
    if (status.trouble !== what) ports.report(what, error);
    status.trouble = what;
  };

  const router = createRouter({ token: options.token, memory: ports.memory, clock, staffChatId: options.staffChatId });
  const staff = createStaffWire({ api, memory: ports.memory, clock, staffChatId: options.staffChatId });
  const sender = createSender({ api, memory: ports.memory, clock, onTokenRefused: () => { trouble('token-refused'); }, onThrottled: () => { ports.report('throttled'); } });

  /** Tells Telegram what follows from an update. Nothing depends on it, so nothing waits for it. */
  const act = (notices: Notice[]): void => {
    for (const notice of notices) carryOut(notice).catch((error: unknown) => { ports.report('unexpected', error); });
  };
  const carryOut = async (notice: Notice): Promise<void> => {
    switch (notice.kind) {
      case 'heard':
        sender.heard(notice.address, notice.messageId);
        return;
      case 'standing':
        await ports.standing(notice.address, notice.standing);
        return;
      case 'moved':
        await ports.memory.set(movedKey(notice.from), String(notice.to));
        return;
      case 'press': {
        const text = notice.answer === 'silent' ? {} : { text: await pressWords(notice) };
        // Both at once: the phone shows a clock until the press is answered, and the buttons until they are gone.
        await Promise.all([
          api.call('answerCallbackQuery', { callback_query_id: notice.queryId, ...text }, z.unknown()),
          notice.edit === null ? null : api.call('editMessageReplyMarkup', { chat_id: notice.edit.chatId, message_id: notice.edit.messageId, reply_markup: notice.edit.keyboard }, z.unknown()),
        ]);
      }
    }
  };

  /** In the language of whoever pressed; a store that is away must not leave the press waiting. */
  const pressWords = async (notice: Extract<Notice, { kind: 'press' }>): Promise<string> => {
    if (notice.answer === 'silent') return '';
    const words = notice.address === null ? undefined : await ports.words?.(notice.address).catch(() => undefined);
    return (words?.say(`telegram:pressed.${notice.answer}`) ?? MENU_WORDS.vi.pressed[notice.answer]).slice(0, 200);
  };

  /** After the word that another language is spoken here, or the greeting of a poster's: the menu beside the field as well. */
  const followed = async (address: string, piece: Piece): Promise<void> => {
    const words = opened.delete(address) || piece.cardId === LANGUAGE_CARD ? await ports.words?.(address) : undefined;
    if (words !== undefined) await followLanguage(api, address, words);
  };

  const sayToStaff = (to: RoutedStaff, said: StaffSaid): void => {
    const text = staffSentence(said);
    const call = to.queryId === null
      ? api.call('sendMessage', { chat_id: Number(to.act.chatId), text }, z.unknown())
      : api.call('answerCallbackQuery', { callback_query_id: to.queryId, text: text.slice(0, 200), show_alert: said.word !== 'taken' && said.word !== 'sent' }, z.unknown());
    call.catch((error: unknown) => { ports.report('unexpected', error); });
  };

  /** Chats that were opened by a poster's link, which may have chosen a language. */
  const opened = new Set<string>();
  const storing: TelegramPorts = {
    ...ports,
    store: async (inbounds) => {
      // Noted first: the greeting may be on its way before all of it is stored.
      for (const { address, content } of inbounds) if (content.kind === 'start' && content.payload !== null && opened.size < MOST_OPENED) opened.add(address);
      await ports.store(inbounds);
    },
  };
  const intake = createIntake({ router, ports: storing, act, sayToStaff });

  const run = async (signal: AbortSignal): Promise<void> => {
    const known = selfSchema.safeParse(parseJson(await ports.memory.get(`self:${api.botId}`).catch(() => null)));
    if (known.success) router.setSelf(known.data);
    const movedTo = options.staffChatId === null ? null : await ports.memory.get(movedKey(options.staffChatId)).catch(() => null);
    if (movedTo !== null) router.setStaffChat(Number(movedTo));
    const self = await insist(signal, () => api.call('getMe', {}, selfSchema, { signal }));
    if (self === null) return;
    router.setSelf(self);
    await ports.memory.set(`self:${api.botId}`, JSON.stringify(self)).catch((error: unknown) => { ports.report('unexpected', error); });
    void registerCommands(api, signal);

    if (options.mode.kind === 'polling') {
      // What waits for the webhook waits for the poller then; nothing is dropped.
      if (await insist(signal, () => api.call('deleteWebhook', { drop_pending_updates: false }, z.literal(true), { signal })) === null) return;
      await poll({ api, intake, clock, waitSeconds: options.pollSeconds ?? 50, onUp: up, onTrouble: trouble }, signal);
      return;
    }
    const url = `${options.mode.publicUrl}${WEBHOOK_PATH}`;
    const set = await insist(signal, () => api.call('setWebhook', {
      url, secret_token: secret, allowed_updates: WANTED_UPDATES, max_connections: 40, drop_pending_updates: false,
    }, z.literal(true), { signal }), 'webhook-refused');
    if (set === null) return;
    up();
    await watchWebhook(url, signal);
  };

  /** Nobody tells us when another program takes the webhook away, and without it we are deaf. We say so, and do not fight. */
  const watchWebhook = async (url: string, signal: AbortSignal): Promise<void> => {
    for (;;) {
      await clock.sleep(WEBHOOK_LOOK_MS, signal);
      if (wasStopped(signal)) return;
      const info = await api.call('getWebhookInfo', {}, z.object({ url: z.string() }), { signal });
      if (wasStopped(signal)) return;
      if (!info.ok) trouble(info.fault.kind === 'said-no' && verdictOf(info.fault) === 'token-refused' ? 'token-refused' : 'network');
      else if (info.result.url === url) up();
      else trouble('another-poller');
    }
  };

  /** Repeats a call with growing pauses until it is answered; null when we are stopped before. */
  const insist = async <T extends object | true>(signal: AbortSignal, call: () => Promise<ApiResult<T>>, refusal: TelegramTrouble = 'unexpected'): Promise<T | null> => {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const result = await call();
      if (result.ok) return result.result;
      if (wasStopped(signal)) return null;
      const said = result.fault.kind === 'said-no' ? verdictOf(result.fault) : null;
      trouble(said === null ? 'network' : said === 'token-refused' ? 'token-refused' : said === 'throttled' ? 'throttled' : refusal);
      const asked = result.fault.kind === 'said-no' ? result.fault.retryAfterMs : null;
      await clock.sleep(asked ?? growing(said === null ? 1000 : 30_000, said === null ? 60_000 : 600_000, failures), signal);
    }
    return null;
  };

  return {
    name: 'telegram',
    capabilities: { buttons: true, edit: true, receipts: false, typing: true, voice: true, textLimit: TEXT_LIMIT, replyWindowHours: null, topics: true },
    send: async (address, piece) => {
      const outcome = await sender.send(address, piece);
      // Nothing depends on the menu, so nothing waits for it.
      if (outcome.kind === 'sent') void followed(address, piece).catch((error: unknown) => { ports.report('unexpected', error); });
      return outcome;
    },
    typing: (address) => sender.typing(address),
    staff,
    download: (fileId) => api.download(fileId),
    fetchVoice: async (fileId) => {
      const found = await api.download(fileId);
      return found.ok ? found.result : null;
    },
    webhook: createWebhook({ secret, intake, report: (what, error) => { ports.report(what, error); } }),
    start: () => {
      stopping = new AbortController();
      status.health = 'down';
      running = run(stopping.signal).catch((error: unknown) => { trouble('unexpected', error); });
      return Promise.resolve();
    },
    stop: async () => {
      stopping.abort();
      await running;
      await intake.idle();
      api.close();
      status.health = 'off';
    },
    health: () => status.health,
  };
}

/** More than these wait for no menu; it comes when they choose a language. */
const MOST_OPENED = 1_000;

/** What choosing a language is answered under. */
const LANGUAGE_CARD = 'bot.language';

/** How often we look whether the webhook is still ours. */
const WEBHOOK_LOOK_MS = 120_000;

const selfSchema = z.object({ id: z.int(), username: z.string() });

const wasStopped = (signal: AbortSignal): boolean => signal.aborted;

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
