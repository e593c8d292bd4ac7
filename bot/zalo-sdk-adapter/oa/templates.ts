import { overLimit, type Failure } from '../errors.ts';
import { isObject, numberAt, objectAt, textAt, type JsonObject } from '../json.ts';
import { done, failed, type Result } from '../result.ts';
import { callOa, unreadable, type OaOptions } from './call.ts';
import { OA_LIMITS } from './limits.ts';
import { checkId } from './messages.ts';

/** Parameters of a template; which ones it needs was fixed when Zalo approved it. */
export type TemplateData = Readonly<Record<string, string | number>>;

export type TemplateSent = { message_id: string; sent_time: string | null; quota: { type: string | null; remain: number | null } };

export type TemplateInfo = { template_id: string; name: string | null; status: string | null; tag: string | null; raw: JsonObject };

/**
 * Approved template messages (ZBS, formerly ZNS): the paid way to write to somebody who has not written for 7 days, and
 * what replaced the transaction and promotion messages. Needs a verified account with a funded Zalo Cloud account.
 */
export class ZaloTemplates {
  readonly #options: OaOptions;

  constructor(options: OaOptions) {
    this.#options = options;
  }

  /** By the person's id. Receipts do not carry an id of yours: keep `message_id`. */
  async sendToUser(of: { user_id: string; template_id: string; template_data: TemplateData }): Promise<Result<TemplateSent>> {
    const name = 'oa.templates.sendToUser';
    const broken = checkId(name, 'user_id', of.user_id) ?? checkTemplate(name, of);
    if (broken !== null) return failed(broken);
    const body = { user_id: of.user_id, template_id: of.template_id, template_data: inNfc(of.template_data) };
    const request = { name, host: 'api', path: '/v3.0/oa/message/template', body, changes: true } as const;
    const answer = await callOa(request, this.#options);
    if (!answer.ok) return answer;
    const { data } = answer.value;
    const id = textAt(data, 'message_id') ?? textAt(data, 'msg_id');
    const quota = objectAt(data, 'quota');
    if (id === undefined) return unreadable(request, 'message_id');
    return done({ message_id: id, sent_time: textAt(data, 'sent_time') ?? null, quota: { type: textAt(quota, 'quota_type') ?? null, remain: numberAt(quota, 'remain') ?? null } });
  }

  /** By phone, in the form 84… . `tracking_id` comes back in `user_received_message`. With `mode: 'development'` only admins of the app get it. */
  async sendToPhone(of: { phone: string; template_id: string; template_data: TemplateData; tracking_id: string; mode?: 'development' }): Promise<Result<TemplateSent>> {
    const name = 'oa.templates.sendToPhone';
    const broken = checkPhone(name, of.phone) ?? checkTemplate(name, of) ?? checkTracking(name, of.tracking_id);
    if (broken !== null) return failed(broken);
    const body: JsonObject = { phone: of.phone, template_id: of.template_id, template_data: inNfc(of.template_data), tracking_id: of.tracking_id };
    if (of.mode !== undefined) body['mode'] = of.mode;
    const request = { name, host: 'template', path: '/message/template', body, changes: true } as const;
    const answer = await callOa(request, this.#options);
    if (!answer.ok) return answer;
    const { data } = answer.value;
    const id = textAt(data, 'msg_id') ?? textAt(data, 'message_id');
    if (id === undefined) return unreadable(request, 'msg_id');
    const remain = numberAt(objectAt(data, 'quota'), 'remainingQuota') ?? null;
    return done({ message_id: id, sent_time: textAt(data, 'sent_time') ?? null, quota: { type: 'daily', remain } });
  }

  async list(of: { offset: number; limit: number } = { offset: 0, limit: 100 }): Promise<Result<TemplateInfo[]>> {
    const query = { plain: { offset: String(of.offset), limit: String(of.limit) } };
    const answer = await callOa({ name: 'oa.templates.list', host: 'template', path: '/template/all', query, changes: false }, this.#options);
    return answer.ok ? done(answer.value.list.filter(isObject).flatMap(readTemplate)) : answer;
  }

  async get(templateId: string): Promise<Result<TemplateInfo>> {
    const request = { name: 'oa.templates.get', host: 'template', path: '/template/info/v2', query: { plain: { template_id: templateId } }, changes: false } as const;
    const answer = await callOa(request, this.#options);
    if (!answer.ok) return answer;
    const [info] = readTemplate(answer.value.data);
    return info === undefined ? unreadable(request, 'templateId') : done(info);
  }

  /** How many template messages by phone the account may still send today. */
  async quota(): Promise<Result<{ daily: number; remaining: number }>> {
    const request = { name: 'oa.templates.quota', host: 'template', path: '/message/quota', changes: false } as const;
    const answer = await callOa(request, this.#options);
    if (!answer.ok) return answer;
    const daily = numberAt(answer.value.data, 'dailyQuota');
    const remaining = numberAt(answer.value.data, 'remainingQuota');
    return daily === undefined || remaining === undefined ? unreadable(request, 'dailyQuota') : done({ daily, remaining });
  }
}

function readTemplate(from: JsonObject): TemplateInfo[] {
  const id = textAt(from, 'templateId') ?? textAt(from, 'template_id');
  if (id === undefined) return [];
  return [{ template_id: id, name: textAt(from, 'templateName') ?? null, status: textAt(from, 'status') ?? null, tag: textAt(from, 'templateTag') ?? null, raw: from }];
}

function checkTemplate(call: string, of: { template_id: string; template_data: TemplateData }): Failure | null {
  if (Object.keys(of.template_data).length === 0) return overLimit(call, 'template_data', 'is empty');
  return checkId(call, 'template_id', of.template_id);
}

function checkPhone(call: string, phone: string): Failure | null {
  return /^84\d{8,10}$/.test(phone) ? null : overLimit(call, 'phone', 'has to begin with 84 and hold digits only');
}

function checkTracking(call: string, id: string): Failure | null {
  const limit = OA_LIMITS.trackingId;
  if (id === '') return overLimit(call, 'tracking_id', 'is empty', limit, 0);
  return id.length > limit ? overLimit(call, 'tracking_id', `is ${id.length} characters long; Zalo takes at most ${limit}`, limit, id.length) : null;
}

function inNfc(data: TemplateData): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, typeof value === 'string' ? value.normalize('NFC') : value]));
}
