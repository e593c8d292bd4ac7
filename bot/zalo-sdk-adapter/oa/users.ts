import { overLimit, type Failure } from '../errors.ts';
import { isObject, type JsonObject } from '../json.ts';
import { done, failed, type Result } from '../result.ts';
import { callOa, unreadable, type Answer, type OaOptions } from './call.ts';
import { OA_LIMITS } from './limits.ts';
import { checkId, checkText } from './messages.ts';
import {
  readAsset, readChatLine, readUser, readUserPage, readUserQuota, texts, type ChatLine, type QuotaAsset, type UserDetail, type UserPage,
  type UserQuery, type UserQuota,
} from './people.ts';

/** The people of an account: profiles, the list of followers, tags, quotas, past chats, erasure. */
export class ZaloUsers {
  readonly #options: OaOptions;

  constructor(options: OaOptions) {
    this.#options = options;
  }

  async get(userId: string): Promise<Result<UserDetail>> {
    const name = 'oa.users.get';
    const broken = checkId(name, 'user_id', userId);
    if (broken !== null) return failed(broken);
    const answer = await this.#get(name, '/v3.0/oa/user/detail', { user_id: userId });
    if (!answer.ok) return answer;
    const user = readUser(answer.value.data);
    return user === null ? unreadable({ name, changes: false }, 'user_id') : done(user);
  }

  /** One page of at most 50. Zalo reaches only the first 10 000 people, and free accounts get -224. */
  async list(query: UserQuery): Promise<Result<UserPage>> {
    const name = 'oa.users.list';
    const broken = atMost(name, 'count', query.count, OA_LIMITS.usersPerPage) ?? atMost(name, 'offset', query.offset, OA_LIMITS.lastUserOffset);
    if (broken !== null) return failed(broken);
    const answer = await this.#get(name, '/v3.0/oa/user/getlist', { ...query });
    return answer.ok ? done(readUserPage(answer.value.data)) : answer;
  }

  /** Page after page until the end, the limit of Zalo or the first failure, which comes as the last item. */
  async *all(query: Omit<UserQuery, 'offset' | 'count'> = {}): AsyncGenerator<Result<string>> {
    for (let offset = 0; offset <= OA_LIMITS.lastUserOffset; offset += OA_LIMITS.usersPerPage) {
      const page = await this.list({ ...query, offset, count: OA_LIMITS.usersPerPage });
      if (!page.ok) {
        yield page;
        return;
      }
      for (const user of page.value.users) yield done(user);
      if (page.value.users.length === 0 || offset + page.value.users.length >= page.value.total) return;
    }
  }

  /** What the account's managers see beside the person's name. */
  async update(userId: string, changes: { user_alias?: string; user_external_id?: string; shared_info?: Readonly<Record<string, string | number>> }): Promise<Result<null>> {
    const name = 'oa.users.update';
    const broken = checkId(name, 'user_id', userId);
    if (broken !== null) return failed(broken);
    const { shared_info, ...rest } = changes;
    return this.#post(name, '/v3.0/oa/user/update', { user_id: userId, ...rest, ...(shared_info === undefined ? {} : { shared_info: { ...shared_info } }) });
  }

  /** Erases what the account has stored about the person at Zalo. */
  eraseInfo(userId: string): Promise<Result<null>> {
    return this.#ofUser('oa.users.eraseInfo', '/v2.0/oa/deletefollowerinfo', userId, {});
  }

  tag(userId: string, tagName: string): Promise<Result<null>> {
    return this.#tagged('oa.users.tag', '/v2.0/oa/tag/tagfollower', userId, tagName);
  }

  untag(userId: string, tagName: string): Promise<Result<null>> {
    return this.#tagged('oa.users.untag', '/v2.0/oa/tag/rmfollowerfromtag', userId, tagName);
  }

  /** Removes the tag itself, from everybody. */
  async removeTag(tagName: string): Promise<Result<null>> {
    const name = 'oa.users.removeTag';
    const broken = checkText(name, 'tag_name', tagName, 100);
    return broken === null ? this.#post(name, '/v2.0/oa/tag/rmtag', { tag_name: tagName.normalize('NFC') }) : failed(broken);
  }

