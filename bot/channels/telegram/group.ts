import type { Message } from 'telegraf/types';
import { COMMAND_ALIASES, COMMANDS } from './commands.ts';

/**
 * In a group we speak only when spoken to: by our name, by a reply to one of our messages, or by one of our commands.
 * Gives the words without our name; null when they are meant for others.
 */
export function addressedText(said: Message, self: { id: number; username: string }): string | null {
  const text = 'text' in said ? said.text : 'caption' in said ? said.caption ?? '' : '';
  const entities = ('entities' in said ? said.entities : 'caption_entities' in said ? said.caption_entities : undefined) ?? [];
  const ourName = `@${self.username}`.toLowerCase();

  for (const { type, offset, length } of entities) {
    const words = text.slice(offset, offset + length);
    if (type === 'mention' && self.username !== '' && words.toLowerCase() === ourName) {
      return `${text.slice(0, offset)} ${text.slice(offset + length)}`.replace(/[^\S\n]+/g, ' ').trim();
    }
    if (type === 'bot_command' && offset === 0) {
      const [command = '', to] = words.slice(1).split('@');
      if (to === undefined ? isOurs(command) : `@${to}`.toLowerCase() === ourName) return `/${command}${text.slice(length)}`;
    }
  }

  // In a topic every message points at the topic's first one, which may be ours without being answered.
  const answered = 'reply_to_message' in said ? said.reply_to_message : undefined;
  if (answered?.from?.id === self.id && !('forum_topic_created' in answered)) return text;
  return null;
}

function isOurs(command: string): boolean {
  return command === 'start' || COMMANDS.some((known) => known === command) || Object.hasOwn(COMMAND_ALIASES, command);
}
