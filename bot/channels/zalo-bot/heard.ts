import type { BotUpdate } from 'zalo-sdk-adapter';
import type { Inbound, InboundContent } from '#bot/channels/channel.ts';

/** What a person did, from one update; null for what other bots write. `nowMs` stands in for a time that is missing. */
export function heardIn({ event_name: name, key, message }: BotUpdate, nowMs: number): Inbound | null {
  if (message.from.is_bot) return null;
  return { channel: 'zalo-bot', platformId: key, address: addressOf(message), atMs: message.date > 0 ? message.date : nowMs, content: contentOf(name, message) };
}

/** Where an answer goes: always the chat. In a group a person is told apart from the neighbours, whose choices are not theirs. */
export function chatOf(address: string): string {
  return address.split('/')[0] ?? address;
}

function addressOf({ chat, from }: BotUpdate['message']): string {
  return chat.chat_type === 'GROUP' ? `${chat.id}/${from.id}` : chat.id;
}

function contentOf(name: BotUpdate['event_name'], message: BotUpdate['message']): InboundContent {
  switch (name) {
    case 'message.text.received':
      return { kind: 'text', text: message.text ?? '', forwarded: false };
    case 'message.image.received':
      return { kind: 'image', fileId: message.photo_url, caption: message.caption ?? message.text };
    case 'message.sticker.received':
      return { kind: 'sticker', fileId: message.sticker, caption: null };
    case 'message.voice.received':
      return message.voice_url === null ? { kind: 'file', fileId: null, caption: null } : { kind: 'voice', fileId: message.voice_url, durationSeconds: null };
    case 'message.unsupported.received':
    case 'unknown':
      // Somebody sent something: a person looks at it.
      return message.text === null ? { kind: 'file', fileId: null, caption: message.caption } : { kind: 'text', text: message.text, forwarded: false };
  }
}
