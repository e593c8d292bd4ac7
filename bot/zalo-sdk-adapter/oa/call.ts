import { refusal, type Area, type Failure } from '../errors.ts';
import { actedAt, callHttp, personalValues, redact, unreached, type HttpOptions, type Reply } from '../http.ts';
import { listAt, numberAt, objectAt, textAt, type JsonObject, type JsonValue } from '../json.ts';
import type { TokenSource } from '../oauth/source.ts';
import { done, failed, type Result } from '../result.ts';

export type OaOptions = HttpOptions & {
  tokens: TokenSource;
  /** @defaultValue https://openapi.zalo.me */
  apiRoot?: string;
  /** Where template messages by phone are sent. @defaultValue https://business.openapi.zalo.me */
  templateRoot?: string;
};

export type OaRequest = {
  name: string;
  host: 'api' | 'template';
  path: string;
  /** GET with this object as JSON in the query parameter `data`, or with plain parameters. */
  query?: { data: JsonObject } | { plain: Record<string, string> };
  body?: JsonObject | FormData;
  /** Whether doing it twice would be noticed. */
  changes: boolean;
};

/** The rate that Zalo reported with its last answer: requests per minute, and how many are left. */
export type Rate = { limit: number; remain: number };

/** `data` of the answer: an object, or for some calls an array. */
export type Answer = { data: JsonObject; list: JsonValue[]; rate: Rate | null };

/**
 * One call to the Official Account API. Zalo says no with status 200 and a negative `error`. A refused access token is
 * renewed and the call repeated once, which is safe: Zalo did not act.
 */
export async function callOa(request: OaRequest, options: OaOptions): Promise<Result<Answer>> {
  const first = await options.tokens.accessToken();
  if (!first.ok) return first;
  const answer = await attempt(request, options, first.value);
  if (answer.ok || answer.failure.kind !== 'refused' || answer.failure.remedy.kind !== 'refresh') return answer;
  const second = await options.tokens.renew(first.value);
  if (!second.ok) return second;
  const again = await attempt(request, options, second.value);
  if (again.ok || again.failure.kind !== 'refused' || again.failure.remedy.kind !== 'refresh') return again;
  // A fresh token refused as well: the app or the account is at fault, not the token's age.
  return failed({ ...again.failure, remedy: { kind: 'human' } });
}

async function attempt(request: OaRequest, options: OaOptions, token: string): Promise<Result<Answer>> {
  const isForm = request.body instanceof FormData;
  const secrets = [token, ...personalValues(request.body instanceof FormData ? undefined : request.body)];
  const headers: Record<string, string> = { access_token: token };
  if (request.body !== undefined && !isForm) headers['Content-Type'] = 'application/json';
  const reply = await callHttp(
    {
      name: request.name,
      url: urlOf(request, options),
      method: request.body === undefined ? 'GET' : 'POST',
      headers,
      ...(request.body === undefined ? {} : { body: request.body instanceof FormData ? request.body : JSON.stringify(request.body) }),
      changes: request.changes,
      secrets,
    },
    options,
  );
  if (!reply.ok) return reply;
  return readAnswer(request, options, reply.value, secrets);
}

function readAnswer(request: OaRequest, options: OaOptions, reply: Reply, secrets: readonly string[]): Result<Answer> {
  const { json, status } = reply;
  const code = numberAt(json, 'error') ?? (status === 401 ? 401 : undefined);
  if (code === 0) {
    const data = objectAt(json, 'data') ?? {};
    return done({ data, list: listAt(json, 'data'), rate: readRate(reply.headers) });
  }
  if (code === undefined) return failed(unreached(request, actedAt(status), `HTTP ${status} without an error code`));
  const area: Area = request.host === 'template' ? 'template' : 'oa';
  const said = redact(textAt(json, 'message') ?? '', secrets).slice(0, 300);
  return failed(refusal({ area, call: request.name, code, message: said, nowMs: (options.now ?? Date.now)(), log: options.log }));
}

function urlOf(request: OaRequest, options: OaOptions): string {
  const root = request.host === 'api' ? (options.apiRoot ?? 'https://openapi.zalo.me') : (options.templateRoot ?? 'https://business.openapi.zalo.me');
  const base = root.replace(/\/+$/, '') + request.path;
  if (request.query === undefined) return base;
  const query = 'data' in request.query ? { data: JSON.stringify(request.query.data) } : request.query.plain;
  return `${base}?${new URLSearchParams(query).toString()}`;
}

function readRate(headers: Headers): Rate | null {
  const limit = Number(headers.get('X-RateLimit-Limit') ?? Number.NaN);
  const remain = Number(headers.get('X-RateLimit-Remain') ?? Number.NaN);
  return Number.isFinite(limit) && Number.isFinite(remain) ? { limit, remain } : null;
}

/** The answer said yes and lacks what was asked for: for a change, it may well have happened. */
export function unreadable(request: Pick<OaRequest, 'name' | 'changes'>, field: string): { ok: false; failure: Failure } {
  return failed(unreached(request, 'unknown', `the answer has no ${field}`));
}