  async listTags(): Promise<Result<string[]>> {
    const answer = await callOa({ name: 'oa.users.listTags', host: 'api', path: '/v2.0/oa/tag/gettagsofoa', changes: false }, this.#options);
    return answer.ok ? done(texts(answer.value.list)) : answer;
  }

  /** What may still be sent to this person, and when they last interacted. */
  async quota(userId: string): Promise<Result<UserQuota>> {
    const name = 'oa.users.quota';
    const broken = checkId(name, 'user_id', userId);
    if (broken !== null) return failed(broken);
    const answer = await callOa({ name, host: 'api', path: '/v3.0/oa/quota/message', body: { user_id: userId }, changes: false }, this.#options);
    return answer.ok ? done(readUserQuota(answer.value.data)) : answer;
  }

  /** What the account may still send, by source of the quota. */
  async accountQuota(of: { quota_owner: 'OA' | 'APP'; product_type: 'cs' | 'transaction'; quota_type: 'sub_quota' | 'purchase_quota' | 'reward_quota' }): Promise<Result<QuotaAsset[]>> {
    const answer = await callOa({ name: 'oa.users.accountQuota', host: 'api', path: '/v3.0/oa/quota/message', body: { ...of }, changes: false }, this.#options);
    return answer.ok ? done(answer.value.list.filter(isObject).map(readAsset)) : answer;
  }

  /** The latest chats of the account, newest first, at most 10 a page: for catching up after the program was down. */
  recentChats(of: { offset: number; count: number } = { offset: 0, count: 10 }): Promise<Result<ChatLine[]>> {
    return this.#chat('oa.users.recentChats', '/v2.0/oa/listrecentchat', { ...of }, of.count);
  }

  /** The latest messages with one person, newest first, at most 10 a page. */
  async conversation(userId: string, of: { offset: number; count: number } = { offset: 0, count: 10 }): Promise<Result<ChatLine[]>> {
    const name = 'oa.users.conversation';
    const broken = checkId(name, 'user_id', userId);
    return broken === null ? this.#chat(name, '/v2.0/oa/conversation', { user_id: userId, ...of }, of.count) : failed(broken);
  }

  async #chat(name: string, path: string, data: JsonObject, count: number): Promise<Result<ChatLine[]>> {
    const broken = atMost(name, 'count', count, OA_LIMITS.chatsPerPage);
    if (broken !== null) return failed(broken);
    const answer = await this.#get(name, path, data);
    return answer.ok ? done(answer.value.list.filter(isObject).flatMap(readChatLine)) : answer;
  }

  #tagged(name: string, path: string, userId: string, tagName: string): Promise<Result<null>> {
    const broken = checkText(name, 'tag_name', tagName, 100);
    return broken === null ? this.#ofUser(name, path, userId, { tag_name: tagName.normalize('NFC') }) : Promise.resolve(failed(broken));
  }

  #ofUser(name: string, path: string, userId: string, rest: JsonObject): Promise<Result<null>> {
    const broken = checkId(name, 'user_id', userId);
    return broken === null ? this.#post(name, path, { user_id: userId, ...rest }) : Promise.resolve(failed(broken));
  }

  #get(name: string, path: string, data: JsonObject): Promise<Result<Answer>> {
    return callOa({ name, host: 'api', path, query: { data }, changes: false }, this.#options);
  }

  /** Setting the same thing twice is as good as once, so these calls may be repeated. */
  async #post(name: string, path: string, body: JsonObject): Promise<Result<null>> {
    const answer = await callOa({ name, host: 'api', path, body, changes: false }, this.#options);
    return answer.ok ? done(null) : answer;
  }
}

function atMost(call: string, field: string, value: number, limit: number): Failure | null {
  if (!Number.isInteger(value) || value < 0) return overLimit(call, field, 'has to be a whole number from 0', limit, value);
  return value > limit ? overLimit(call, field, `is ${value}; Zalo takes at most ${limit}`, limit, value) : null;
}
