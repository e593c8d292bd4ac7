import { ApiError } from './wire.ts';
import type { Entity } from './entities.ts';

/** People and groups as the fake knows them, and what lies in each chat. */

export type Person = { id: number; first_name: string; language_code: string; started: boolean; blocked: boolean; deactivated: boolean; noVoice: boolean };

export type Group = { id: number; type: 'group' | 'supergroup'; title: string; forum: boolean; admin: boolean; botIn: boolean; movedTo: number | null; topics: Map<number, { name: string; closed: boolean }> };

export type InlineKeyboard = { inline_keyboard: { text: string; callback_data?: string }[][] };

/** A message of the bot, as its chat shows it now. */
export type Shown = {
  message_id: number;
  chatId: number;
  /** When it was accepted, epoch ms by the fake's clock. */
  atMs: number;
  kind: 'text' | 'photo' | 'voice' | 'document';
  text: string;
  entities: Entity[];
  keyboard: InlineKeyboard | null;
  threadId: number | null;
  replyTo: number | null;
  fileId: string | null;
  edits: number;
};

export type World = ReturnType<typeof createWorld>;

export function createWorld(bot: { id: number; is_bot: true; first_name: string; username: string }) {
  const people = new Map<number, Person>();
  const groups = new Map<number, Group>();
  const shown: Shown[] = [];
  /** Ids of messages that people wrote, a chat: what can be quoted. */
  const heard = new Set<string>();
  /** What people wrote, as the API shows it when a message of ours that answers it is pressed. */
  const said = new Map<string, Record<string, unknown>>();
  // Private chats and plain groups share the bot's own count; each supergroup counts for itself.
  const counts = new Map<number, number>();
  const nextMessageId = (chatId: number): number => {
    const counter = groups.get(chatId)?.type === 'supergroup' ? chatId : 0;
    const next = (counts.get(counter) ?? 0) + 1;
    counts.set(counter, next);
    return next;
  };

  const chatObject = (chatId: number): Record<string, unknown> => {
    const group = groups.get(chatId);
    if (group !== undefined) return { id: group.id, type: group.type, title: group.title, ...(group.forum ? { is_forum: true } : {}) };
    const person = people.get(chatId);
    return { id: chatId, type: 'private', first_name: person?.first_name ?? '' };
  };

  return {
    bot,
    people,
    groups,
    shown,
    nextMessageId,
    chatObject,
    heard,
    said,
    userObject: (id: number): Record<string, unknown> => {
      const person = people.get(id);
      return { id, is_bot: false, first_name: person?.first_name ?? 'Ai đó', language_code: person?.language_code ?? 'vi' };
    },
    /** Where a message may go: throws what the API says when it may not. */
    open: (chatId: number, threadId: number | null): void => {
      const group = groups.get(chatId);
      if (group !== undefined) {
        if (group.movedTo !== null) throw new ApiError(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: group.movedTo });
        if (!group.botIn) throw new ApiError(403, `Forbidden: bot was kicked from the ${group.type} chat`);
        if (threadId === null) return;
        const topic = group.topics.get(threadId);
        if (topic === undefined) throw new ApiError(400, 'Bad Request: message thread not found');
        if (topic.closed) throw new ApiError(400, 'Bad Request: TOPIC_CLOSED');
        return;
      }
      const person = people.get(chatId);
      if (person === undefined) throw new ApiError(400, 'Bad Request: chat not found');
      if (person.deactivated) throw new ApiError(403, 'Forbidden: user is deactivated');
      if (person.blocked) throw new ApiError(403, 'Forbidden: bot was blocked by the user');
      if (!person.started) throw new ApiError(403, 'Forbidden: bot can\'t initiate conversation with a user');
      if (threadId !== null) throw new ApiError(400, 'Bad Request: message thread not found');
    },
    find: (chatId: number, messageId: number): Shown => {
      const found = shown.find((each) => each.chatId === chatId && each.message_id === messageId);
      if (found === undefined) throw new ApiError(400, heard.has(`${chatId}:${messageId}`) ? 'Bad Request: message can\'t be edited' : 'Bad Request: message to edit not found');
      return found;
    },
    /** A message of the bot as the API describes it. */
    messageObject: (message: Shown): Record<string, unknown> => ({
      message_id: message.message_id,
      from: bot,
      chat: chatObject(message.chatId),
      date: Math.floor(message.atMs / 1000),
      ...(message.kind === 'text' ? { text: message.text, entities: message.entities } : { ...(message.text === '' ? {} : { caption: message.text }) }),
      ...(message.kind === 'photo' ? { photo: [{ file_id: `${message.fileId ?? ''}-s`, file_unique_id: 's', width: 90, height: 90 }, { file_id: message.fileId, file_unique_id: 'l', width: 800, height: 800 }] } : {}),
      ...(message.kind === 'document' ? { document: { file_id: message.fileId, file_unique_id: 'd' } } : {}),
      ...(message.kind === 'voice' ? { voice: { file_id: message.fileId, file_unique_id: 'v', duration: 3, mime_type: 'audio/ogg' } } : {}),
      ...(message.keyboard === null ? {} : { reply_markup: message.keyboard }),
      ...(message.threadId === null ? {} : { message_thread_id: message.threadId, is_topic_message: true }),
      ...(message.replyTo === null ? {} : { reply_to_message: said.get(`${message.chatId}:${message.replyTo}`) }),
    }),
  };
}
