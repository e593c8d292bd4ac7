import { isObject, listAt, numberAt, objectAt, parseJson, textAt, type JsonObject } from '../json.ts';
import type { Attachment, Message } from './events.ts';

/** The `message` of an event, or undefined when it has no id. */
export function readMessage(eventName: string, raw: JsonObject): Message | undefined {
  const message = objectAt(raw, 'message');
  const id = textAt(message, 'msg_id');
  if (message === undefined || id === undefined || id === '') return undefined;
  const text = textAt(message, 'text') ?? null;
  if (eventName.endsWith('_text') && text === null) return undefined;
  return {
    msg_id: id,
    text,
    quote_msg_id: textAt(message, 'quote_msg_id') ?? null,
    conversation_id: textAt(message, 'conversation_id') ?? null,
    attachments: readAttachments(eventName, message),
  };
}

function readAttachments(eventName: string, message: JsonObject): Attachment[] {
  const read = listAt(message, 'attachments').filter(isObject).map((attachment) => readAttachment(eventName, attachment));
  if (read.length > 0 || !eventName.endsWith('_location')) return read;
  // A second source shows the place beside the attachments, as text.
  const coordinates = readCoordinates(objectAt(message, 'location'));
  return coordinates === undefined ? [] : [{ type: 'location', payload: { coordinates } }];
}

function readAttachment(eventName: string, attachment: JsonObject): Attachment {
  const name = textAt(attachment, 'type') ?? '';
  const payload = objectAt(attachment, 'payload') ?? {};
  const unknown: Attachment = { type: 'unknown', name, payload };
  const media = { url: textAt(payload, 'url') ?? null, thumbnail: textAt(payload, 'thumbnail') ?? null, description: textAt(payload, 'description') ?? null };
  switch (name) {
    case 'link':
      if (eventName.endsWith('_business_card')) return readBusinessCard(media.url, media.description);
      return { type: 'link', payload: media };
    case 'image':
    case 'gif':
    case 'video':
      return { type: name, payload: media };
    case 'audio':
      return media.url === null ? unknown : { type: 'audio', payload: { url: media.url } };
    case 'sticker':
      return { type: 'sticker', payload: { id: textAt(payload, 'id') ?? null, url: media.url } };
    case 'location': {
      const coordinates = readCoordinates(objectAt(payload, 'coordinates'));
      return coordinates === undefined ? unknown : { type: 'location', payload: { coordinates } };
    }
    case 'file':
      return {
        type: 'file',
        payload: {
          url: media.url,
          name: textAt(payload, 'name') ?? null,
          size: numberAt(payload, 'size') ?? null,
          type: textAt(payload, 'type') ?? null,
          checksum: textAt(payload, 'checksum') ?? null,
        },
      };
    case 'template':
      return {
        type: 'template',
        payload: { zinstant_id: textAt(payload, 'zinstant_id') ?? null, text: textAt(payload, 'text') ?? null, link_url: textAt(payload, 'link_url') ?? null },
      };
    default:
      return unknown;
  }
}

/** A business card is a link whose description is JSON in a text. */
function readBusinessCard(url: string | null, description: string | null): Attachment {
  const inner = description === null ? undefined : parseJson(description);
  const card = isObject(inner) ? inner : undefined;
  return { type: 'business_card', payload: { url, phone: textAt(card, 'phone') ?? null, qr_code_url: textAt(card, 'qrCodeUrl') ?? null } };
}

function readCoordinates(from: JsonObject | undefined): { latitude: number; longitude: number } | undefined {
  const latitude = numberAt(from, 'latitude');
  const longitude = numberAt(from, 'longitude');
  if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  return { latitude, longitude };
}
