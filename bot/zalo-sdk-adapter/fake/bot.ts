import { randomBytes } from 'node:crypto';
import { isJson, stringOf } from './messages.ts';
import type { Answered, Asked } from './wire.ts';
import type { Clock } from './clock.ts';

export type FakeBotSent = { method: 'sendMessage' | 'sendPhoto' | 'sendSticker' | 'sendChatAction'; chat_id: string; text: string | null; body: unknown; message_id: string };

/** The Bot Platform: one update at a time and only once, 408 when idle, 409 for a second poller, 400 while a webhook is set. */
export class FakeBotPlatform {
  readonly token: string;
  readonly sent: FakeBotSent[] = [];
  /** Wraps webhook bodies in `{ ok, result }`, as Zalo sometimes does. */
  wrapped = false;
  readonly #clock: Clock;
  readonly #chats = new Set<string>();
  readonly #queue: object[] = [];
  #webhook: { url: string; secret: string; updatedAtMs: number } | null = null;
  #poller: ((update: object | null) => void) | null = null;

  /** Whether somebody waits for an update just now. */
  get polled(): boolean {
    return this.#poller !== null;
  }

  constructor(clock: Clock, token: string) {
    this.#clock = clock;
    this.token = token;
  }

  /** Somebody writes to the bot. Resolves to the webhook's status, or to null when the update waits for a poll. */
  writes(chatId: string, text: string): Promise<number | null> {
    return this.delivers(this.update(chatId, 'message.text.received', { text }));
  }

  /** An update as Zalo shapes it; `message` is added to the usual fields. */
  update(chatId: string, eventName: string, message: object): object {
    this.#chats.add(chatId);
    const usual = {
      message_id: randomBytes(8).toString('hex'), date: this.#clock.now(), from: { id: chatId, display_name: 'Người dùng', is_bot: false }, chat: { id: chatId, chat_type: 'PRIVATE' },
    };
    return { event_name: eventName, message: { ...usual, ...message } };
  }

  async delivers(update: object, headers: Record<string, string> = {}): Promise<number | null> {
    if (this.#webhook !== null) {
      const body = JSON.stringify(this.wrapped ? { ok: true, result: update } : update);
      const sent = { 'Content-Type': 'application/json', 'X-Bot-Api-Secret-Token': this.#webhook.secret, ...headers };
      const response = await fetch(this.#webhook.url, { method: 'POST', body, headers: sent });
      await response.arrayBuffer();
      return response.status;
    }
    if (this.#poller === null) this.#queue.push(update);
    else this.#poller(update);
    return null;
  }

  async answer(asked: Asked): Promise<Answered> {
    const [, token, method] = /^\/bot([^/]*)\/(\w+)$/.exec(decodeURIComponent(asked.path)) ?? [];
    if (token !== this.token) return { status: 401, json: no(401, 'Unauthorized') };
    const body = jsonOf(asked);
    switch (method) {
      case 'getMe':
        return { json: yes({ id: this.token.split(':')[0], account_name: 'bot.thunghiem', account_type: 'BASIC', can_join_groups: false }) };
      case 'getUpdates':
        return this.#poll(Number(body['timeout'] ?? 30));
      case 'sendMessage':
      case 'sendPhoto':
      case 'sendSticker':
      case 'sendChatAction':
        return { json: this.#send(method, body) };
      case 'setWebhook':
        return { json: this.#setWebhook(body) };
      case 'deleteWebhook':
        this.#webhook = null;
        return { json: yes(true) };
      case 'getWebhookInfo':
        return { json: yes({ url: this.#webhook?.url ?? '', updated_at: this.#webhook?.updatedAtMs ?? 0 }) };
      case undefined:
      default:
        return { status: 404, json: no(404, 'Not Found') };
    }
  }

  async #poll(seconds: number): Promise<Answered> {
    if (this.#webhook !== null) return { json: no(400, 'getUpdates cannot be used while a webhook is set') };
    if (this.#poller !== null) return { json: no(409, 'terminated by other getUpdates request') };
    const waiting = this.#queue.shift();
    if (waiting !== undefined) return { json: yes(waiting) };
    const update = await new Promise<object | null>((resolve) => {
      this.#poller = resolve;
      this.#clock.at(this.#clock.now() + seconds * 1000, () => {
        resolve(null);
      });
    });
    this.#poller = null;
    return { json: update === null ? no(408, 'Request timeout') : yes(update) };
  }

  #send(method: FakeBotSent['method'], body: Json): object {
    const chat = stringOf(body['chat_id']);
    if (!this.#chats.has(chat)) return no(400, 'chat not found');
    const text = method === 'sendMessage' ? body['text'] : body['caption'];
    if (method === 'sendMessage' && stringOf(text).trim() === '') return no(400, 'text is required');
    if (Array.from(stringOf(text)).length > 2000) return no(400, 'text is too long');
    if (method === 'sendPhoto' && !stringOf(body['photo']).startsWith('https://')) return no(400, 'photo is invalid');
    if (method === 'sendSticker' && stringOf(body['sticker']) === '') return no(400, 'sticker is required');
    if (method === 'sendChatAction' && !['typing', 'upload_photo'].includes(stringOf(body['action']))) return no(400, 'action is invalid');
    const message_id = randomBytes(8).toString('hex');
    this.sent.push({ method, chat_id: chat, text: typeof text === 'string' ? text : null, body, message_id });
    return yes(method === 'sendChatAction' ? true : { message_id, date: this.#clock.now() });
  }

  #setWebhook(body: Json): object {
    const url = stringOf(body['url']);
    const secret = stringOf(body['secret_token']);
    if (!url.startsWith('https://') || !URL.canParse(url)) return no(400, 'url has to be https');
    if (/^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(new URL(url).hostname)) return no(400, 'url has to be public');
    if (secret.length < 8 || secret.length > 256) return no(400, 'secret_token is invalid');
    this.#webhook = { url, secret, updatedAtMs: this.#clock.now() };
    return yes({ url });
  }

  /** Sets a webhook that the real host would refuse: an address of this machine, for tests. */
  connectWebhook(url: string, secret: string): void {
    this.#webhook = { url, secret, updatedAtMs: this.#clock.now() };
  }
}

type Json = Readonly<Record<string, unknown>>;

function yes(result: unknown): object {
  return { ok: true, result };
}

function no(code: number, description: string): object {
  return { ok: false, error_code: code, description };
}

function jsonOf({ body }: Asked): Json {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}
