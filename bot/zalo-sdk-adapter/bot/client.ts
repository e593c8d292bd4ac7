import { setTimeout as delay } from 'node:timers/promises';
import { overLimit, refusal, type Failure } from '../errors.ts';
import { callHttp, personalValues, redact, unreached, type HttpOptions } from '../http.ts';
import { booleanAt, isObject, numberAt, textAt, type JsonObject, type JsonValue } from '../json.ts';
import { checkText, checkUrl } from '../oa/messages.ts';
import { done, failed, type Result } from '../result.ts';
import { readBotUpdate, type BotUpdate } from './updates.ts';

export type BotOptions = HttpOptions & {
  /** The token that Zalo sent when the bot was made: digits, a colon, a secret. */
  token: string;
  /** @defaultValue https://bot-api.zaloplatforms.com */
  apiRoot?: string;
};

export type BotProfile = { id: string; account_name: string; account_type: string | null; can_join_groups: boolean };
export type BotSent = { message_id: string; date: number | null };
export type WebhookInfo = { url: string | null; updated_at: number | null };

const TEXT_MAX = 2000;

/**
 * The Zalo Bot Platform: a bot of a personal account, with a fixed token, texts, pictures and stickers, and no buttons,
 * receipts or windows. A chat can be written to only after it has written to the bot.
 */
export class ZaloBot {
  readonly #options: BotOptions;

  constructor(options: BotOptions) {
    this.#options = options;
  }

  async getMe(): Promise<Result<BotProfile>> {
    const result = await this.#call('bot.getMe', 'getMe', {}, false);
    if (!result.ok) return result;
    const me = asObject(result.value);
    const id = textAt(me, 'id');
    if (id === undefined) return failed(unreached({ name: 'bot.getMe', changes: false }, 'unknown', 'the answer has no id'));
    return done({ id, account_name: textAt(me, 'account_name') ?? '', account_type: textAt(me, 'account_type') ?? null, can_join_groups: booleanAt(me, 'can_join_groups') ?? false });
  }

  /**
   * The next update, or null when there was none for `timeoutSeconds`, which Zalo reports as error 408 and which is how
   * an idle bot looks. Zalo hands each update out once and keeps no place to return to: store it before anything else.
   */
  async getUpdates(of: { timeoutSeconds?: number } = {}): Promise<Result<BotUpdate | null>> {
    const seconds = of.timeoutSeconds ?? 30;
    const result = await this.#call('bot.getUpdates', 'getUpdates', { timeout: String(seconds) }, false, seconds * 1000 + 10_000);
    if (!result.ok) return isIdle(result.failure) ? done(null) : result;
    const first = Array.isArray(result.value) ? result.value[0] : result.value;
    const update = isObject(first) ? readBotUpdate(first) : null;
    // Zalo will not hand it out again, so at least its existence is told.
    if (update === null) this.#options.log?.({ event: 'zalo_bot_unreadable_update', call: 'bot.getUpdates' });
    return done(update);
  }

  /** Updates one after the other until `signal` aborts. A failure that only a person can mend ends it; others are waited out. */
  async *updates(of: { signal: AbortSignal; timeoutSeconds?: number }): AsyncGenerator<BotUpdate, Failure | null> {
    let failures = 0;
    while (!of.signal.aborted) {
      const result = await this.getUpdates(of);
      if (result.ok) {
        failures = 0;
        if (result.value !== null) yield result.value;
        continue;
      }
      this.#options.log?.({ event: 'zalo_bot_poll_failed', call: result.failure.call, message: result.failure.message });
      if (result.failure.remedy.kind === 'human' || result.failure.remedy.kind === 'permanent') return result.failure;
      failures += 1;
      await delay(Math.min(1000 * 2 ** failures, 60_000), undefined, { signal: of.signal }).catch(() => undefined);
    }
    return null;
  }

  /** 1 to 2000 characters, counted in NFC. */
  sendMessage(chatId: string, text: string, options: { parse_mode?: 'markdown' | 'html' } = {}): Promise<Result<BotSent>> {
    const broken = checkChat('bot.sendMessage', chatId) ?? checkText('bot.sendMessage', 'text', text, TEXT_MAX);
    return this.#send('bot.sendMessage', 'sendMessage', broken, { chat_id: chatId, text: text.normalize('NFC'), ...options });
  }

