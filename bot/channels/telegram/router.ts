import { createHash } from 'node:crypto';
import { Telegraf, type Context } from 'telegraf';
import { editedMessage, message } from 'telegraf/filters';
import type { Message, Update } from 'telegraf/types';
import type { Inbound, InboundContent } from '#bot/channels/channel.ts';
import type { StaffAct } from '#bot/tickets/staff-wire.ts';
import { writeAddress } from './address.ts';
import { COMMAND_ALIASES, COMMANDS, contentOf } from './commands.ts';
import { addressedText } from './group.ts';
import { keyboardAfter, readData, type Keyboard } from './keyboard.ts';
import type { Clock, Memory } from './ports.ts';
import { isStaffButton, linkCodeIn, staffSaid } from './staff.ts';

/**
 * From one of Telegram's updates to what a person did. telegraf finds the route; nothing is sent from here: what has to
 * be told to Telegram once the update is on disk comes out as notices.
 */
export type Routed = { inbound: Inbound | null; notices: Notice[]; /** Something that staff did, on their side of the desk. */ staff: RoutedStaff | null };

/** `queryId`: the press waits for a word. */
export type RoutedStaff = { act: StaffAct; queryId: string | null };

export type Notice =
  | { kind: 'heard'; address: string; messageId: number }
  | { kind: 'press'; queryId: string; /** Who pressed; null when that is not to be seen. */ address: string | null; answer: 'silent' | 'taken' | 'forgotten'; edit: { chatId: number; messageId: number; keyboard: Keyboard } | null }
  | { kind: 'standing'; address: string; standing: 'gone' | 'back' }
  | { kind: 'moved'; from: number; to: number };

/** What a press stands for could not be looked up; the update has to come again. */
export class MemoryAway extends Error {
  override name = 'MemoryAway';
}

export type BotSelf = { id: number; username: string };

export type Router = {
  /** Throws `MemoryAway`; the same update may be routed any number of times. */
  route(update: Update): Promise<Routed>;
  /** What is left to say of an update on which `route` failed: that someone sent something. */
  salvage(update: Update): Routed;
  /** The staff's group is this one now. */
  setStaffChat(chatId: number): void;
  /** Until it is known who we are, nobody in a group can name us. */
  setSelf(self: BotSelf): void;
};

export type RouterOptions = {
  token: string;
  memory: Memory;
  clock: Clock;
  /** The staff's own group: nobody in there is a resident. */
  staffChatId: number | null;
};

