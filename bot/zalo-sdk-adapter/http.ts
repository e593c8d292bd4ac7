import { AMBIGUOUS_STATUSES } from './disputed.ts';
import type { Failure, Log } from './errors.ts';
import { parseJson, isObject, type JsonObject, type JsonValue } from './json.ts';
import { done, failed, type Result } from './result.ts';

export const DEFAULT_TIMEOUT_MS = 15_000;

/** What all clients of this package can be given. */
export type HttpOptions = {
  /** Another `fetch`, for a proxy or a test. */
  fetch?: typeof fetch;
  /** How long one call may take, its answer's body included, in milliseconds. @defaultValue 15 000 */
  timeoutMs?: number;
  /** Told what deserves a line in a log. Never holds a token or a secret. */
  log?: Log;
  /** The clock, epoch milliseconds. */
  now?: () => number;
};

export type Call = {
  /** Name for messages and logs; the address is never shown, since it may hold a token. */
  name: string;
  url: string;
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string | FormData;
  /** Whether doing it twice would be noticed: a send, an exchange of a token. */
  changes: boolean;
  /** Values that must not appear in any message about this call. */
  secrets: readonly string[];
};

export type Reply = { status: number; headers: Headers; json: JsonObject };

/**
 * One call. Resolves to the JSON object that the server answered, with whatever status (an empty one for a plain 4xx), or to
 * `unreached` when there was none. Does not repeat, does not follow redirects (they would carry the token elsewhere).
 */
export async function callHttp(call: Call, options: HttpOptions): Promise<Result<Reply>> {
  const request: RequestInit = { method: call.method, redirect: 'error', signal: AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS) };
  if (call.headers !== undefined) request.headers = call.headers;
  if (call.body !== undefined) request.body = call.body;
  let status: number;
  let headers: Headers;
  let text: string;
  try {
    const response = await (options.fetch ?? fetch)(call.url, request);
    ({ status, headers } = response);
    text = await response.text();
  } catch (error) {
    return failed(unreached(call, neverLeft(error) ? 'no' : 'unknown', redact(describe(error), call.secrets)));
  }
  const json = parseJson(text);
  if (isObject(json)) return done({ status, headers, json });
  // A plain refusal: its status says what a code would.
  if (status >= 400 && status < 500) return done({ status, headers, json: {} });
  return failed(unreached(call, actedAt(status), `HTTP ${status} without JSON`));
}

/** Whether a server that answered with this status, and nothing else to go by, may have acted. */
export function actedAt(status: number): 'no' | 'unknown' {
  if (status >= 500) return AMBIGUOUS_STATUSES.has(status) ? 'unknown' : 'no';
  return status >= 400 ? 'no' : 'unknown';
}

/** No usable answer. For a call that changes nothing, "unknown" is as good as "no". */
export function unreached(call: Pick<Call, 'name' | 'changes'>, acted: 'no' | 'unknown', message: string): Failure {
  const sure = acted === 'no' || !call.changes;
  const remedy = sure ? ({ kind: 'retry', afterMs: 10_000, tries: null, tellStaff: false } as const) : ({ kind: 'unknown' } as const);
  return { kind: 'unreached', call: call.name, acted: sure ? 'no' : 'unknown', message, remedy };
}

/** The text with each of the secrets replaced, in the forms in which an address, a form or JSON would show it. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === '') continue;
    const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
    for (const form of new Set([secret, encodeURIComponent(secret), inForm, JSON.stringify(secret).slice(1, -1)])) clean = clean.replaceAll(form, '[secret]');
  }
  return clean;
}

/** Errors of the network that come before the first byte was sent. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT', 'ERR_INVALID_URL',
  'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function neverLeft(error: unknown): boolean {
  return codesOf(error).some((code) => BEFORE_SENDING.has(code));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'the network failed';
  if (error.name === 'TimeoutError') return 'no answer in time';
  return [error.message, ...codesOf(error)].join(', ');
}

/** `fetch` hides the reason one or two levels below its own error, and one for each address that it tried. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...own, ...inner, ...codesOf(error.cause)];
}

/**
 * What in a body may be about a person: texts of several words, ids, phone numbers. A platform that repeats them in a
 * refusal would carry them into the caller's log.
 */
export function personalValues(body: JsonValue | undefined): string[] {
  if (typeof body === 'string') return body.length >= 6 && /\s|\d{5}/.test(body) ? [body] : [];
  if (typeof body !== 'object' || body === null) return [];
  return Object.values(body).flatMap(personalValues);
}
