import type { FakeOAuth } from './oauth.ts';
import { checkMessage, isJson, listOf, stringOf } from './messages.ts';
import { answerPeople } from './people.ts';
import { answerTemplates } from './templates.ts';
import type { Answered, Asked } from './wire.ts';
import { newMessageId, no, yes, type FakeSent, type FakeUser, type World, type ZaloNo } from './world.ts';

const HOUR_MS = 3_600_000;
const UPLOAD_LIFE_MS = 7 * 24 * HOUR_MS;
const REACTIONS = new Set(['/-strong', '/-heart', ':>--b', '-:((', '-h:o', '/-remove']);
const ENDINGS = { image: /\.(jpe?g|png)$/i, gif: /\.gif$/i, file: /\.(pdf|docx?)$/i };
const MEGABYTE = 1_048_576;

/** The Official Account API: every business refusal comes with status 200. */
export class FakeOa {
  /** Requests a minute for the app. */
  ratePerMinute = 4000;
  readonly #world: World;
  readonly #oauth: FakeOAuth;
  readonly #afterSend: (sent: FakeSent) => void;
  #minute = { number: 0, used: 0 };

  constructor(world: World, oauth: FakeOAuth, afterSend: (sent: FakeSent) => void) {
    this.#world = world;
    this.#oauth = oauth;
    this.#afterSend = afterSend;
  }

  answer(asked: Asked): Answered {
    const remain = this.#useRate();
    const headers = { 'X-RateLimit-Limit': String(this.ratePerMinute), 'X-RateLimit-Remain': String(Math.max(0, remain)) };
    if (remain < 0) return { json: no(-32, 'Your application reached the limit of requests'), headers };
    const token = asked.headers['access_token'];
    const bad = this.#oauth.check(typeof token === 'string' ? token : undefined);
    const isTemplateHost = asked.path.startsWith('/message/') || asked.path.startsWith('/template/');
    if (bad !== 0) return { json: no(isTemplateHost ? -124 : bad, bad === -220 ? 'Access token has expired' : 'Access token is invalid'), headers };
    return { json: this.#route(asked), headers };
  }

  #route(asked: Asked): unknown {
    const path = `${asked.method} ${asked.path}`;
    switch (path) {
      case 'POST /v3.0/oa/message/cs':
        return this.#consultation(bodyOf(asked));
      case 'POST /v3.0/oa/message/transaction':
      case 'POST /v3.0/oa/message/promotion':
        return no(-240, 'This API has been shut down');
      case 'POST /v2.0/oa/message':
        return this.#versionTwo(bodyOf(asked));
      case 'POST /v2.0/oa/upload/image':
      case 'POST /v2.0/oa/upload/gif':
      case 'POST /v2.0/oa/upload/file':
        return this.#upload(asked);
      case 'POST /v2.0/article/create':
        return this.#createArticle(bodyOf(asked));
      case 'POST /v2.0/article/verify':
        return this.#verifyArticle(bodyOf(asked));
      default: {
        const sent = (message: FakeSent) => {
          this.#record(message);
        };
        return answerTemplates(this.#world, asked, sent) ?? answerPeople(this.#world, asked) ?? no(-201, `${path} does not exist`);
      }
    }
  }

  #consultation(body: Json): unknown {
    const to = recipientOf(body)['user_id'];
    if (typeof to !== 'string' || to === '') return no(-201, 'recipient.user_id is invalid');
    const checked = checkMessage(this.#world, body['message']);
    if ('error' in checked) return checked;
    const person = this.#world.people.get(to);
    if (person === undefined) return no(-201, 'user_id is invalid');
    const quota = this.#charge(person);
    if ('error' in quota) return quota;
    const sent = this.#sentNow({ ...checked, to, message: body['message'] });
    return yes({ message_id: sent.message_id, user_id: to, quota });
  }

  /** Free for 48 hours after the person's last interaction, from the package until 7 days, then closed. */
  #charge(person: FakeUser): ZaloNo | { quota_type: string; remain?: number; owner_type: string; owner_id: string } {
    const { account, app, clock } = this.#world;
    if (person.blocks) return no(-244, 'User has restricted this type of message');
    if (person.away) return no(-227, 'User is banned or has been inactive for more than 45 days');
    const owner = { owner_type: 'OA', owner_id: app.oaId };
    const since = person.lastInteractionMs === null ? Number.POSITIVE_INFINITY : clock.now() - person.lastInteractionMs;
    if (since <= 48 * HOUR_MS) return { quota_type: 'reply', ...owner };
    if (since > 7 * 24 * HOUR_MS) return person.follows ? no(-230, 'User has not interacted with the OA in the past 7 days') : no(-213, 'User has not followed the OA');
    if (account.subQuota <= 0) return no(-211, 'Out of quota');
    account.subQuota -= 1;
    return { quota_type: 'sub_quota', remain: account.subQuota, ...owner };
  }

