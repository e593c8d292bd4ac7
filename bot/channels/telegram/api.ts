import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Telegram, TelegramError } from 'telegraf';
import { z } from 'zod';

/**
 * Calls to the Bot API through telegraf's client, with failures as values: the API said no, or nobody knows what it
 * said. The token never leaves this file.
 */
export type Api = {
  /** The bot's own id, which the token begins with. */
  botId: string;
  /** Calls a method; `result` is checked against `schema`. Abandoned after `timeoutMs`, or when `signal` aborts. */
  call<M extends Method, T>(method: M, payload: Payload<M>, schema: z.ZodType<T>, options?: CallOptions): Promise<ApiResult<T>>;
  /** The bytes of a file that someone sent. */
  download(fileId: string): Promise<ApiResult<Uint8Array>>;
  /** Lets go of connections that are kept open, once no call uses them. */
  close(): void;
};

export type ApiFault =
  /** The API answered no. */
  | { kind: 'said-no'; code: number; description: string; retryAfterMs: number | null; migratedTo: string | null }
  /** The call never reached the API. */
  | { kind: 'not-reached'; why: string }
  /** The API may or may not have acted: no answer, a broken one, or an error on its side. */
  | { kind: 'ambiguous'; why: string };

export type ApiResult<T> = { ok: true; result: T } | { ok: false; fault: ApiFault };

export type CallOptions = { timeoutMs?: number; signal?: AbortSignal };

type CallApi = Telegram['callApi'];
type Method = Parameters<CallApi>[0];
/** The method's parameters as telegraf knows them. */
type Payload<M extends Method> = Parameters<typeof Telegram.prototype.callApi<M>>[1];

const CALL_TIMEOUT_MS = 12_000;

export function createApi(options: { token: string; root: string }): Api {
  const agent = options.root.startsWith('http:') ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true, keepAliveMsecs: 10_000 });
  const telegram = new Telegram(options.token, { apiRoot: options.root, webhookReply: false });
  // telegraf drops an agent for a plain http root, and then closes each connection after one call.
  telegram.options.agent = agent;

  let underWay = 0;
  let closing = false;
  const letGo = (): void => {
    if (closing && underWay === 0) agent.destroy();
  };

  const call: Api['call'] = async (method, payload, schema, { timeoutMs = CALL_TIMEOUT_MS, signal } = {}) => {
    const late = AbortSignal.timeout(timeoutMs);
    const either = signal === undefined ? late : AbortSignal.any([late, signal]);
    underWay += 1;
    try {
      const result: unknown = await telegram.callApi(method, payload, { signal: forTelegraf(either) });
      const read = schema.safeParse(result);
      return read.success ? { ok: true, result: read.data } : fault({ kind: 'ambiguous', why: `an answer of ${method} that does not fit` });
    } catch (error) {
      return fault(faultOf(error));
    } finally {
      underWay -= 1;
      letGo();
    }
  };

  return {
    botId: options.token.split(':')[0] ?? '',
    call,
    download: async (fileId) => {
      const found = await call('getFile', { file_id: fileId }, z.object({ file_path: z.string() }));
      if (!found.ok) return found;
      try {
        const response = await fetch(`${options.root}/file/bot${options.token}/${found.result.file_path}`, { signal: AbortSignal.timeout(60_000) });
        if (!response.ok) return fault({ kind: 'said-no', code: response.status, description: 'file', retryAfterMs: null, migratedTo: null });
        return { ok: true, result: new Uint8Array(await response.arrayBuffer()) };
      } catch (error) {
        return fault(faultOf(error));
      }
    },
    close: () => {
      closing = true;
      letGo();
    },
  };
}

/** Errors of a connection that was never made: the API cannot have acted. */
const NOT_REACHED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'];

function faultOf(error: unknown): ApiFault {
  if (error instanceof TelegramError) {
    if (error.code >= 500) return { kind: 'ambiguous', why: `status ${error.code}` };
    const parameters = error.parameters;
    return {
      kind: 'said-no',
      code: error.code,
      description: error.description,
      retryAfterMs: parameters?.retry_after === undefined ? null : parameters.retry_after * 1000,
      migratedTo: parameters?.migrate_to_chat_id === undefined ? null : String(parameters.migrate_to_chat_id),
    };
  }
  // Only codes are kept: the error's words may quote what was being sent.
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NOT_REACHED.includes(code)) return { kind: 'not-reached', why: code };
  return { kind: 'ambiguous', why: code === '' && error instanceof Error ? error.name : code };
}

function fault(it: ApiFault): { ok: false; fault: ApiFault } {
  return { ok: false, fault: it };
}

type TelegrafSignal = NonNullable<NonNullable<Parameters<CallApi>[2]>['signal']>;

/** telegraf's types name a polyfill's class; what it runs on takes any signal whose class is called AbortSignal. */
function forTelegraf(signal: unknown): TelegrafSignal {
  if (isAccepted(signal)) return signal;
  throw new TypeError('not an AbortSignal');
}

function isAccepted(signal: unknown): signal is TelegrafSignal {
  return signal instanceof AbortSignal && signal.constructor.name === 'AbortSignal';
}
