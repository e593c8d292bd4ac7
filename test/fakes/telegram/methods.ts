import { createHash } from 'node:crypto';
import { z } from 'zod';
import { formatted } from './entities.ts';
import { ApiError, type Params } from './wire.ts';
import type { Updates } from './updates.ts';
import type { InlineKeyboard, Shown, World } from './world.ts';

/** The methods a station uses, with the limits that the Bot API documents. */

export type Stored = { bytes: Uint8Array; kind: 'photo' | 'voice' | 'document' | 'other' };

export type Desk = {
  world: World;
  updates: Updates;
  nowMs: () => number;
  flood: (chatId: number) => void;
  files: Map<string, Stored>;
  /** Presses that wait for their answer, by query id. */
  presses: Map<string, { atMs: number; answered: boolean; text: string | null }>;
  commands: Map<string, unknown>;
  actions: { chatId: number; action: string }[];
};

export type Call = { params: Params; gone: AbortSignal };

const QUERY_LIVES_MS = 60_000;
const DELETE_WITHIN_MS = 48 * 3_600_000;
const TEXT_LIMIT = 4096;
const CAPTION_LIMIT = 1024;

const keyboardSchema = z.looseObject({
  inline_keyboard: z.array(z.array(z.looseObject({ text: z.string(), callback_data: z.string().optional(), url: z.string().optional() }))),
});
const replySchema = z.looseObject({ message_id: z.int(), allow_sending_without_reply: z.boolean().optional() });
const commandSchema = z.array(z.looseObject({ command: z.string().regex(/^[a-z0-9_]{1,32}$/), description: z.string().min(1).max(256) })).max(100);

