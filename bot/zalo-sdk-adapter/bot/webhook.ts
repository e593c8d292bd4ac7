import { createHash, timingSafeEqual } from 'node:crypto';
import { headerOf, type HeadersLike } from '../headers.ts';
import { isObject, parseJson } from '../json.ts';
import { readBotUpdate, type BotUpdate } from './updates.ts';

/** What to answer to a delivery, and what it was. `ignored`: authentic, and not a message. */
export type BotWebhookVerdict =
  | { status: 200; kind: 'update'; update: BotUpdate }
  | { status: 200; kind: 'ignored' }
  | { status: 400; kind: 'malformed' }
  | { status: 401; kind: 'refused' };

/** Judges webhook deliveries of the Bot Platform, which carry the secret of `setWebhook` in a header and no signature. */
export class ZaloBotWebhook {
  readonly #secret: Buffer;
  readonly #maxBytes: number;

  constructor(options: { secretToken: string; maxBytes?: number }) {
    if (options.secretToken.length < 8 || options.secretToken.length > 256) throw new RangeError('secretToken has to be 8 to 256 characters long, as Zalo asks');
    this.#secret = digest(options.secretToken);
    this.#maxBytes = options.maxBytes ?? 1_000_000;
  }

  receive(body: Uint8Array, headers: HeadersLike): BotWebhookVerdict {
    const given = headerOf(headers, 'X-Bot-Api-Secret-Token');
    // Digests are of one length, so the comparison takes the same time whatever was sent.
    if (given === undefined || !timingSafeEqual(digest(given), this.#secret)) return { status: 401, kind: 'refused' };
    if (body.byteLength > this.#maxBytes) return { status: 400, kind: 'malformed' };
    const raw = parseJson(new TextDecoder().decode(body));
    if (!isObject(raw)) return { status: 400, kind: 'malformed' };
    const update = readBotUpdate(raw);
    return update === null ? { status: 200, kind: 'ignored' } : { status: 200, kind: 'update', update };
  }
}

function digest(of: string): Buffer {
  return createHash('sha256').update(of).digest();
}
