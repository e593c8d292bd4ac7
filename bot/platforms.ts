import { Hono } from 'hono';
import type { ZaloAccount } from '#bot/campaigns/ports.ts';
import type { Channel } from '#bot/channels/channel.ts';
import { createBuckets } from '#bot/channels/web/flood.ts';
import type { ZaloPorts } from '#bot/channels/zalo/ports.ts';
import type { Worker } from '#bot/delivery/worker.ts';
import type { StaffWire } from '#bot/tickets/staff-wire.ts';
import type { Store } from '#bot/store/store.ts';
import type { Place } from '#knowledge/place.ts';
import type { Texts } from '#locales/texts.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';

/** The outside platforms that are configured: their channels, and the routes on which they call us. */
export type Platforms = { channels: Channel[]; routes: Hono; /** The staff's side of a messenger, where one has it. */ staffWire: StaffWire | null; /** The Zalo account, for plans of announcements; null where none is connected. */ zalo: ZaloAccount | null };

export type PlatformDeps = {
  config: Config;
  store: Store;
  worker: Worker;
  place: Place;
  texts: Texts;
  log: Log;
  clock: () => number;
  /** Staff did something outside the console. */
  onStaffActed: () => void;
};

/** Each platform's code is loaded only where it is configured: a station on the web alone carries none of it. */
export async function openPlatforms(deps: PlatformDeps): Promise<Platforms> {
  const platforms: Platforms = { channels: [], routes: new Hono(), staffWire: null, zalo: null };
  if (deps.config.telegramBotToken !== null) await openTelegram(deps, deps.config.telegramBotToken, platforms);
  const { zaloAppId: appId, zaloAppSecret: appSecret, zaloOaSecretKey: oaSecretKey } = deps.config;
  if (appId !== null && appSecret !== null && oaSecretKey !== null) await openZalo(deps, { appId, appSecret, oaSecretKey }, platforms);
  if (deps.config.zaloBotToken !== null) await openZaloBot(deps, deps.config.zaloBotToken, platforms);
  return platforms;
}

async function openZalo({ config, store, worker, place, texts, log, clock }: PlatformDeps, account: { appId: string; appSecret: string; oaSecretKey: string }, platforms: Platforms): Promise<void> {
  const [{ createZaloChannel }, { zaloPorts }, { tokensIn }] = await Promise.all([
    import('#bot/channels/zalo/zalo.ts'), import('#bot/channels/zalo/from-store.ts'), import('#bot/channels/zalo/tokens.ts'),
  ]);
  const zalo = createZaloChannel({
    ...account,
    seedRefreshToken: config.zaloRefreshToken,
    apiRoot: config.zaloApiRoot,
    oauthRoot: config.zaloOauthRoot,
    replyWindowHours: config.zaloReplyWindowHours,
    tokens: tokensIn(store, () => {
      log.error('zalo.tokens-unreadable');
    }),
    ports: zaloPorts({ store, worker, place, texts, report: zaloReport('zalo', texts, log) }),
    texts,
    clock,
    log: (event) => {
      log.info(`zalo.${event}`);
    },
  });
  platforms.channels.push(zalo);
  platforms.zalo = zalo.account;
  platforms.routes.route('/', zalo.webhook);
}

async function openZaloBot({ config, worker, texts, log, clock }: PlatformDeps, token: string, platforms: Platforms): Promise<void> {
  const { createZaloBotChannel } = await import('#bot/channels/zalo-bot/zalo-bot.ts');
  const webhook = config.zaloBotWebhookSecret === null || config.publicUrl === null ? null : { secret: config.zaloBotWebhookSecret, publicUrl: config.publicUrl };
  const bot = createZaloBotChannel({
    token,
    apiRoot: config.zaloBotApiRoot,
    webhook,
    texts,
    clock,
    ports: {
      store: async (inbound) => {
        await worker.receive(inbound);
      },
      report: zaloReport('zalo-bot', texts, log),
    },
  });
  platforms.channels.push(bot);
  platforms.routes.route('/', bot.webhook);
}

/** One line in the log, and the sentence for whoever sits at the machine. */
function zaloReport(channel: 'zalo' | 'zalo-bot', texts: Texts, log: Log): ZaloPorts['report'] {
  return (trouble, error) => {
    log.error(`${channel}.${trouble}`, error);
    process.stderr.write(`${texts.say('vi', `zalo:trouble.${trouble}`)}\n`);
  };
}

async function openTelegram({ config, store, worker, place, texts, log, clock, onStaffActed }: PlatformDeps, token: string, platforms: Platforms): Promise<void> {
  const [{ createTelegram }, { telegramPorts }, { troubleSentence }, { hearStaff }, { wallClock }] = await Promise.all([
    import('#bot/channels/telegram/telegram.ts'), import('#bot/channels/telegram/from-store.ts'), import('#bot/channels/telegram/words.ts'), import('#bot/tickets/staff-room.ts'), import('#bot/channels/telegram/ports.ts'),
  ]);
  // Eight digits would otherwise be guessed by whoever has the patience: five tries, then one in two minutes.
  const takeTry = createBuckets(5, 1 / 120, 5_000);
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
    }, {
      staff: async (act) => {
        if (act.kind === 'link' && takeTry(act.userId, clock()) > 0) return { word: 'wrong-code', name: '' };
        const said = await store.write((tx) => hearStaff(tx, texts, act));
        onStaffActed();
        return said;
      },
      tongues: { texts, place },
    }),
    clock: { ...wallClock, nowMs: clock },
  });
  platforms.staffWire = telegram.staff;
  platforms.channels.push(telegram);
  platforms.routes.route('/', telegram.webhook);
}
