import { BUTTONS_TEMPLATE_TYPE, countCharacters, FILE_MESSAGE_FIELD } from '../disputed.ts';
import { overLimit, type Failure } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { done, failed, type Result } from '../result.ts';
import { OA_LIMITS } from './limits.ts';

/** A button under a message. The person's tap on a query button arrives as a `user_send_text` with the payload as its text. */
export type Button = { title: string; image_icon?: string } & ButtonAction;
export type ButtonAction =
  | { type: 'oa.open.url'; payload: { url: string } }
  /** By custom beginning with `#`. The person sees it in the chat. */
  | { type: 'oa.query.show'; payload: string }
  | { type: 'oa.query.hide'; payload: string }
  | { type: 'oa.open.phone'; payload: { phone_code: string } }
  | { type: 'oa.open.sms'; payload: { phone_code: string; content: string } };

/** A picture by its public https address, or by the id of an upload not older than 7 days. */
export type Picture = { url: string } | { attachment_id: string };

export type ListElement = { title: string; subtitle?: string; image_url?: string; default_action?: { type: 'oa.open.url'; url: string } | { type: 'oa.query.show' | 'oa.query.hide'; payload: string } };

export type UserInfoRequest = { title: string; subtitle: string; image_url: string };

/** What can be said in a consultation message. */
export type Consultation =
  | { kind: 'text'; text: string; quote_message_id?: string; buttons?: readonly Button[] }
  | { kind: 'image'; picture: Picture; text?: string }
  | { kind: 'gif'; picture: Picture; width: number; height: number; text?: string }
  | { kind: 'file'; token: string }
  | { kind: 'list'; elements: readonly ListElement[]; buttons?: readonly Button[] }
  | { kind: 'user_info_request'; element: UserInfoRequest };

/** The `message` of a call to `/message/cs`, in NFC, or the limit that it breaks. */
export function consultationBody(call: string, of: Consultation): Result<JsonObject> {
  switch (of.kind) {
    case 'text':
      return textBody(call, of.text, of.quote_message_id, of.buttons ?? []);
    case 'image':
    case 'gif':
      return mediaBody(call, of);
    case 'file':
      if (of.token === '') return failed(overLimit(call, 'token', 'is empty; upload the file first'));
      return done({ attachment: { type: 'file', payload: { [FILE_MESSAGE_FIELD]: of.token } } });
    case 'list':
      return listBody(call, of.elements, of.buttons ?? []);
    case 'user_info_request': {
      const { title, subtitle, image_url } = of.element;
      const broken =
        checkText(call, 'title', title, OA_LIMITS.userInfoTitle) ?? checkText(call, 'subtitle', subtitle, OA_LIMITS.userInfoSubtitle) ?? checkUrl(call, 'image_url', image_url);
      if (broken !== null) return failed(broken);
      return done(template({ template_type: 'request_user_info', elements: [{ title: nfc(title), subtitle: nfc(subtitle), image_url }] }));
    }
  }
}

/** The elements of a list as one numbered text, for accounts in which Zalo does not take lists. */
export function listAsText(lead: string, elements: readonly ListElement[]): string {
  const lines = elements.map(({ title, subtitle }, index) => `${index + 1}. ${title}${subtitle === undefined ? '' : ` – ${subtitle}`}`);
  return [lead, ...lines].join('\n');
}

/** How many characters Zalo is taken to count in a text, for those who split long ones. */
export function zaloLength(text: string): number {
  return countCharacters(nfc(text));
}

/** The id of a person or message; numbers would have lost digits before they came here. */
export function checkId(call: string, field: string, id: string): Failure | null {
  return /^[\w.+:/=-]{1,200}$/.test(id) ? null : overLimit(call, field, 'is not an id');
}

export function checkText(call: string, field: string, text: string, limit: number): Failure | null {
  const length = zaloLength(text);
  if (text.trim() === '') return overLimit(call, field, 'is empty', limit, length);
  return length > limit ? overLimit(call, field, `is ${length} characters long; Zalo takes at most ${limit}`, limit, length) : null;
}

export function checkUrl(call: string, field: string, url: string): Failure | null {
  return URL.canParse(url) && new URL(url).protocol === 'https:' ? null : overLimit(call, field, 'has to be an https address');
}

function textBody(call: string, text: string, quoteId: string | undefined, buttons: readonly Button[]): Result<JsonObject> {
  const broken = checkText(call, 'text', text, OA_LIMITS.text) ?? checkButtons(call, buttons) ?? (quoteId === undefined ? null : checkId(call, 'quote_message_id', quoteId));
  if (broken !== null) return failed(broken);
  if (quoteId !== undefined && buttons.length > 0) return failed(overLimit(call, 'quote_message_id', 'cannot be combined with buttons'));
  const body: JsonObject = { text: nfc(text) };
  if (quoteId !== undefined) body['quote_message_id'] = quoteId;
  if (buttons.length === 0) return done(body);
  const kind: JsonObject = BUTTONS_TEMPLATE_TYPE === null ? {} : { template_type: BUTTONS_TEMPLATE_TYPE };
  return done({ ...body, ...template({ ...kind, buttons: buttons.map(buttonBody) }) });
}

