import { randomUUID } from 'node:crypto';
import type { Desk } from './methods.ts';
import type { Group, Person } from './world.ts';

/** Whoever writes to the bot: tests speak as these. */

export type FakePerson = ReturnType<ReturnType<typeof createPeople>['person']>;
export type FakeGroup = ReturnType<ReturnType<typeof createPeople>['group']>;

/** What a message may carry besides who, where and when. */
type Content = Record<string, unknown>;

export function createPeople(desk: Desk) {
  const { world, updates } = desk;
  const seconds = (): number => Math.floor(desk.nowMs() / 1000);

  const post = (kind: 'message' | 'edited_message', fromId: number, chatId: number, content: Content): number => {
    const messageId = world.nextMessageId(chatId);
    world.heard.add(`${chatId}:${messageId}`);
    const message: Content = { message_id: messageId, from: world.userObject(fromId), chat: world.chatObject(chatId), date: seconds(), ...content };
    world.said.set(`${chatId}:${messageId}`, message);
    return updates.push(kind, message, `${kind}:${chatId}`);
  };

  const press = (fromId: number, chatId: number, messageId: number, label: string): string => {
    const message = world.find(chatId, messageId);
    const data = message.keyboard?.inline_keyboard.flat().find((button) => button.text.includes(label))?.callback_data;
    if (data === undefined) throw new Error(`no button says ${label}: ${JSON.stringify(message.keyboard)}`);
    const id = randomUUID();
    desk.presses.set(id, { atMs: desk.nowMs(), answered: false, text: null });
    updates.push('callback_query', { id, from: world.userObject(fromId), message: world.messageObject(message), chat_instance: '1', data }, `callback_query:${chatId}`);
    return id;
  };

  const withCommand = (text: string): Content => {
    const command = /^\/[\w@]+/.exec(text)?.[0];
    return { text, ...(command === undefined ? {} : { entities: [{ type: 'bot_command', offset: 0, length: command.length }] }) };
  };

  return {
    /** How a press was answered. */
    pressed: (id: string) => desk.presses.get(id),
    /** Someone with a phone. `started: false`: known to Telegram, has never written to the bot. */
    person: (id: number, about: Partial<Omit<Person, 'id'>> = {}) => {
      const self: Person = { id, first_name: 'Bà con', language_code: 'vi', started: true, blocked: false, deactivated: false, noVoice: false, ...about };
      world.people.set(id, self);
      const membership = (from: string, to: string): void => {
        updates.push('my_chat_member', { chat: world.chatObject(id), from: world.userObject(id), date: seconds(), old_chat_member: { user: world.bot, status: from }, new_chat_member: { user: world.bot, status: to } }, `my_chat_member:${id}`);
      };
      const tell = (content: Content): number => {
        self.started = true;
        return post('message', id, id, content);
      };
      return {
        id,
        self,
        /** Gives the update's id. */
        says: (text: string) => tell(withCommand(text)),
        sends: tell,
        starts: (payload?: string) => tell(withCommand(payload === undefined ? '/start' : `/start ${payload}`)),
        edits: (text: string) => post('edited_message', id, id, { text, edit_date: seconds() }),
        sendsVoice: (bytes = new Uint8Array([1, 2, 3])) => {
          const fileId = `voice-in-${desk.files.size}`;
          desk.files.set(fileId, { bytes, kind: 'voice' });
          return tell({ voice: { file_id: fileId, file_unique_id: 'u', duration: 4, mime_type: 'audio/ogg' } });
        },
        forwards: (text: string) => tell({ text, forward_origin: { type: 'hidden_user', sender_user_name: 'Nhóm xóm', date: seconds() - 60 } }),
        /** Presses the button whose label contains `label`, by default on the bot's latest message with buttons. */
        presses: (label: string, messageId?: number) => {
          const latest = world.shown.findLast((each) => each.chatId === id && each.keyboard !== null);
          return press(id, id, messageId ?? latest?.message_id ?? 0, label);
        },
        blocks: () => {
          self.blocked = true;
          membership('member', 'kicked');
        },
        unblocks: () => {
          self.blocked = false;
          membership('kicked', 'member');
        },
      };
    },
    /** A group that the bot is in. */
    group: (id: number, about: Partial<Omit<Group, 'id'>> = {}) => {
      const self: Group = { id, type: 'supergroup', title: 'Nhóm làng', forum: false, admin: false, botIn: true, movedTo: null, topics: new Map(), ...about };
      world.groups.set(id, self);
      return {
        id,
        self,
        says: (fromId: number, text: string, extra: Content = {}) => {
          const at = text.indexOf(`@${world.bot.username}`);
          const mention = at === -1 ? [] : [{ type: 'mention', offset: at, length: world.bot.username.length + 1 }];
          const { entities: command } = withCommand(text);
          return post('message', fromId, id, { text, entities: [...(Array.isArray(command) ? command : []), ...mention], ...extra });
        },
        repliesTo: (fromId: number, messageId: number, text: string, extra: Content = {}) => (
          post('message', fromId, id, { text, reply_to_message: world.messageObject(world.find(id, messageId)), ...extra })
        ),
        presses: (fromId: number, label: string, messageId: number) => press(fromId, id, messageId, label),
        /** Writes in a topic without answering anything: the message points at the topic's first one all the same. */
        saysInTopic: (fromId: number, threadId: number, text: string) => post('message', fromId, id, {
          text, message_thread_id: threadId, is_topic_message: true,
          reply_to_message: { message_id: threadId, from: world.bot, chat: world.chatObject(id), date: seconds(), forum_topic_created: { name: self.topics.get(threadId)?.name ?? '', icon_color: 7322096 } },
        }),
        speaksTo: (fromId: number, messageId: number, bytes: Uint8Array = new Uint8Array([1, 2, 3]), extra: Content = {}) => {
          const fileId = `voice-in-${desk.files.size}`;
          desk.files.set(fileId, { bytes, kind: 'voice' });
          return post('message', fromId, id, { voice: { file_id: fileId, file_unique_id: 'u', duration: 4, mime_type: 'audio/ogg' }, reply_to_message: world.messageObject(world.find(id, messageId)), ...extra });
        },
        /** The plain group becomes a supergroup. */
        migrates: (to: number) => {
          world.groups.set(to, { ...self, id: to, type: 'supergroup' });
          self.movedTo = to;
          post('message', 0, id, { migrate_to_chat_id: to });
        },
        kicksBot: () => {
          self.botIn = false;
        },
      };
    },
  };
}
