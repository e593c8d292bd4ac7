import { request } from 'node:http';
import { ApiError } from './wire.ts';

/** Updates wait here until they are confirmed: by a poller's offset, or by a webhook that answers 2xx. */

export type Update = { update_id: number } & Record<string, unknown>;

export type Webhook = { url: string; secret: string; allowed: string[] | null; maxConnections: number };

export type UpdatesOptions = {
  nowMs: () => number;
  /** Pauses between deliveries of an update that was not taken. */
  webhookRetryMs: readonly number[];
  /** A webhook that does not answer within this time has not taken the update. */
  webhookTimeoutMs: number;
};

const KEPT_MS = 24 * 3600 * 1000;
/** Kinds that an empty `allowed_updates` leaves out. */
const ON_REQUEST = ['chat_member', 'message_reaction', 'message_reaction_count'];

export type Updates = ReturnType<typeof createUpdates>;

export function createUpdates(options: UpdatesOptions) {
  const waiting: { update: Update; atMs: number; queue: string; tries: number; busy: boolean; notBeforeMs: number }[] = [];
  let nextId = 1000 + Math.floor(Math.random() * 1_000_000);
  let allowed: string[] | null = null;
  let webhook: Webhook | null = null;
  let poller: { wake: () => void; end: (error: ApiError) => void } | null = null;
  let lastError: { message: string; atMs: number } | null = null;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const deliveries = { attempted: 0, acknowledgedMs: [] as number[] };
  const history: Update[] = [];

  const forgetOld = (): void => {
    const kept = waiting.filter((each) => options.nowMs() - each.atMs < KEPT_MS);
    waiting.splice(0, waiting.length, ...kept);
  };

  /** An update happens. `queue`: those of one chat reach a webhook one after the other. */
  const push = (kind: string, payload: unknown, queue: string): number => {
    const update: Update = { update_id: nextId, [kind]: payload };
    nextId += 1;
    if (allowed?.includes(kind) ?? !ON_REQUEST.includes(kind)) {
      history.push(update);
      waiting.push({ update, atMs: options.nowMs(), queue, tries: 0, busy: false, notBeforeMs: 0 });
    }
    poller?.wake();
    deliver();
    return update.update_id;
  };

  const getUpdates = async (asked: { offset: number | undefined; limit: number; timeoutSeconds: number; allowed: string[] | null; gone: AbortSignal }): Promise<Update[]> => {
    if (webhook !== null) throw new ApiError(409, 'Conflict: can\'t use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first');
    poller?.end(new ApiError(409, 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running'));
    if (asked.allowed !== null) allowed = asked.allowed.length === 0 ? null : asked.allowed;
    forgetOld();
    const offset = asked.offset ?? 0;
    if (offset > 0) waiting.splice(0, waiting.length, ...waiting.filter((each) => each.update.update_id >= offset));
    const ready = (): Update[] => (offset < 0 ? waiting.slice(offset) : waiting).slice(0, asked.limit).map((each) => each.update);
    if (ready().length > 0 || asked.timeoutSeconds === 0) return ready();
    return new Promise<Update[]>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(late);
        if (poller === mine) poller = null;
      };
      const mine = {
        wake: () => {
          if (ready().length === 0) return;
          end();
          resolve(ready());
        },
        end: (error: ApiError) => {
          end();
          reject(error);
        },
      };
      const late = setTimeout(() => {
        end();
        resolve([]);
      }, asked.timeoutSeconds * 1000);
      asked.gone.addEventListener('abort', () => {
        end();
        resolve([]);
      });
      poller = mine;
    });
  };

  /** Hands out what may go now: one at a time a queue, and no more than `max_connections` at once. */
  const deliver = (): void => {
    if (webhook === null || closed) return;
    forgetOld();
    const busyQueues = new Set(waiting.filter((each) => each.busy).map((each) => each.queue));
    for (const each of waiting) {
      if (busyQueues.has(each.queue) || waiting.filter((other) => other.busy).length >= webhook.maxConnections) continue;
      busyQueues.add(each.queue);
      if (each.notBeforeMs > options.nowMs()) continue;
      each.busy = true;
      const began = performance.now();
      void post(webhook, each.update, options.webhookTimeoutMs).then((status) => {
        deliveries.attempted += 1;
        each.busy = false;
        if (status >= 200 && status < 300) {
          deliveries.acknowledgedMs.push(performance.now() - began);
          waiting.splice(0, waiting.length, ...waiting.filter((other) => other !== each));
        } else {
          lastError = { message: status === 0 ? 'Connection timed out' : `Wrong response from the webhook: ${status}`, atMs: options.nowMs() };
          each.notBeforeMs = options.nowMs() + (options.webhookRetryMs[Math.min(each.tries, options.webhookRetryMs.length - 1)] ?? 0);
          each.tries += 1;
        }
        deliver();
      });
    }
    // What rests is tried again when its own pause is over, whoever else's ends before.
    const resting = waiting.filter((each) => !each.busy && each.notBeforeMs > options.nowMs());
    clearTimeout(timer);
    if (resting.length > 0) timer = setTimeout(deliver, Math.max(5, Math.min(...resting.map((each) => each.notBeforeMs)) - options.nowMs() + 1));
  };

  return {
    push,
    getUpdates,
    deliveries,
    /** Every update that happened and was wanted, in order. */
    history: (): readonly Update[] => history,
    unconfirmed: (): Update[] => waiting.map((each) => each.update),
    setWebhook: (next: Webhook | null, dropPending: boolean): void => {
      webhook = next;
      if (next !== null) allowed = next.allowed;
      if (dropPending) waiting.splice(0);
      if (next !== null) poller?.end(new ApiError(409, 'Conflict: terminated by setWebhook request'));
      deliver();
    },
    webhook: () => webhook,
    info: () => ({ url: webhook?.url ?? '', has_custom_certificate: false, pending_update_count: waiting.length, ...(webhook === null ? {} : { max_connections: webhook.maxConnections }), ...(lastError === null ? {} : { last_error_date: Math.floor(lastError.atMs / 1000), last_error_message: lastError.message }) }),
    /** Sends an update to the webhook once more, as happens after a lost answer; gives the status. */
    repeat: (update: Update): Promise<number> => (webhook === null ? Promise.resolve(0) : post(webhook, update, options.webhookTimeoutMs)),
    close: (): void => {
      closed = true;
      clearTimeout(timer);
      poller?.end(new ApiError(500, 'Internal Server Error: closing'));
    },
  };
}

/** Posts an update in two halves, cut in the middle of a letter where there is one; gives the status, 0 for none. */
function post(webhook: Webhook, update: Update, timeoutMs: number): Promise<number> {
  return new Promise((resolve) => {
    const body = Buffer.from(JSON.stringify(update));
    const url = new URL(webhook.url);
    const outgoing = request(url, {
      method: 'POST',
      timeout: timeoutMs,
      headers: { 'content-type': 'application/json', 'content-length': body.length, ...(webhook.secret === '' ? {} : { 'x-telegram-bot-api-secret-token': webhook.secret }) },
    }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
      response.on('error', () => {
        resolve(0);
      });
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => {
      resolve(0);
    });
    const letter = body.findIndex((byte) => byte >= 0xc0);
    const cut = letter === -1 ? body.length >> 1 : letter + 1;
    outgoing.setNoDelay(true);
    outgoing.write(body.subarray(0, cut));
    outgoing.end(body.subarray(cut));
  });
}
