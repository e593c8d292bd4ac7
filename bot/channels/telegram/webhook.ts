import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { limitBody } from '#bot/http/limit-body.ts';
import type { Intake } from './intake.ts';
import type { TelegramTrouble } from './ports.ts';

/** The path that Telegram is told to call; part of the program's interface. */
export const WEBHOOK_PATH = '/webhooks/telegram';

/** No update is that long; whoever sends more is not Telegram. */
const BODY_LIMIT_BYTES = 1_000_000;

export type WebhookOptions = {
  secret: string;
  intake: Pick<Intake, 'take'>;
  report: (trouble: TelegramTrouble, error?: unknown) => void;
};

/**
 * Takes Telegram's calls: 200 once the update is on disk, 401 without the secret, 400 for what is no update, 503 when it
 * could not be stored, upon which Telegram brings it again. Mount it at the root of the application.
 */
export function createWebhook({ secret, intake, report }: WebhookOptions): Hono {
  const app = new Hono();
  const isTelegram = sameAs(secret);
  app.use(WEBHOOK_PATH, async (c, next) => (isTelegram(c.req.header('x-telegram-bot-api-secret-token') ?? '') ? next() : c.body(null, 401)));
  app.post(WEBHOOK_PATH, limitBody({ maxSize: BODY_LIMIT_BYTES }), async (c) => {
    // Decoded once and whole: a letter may be split between two packets.
    const update = readJson(new Uint8Array(await c.req.arrayBuffer()));
    if (update === undefined) return c.body(null, 400);
    try {
      await intake.take([update]);
    } catch (error) {
      report('not-stored', error);
      return c.body(null, 503);
    }
    return c.body(null, 200);
  });
  return app;
}

/** The secret to register where none is set: the same in every process, and of no use for finding the token. */
export function secretFromToken(token: string): string {
  return createHmac('sha256', token).update('webhook').digest('base64url');
}

/** Compares in constant time, whatever the lengths. */
function sameAs(secret: string): (given: string) => boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  const expected = digest(secret);
  return (given) => timingSafeEqual(digest(given), expected);
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
