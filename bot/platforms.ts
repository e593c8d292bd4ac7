import { Hono } from 'hono';
import type { Channel } from '#bot/channels/channel.ts';
import type { Worker } from '#bot/delivery/worker.ts';
import type { Store } from '#bot/store/store.ts';
import type { Texts } from '#locales/texts.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';

/** The outside platforms that are configured: their channels, and the routes on which they call us. */
export type Platforms = { channels: Channel[]; routes: Hono };

export type PlatformDeps = { config: Config; store: Store; worker: Worker; texts: Texts; log: Log; clock: () => number };

/** Each platform's code is loaded only where it is configured: a station on the web alone carries none of it. */
export async function openPlatforms(deps: PlatformDeps): Promise<Platforms> {
  const platforms: Platforms = { channels: [], routes: new Hono() };
  if (deps.config.telegramBotToken !== null) await openTelegram(deps, deps.config.telegramBotToken, platforms);
  return platforms;
}

async function openTelegram({ config, store, worker, log }: PlatformDeps, token: string, platforms: Platforms): Promise<void> {
  const [{ createTelegram }, { telegramPorts }, { troubleSentence }] = await Promise.all([
    import('#bot/channels/telegram/telegram.ts'), import('#bot/channels/telegram/from-store.ts'), import('#bot/channels/telegram/words.ts'),
  ]);
  const telegram = createTelegram({
    token,
    apiRoot: config.telegramApiRoot,
    webhookSecret: config.telegramWebhookSecret,
    staffChatId: config.telegramStaffChatId,
    // Without a public address a webhook cannot be registered; polling works everywhere.
    mode: config.telegramMode === 'webhook' && config.publicUrl !== null ? { kind: 'webhook', publicUrl: config.publicUrl } : { kind: 'polling' },
    ports: telegramPorts(store, worker, (trouble, error) => {
      log.error(`telegram.${trouble}`, error);
      process.stderr.write(`${troubleSentence(trouble)}\n`);
    }),
  });
  platforms.channels.push(telegram);
  platforms.routes.route('/', telegram.webhook);
}
