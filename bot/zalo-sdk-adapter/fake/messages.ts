import { no, type FakeSent, type World, type ZaloNo } from './world.ts';

type Json = Readonly<Record<string, unknown>>;
type Checked = { kind: FakeSent['kind']; text: string | null } | ZaloNo;

/** Judges the `message` of a consultation message as the real host does, from its documentation and from what others saw. */
export function checkMessage(world: World, message: unknown): Checked {
  if (!isJson(message)) return no(-201, 'message is invalid');
  const { text, attachment, quote_message_id: quote } = message;
  if (text !== undefined) {
    if (typeof text !== 'string' || text.trim() === '') return no(-201, 'message.text is invalid');
    if (codePoints(text.normalize('NFC')) > 2000) return no(-210, 'message.text is over 2000 characters');
  }
  const said = typeof text === 'string' ? text : null;
  if (quote !== undefined && typeof quote !== 'string') return no(-201, 'message.quote_message_id is invalid');
  if (attachment === undefined) return said === null ? no(-201, 'message is empty') : { kind: 'text', text: said };
  if (!isJson(attachment) || !isJson(attachment['payload'])) return no(-201, 'message.attachment is invalid');
  const payload = attachment['payload'];
  if (attachment['type'] === 'file') return checkFile(world, payload, said);
  if (attachment['type'] !== 'template') return no(-201, 'message.attachment.type is invalid');
  switch (payload['template_type']) {
    case 'media':
      return checkMedia(world, payload, said);
    case 'list':
      return checkList(payload, said);
    case 'request_user_info':
      return checkUserInfo(payload, said);
    case 'button':
    case undefined: {
      if (said === null) return no(-201, 'message.text is required with buttons');
      const broken = checkButtons(payload['buttons'], 1);
      return broken ?? { kind: 'buttons', text: said };
    }
    default:
      return no(-233, 'template_type is not supported');
  }
}

function checkFile(world: World, payload: Json, text: string | null): Checked {
  if (text !== null) return no(-201, 'a file has no text');
  const upload = world.uploads.get(stringOf(payload['token']));
  if (upload?.kind !== 'file') return no(-201, 'payload.token is invalid');
  return upload.expiresAtMs < world.clock.now() ? no(-100, 'the attachment has expired') : { kind: 'file', text: null };
}

function checkMedia(world: World, payload: Json, text: string | null): Checked {
  const [element, ...more] = listOf(payload['elements']);
  if (!isJson(element) || more.length > 0) return no(-201, 'payload.elements is invalid');
  const { media_type: kind, url, attachment_id: id } = element;
  if (kind !== 'image' && kind !== 'gif') return no(-233, 'media_type is not supported');
  if ((url === undefined) === (id === undefined)) return no(-201, 'exactly one of url and attachment_id is required');
  if (kind === 'gif' && !(Number(element['width']) > 0 && Number(element['height']) > 0)) return no(-201, 'width and height are required');
  if (url !== undefined) return isHttps(url) ? { kind, text } : no(-201, 'url is invalid');
  const upload = world.uploads.get(stringOf(id));
  if (upload?.kind !== kind) return no(-201, 'attachment_id is invalid');
  return upload.expiresAtMs < world.clock.now() ? no(-100, 'the attachment has expired') : { kind, text };
}

function checkList(payload: Json, text: string | null): Checked {
  const elements = listOf(payload['elements']);
  if (text !== null || elements.length === 0 || elements.length > 5) return no(-201, 'payload.elements is invalid');
  const bad = elements.some((element) => !isJson(element) || !isShort(element['title'], 100) || (element['image_url'] !== undefined && !isHttps(element['image_url'])));
  if (bad) return no(-201, 'an element is invalid');
  return checkButtons(payload['buttons'], 0) ?? { kind: 'list', text: null };
}

function checkUserInfo(payload: Json, text: string | null): Checked {
  const [element, ...more] = listOf(payload['elements']);
  if (text !== null || !isJson(element) || more.length > 0) return no(-201, 'payload.elements has to hold one element');
  const good = isShort(element['title'], 100) && isShort(element['subtitle'], 500) && isHttps(element['image_url']);
  return good ? { kind: 'request_user_info', text: null } : no(-201, 'the element is invalid');
}

function checkButtons(buttons: unknown, least: 0 | 1): ZaloNo | null {
  const list = listOf(buttons);
  if (list.length < least || list.length > 5) return no(-201, 'payload.buttons has to hold at most 5 buttons');
  return list.every((button) => isJson(button) && isShort(button['title'], 100) && isAction(button)) ? null : no(-201, 'a button is invalid');
}

function isAction(button: Json): boolean {
  const { type, payload } = button;
  switch (type) {
    case 'oa.query.show':
    case 'oa.query.hide':
      return isShort(payload, 1000);
    case 'oa.open.url':
      return isJson(payload) && isHttps(payload['url']);
    case 'oa.open.phone':
      return isJson(payload) && isShort(payload['phone_code'], 16);
    case 'oa.open.sms':
      return isJson(payload) && isShort(payload['phone_code'], 16) && isShort(payload['content'], 1000);
    default:
      return false;
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isShort(value: unknown, limit: number): boolean {
  return typeof value === 'string' && value.trim() !== '' && codePoints(value) <= limit;
}

function isHttps(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('https://') && URL.canParse(value);
}

function codePoints(text: string): number {
  return Array.from(text).length;
}