  /** Zalo fetches the picture from its public https address, which can take minutes. */
  sendPhoto(chatId: string, photoUrl: string, options: { caption?: string } = {}): Promise<Result<BotSent>> {
    const { caption } = options;
    const broken =
      checkChat('bot.sendPhoto', chatId) ?? checkUrl('bot.sendPhoto', 'photo', photoUrl) ?? (caption === undefined ? null : checkText('bot.sendPhoto', 'caption', caption, TEXT_MAX));
    return this.#send('bot.sendPhoto', 'sendPhoto', broken, { chat_id: chatId, photo: photoUrl, ...(caption === undefined ? {} : { caption: caption.normalize('NFC') }) });
  }

  sendSticker(chatId: string, stickerId: string): Promise<Result<BotSent>> {
    const broken = checkChat('bot.sendSticker', chatId) ?? (stickerId === '' ? overLimit('bot.sendSticker', 'sticker', 'is empty') : null);
    return this.#send('bot.sendSticker', 'sendSticker', broken, { chat_id: chatId, sticker: stickerId });
  }

  async sendChatAction(chatId: string, action: 'typing' | 'upload_photo'): Promise<Result<null>> {
    const broken = checkChat('bot.sendChatAction', chatId);
    if (broken !== null) return failed(broken);
    const result = await this.#call('bot.sendChatAction', 'sendChatAction', { chat_id: chatId, action }, false);
    return result.ok ? done(null) : result;
  }

  /** While a webhook is set, polling answers 400 or stays silent. */
  async setWebhook(of: { url: string; secret_token: string }): Promise<Result<null>> {
    const length = of.secret_token.length;
    const broken = checkUrl('bot.setWebhook', 'url', of.url) ?? (length < 8 || length > 256 ? overLimit('bot.setWebhook', 'secret_token', 'has to be 8 to 256 characters long', 256, length) : null);
    if (broken !== null) return failed(broken);
    const result = await this.#call('bot.setWebhook', 'setWebhook', { ...of }, false);
    return result.ok ? done(null) : result;
  }

  async deleteWebhook(): Promise<Result<null>> {
    const result = await this.#call('bot.deleteWebhook', 'deleteWebhook', {}, false);
    return result.ok ? done(null) : result;
  }

  async getWebhookInfo(): Promise<Result<WebhookInfo>> {
    const result = await this.#call('bot.getWebhookInfo', 'getWebhookInfo', {}, false);
    if (!result.ok) return result;
    const info = asObject(result.value);
    const url = textAt(info, 'url') ?? '';
    return done({ url: url === '' ? null : url, updated_at: numberAt(info, 'updated_at') ?? null });
  }

  async #send(name: string, method: string, broken: Failure | null, body: JsonObject): Promise<Result<BotSent>> {
    if (broken !== null) return failed(broken);
    const result = await this.#call(name, method, body, true);
    if (!result.ok) return result;
    const sent = asObject(result.value);
    const id = textAt(sent, 'message_id');
    if (id === undefined) return failed(unreached({ name, changes: true }, 'unknown', 'the answer has no message_id'));
    return done({ message_id: id, date: numberAt(sent, 'date') ?? null });
  }

  async #call(name: string, method: string, body: JsonObject, changes: boolean, timeoutMs?: number): Promise<Result<JsonValue>> {
    const { token, apiRoot, ...http } = this.#options;
    const secrets = [token, ...(typeof body['secret_token'] === 'string' ? [body['secret_token']] : []), ...personalValues(body)];
    const root = (apiRoot ?? 'https://bot-api.zaloplatforms.com').replace(/\/+$/, '');
    const reply = await callHttp(
      { name, url: `${root}/bot${token}/${method}`, method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), changes, secrets },
      timeoutMs === undefined ? http : { ...http, timeoutMs },
    );
    if (!reply.ok) return reply;
    const { json, status } = reply.value;
    if (json['ok'] === true) return done(json['result'] ?? null);
    // The status may be 200 either way, and a wrong token may be answered without JSON.
    const code = numberAt(json, 'error_code') ?? status;
    if (json['ok'] !== false && code < 400) return failed(unreached({ name, changes }, 'unknown', `HTTP ${status} without ok`));
    const said = redact(textAt(json, 'description') ?? '', secrets).slice(0, 300);
    return failed(refusal({ area: 'bot', call: name, code, message: said, nowMs: (http.now ?? Date.now)(), log: http.log }));
  }
}

function isIdle(failure: Failure): boolean {
  return failure.kind === 'refused' && failure.code === 408;
}

function checkChat(call: string, chatId: string): Failure | null {
  return chatId === '' ? overLimit(call, 'chat_id', 'is empty') : null;
}

function asObject(value: JsonValue): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}
