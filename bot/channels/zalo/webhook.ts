import { Hono } from 'hono';
import type { WebhookVerdict, ZaloEvent, ZaloWebhook } from 'zalo-sdk-adapter';
import { limitBody } from '#bot/http/limit-body.ts';
import type { Texts } from '#locales/texts.ts';
import type { ZaloTrouble } from './ports.ts';

/** The path that Zalo is told to call; part of the program's interface. */
export const WEBHOOK_PATH = '/webhooks/zalo';
/** Where Zalo leads the officer after the consent. The page asks them to copy its address. */
export const CALLBACK_PATH = '/webhooks/zalo/callback';

export type ZaloWebhookOptions = {
  /** Asked anew for each delivery: the account's id is only known once it is authorised. */
  webhook: () => ZaloWebhook;
  /** Resolves once the event is on disk. */
  take: (event: ZaloEvent) => Promise<void>;
  texts: Texts;
  report: (trouble: ZaloTrouble, error?: unknown) => void;
};

/**
 * Takes Zalo's calls: 200 once the event is on disk, also for events that mean nothing to us and for the unsigned empty
 * test; 401 for a signature that is not Zalo's, 400 for what is no event, 503 when it could not be stored, upon which
 * Zalo brings it again. Mount it at the root of the application.
 */
export function createWebhook({ webhook, take, texts, report }: ZaloWebhookOptions): Hono {
  const app = new Hono();
  app.post(WEBHOOK_PATH, limitBody({ maxSize: webhook().maxBytes, onError: (c) => c.body(null, 400) }), async (c) => {
    // The signature is over the bytes as they came.
    const verdict = webhook().receive(new Uint8Array(await c.req.arrayBuffer()), c.req.raw.headers);
    if (verdict.kind === 'refused') report(troubleOf(verdict));
    if (verdict.kind === 'event') {
      try {
        await take(verdict.event);
      } catch (error) {
        report('not-stored', error);
        return c.body(null, 503);
      }
    }
    return c.body(null, verdict.status);
  });
  app.get(CALLBACK_PATH, (c) => {
    // The address holds a code that is good for ten minutes.
    c.header('Cache-Control', 'no-store');
    c.header('Referrer-Policy', 'no-referrer');
    return c.text(texts.say('vi', 'zalo:login.page'));
  });
  return app;
}

function troubleOf(verdict: WebhookVerdict & { kind: 'refused' }): ZaloTrouble {
  return verdict.why === 'stale' || verdict.why === 'ahead_of_clock' ? 'clock' : 'signature-refused';
}
