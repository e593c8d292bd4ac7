import { z } from 'zod';
import type { MessageAt, StaffAct, StaffButton, StaffWire, WireFault, WireResult } from '#bot/tickets/staff-wire.ts';
import { STAFF_BUTTON } from '#bot/tickets/staff-wire.ts';
import type { Message } from 'telegraf/types';
import { sendable } from '../sendable.ts';
import type { Api, ApiFault, ApiResult } from './api.ts';
import { NETWORK_PAUSE_MS, outcomeOf, verdictOf } from './errors.ts';
import type { Keyboard } from './keyboard.ts';
import type { Clock, Memory } from './ports.ts';
import { TEXT_LIMIT } from './render.ts';
import { movedKey } from './send.ts';

/** The staff's group and private chats on Telegram. */

const sent = z.object({ message_id: z.int() });
const topic = z.object({ message_thread_id: z.int() });
const chat = z.object({ is_forum: z.boolean().optional() });

/** How long to believe whether the group has topics. */
const LOOK_AGAIN_MS = 10 * 60_000;

export function createStaffWire(options: { api: Api; memory: Memory; clock: Clock; staffChatId: number | null }): StaffWire {
  const { api, memory, clock, staffChatId } = options;
  let topics: { has: boolean; untilMs: number } | null = null;

  const groupChatId = async (): Promise<string | null> => (staffChatId === null ? null : await memory.get(movedKey(staffChatId)) ?? String(staffChatId));

  /** The call, once more under the group's new id when it was upgraded. */
  const inChat = async <T>(chatId: string, call: (chatId: number) => Promise<ApiResult<T>>): Promise<WireResult<T>> => {
    const known = await memory.get(movedKey(Number(chatId)));
    let result = await call(Number(known ?? chatId));
    if (!result.ok && result.fault.kind === 'said-no' && result.fault.migratedTo !== null) {
      await memory.set(movedKey(Number(chatId)), result.fault.migratedTo);
      result = await call(Number(result.fault.migratedTo));
    }
    return result.ok ? result : { ok: false, fault: faultOf(result.fault, clock.nowMs()) };
  };
  const inGroup = async <T>(call: (chatId: number) => Promise<ApiResult<T>>): Promise<WireResult<T>> => {
    const group = await groupChatId();
    return group === null ? { ok: false, fault: { kind: 'refused', why: 'no group' } } : inChat(group, call);
  };
  /** What is so already, or was never there, is as it should be. */
  const orSo = async (result: Promise<WireResult<unknown>>): Promise<WireResult<true>> => {
    const got = await result;
    if (got.ok) return { ok: true, result: true };
    return got.fault.kind === 'refused' && got.fault.why === IGNORED ? { ok: true, result: true } : got;
  };

  return {
    groupChatId,
    hasTopics: async () => {
      const nowMs = clock.nowMs();
      if (topics !== null && topics.untilMs > nowMs) return topics.has;
      const found = await inGroup((chatId) => api.call('getChat', { chat_id: chatId }, chat));
      if (found.ok) topics = { has: found.result.is_forum === true, untilMs: nowMs + LOOK_AGAIN_MS };
      return found.ok && found.result.is_forum === true;
    },
    post: async (post) => {
      const result = await inChat(post.chatId, (chatId) => api.call('sendMessage', {
        chat_id: chatId,
        text: sendable(post.text).slice(0, TEXT_LIMIT),
        ...(post.threadId === null ? {} : { message_thread_id: post.threadId }),
        ...(post.replyTo === null ? {} : { reply_parameters: { message_id: post.replyTo, allow_sending_without_reply: true } }),
        ...keyboardOf(post.buttons),
        ...(post.quiet ? { disable_notification: true } : {}),
        link_preview_options: { is_disabled: true },
      }, sent));
      // A card that somebody deleted: the line goes all the same.
      if (!result.ok && result.fault.kind === 'refused' && result.fault.why === NO_REPLY) {
        const alone = await inChat(post.chatId, (chatId) => api.call('sendMessage', { chat_id: chatId, text: sendable(post.text).slice(0, TEXT_LIMIT), ...(post.threadId === null ? {} : { message_thread_id: post.threadId }), ...keyboardOf(post.buttons) }, sent));
        return alone.ok ? { ok: true, result: alone.result.message_id } : alone;
      }
      return result.ok ? { ok: true, result: result.result.message_id } : result;
    },
    edit: (at, text, buttons) => orSo(inChat(at.chatId, (chatId) => api.call('editMessageText', {
      chat_id: chatId, message_id: at.messageId, text: sendable(text).slice(0, TEXT_LIMIT), ...keyboardOf(buttons), link_preview_options: { is_disabled: true },
    }, z.unknown()))),
    remove: (at: MessageAt) => orSo(inChat(at.chatId, (chatId) => api.call('deleteMessage', { chat_id: chatId, message_id: at.messageId }, z.unknown()))),
    openTopic: async (name) => {
      const opened = await inGroup((chatId) => api.call('createForumTopic', { chat_id: chatId, name: sendable(name).slice(0, 128) }, topic));
      // No right to open topics: cards then stand one under the other.
      if (!opened.ok && opened.fault.kind === 'refused') topics = { has: false, untilMs: clock.nowMs() + LOOK_AGAIN_MS };
      return opened.ok ? { ok: true, result: opened.result.message_thread_id } : opened;
    },
    setTopic: (threadId, state) => orSo(inGroup((chatId) => api.call(state === 'closed' ? 'closeForumTopic' : 'reopenForumTopic', { chat_id: chatId, message_thread_id: threadId }, z.unknown()))),
    removeTopic: (threadId) => orSo(inGroup((chatId) => api.call('deleteForumTopic', { chat_id: chatId, message_thread_id: threadId }, z.unknown()))),
    download: async (fileId) => {
      const result = await api.download(fileId);
      return result.ok ? result : { ok: false, fault: faultOf(result.fault, clock.nowMs()) };
    },
  };
}