export function createRouter(options: RouterOptions): Router {
  const { memory, clock } = options;
  const botId = options.token.split(':')[0] ?? '';
  const found = new WeakMap<Update, Routed>();
  const bot = new Telegraf(options.token, { handlerTimeout: Infinity, telegram: { webhookReply: false } });
  const setSelf = (self: BotSelf): void => {
    bot.botInfo = { id: self.id, is_bot: true, first_name: '', username: self.username, can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: false };
  };
  setSelf({ id: Number(botId), username: '' });
  // Without this telegraf prints the whole update, and goes on as if it had been handled.
  bot.catch((error) => {
    throw error;
  });

  const note = (ctx: Context, notice: Notice): void => {
    routedOf(ctx.update).notices.push(notice);
  };
  const routedOf = (update: Update): Routed => {
    const routed = found.get(update) ?? { inbound: null, notices: [], staff: null };
    found.set(update, routed);
    return routed;
  };

  /** The person who wrote this did `content`. */
  const hear = (ctx: Context, said: Message, content: InboundContent): void => {
    const address = addressOf(said);
    if (address === null) return;
    const atMs = ('edit_date' in said ? said.edit_date : said.date) * 1000;
    routedOf(ctx.update).inbound = { channel: 'telegram', platformId: `${botId}:${ctx.update.update_id}`, address, atMs, content };
    if (said.chat.type !== 'private') note(ctx, { kind: 'heard', address, messageId: said.message_id });
  };

  const staffChats = new Set(options.staffChatId === null ? [] : [options.staffChatId]);

  bot.on('callback_query', (ctx, next) => {
    const { callbackQuery: query } = ctx;
    const data = 'data' in query ? query.data : '';
    if (!isStaffButton(data)) return staffChats.has(ctx.chat?.id ?? 0) ? undefined : next();
    const shown = query.message;
    const answered = shown !== undefined && 'reply_to_message' in shown ? shown.reply_to_message : undefined;
    const quoted = answered?.from === undefined || !('text' in answered) ? null : { userId: String(answered.from.id), messageId: answered.message_id, text: answered.text };
    routedOf(ctx.update).staff = { queryId: query.id, act: { kind: 'pressed', key: `telegram:${query.id}`, chatId: String(shown?.chat.id ?? 0), userId: String(query.from.id), value: data, quoted } };
    return undefined;
  });

  bot.use((ctx, next) => {
    if (!staffChats.has(ctx.chat?.id ?? 0)) return next();
    const said = ctx.message;
    if (said === undefined) return undefined;
    if ('migrate_to_chat_id' in said) {
      staffChats.add(said.migrate_to_chat_id);
      note(ctx, { kind: 'moved', from: said.chat.id, to: said.migrate_to_chat_id });
      return undefined;
    }
    const act = staffSaid(said, `telegram:${botId}:${ctx.update.update_id}`);
    if (act !== null) routedOf(ctx.update).staff = { act, queryId: null };
    return undefined;
  });

  // Somebody of the station shows who they are; their code is no question of a resident's.
  bot.use((ctx, next) => {
    const said = ctx.message;
    const code = said !== undefined && said.chat.type === 'private' && 'text' in said ? linkCodeIn(said.text) : null;
    if (code === null || said === undefined) return next();
    routedOf(ctx.update).staff = { queryId: null, act: { kind: 'link', key: `telegram:${botId}:${ctx.update.update_id}`, chatId: String(said.chat.id), userId: String(said.from.id), code } };
    return undefined;
  });

  bot.on('my_chat_member', (ctx) => {
    if (ctx.chat.type !== 'private') return;
    const { status } = ctx.myChatMember.new_chat_member;
    note(ctx, { kind: 'standing', address: String(ctx.chat.id), standing: status === 'kicked' || status === 'left' ? 'gone' : 'back' });
  });

  bot.on(message('migrate_to_chat_id'), (ctx) => {
    note(ctx, { kind: 'moved', from: ctx.chat.id, to: ctx.message.migrate_to_chat_id });
  });

  bot.on('callback_query', async (ctx) => {
    const query = ctx.callbackQuery;
    const shown = query.message;
    const data = 'data' in query ? query.data : null;
    const pressed = data === null ? null : await readData(data, memory).catch((cause: unknown) => {
      throw new MemoryAway('memory is away', { cause });
    });
    const address = shown === undefined ? null : writeAddress({ chatId: shown.chat.id, userId: shown.chat.type === 'private' ? null : query.from.id, threadId: 'is_topic_message' in shown && shown.is_topic_message ? shown.message_thread_id ?? null : null });
    const silent = (answer: 'taken' | 'forgotten'): void => {
      note(ctx, { kind: 'press', queryId: query.id, address, answer, edit: null });
    };
    if (shown === undefined || address === null || data === null || pressed === null) {
      silent('forgotten');
      return;
    }
    if (pressed.kind === 'taken') {
      silent('taken');
      return;
    }
    const keyboard = 'reply_markup' in shown ? keyboardAfter(shown.reply_markup, data) : undefined;
    const edit = keyboard === undefined ? null : { chatId: shown.chat.id, messageId: shown.message_id, keyboard };
    routedOf(ctx.update).inbound = {
      channel: 'telegram',
      // A button that is pressed twice before it is gone counts once.
      platformId: `${botId}:press:${shown.chat.id}:${shown.message_id}:${query.from.id}:${createHash('sha256').update(data).digest('base64url').slice(0, 16)}`,
      address,
      atMs: clock.nowMs(),
      content: { kind: 'button', value: pressed.value },
    };
    note(ctx, { kind: 'press', queryId: query.id, address, answer: 'silent', edit });
  });

  // Other bots, and in groups whatever is not meant for us.
  bot.use((ctx, next) => {
    const said = ctx.message ?? ctx.editedMessage;
    if (said?.from === undefined || said.from.is_bot) return undefined;
    return said.chat.type === 'private' || addressedText(said, ctx.botInfo) !== null ? next() : undefined;
  });

  bot.start((ctx) => {
    const payload = ctx.payload.trim();
    hear(ctx, ctx.message, { kind: 'start', payload: payload === '' ? null : payload });
  });
  for (const command of COMMANDS) {
    const spellings = [command, ...Object.entries(COMMAND_ALIASES).flatMap(([alias, of]) => (of === command ? [alias] : []))];
    bot.command(spellings, (ctx) => {
      hear(ctx, ctx.message, contentOf(command));
    });
  }

  bot.on(message('text'), (ctx) => {
    const forwarded = 'forward_origin' in ctx.message || 'forward_date' in ctx.message;
    hear(ctx, ctx.message, { kind: 'text', text: wordsOf(ctx.message, ctx.botInfo), forwarded });
  });
  bot.on(editedMessage('text'), (ctx) => {
    hear(ctx, ctx.editedMessage, { kind: 'text', text: wordsOf(ctx.editedMessage, ctx.botInfo), forwarded: false });
  });
  bot.on(message('voice'), (ctx) => {
    hear(ctx, ctx.message, { kind: 'voice', fileId: ctx.message.voice.file_id, durationSeconds: ctx.message.voice.duration });
  });
  bot.on(message('video_note'), (ctx) => {
    hear(ctx, ctx.message, { kind: 'voice', fileId: ctx.message.video_note.file_id, durationSeconds: ctx.message.video_note.duration });
  });
  bot.on(message('photo'), (ctx) => {
    hear(ctx, ctx.message, { kind: 'image', fileId: ctx.message.photo.at(-1)?.file_id ?? null, caption: ctx.message.caption ?? null });
  });
  bot.on(message('sticker'), (ctx) => {
    hear(ctx, ctx.message, { kind: 'sticker', fileId: ctx.message.sticker.file_id, caption: null });
  });
  bot.on(message('location'), (ctx) => {
    const { latitude, longitude } = ctx.message.location;
    hear(ctx, ctx.message, { kind: 'location', fileId: null, caption: `${latitude.toFixed(5)}, ${longitude.toFixed(5)}` });
  });
  bot.on(message('document'), (ctx) => {
    hear(ctx, ctx.message, { kind: 'file', fileId: ctx.message.document.file_id, caption: ctx.message.caption ?? null });
  });
  bot.on(message('video'), (ctx) => {
    hear(ctx, ctx.message, { kind: 'file', fileId: ctx.message.video.file_id, caption: ctx.message.caption ?? null });
  });
  bot.on(message('audio'), (ctx) => {
    hear(ctx, ctx.message, { kind: 'file', fileId: ctx.message.audio.file_id, caption: ctx.message.caption ?? null });
  });
  // Contacts, polls, stories and whatever Telegram invents next: a person looks at it.
  bot.on('message', (ctx) => {
    if (!SERVICE_FIELDS.some((field) => field in ctx.message)) hear(ctx, ctx.message, { kind: 'file', fileId: null, caption: null });
  });

  return {
    setSelf,
    setStaffChat: (chatId) => {
      staffChats.add(chatId);
    },
    route: async (update) => {
      found.delete(update);
      await bot.handleUpdate(update);
      return routedOf(update);
    },
    salvage: (update) => {
      const address = 'message' in update && update.message.chat.type === 'private' ? addressOf(update.message) : null;
      if (address === null || !('message' in update)) return { inbound: null, notices: [], staff: null };
      return { notices: [], staff: null, inbound: { channel: 'telegram', platformId: `${botId}:${update.update_id}`, address, atMs: update.message.date * 1000, content: { kind: 'file', fileId: null, caption: null } } };
    },
  };
}

