import { CLOCK_AHEAD_MS, REPLAY_WINDOW_MS, SHORTEST_REPLAY_WINDOW_MS, SIGNATURE_TIMESTAMPS } from '../disputed.ts';
import { headerOf, type HeadersLike } from '../headers.ts';
import { isObject, parseJson, textAt, type JsonObject } from '../json.ts';
import type { ZaloEvent } from './events.ts';
import { readEvent, readTime } from './read-event.ts';
import { readSignature, sameDigest, webhookMac } from './signature.ts';

export type WebhookOptions = {
  /** The app's id, as text. */
  appId: string;
  /** The secret key from the app's webhook page. It is not the app secret. */
  oaSecretKey: string;
  /** The account's own id. With it the direction of receipts is certain; without it the usual one is assumed. */
  oaId?: string;
  /** Oldest signed event that is taken, in milliseconds. At least 3 hours, since the event's time does not change between Zalo's tries. @defaultValue 13 hours */
  replayWindowMs?: number;
  /** Largest body that is read. @defaultValue 1 MB */
  maxBytes?: number;
  /** The clock, epoch milliseconds. */
  now?: () => number;
};

/** What to answer to a delivery, and what it was. Store an event under `event.key` before answering. */
export type WebhookVerdict =
  | {
      status: 200;
      kind: 'event';
      event: ZaloEvent;
      /** 0 on the first delivery; Zalo counts its repetitions. */
      attempt: number;
      /** Sent by the service of template messages. */
      fromTemplateService: boolean;
    }
  /** Zalo's unsigned test of the address: an empty body or an empty object. It carries nothing. */
  | { status: 200; kind: 'probe' }
  | { status: 400; kind: 'malformed'; why: 'too_large' | 'not_utf8' | 'not_json' | 'not_an_event' }
  | { status: 401; kind: 'refused'; why: 'no_signature' | 'wrong_signature' | 'stale' | 'ahead_of_clock' | 'other_app'; hint: string | null };

/**
 * Judges webhook deliveries. Keeps nothing and reaches for nothing: the same body at the same time gets the same verdict.
 *
 * Zalo waits 2 seconds for a 200 and switches the subscription off after its last try, so answer as soon as the event
 * is stored, and do the work afterwards.
 */
export class ZaloWebhook {
  readonly #options: WebhookOptions & { replayWindowMs: number; maxBytes: number; now: () => number };

  constructor(options: WebhookOptions) {
    const replayWindowMs = options.replayWindowMs ?? REPLAY_WINDOW_MS;
    if (replayWindowMs < SHORTEST_REPLAY_WINDOW_MS) {
      throw new RangeError(`replayWindowMs is ${replayWindowMs}; below ${SHORTEST_REPLAY_WINDOW_MS} (3 hours) Zalo's own repetitions would be refused`);
    }
    this.#options = { ...options, replayWindowMs, maxBytes: options.maxBytes ?? 1_000_000, now: options.now ?? Date.now };
  }

  get maxBytes(): number {
    return this.#options.maxBytes;
  }

  /** The verdict on one delivery. `body` must be the bytes as received: a body that was parsed and written again does not verify. */
  receive(body: Uint8Array, headers: HeadersLike): WebhookVerdict {
    if (body.byteLength > this.#options.maxBytes) return { status: 400, kind: 'malformed', why: 'too_large' };
    const text = decode(body);
    if (text === undefined) return { status: 400, kind: 'malformed', why: 'not_utf8' };
    if (text.trim() === '') return { status: 200, kind: 'probe' };
    const raw = parseJson(text);
    if (!isObject(raw)) return { status: 400, kind: 'malformed', why: 'not_json' };
    if (Object.keys(raw).length === 0) return { status: 200, kind: 'probe' };

    const refused = this.#check(body, raw, headers);
    if (refused !== null) return refused;
    const event = readEvent(raw, this.#options.oaId ?? null);
    if (event === undefined) return { status: 400, kind: 'malformed', why: 'not_an_event' };
    return {
      status: 200,
      kind: 'event',
      event,
      attempt: Number(/^\d{1,3}$/.exec(headerOf(headers, 'num_retry') ?? '')?.[0] ?? 0),
      fromTemplateService: headerOf(headers, 'X-ZEvent-Server')?.toUpperCase() === 'ZNS',
    };
  }

  #check(body: Uint8Array, raw: JsonObject, headers: HeadersLike): WebhookVerdict | null {
    const { appId, oaSecretKey } = this.#options;
    const header = headerOf(headers, 'X-ZEvent-Signature');
    if (header === undefined) return refused('no_signature');
    const given = readSignature(header);
    const stamps = { body: textAt(raw, 'timestamp'), header: headerOf(headers, 'X-ZEvent-Timestamp') };
    const signed = (id: string) =>
      given !== undefined &&
      SIGNATURE_TIMESTAMPS.some((where) => {
        const timestamp = stamps[where];
        return timestamp !== undefined && sameDigest(webhookMac({ appId: id, body, timestamp, oaSecretKey }), given);
      });
    if (!signed(appId)) return refused('wrong_signature', this.#hint(raw, signed));
    const claimed = textAt(raw, 'app_id');
    if (claimed !== undefined && claimed !== appId) return refused('other_app');
    const atMs = readTime(raw);
    if (atMs === undefined) return { status: 400, kind: 'malformed', why: 'not_an_event' };
    const ageMs = this.#options.now() - atMs;
    if (ageMs > this.#options.replayWindowMs) return refused('stale', 'the event is older than the replay window; if all are, check the clock of this machine');
    if (ageMs < -CLOCK_AHEAD_MS) return refused('ahead_of_clock', 'the event lies in the future; check the clock of this machine');
    return null;
  }

  /** Some code in the wild signs with the account's id in place of the app's. That is worth knowing, not accepting. */
  #hint(raw: JsonObject, signed: (id: string) => boolean): string | null {
    const candidates = [this.#options.oaId, textAt(raw, 'oa_id')].filter((id) => id !== undefined);
    if (candidates.some(signed)) return 'the body is signed with the id of the account in place of the id of the app';
    const claimed = textAt(raw, 'app_id');
    if (claimed !== undefined && claimed !== this.#options.appId && signed(claimed)) return 'the body is signed for another app; check the app id';
    return null;
  }
}

/**
 * A web-standard handler around a `ZaloWebhook`. `store` resolves once the event is safe; when it fails the answer is
 * 503, so that Zalo delivers again.
 */
export function webhookHandler(webhook: ZaloWebhook, store: (event: ZaloEvent) => Promise<void>): (request: Request) => Promise<Response> {
  return async (request) => {
    const verdict = webhook.receive(await readUpTo(webhook.maxBytes + 1, request), request.headers);
    if (verdict.kind === 'event') {
      try {
        await store(verdict.event);
      } catch {
        return new Response(null, { status: 503 });
      }
    }
    return new Response(null, { status: verdict.status });
  };
}

/** The body, or as much of it as shows that it is too large. */
async function readUpTo(limit: number, request: Request): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  while (reader !== undefined && size < limit) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(parts);
    parts.push(value);
    size += value.byteLength;
  }
  await reader?.cancel();
  return Buffer.concat(parts);
}

type RefusedWhy = (WebhookVerdict & { kind: 'refused' })['why'];

function refused(why: RefusedWhy, hint: string | null = null): WebhookVerdict {
  return { status: 401, kind: 'refused', why, hint };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(body: Uint8Array): string | undefined {
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
}
