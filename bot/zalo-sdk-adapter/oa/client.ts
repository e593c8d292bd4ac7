import { numberAt, objectAt, textAt, type JsonObject } from '../json.ts';
import { done, failed, type Result } from '../result.ts';
import { ZaloArticles } from './articles.ts';
import { callOa, unreadable, type Answer, type OaOptions, type Rate } from './call.ts';
import { checkId, consultationBody, type Button, type Consultation, type ListElement, type Picture, type UserInfoRequest } from './messages.ts';
import { readOa, type OaProfile } from './people.ts';
import { ZaloTemplates } from './templates.ts';
import { ZaloUploads } from './uploads.ts';
import { ZaloUsers } from './users.ts';

/** A consultation message that Zalo took. */
export type Sent = {
  message_id: string;
  user_id: string;
  /** What it was paid with; `reply` is the free window. Null when Zalo did not say. */
  quota: { quota_type: string; remain: number | null; total: number | null } | null;
  rate: Rate | null;
};

/** Reactions that the account may put on a person's message, in Zalo's own spelling; the last takes one back. */
export type ReactIcon = '/-strong' | '/-heart' | ':>--b' | '-:((' | '-h:o' | '/-remove';

/**
 * The Official Account API, version 3.0, with the version 2.0 calls that are still open.
 *
 * A message of this client is a consultation message: it goes only to a person who interacted with the account in the
 * last 7 days, and free of charge in the first 48 hours. Zalo has no key against sending twice: a send that fails with
 * the remedy `unknown` may have arrived.
 */
export class ZaloOA {
  readonly users: ZaloUsers;
  readonly uploads: ZaloUploads;
  readonly articles: ZaloArticles;
  readonly templates: ZaloTemplates;
  readonly #options: OaOptions;

  constructor(options: OaOptions) {
    this.#options = options;
    this.users = new ZaloUsers(options);
    this.uploads = new ZaloUploads(options);
    this.articles = new ZaloArticles(options);
    this.templates = new ZaloTemplates(options);
  }

  /** 1 to 2000 characters, counted in NFC. A quoted message that is gone gives -201; send again without the quote. */
  sendText(userId: string, text: string, options: { quote_message_id?: string; buttons?: readonly Button[] } = {}): Promise<Result<Sent>> {
    return this.#send('oa.sendText', userId, { kind: 'text', text, ...options });
  }

  /** Text with up to 5 buttons. No public page of Zalo's describes them for today's API: try them on the real account first. */
  sendButtons(userId: string, text: string, buttons: readonly Button[]): Promise<Result<Sent>> {
    return this.#send('oa.sendButtons', userId, { kind: 'text', text, buttons });
  }

  sendImage(userId: string, picture: Picture, text?: string): Promise<Result<Sent>> {
    return this.#send('oa.sendImage', userId, { kind: 'image', picture, ...(text === undefined ? {} : { text }) });
  }

  sendGif(userId: string, picture: Picture, size: { width: number; height: number }, text?: string): Promise<Result<Sent>> {
    return this.#send('oa.sendGif', userId, { kind: 'gif', picture, ...size, ...(text === undefined ? {} : { text }) });
  }

  /** `token` comes from `uploads.file`. */
  sendFile(userId: string, token: string): Promise<Result<Sent>> {
    return this.#send('oa.sendFile', userId, { kind: 'file', token });
  }

  /** A form of version 2.0 of which no page for 3.0 is known; where Zalo answers -233, send `listAsText`. */
  sendList(userId: string, elements: readonly ListElement[], buttons: readonly Button[] = []): Promise<Result<Sent>> {
    return this.#send('oa.sendList', userId, { kind: 'list', elements, buttons });
  }

  /** Asks the person to share contact data; the answer arrives as `user_submit_info`. */
  sendUserInfoRequest(userId: string, element: UserInfoRequest): Promise<Result<Sent>> {
    return this.#send('oa.sendUserInfoRequest', userId, { kind: 'user_info_request', element });
  }

  /** Text to somebody who wrote without an account. Both ids come from the `anonymous_send_…` event. */
  async sendAnonymousText(to: { anonymous_id: string; conversation_id: string }, text: string): Promise<Result<Sent>> {
    const name = 'oa.sendAnonymousText';
    const message = consultationBody(name, { kind: 'text', text });
    if (!message.ok) return message;
    const broken = checkId(name, 'anonymous_id', to.anonymous_id) ?? checkId(name, 'conversation_id', to.conversation_id);
    if (broken !== null) return failed(broken);
    return this.#sent(name, to.anonymous_id, '/v2.0/oa/message', { recipient: { ...to }, message: message.value });
  }

  /** A reaction on a person's message. It costs no quota, and so is a cheap sign of "received". */
  async react(userId: string, messageId: string, icon: ReactIcon): Promise<Result<null>> {
    const name = 'oa.react';
    const broken = checkId(name, 'user_id', userId) ?? checkId(name, 'react_message_id', messageId);
    if (broken !== null) return failed(broken);
    const body = { recipient: { user_id: userId }, sender_action: { react_icon: icon, react_message_id: messageId } };
    const answer = await callOa({ name, host: 'api', path: '/v2.0/oa/message', body, changes: true }, this.#options);
    return answer.ok ? done(null) : answer;
  }

  /** The account itself: the cheapest way to see whether tokens and rights are in order. */
  async getOa(): Promise<Result<OaProfile>> {
    const request = { name: 'oa.getOa', host: 'api', path: '/v2.0/oa/getoa', changes: false } as const;
    const answer = await callOa(request, this.#options);
    if (!answer.ok) return answer;
    const profile = readOa(answer.value.data);
    return profile === null ? unreadable(request, 'oaid') : done(profile);
  }

  async #send(name: string, userId: string, what: Consultation): Promise<Result<Sent>> {
    const broken = checkId(name, 'user_id', userId);
    if (broken !== null) return failed(broken);
    const message = consultationBody(name, what);
    if (!message.ok) return message;
    return this.#sent(name, userId, '/v3.0/oa/message/cs', { recipient: { user_id: userId }, message: message.value });
  }

  async #sent(name: string, userId: string, path: string, body: JsonObject): Promise<Result<Sent>> {
    const request = { name, host: 'api', path, body, changes: true } as const;
    const answer = await callOa(request, this.#options);
    if (!answer.ok) return answer;
    return readSent(request, userId, answer.value);
  }
}

function readSent(request: { name: string; changes: boolean }, userId: string, { data, rate }: Answer): Result<Sent> {
  const id = textAt(data, 'message_id');
  if (id === undefined) return unreadable(request, 'message_id');
  const quota = objectAt(data, 'quota');
  return done({
    message_id: id,
    user_id: textAt(data, 'user_id') ?? userId,
    quota: quota === undefined ? null : { quota_type: textAt(quota, 'quota_type') ?? '', remain: numberAt(quota, 'remain') ?? null, total: numberAt(quota, 'total') ?? null },
    rate,
  });
}