/** Messages that nobody wrote: the phone or Telegram reports something. */
const SERVICE_FIELDS = [
  'pinned_message', 'message_auto_delete_timer_changed', 'write_access_allowed', 'chat_background_set', 'users_shared', 'chat_shared', 'boost_added', 'successful_payment',
  'new_chat_members', 'left_chat_member', 'new_chat_title', 'new_chat_photo', 'delete_chat_photo', 'group_chat_created', 'supergroup_chat_created', 'migrate_from_chat_id',
  'forum_topic_created', 'forum_topic_edited', 'forum_topic_closed', 'forum_topic_reopened', 'general_forum_topic_hidden', 'general_forum_topic_unhidden',
  'video_chat_scheduled', 'video_chat_started', 'video_chat_ended', 'video_chat_participants_invited', 'connected_website', 'proximity_alert_triggered', 'passport_data',
] as const;

function addressOf(said: Message): string | null {
  if (said.from === undefined) return null;
  if (said.chat.type === 'private') return writeAddress({ chatId: said.chat.id, userId: null, threadId: null });
  // Outside topics a thread id is the root of a reply chain, which cannot be written to.
  const threadId = 'is_topic_message' in said && said.is_topic_message ? said.message_thread_id ?? null : null;
  return writeAddress({ chatId: said.chat.id, userId: said.from.id, threadId });
}

/** What was said: in a group without our name, and without the stroke of a command that nobody knows. */
function wordsOf(said: Message.TextMessage, self: BotSelf): string {
  const words = said.chat.type === 'private' ? said.text : addressedText(said, self) ?? said.text;
  return words.replace(/^\/(?=\p{L})/u, '');
}