export function createMethods(desk: Desk): Record<string, (call: Call) => unknown> {
  const { world, updates } = desk;
  return {
    getMe: () => ({ ...world.bot, can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: false }),
    getUpdates: ({ params, gone }) => updates.getUpdates({
      offset: params.int('offset'),
      limit: Math.min(100, Math.max(1, params.int('limit') ?? 100)),
      timeoutSeconds: params.int('timeout') ?? 0,
      allowed: readAllowed(params),
      gone,
    }),
    setWebhook: ({ params }) => {
      const url = params.text('url') ?? '';
      const secret = params.text('secret_token') ?? '';
      if (!/^[\w-]{0,256}$/.test(secret)) throw new ApiError(400, 'Bad Request: secret token contains unallowed characters');
      // The real one wants https and one of four ports; on this machine there is only http.
      if (url !== '' && !/^https?:\/\/(?:127\.0\.0\.1|localhost|\S+\.\S+)/.test(url)) throw new ApiError(400, 'Bad Request: bad webhook: invalid webhook URL specified');
      updates.setWebhook(url === '' ? null : { url, secret, allowed: readAllowed(params), maxConnections: Math.min(100, Math.max(1, params.int('max_connections') ?? 40)) }, params.flag('drop_pending_updates'));
      return true;
    },
    deleteWebhook: ({ params }) => {
      updates.setWebhook(null, params.flag('drop_pending_updates'));
      return true;
    },
    getWebhookInfo: () => updates.info(),
    sendMessage: ({ params }) => {
      const text = params.text('text');
      if (text === undefined || text === '') throw new ApiError(400, 'Bad Request: message text is empty');
      return send(params, 'text', formatted(text, params.text('parse_mode'), params.json('entities'), TEXT_LIMIT, 'message'), null);
    },
    sendPhoto: ({ params }) => sendFile(params, 'photo', 10_000_000),
    sendVoice: ({ params }) => sendFile(params, 'voice', 50_000_000),
    sendDocument: ({ params }) => sendFile(params, 'document', 50_000_000),
    sendChatAction: ({ params }) => {
      const chatId = chatOf(params);
      world.open(chatId, params.int('message_thread_id') ?? null);
      const action = params.text('action') ?? '';
      if (!['typing', 'upload_photo', 'record_voice', 'upload_voice', 'upload_document'].includes(action)) throw new ApiError(400, 'Bad Request: wrong parameter action in request');
      desk.actions.push({ chatId, action });
      return true;
    },
    editMessageText: ({ params }) => edit(params, (message) => {
      const read = formatted(params.text('text') ?? '', params.text('parse_mode'), params.json('entities'), TEXT_LIMIT, 'message');
      const keyboard = readKeyboard(params);
      if (read.text === message.text && JSON.stringify(read.entities) === JSON.stringify(message.entities) && JSON.stringify(keyboard) === JSON.stringify(message.keyboard)) throw notModified();
      Object.assign(message, { text: read.text, entities: read.entities, keyboard });
    }),
    editMessageReplyMarkup: ({ params }) => edit(params, (message) => {
      const keyboard = readKeyboard(params);
      if (JSON.stringify(keyboard) === JSON.stringify(message.keyboard)) throw notModified();
      message.keyboard = keyboard;
    }),
    deleteMessage: ({ params }) => {
      const chatId = chatOf(params);
      const messageId = params.int('message_id') ?? 0;
      const message = world.shown.find((each) => each.chatId === chatId && each.message_id === messageId);
      const admin = world.groups.get(chatId)?.admin === true;
      if (message === undefined && !world.heard.has(`${chatId}:${messageId}`)) throw new ApiError(400, 'Bad Request: message to delete not found');
      // Others' messages only as an admin; its own, without that right, for two days.
      if (!admin && (message === undefined || desk.nowMs() - message.atMs > DELETE_WITHIN_MS)) throw new ApiError(400, 'Bad Request: message can\'t be deleted for everyone');
      if (message !== undefined) world.shown.splice(world.shown.indexOf(message), 1);
      world.heard.delete(`${chatId}:${messageId}`);
      world.said.delete(`${chatId}:${messageId}`);
      return true;
    },
    answerCallbackQuery: ({ params }) => {
      const press = desk.presses.get(params.text('callback_query_id') ?? '');
      if (press === undefined || press.answered || desk.nowMs() - press.atMs > QUERY_LIVES_MS) throw new ApiError(400, 'Bad Request: query is too old and response timeout expired or query ID is invalid');
      const text = params.text('text') ?? null;
      if (text !== null && text.length > 200) throw new ApiError(400, 'Bad Request: MESSAGE_TOO_LONG');
      Object.assign(press, { answered: true, text });
      return true;
    },
    setMyCommands: ({ params }) => {
      const read = commandSchema.safeParse(params.json('commands'));
      if (!read.success) throw new ApiError(400, 'Bad Request: BOT_COMMAND_INVALID');
      desk.commands.set(`${JSON.stringify(params.json('scope') ?? { type: 'default' })}/${params.text('language_code') ?? ''}`, read.data);
      return true;
    },
    deleteMyCommands: ({ params }) => {
      desk.commands.delete(`${JSON.stringify(params.json('scope') ?? { type: 'default' })}/${params.text('language_code') ?? ''}`);
      return true;
    },
    getFile: ({ params }) => {
      const id = params.text('file_id') ?? '';
      const file = desk.files.get(id);
      if (file === undefined) throw new ApiError(400, 'Bad Request: wrong file_id or the file is temporarily unavailable');
      if (file.bytes.length > 20_000_000) throw new ApiError(400, 'Bad Request: file is too big');
      return { file_id: id, file_unique_id: id.slice(-6), file_size: file.bytes.length, file_path: `files/${id}` };
    },
    getChat: ({ params }) => {
      const chatId = chatOf(params);
      if (!world.groups.has(chatId) && !world.people.has(chatId)) throw new ApiError(400, 'Bad Request: chat not found');
      return world.chatObject(chatId);
    },
    createForumTopic: ({ params }) => {
      const group = forumOf(chatOf(params));
      const name = params.text('name') ?? '';
      if (name.length < 1 || name.length > 128) throw new ApiError(400, 'Bad Request: TOPIC_NAME_INVALID');
      const thread = world.nextMessageId(group.id);
      group.topics.set(thread, { name, closed: false });
      return { message_thread_id: thread, name, icon_color: 7322096 };
    },
    closeForumTopic: ({ params }) => setTopic(params, true),
    reopenForumTopic: ({ params }) => setTopic(params, false),
    deleteForumTopic: ({ params }) => {
      const group = forumOf(chatOf(params));
      const thread = params.int('message_thread_id') ?? 0;
      if (!group.topics.delete(thread)) throw new ApiError(400, 'Bad Request: message thread not found');
      world.shown.splice(0, world.shown.length, ...world.shown.filter((each) => each.chatId !== group.id || each.threadId !== thread));
      for (const [key, said] of world.said) if (key.startsWith(`${group.id}:`) && said['message_thread_id'] === thread) world.said.delete(key);
      return true;
    },
  };

  function send(params: Params, kind: Shown['kind'], words: { text: string; entities: Shown['entities'] }, fileId: string | null): unknown {
    const chatId = chatOf(params);
    const threadId = params.int('message_thread_id') ?? null;
    world.open(chatId, threadId);
    const keyboard = readKeyboard(params);
    const reply = readReply(params, chatId);
    desk.flood(chatId);
    const message: Shown = { message_id: world.nextMessageId(chatId), chatId, atMs: desk.nowMs(), kind, ...words, keyboard, threadId, replyTo: reply, fileId, edits: 0 };
    world.shown.push(message);
    return world.messageObject(message);
  }

  function sendFile(params: Params, kind: 'photo' | 'voice' | 'document', limitBytes: number): unknown {
    const person = world.people.get(params.int('chat_id') ?? 0);
    if (kind === 'voice' && person?.noVoice === true) throw new ApiError(400, 'Bad Request: VOICE_MESSAGES_FORBIDDEN');
    const caption = formatted(params.text('caption') ?? '', params.text('parse_mode'), params.json('caption_entities'), CAPTION_LIMIT, 'caption');
    const upload = params.file(kind);
    if (upload === undefined) {
      const id = params.text(kind) ?? '';
      if (desk.files.get(id)?.kind !== kind) throw new ApiError(400, 'Bad Request: wrong remote file identifier specified: can\'t unserialize it. Wrong last symbol');
      return send(params, kind, caption, id);
    }
    if (upload.bytes.length === 0) throw new ApiError(400, 'Bad Request: file must be non-empty');
    if (upload.bytes.length > limitBytes) throw new ApiError(413, 'Request Entity Too Large');
    const id = `${kind}-${createHash('sha256').update(upload.bytes).digest('hex').slice(0, 16)}-${desk.files.size}`;
    desk.files.set(id, { bytes: upload.bytes, kind });
    return send(params, kind, caption, id);
  }

  function edit(params: Params, change: (message: Shown) => void): unknown {
    const message = world.find(chatOf(params), params.int('message_id') ?? 0);
    change(message);
    message.edits += 1;
    return world.messageObject(message);
  }

  function readReply(params: Params, chatId: number): number | null {
    const read = replySchema.safeParse(params.json('reply_parameters'));
    if (!read.success) return null;
    const { message_id: id, allow_sending_without_reply: allowed } = read.data;
    if (world.heard.has(`${chatId}:${id}`) || world.shown.some((each) => each.chatId === chatId && each.message_id === id)) return id;
    if (allowed === true && world.groups.get(chatId)?.forum !== true) return null;
    throw new ApiError(400, 'Bad Request: message to be replied not found');
  }

  function setTopic(params: Params, closed: boolean): true {
    const topic = forumOf(chatOf(params)).topics.get(params.int('message_thread_id') ?? 0);
    if (topic === undefined) throw new ApiError(400, 'Bad Request: message thread not found');
    if (topic.closed === closed) throw new ApiError(400, 'Bad Request: TOPIC_NOT_MODIFIED');
    topic.closed = closed;
    return true;
  }

  function forumOf(chatId: number) {
    const group = world.groups.get(chatId);
    if (group === undefined) throw new ApiError(400, 'Bad Request: chat not found');
    if (!group.forum) throw new ApiError(400, 'Bad Request: the chat is not a forum');
    if (!group.admin) throw new ApiError(400, 'Bad Request: not enough rights to create a topic');
    return group;
  }
}