function mediaBody(call: string, of: Consultation & { kind: 'image' | 'gif' }): Result<JsonObject> {
  const { picture } = of;
  const source: JsonObject = 'url' in picture ? { url: picture.url } : { attachment_id: picture.attachment_id };
  const broken =
    ('url' in picture ? checkUrl(call, 'url', picture.url) : checkId(call, 'attachment_id', picture.attachment_id)) ??
    (of.text === undefined ? null : checkText(call, 'text', of.text, OA_LIMITS.text)) ??
    (of.kind === 'gif' && !(of.width > 0 && of.height > 0) ? overLimit(call, 'width and height', 'have to be above 0 for a gif') : null);
  if (broken !== null) return failed(broken);
  const size: JsonObject = of.kind === 'gif' ? { width: of.width, height: of.height } : {};
  const body = template({ template_type: 'media', elements: [{ media_type: of.kind, ...source, ...size }] });
  return done(of.text === undefined ? body : { text: nfc(of.text), ...body });
}

function listBody(call: string, elements: readonly ListElement[], buttons: readonly Button[]): Result<JsonObject> {
  const limit = OA_LIMITS.listElements;
  if (elements.length === 0 || elements.length > limit) return failed(overLimit(call, 'elements', `are ${elements.length}; Zalo takes 1 to ${limit}`, limit, elements.length));
  const broken = checkButtons(call, buttons) ?? elements.map((element) => checkElement(call, element)).find((failure) => failure !== null);
  if (broken != null) return failed(broken);
  const payload: JsonObject = { template_type: 'list', elements: elements.map(elementBody) };
  if (buttons.length > 0) payload['buttons'] = buttons.map(buttonBody);
  return done(template(payload));
}

function checkElement(call: string, element: ListElement): Failure | null {
  return (
    checkText(call, 'title', element.title, OA_LIMITS.buttonTitle) ??
    (element.image_url === undefined ? null : checkUrl(call, 'image_url', element.image_url)) ??
    (element.default_action?.type === 'oa.open.url' ? checkUrl(call, 'default_action.url', element.default_action.url) : null)
  );
}

function elementBody(element: ListElement): JsonObject {
  const body: JsonObject = { title: nfc(element.title) };
  if (element.subtitle !== undefined) body['subtitle'] = nfc(element.subtitle);
  if (element.image_url !== undefined) body['image_url'] = element.image_url;
  if (element.default_action !== undefined) body['default_action'] = { ...element.default_action };
  return body;
}

function checkButtons(call: string, buttons: readonly Button[]): Failure | null {
  const limit = OA_LIMITS.buttons;
  if (buttons.length > limit) return overLimit(call, 'buttons', `are ${buttons.length}; Zalo takes at most ${limit}`, limit, buttons.length);
  return buttons.map((button) => checkButton(call, button)).find((failure) => failure !== null) ?? null;
}

function checkButton(call: string, button: Button): Failure | null {
  const broken = checkText(call, 'buttons.title', button.title, OA_LIMITS.buttonTitle);
  if (broken !== null) return broken;
  switch (button.type) {
    case 'oa.open.url':
      return checkUrl(call, 'buttons.payload.url', button.payload.url);
    case 'oa.query.show':
    case 'oa.query.hide':
      return checkText(call, 'buttons.payload', button.payload, OA_LIMITS.buttonPayload);
    case 'oa.open.phone':
      return checkPhone(call, button.payload.phone_code);
    case 'oa.open.sms':
      return checkPhone(call, button.payload.phone_code) ?? checkText(call, 'buttons.payload.content', button.payload.content, OA_LIMITS.buttonPayload);
  }
}

/** Short numbers such as 115 count too. */
function checkPhone(call: string, phone: string): Failure | null {
  return /^\+?\d{3,15}$/.test(phone) ? null : overLimit(call, 'phone_code', 'has to be digits');
}

function buttonBody(button: Button): JsonObject {
  const payload = typeof button.payload === 'string' ? nfc(button.payload) : { ...button.payload };
  const body: JsonObject = { title: nfc(button.title), type: button.type, payload };
  if (button.image_icon !== undefined) body['image_icon'] = button.image_icon;
  return body;
}

function template(payload: JsonObject): JsonObject {
  return { attachment: { type: 'template', payload } };
}

/** Decomposed Vietnamese counts a good quarter longer. */
function nfc(text: string): string {
  return text.normalize('NFC');
}
