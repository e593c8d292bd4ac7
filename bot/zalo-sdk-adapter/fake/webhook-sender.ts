import { createHash } from 'node:crypto';
import type { World } from './world.ts';

/** How a delivery differs from an honest one. */
export type Twist = {
  /** Default `mac`: the prefix and lower-case hex. `header_time`: signed with another time, which the header tells. */
  signature?: 'mac' | 'bare' | 'upper' | 'wrong_secret' | 'missing' | 'header_time';
  /** `changed`: a letter is changed after signing; `reordered`: the same JSON with its keys in another order, after signing. */
  body?: 'as_signed' | 'changed' | 'reordered';
  /** Sends the same event this many times at once. */
  copies?: number;
  headers?: Record<string, string>;
};

export type Delivery = { event_name: string; body: string; attempt: number; status: number | 'no_answer'; tookMs: number };

/** Waiting times before each repetition. */
export const RETRY_LADDER_MS = [30_000, 5 * 60_000, 15 * 60_000, 30 * 60_000, 3_600_000];

/**
 * Zalo's webhook: signed POSTs to one address, a 200 within 2 seconds or a repetition on the ladder, and after the last
 * one the subscription is off until somebody registers the address again.
 */
export class FakeWebhookSender {
  /** Every try, in order. */
  readonly deliveries: Delivery[] = [];
  readonly #world: World;
  #url: string | null = null;
  #subscribed = false;
  #held: { body: string; twist: Twist; name: string }[] | null = null;
  #running = new Set<Promise<unknown>>();

  constructor(world: World) {
    this.#world = world;
  }

  get subscribed(): boolean {
    return this.#subscribed;
  }

  /** Saves the address in the "console", which tests it with an unsigned empty object. False: it did not answer 200. */
  async register(url: string): Promise<boolean> {
    const status = await post(url, '{}', {});
    this.#subscribed = status === 200;
    this.#url = this.#subscribed ? url : null;
    return this.#subscribed;
  }

  /** Sends an event now, or when `release` is called. Resolves when the first try is over; repetitions follow the clock. */
  async send(event: Record<string, unknown>, twist: Twist = {}): Promise<void> {
    const body = JSON.stringify(event);
    const name = String(event['event_name']);
    if (this.#held !== null) {
      this.#held.push({ body, twist, name });
      return;
    }
    await Promise.all(Array.from({ length: twist.copies ?? 1 }, () => this.#track(this.#try(body, twist, name, 0))));
  }

  /** Keeps what is sent from now on until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** Delivers what was held, one after the other, in its order or the other way round. */
  async release(order: 'as_sent' | 'reversed' = 'as_sent'): Promise<void> {
    const held = this.#held ?? [];
    this.#held = null;
    if (order === 'reversed') held.reverse();
    for (const { body, twist, name } of held) await this.#track(this.#try(body, twist, name, 0));
  }

  /** Resolves when no delivery is under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #try(body: string, twist: Twist, name: string, attempt: number): Promise<void> {
    if (this.#url === null || !this.#subscribed) return;
    const startedMs = performance.now();
    const { sent, headers } = this.#dress(body, twist);
    const status = await post(this.#url, sent, { ...headers, ...(attempt === 0 ? {} : { num_retry: String(attempt) }), ...twist.headers });
    this.deliveries.push({ event_name: name, body, attempt, status, tookMs: performance.now() - startedMs });
    if (status === 200) return;
    const waitMs = RETRY_LADDER_MS[attempt];
    if (waitMs === undefined) {
      this.#subscribed = false;
      return;
    }
    this.#world.clock.at(this.#world.clock.now() + waitMs, () => this.#track(this.#try(body, twist, name, attempt + 1)));
  }

  #dress(body: string, twist: Twist): { sent: string; headers: Record<string, string> } {
    const { appId, appSecret, oaSecretKey } = this.#world.app;
    const stamp = /"timestamp":"?(\d+)/.exec(body)?.[1] ?? '';
    const time = twist.signature === 'header_time' ? String(Number(stamp) + 1) : stamp;
    const key = twist.signature === 'wrong_secret' ? appSecret : oaSecretKey;
    const hex = createHash('sha256').update(appId + body + time + key).digest('hex');
    const headers: Record<string, string> = twist.signature === 'header_time' ? { 'X-ZEvent-Timestamp': time } : {};
    if (twist.signature !== 'missing') {
      headers['X-ZEvent-Signature'] = twist.signature === 'bare' ? hex : `mac=${twist.signature === 'upper' ? hex.toUpperCase() : hex}`;
    }
    const change = twist.body ?? 'as_signed';
    switch (change) {
      case 'changed':
        return { sent: body.replace(/"event_name":"(.)/, '"event_name":"x$1'), headers };
      case 'reordered':
        return { sent: JSON.stringify(Object.fromEntries(Object.entries(parsed(body)).reverse())), headers };
      case 'as_signed':
        return { sent: body, headers };
    }
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
    return work;
  }
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<number | 'no_answer'> {
  try {
    const response = await fetch(url, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers }, signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 'no_answer';
  }
}

function parsed(body: string): object {
  const value: unknown = JSON.parse(body);
  return typeof value === 'object' && value !== null ? value : {};
}