  /** Version 2.0 still takes reactions, anonymous people and articles; everything else has been switched off. */
  #versionTwo(body: Json): unknown {
    const recipient = recipientOf(body);
    const action = body['sender_action'];
    if (isJson(action)) {
      if (!REACTIONS.has(stringOf(action['react_icon'])) || stringOf(action['react_message_id']) === '') return no(-201, 'sender_action is invalid');
      return yes({ message_id: this.#sentNow({ kind: 'reaction', to: stringOf(recipient['user_id']), text: stringOf(action['react_icon']), message: action }).message_id });
    }
    if (recipient['anonymous_id'] !== undefined) {
      const to = stringOf(recipient['anonymous_id']);
      if (to === '' || stringOf(recipient['conversation_id']) === '') return no(-201, 'anonymous_id and conversation_id are required');
      const checked = checkMessage(this.#world, body['message']);
      return 'error' in checked ? checked : yes({ message_id: this.#sentNow({ kind: 'anonymous', to, text: checked.text, message: body['message'] }).message_id });
    }
    return recipient['target'] === undefined ? no(-240, 'This API has been shut down, use v3.0') : this.#broadcast(body);
  }

  #broadcast(body: Json): unknown {
    const message = isJson(body['message']) ? body['message'] : {};
    const attachment = isJson(message['attachment']) ? message['attachment'] : {};
    const payload = isJson(attachment['payload']) ? attachment['payload'] : {};
    const [element] = listOf(payload['elements']);
    if (!isJson(element) || element['media_type'] !== 'article') return no(-201, 'a broadcast carries an article');
    const article = [...this.#world.articles.values()].find(({ id }) => id === element['attachment_id']);
    if (article === undefined) return no(-201, 'attachment_id is invalid');
    if (this.#world.account.broadcastsLeft <= 0) return no(-223, 'Article quota is reached');
    this.#world.account.broadcastsLeft -= 1;
    return yes({ message_id: this.#sentNow({ kind: 'article', to: '*', text: article.title, message }).message_id });
  }

  #upload(asked: Asked): unknown {
    const kind = asked.path.endsWith('/image') ? 'image' : asked.path.endsWith('/gif') ? 'gif' : 'file';
    const file = fileOf(asked);
    if (file === null) return no(-201, 'file is required');
    if (file.size > (kind === 'image' ? MEGABYTE : 5 * MEGABYTE)) return no(-210, 'the file is too large');
    // The real host says "success" without an id when it does not like the name.
    if (!ENDINGS[kind].test(file.name)) return yes({});
    const id = newMessageId();
    this.#world.uploads.set(id, { kind, expiresAtMs: this.#world.clock.now() + UPLOAD_LIFE_MS });
    return yes(kind === 'file' ? { token: id } : { attachment_id: id });
  }

  #createArticle(body: Json): unknown {
    const title = stringOf(body['title']);
    if (title === '' || title.length > 150 || stringOf(body['author']).length > 50 || stringOf(body['description']).length > 300) return no(-201, 'the article is invalid');
    const token = newMessageId();
    this.#world.articles.set(token, { id: newMessageId(), readyAtMs: this.#world.clock.now() + 20_000, title });
    return yes({ token });
  }

  #verifyArticle(body: Json): unknown {
    const article = this.#world.articles.get(stringOf(body['token']));
    if (article === undefined) return no(-201, 'token is invalid');
    return this.#world.clock.now() < article.readyAtMs ? no(-214, 'The article is being processed') : yes({ id: article.id });
  }

  #sentNow(of: Omit<FakeSent, 'message_id' | 'atMs'>): FakeSent {
    const sent = { ...of, message_id: newMessageId(), atMs: this.#world.clock.now() };
    this.#record(sent);
    return sent;
  }

  #record(sent: FakeSent): void {
    this.#world.sent.push(sent);
    this.#afterSend(sent);
  }

  /** How many requests are left in this minute; below zero when this one is too many. */
  #useRate(): number {
    const number = Math.floor(this.#world.clock.now() / 60_000);
    if (number !== this.#minute.number) this.#minute = { number, used: 0 };
    this.#minute.used += 1;
    return this.ratePerMinute - this.#minute.used;
  }
}

type Json = Readonly<Record<string, unknown>>;

function recipientOf(body: Json): Json {
  return isJson(body['recipient']) ? body['recipient'] : {};
}

export function bodyOf({ body }: Asked): Json {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}

/** The part `file` of a multipart body: its name and size. */
function fileOf({ headers, body }: Asked): { name: string; size: number } | null {
  const boundary = /boundary="?([^";]+)/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return null;
  const headEnd = body.indexOf('\r\n\r\n');
  const end = body.indexOf(`\r\n--${boundary}`, headEnd);
  const name = /name="file"; filename="([^"]*)"/.exec(body.subarray(0, Math.max(0, headEnd)).toString())?.[1];
  return name === undefined || end === -1 ? null : { name, size: end - headEnd - 4 };
}
