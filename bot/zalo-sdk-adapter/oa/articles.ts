import { BROADCAST_TARGET_FORM } from '../disputed.ts';
import { refusal } from '../errors.ts';
import { textAt, type JsonObject } from '../json.ts';
import { done, failed, type Result } from '../result.ts';
import { callOa, unreadable, type OaOptions } from './call.ts';
import { OA_LIMITS } from './limits.ts';
import { checkId, checkText, checkUrl } from './messages.ts';

export type Article = {
  title: string;
  author: string;
  description: string;
  /** https address of the picture on top. */
  cover_url: string;
  body: readonly ({ type: 'text'; content: string } | { type: 'image'; url: string; caption?: string })[];
  /** Zalo's own default is `hide`, which nobody sees. @defaultValue show */
  status?: 'show' | 'hide';
};

/** Narrows a broadcast down; what is left out is not narrowed. The numbers are Zalo's. */
export type BroadcastTarget = { ages?: readonly number[]; gender?: readonly number[]; locations?: readonly number[]; cities?: readonly number[]; platform?: readonly number[] };

/** The only thing that reaches all followers at once is an article. How many a month depends on the account's package. */
export class ZaloArticles {
  readonly #options: OaOptions;

  constructor(options: OaOptions) {
    this.#options = options;
  }

  /** Begins to make an article. Zalo works on it for a while: ask `verify` with the token until it gives the id. */
  async create(article: Article): Promise<Result<{ token: string }>> {
    const name = 'oa.articles.create';
    const broken =
      checkText(name, 'title', article.title, OA_LIMITS.articleTitle) ??
      checkText(name, 'author', article.author, OA_LIMITS.articleAuthor) ??
      checkText(name, 'description', article.description, OA_LIMITS.articleDescription) ??
      checkUrl(name, 'cover_url', article.cover_url);
    if (broken !== null) return failed(broken);
    const body: JsonObject = {
      type: 'normal',
      title: article.title.normalize('NFC'),
      author: article.author.normalize('NFC'),
      description: article.description.normalize('NFC'),
      cover: { cover_type: 'photo', photo_url: article.cover_url, status: 'show' },
      body: article.body.map((part) => ({ ...part })),
      status: article.status ?? 'show',
      comment: 'hide',
    };
    const request = { name, host: 'api', path: '/v2.0/article/create', body, changes: true } as const;
    const answer = await callOa(request, this.#options);
    if (!answer.ok) return answer;
    const token = textAt(answer.value.data, 'token');
    return token === undefined ? unreadable(request, 'token') : done({ token });
  }

  /** The article's id. While Zalo is still at work the failure has code -214 and a time after which to ask again. */
  async verify(token: string): Promise<Result<{ article_id: string }>> {
    const request = { name: 'oa.articles.verify', host: 'api', path: '/v2.0/article/verify', body: { token }, changes: false } as const;
    const answer = await callOa(request, this.#options);
    if (!answer.ok) return answer;
    const id = textAt(answer.value.data, 'id');
    if (id !== undefined && id !== '') return done({ article_id: id });
    return failed(refusal({ area: 'oa', call: request.name, code: -214, message: '', nowMs: (this.#options.now ?? Date.now)() }));
  }

  /** Sends an article to all followers, or to those of the target. It cannot be taken back. */
  async broadcast(articleId: string, target: BroadcastTarget = {}): Promise<Result<{ message_id: string }>> {
    const name = 'oa.articles.broadcast';
    const broken = checkId(name, 'article_id', articleId);
    if (broken !== null) return failed(broken);
    const narrowed = Object.fromEntries(Object.entries(target).map(([key, values]) => [key, BROADCAST_TARGET_FORM === 'array' ? [...values] : values.join(',')]));
    const body = {
      recipient: { target: narrowed },
      message: { attachment: { type: 'template', payload: { template_type: 'media', elements: [{ media_type: 'article', attachment_id: articleId }] } } },
    };
    const request = { name, host: 'api', path: '/v2.0/oa/message', body, changes: true } as const;
    const answer = await callOa(request, this.#options);
    if (!answer.ok) return answer;
    const id = textAt(answer.value.data, 'message_id');
    return id === undefined ? unreadable(request, 'message_id') : done({ message_id: id });
  }
}
