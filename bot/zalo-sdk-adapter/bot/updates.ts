import { isObject, numberAt, objectAt, textAt, type JsonObject } from '../json.ts';

export const BOT_EVENTS = ['message.text.received', 'message.image.received', 'message.sticker.received', 'message.voice.received', 'message.unsupported.received'] as const;

/** One message to the bot. Answers always go to `message.chat.id`. */
export type BotUpdate = {
  event_name: (typeof BOT_EVENTS)[number] | 'unknown';
  /** The name as it came, which for `unknown` is the only hint. */
  name: string;
  /** The same for every delivery of this update. */
  key: string;
  message: {
    message_id: string;
    /** Epoch milliseconds. */
    date: number;
    from: { id: string; display_name: string; is_bot: boolean };
    chat: { id: string; chat_type: 'PRIVATE' | 'GROUP' };
    text: string | null;
    caption: string | null;
    photo_url: string | null;
    sticker: string | null;
    voice_url: string | null;
  };
  raw: JsonObject;
};

/** An update from a webhook body or a poll, bare or wrapped in `result`, with today's or earlier names; null when it is none. */
export function readBotUpdate(json: JsonObject): BotUpdate | null {
  const raw = objectAt(json, 'result') ?? json;
  const name = textAt(raw, 'event_name');
  const message = objectAt(raw, 'message');
  const from = objectAt(message, 'from');
  const chat = objectAt(message, 'chat');
  const id = textAt(message, 'message_id');
  const chatId = textAt(chat, 'id');
  if (name === undefined || id === undefined || chatId === undefined || !isObject(message)) return null;
  return {
    event_name: BOT_EVENTS.find((each) => each === name) ?? 'unknown',
    name,
    key: `${name}:${id}`,
    message: {
      message_id: id,
      date: inMilliseconds(numberAt(message, 'date') ?? 0),
      from: { id: textAt(from, 'id') ?? '', display_name: textAt(from, 'display_name') ?? textAt(from, 'name') ?? '', is_bot: from?.['is_bot'] === true },
      chat: { id: chatId, chat_type: textAt(chat, 'chat_type')?.toUpperCase() === 'GROUP' ? 'GROUP' : 'PRIVATE' },
      text: textAt(message, 'text') ?? null,
      caption: textAt(message, 'caption') ?? null,
      photo_url: textAt(message, 'photo_url') ?? textAt(message, 'photo') ?? null,
      sticker: textAt(message, 'sticker') ?? null,
      voice_url: textAt(message, 'voice_url') ?? textAt(message, 'voice') ?? null,
    },
    raw,
  };
}

function inMilliseconds(date: number): number {
  return date > 0 && date < 100_000_000_000 ? date * 1000 : date;
}