function chatOf(params: Params): number {
  const id = params.int('chat_id');
  if (id === undefined) throw new ApiError(400, 'Bad Request: chat_id is empty');
  return id;
}

function readAllowed(params: Params): string[] | null {
  const given = params.json('allowed_updates');
  return given === undefined ? null : z.array(z.string()).parse(given);
}

function readKeyboard(params: Params): InlineKeyboard | null {
  const given = params.json('reply_markup');
  if (given === undefined) return null;
  const read = keyboardSchema.safeParse(given);
  if (!read.success) throw new ApiError(400, 'Bad Request: can\'t parse inline keyboard: expected an array of arrays of buttons');
  const rows = read.data.inline_keyboard.filter((row) => row.length > 0);
  for (const button of rows.flat()) {
    if (button.text.trim() === '') throw new ApiError(400, 'Bad Request: text buttons are unallowed to be empty');
    if (!button.text.isWellFormed() || button.callback_data?.isWellFormed() === false) throw new ApiError(400, 'Bad Request: strings must be encoded in UTF-8');
    if (button.callback_data === undefined && button.url === undefined) throw new ApiError(400, 'Bad Request: text buttons are unallowed in the inline keyboard');
    const bytes = Buffer.byteLength(button.callback_data ?? 'x');
    if (bytes < 1 || bytes > 64) throw new ApiError(400, 'Bad Request: BUTTON_DATA_INVALID');
  }
  if (rows.length === 0) return null;
  return { inline_keyboard: rows.map((row) => row.map(({ text, callback_data: data }) => ({ text, ...(data === undefined ? {} : { callback_data: data }) }))) };
}

function notModified(): ApiError {
  return new ApiError(400, 'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message');
}