const IGNORED = 'ignored';
const NO_REPLY = 'no reply';

function faultOf(fault: ApiFault, nowMs: number): WireFault {
  if (fault.kind === 'ambiguous') return { kind: 'later', notBeforeMs: nowMs + NETWORK_PAUSE_MS, why: fault.why };
  if (fault.kind === 'said-no') {
    const verdict = verdictOf(fault);
    if (verdict === 'without-topic') return { kind: 'no-topic' };
    if (verdict === 'ignore' || /message to delete not found/iu.test(fault.description)) return { kind: 'refused', why: IGNORED };
    if (verdict === 'without-reply') return { kind: 'refused', why: NO_REPLY };
  }
  const outcome = outcomeOf(fault, nowMs);
  switch (outcome.kind) {
    case 'later':
      return outcome;
    case 'gone':
      return outcome;
    case 'refused':
      return outcome;
    case 'unknown':
      return { kind: 'later', notBeforeMs: nowMs + NETWORK_PAUSE_MS, why: outcome.why };
  }
}

function keyboardOf(buttons: readonly StaffButton[]): { reply_markup?: Keyboard } {
  return buttons.length === 0 ? {} : { reply_markup: { inline_keyboard: [buttons.map(({ label, value }) => ({ text: label, callback_data: value }))] } };
}

/** What was said in the staff's group; null for what is no words of a person. An edited message is talk: the answer has gone. */
export function staffSaid(said: Message, key: string): StaffAct | null {
  if (said.from === undefined || said.from.is_bot) return null;
  const answered = 'reply_to_message' in said ? said.reply_to_message : undefined;
  const at = {
    key, chatId: String(said.chat.id), userId: String(said.from.id), messageId: said.message_id,
    // In a topic every message points at the topic's first one, which nobody answered.
    replyTo: answered === undefined || 'forum_topic_created' in answered ? null : answered.message_id,
    threadId: 'is_topic_message' in said && said.is_topic_message ? said.message_thread_id ?? null : null,
  };
  if ('text' in said) return said.text.startsWith('/') ? null : { ...at, kind: 'said', text: said.text };
  if ('voice' in said) return { ...at, kind: 'spoke', fileId: said.voice.file_id };
  return null;
}

/** What stands before a code that somebody of the station types to the bot: `/noi 12345678`, or in a link. */
const LINK = /^(?:\/noi(?:@\w+)?|\/start noi[-_]?|nối|noi)\s*(\d{8})$/iu;

/** The code by which somebody of the station links their account; null for all other words. */
export function linkCodeIn(text: string): string | null {
  return LINK.exec(text.trim())?.[1] ?? null;
}

export function isStaffButton(data: string): boolean {
  return data.startsWith(STAFF_BUTTON);
}
