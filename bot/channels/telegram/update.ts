import { z } from 'zod';
import type { Update } from 'telegraf/types';

/** What we read of an update, checked as it comes in. Everything else in it is left alone. */

const chat = z.looseObject({ id: z.int(), type: z.enum(['private', 'group', 'supergroup', 'channel']) });
const user = z.looseObject({ id: z.int(), is_bot: z.boolean() });
const entity = z.looseObject({ type: z.string(), offset: z.int(), length: z.int() });
const file = z.looseObject({ file_id: z.string() });

const message = z.looseObject({
  message_id: z.int(),
  date: z.int(),
  edit_date: z.int().optional(),
  chat,
  from: user.optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  entities: z.array(entity).optional(),
  caption_entities: z.array(entity).optional(),
  voice: z.looseObject({ file_id: z.string(), duration: z.number() }).optional(),
  audio: file.optional(),
  video: file.optional(),
  video_note: z.looseObject({ file_id: z.string(), duration: z.number() }).optional(),
  document: file.optional(),
  sticker: file.optional(),
  photo: z.array(file).optional(),
  location: z.looseObject({ latitude: z.number(), longitude: z.number() }).optional(),
  is_topic_message: z.boolean().optional(),
  message_thread_id: z.int().optional(),
  migrate_to_chat_id: z.int().optional(),
  reply_to_message: z.looseObject({ from: user.optional() }).optional(),
});

const updateSchema = z.looseObject({
  update_id: z.int(),
  message: message.optional(),
  edited_message: message.optional(),
  callback_query: z.looseObject({
    id: z.string(),
    from: user,
    data: z.string().optional(),
    message: z.looseObject({ message_id: z.int(), chat, date: z.int(), reply_markup: z.unknown().optional() }).optional(),
  }).optional(),
  my_chat_member: z.looseObject({ chat, from: user, new_chat_member: z.looseObject({ status: z.string() }) }).optional(),
});

/** An update whose fields, as far as we read them, are what telegraf's types say. */
export const telegrafUpdate = z.custom<Update>((value) => updateSchema.safeParse(value).success);

/** Kinds of updates we ask for; Telegram keeps the others to itself. */
export const WANTED_UPDATES = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const;
