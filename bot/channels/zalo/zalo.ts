import { createHmac } from 'node:crypto';
import type { Hono } from 'hono';
import { TokenKeeper, ZaloOA, ZaloOAuth, ZaloWebhook, type Failure, type TokenStatus, type TokenStorage, type ZaloEvent } from 'zalo-sdk-adapter';
import type { ZaloAccount } from '#bot/campaigns/ports.ts';
import { fetchFile } from '#bot/channels/fetch-file.ts';
import type { Channel } from '#bot/channels/channel.ts';
import type { Texts } from '#locales/texts.ts';
import { accountOver } from './account.ts';
import { heardIn } from './heard.ts';
import type { ZaloPorts, ZaloTrouble } from './ports.ts';
import { TEXT_LIMIT } from './render.ts';
import { createSender } from './send.ts';
import { createWebhook } from './webhook.ts';

export type ZaloOptions = {
  /** `ZALO_APP_ID`. */
  appId: string;
  /** `ZALO_APP_SECRET`: of the app's settings, for tokens. */
  appSecret: string;
  /** `ZALO_OA_SECRET_KEY`: of the webhook page, for signatures. Not the one above. */
  oaSecretKey: string;
  /** `ZALO_REFRESH_TOKEN`: seeds an empty store only. */
  seedRefreshToken: string | null;
  /** `ZALO_API_ROOT` and `ZALO_OAUTH_ROOT`. */
  apiRoot: string;
  oauthRoot: string;
  tokens: TokenStorage;
  ports: ZaloPorts;
  texts: Texts;
  /**
   * Hours after a person's last word in which they may be answered: 48 are free; 168, when the account has a package
   * that pays for the rest (`ZALO_REPLY_WINDOW_HOURS`). @defaultValue 48
   */
  replyWindowHours?: 48 | 168;
  /** Whether to try buttons under messages. @defaultValue true */
  buttons?: boolean;
  /** Hears of the package's own notable moments, such as a refresh; never of a token or of words. */
  log?: (event: string) => void;
  /** @defaultValue Date.now */
  clock?: () => number;
  /** How often tokens and what falls due are looked after. @defaultValue 2000 */
  lookEveryMs?: number;
};

export type ZaloChannel = Channel & {
  /** `POST /webhooks/zalo`; to be mounted at the root. Works in every state, also before the account is authorised. */
  webhook: Hono;
  /** What is known of the tokens; for `doctor`. */
  tokenStatus(): Promise<TokenStatus>;
  /** Ends silences that are over and gives answers that waited; `start` does so regularly. */
  keepHouse(): Promise<void>;
  /** What the account says of itself, for those who plan an announcement. */
  account: ZaloAccount;
};

/** A call ends before the dispatcher gives it up, so that its outcome is its own. */
const CALL_TIMEOUT_MS = 10_000;
/** While something is wrong, the account is asked how it is so often. */
const ASK_EVERY_MS = 30_000;
const DELIVERY_SAID_EVERY_MS = 3_600_000;

/** A Zalo Official Account as a channel. Nothing happens before `start`, which returns at once even when Zalo is out of reach. */
export function createZaloChannel(options: ZaloOptions): ZaloChannel {
  const { ports } = options;
  const nowMs = options.clock ?? Date.now;
  const status: { health: 'up' | 'down' | 'off'; reauth: boolean; reauthSaid: boolean } = { health: 'off', reauth: false, reauthSaid: false };
  /** Troubles that have been reported and are not over. */
  const said = new Set<ZaloTrouble>();
  const http = { timeoutMs: CALL_TIMEOUT_MS, now: nowMs, log: ({ event }: { event: string }) => options.log?.(event) };
  const oauth = new ZaloOAuth({ appId: options.appId, appSecret: options.appSecret, oauthRoot: options.oauthRoot, ...http });
  const keeper = new TokenKeeper({
    oauth, storage: options.tokens, now: nowMs, log: http.log,
    ...(options.seedRefreshToken === null ? {} : { seedRefreshToken: options.seedRefreshToken }),
  });
  const oa = new ZaloOA({ tokens: keeper, apiRoot: options.apiRoot, ...http });

  const webhookOf = (oaId: string | null): ZaloWebhook => new ZaloWebhook({ appId: options.appId, oaSecretKey: options.oaSecretKey, now: nowMs, ...(oaId === null ? {} : { oaId }) });
  let webhook = webhookOf(null);
  let oaId: string | null = null;

  const trouble = (what: ZaloTrouble, error?: unknown): void => {
    if (said.has(what)) return;
    said.add(what);
    ports.report(what, error);
  };
  const up = (): void => {
    status.health = 'up';
    said.clear();
  };
  const deliveries = new Map<ZaloTrouble, number>();
  /** What is wrong with a delivery. Anybody on the internet can send a wrong one, so each is said once an hour. */
  const deliveryTrouble = (what: ZaloTrouble, error?: unknown): void => {
    if (nowMs() - (deliveries.get(what) ?? Number.NEGATIVE_INFINITY) < DELIVERY_SAID_EVERY_MS) return;
    deliveries.set(what, nowMs());
    ports.report(what, error);
  };
  /** What the outcome of a call says about the channel as a whole; most failures say something about one message only. */
  const onResult = (failure: Failure | null): void => {
    const found = failure === null ? null : troubleOf(failure);
    if (failure === null) up();
    if (found === null) return;
    // That the tokens are lost is the keeper's word, and is asked for regularly.
    if (found === 'reauth') status.reauth = true;
    else trouble(found);
    if (found !== 'quota') status.health = 'down';
  };

  const sender = createSender({ oa, memory: ports.memory, texts: options.texts, nowMs, buttons: options.buttons ?? true, onResult });

  /** Resolves once everything that follows from an event is on disk. */
  const take = async (event: ZaloEvent): Promise<void> => {
    // Keys of some events hold the person's id, which is nowhere in the store in the open.
    const key = createHmac('sha256', options.oaSecretKey).update(event.key).digest('base64url').slice(0, 32);
    const atMs = event.at_ms;
    const heard = heardIn(event);
    switch (heard.kind) {
      case 'inbound':
        return ports.store({ channel: 'zalo', platformId: key, address: heard.address, atMs, content: heard.content });
      case 'by-hand':
        return ports.answeredByHand(heard.address, { key, atMs, text: heard.text });
      case 'echo':
        if (await sender.isKnown(heard.address, heard.messageId)) return;
        return ports.echoed(heard.address, { id: heard.messageId, text: heard.text });
      case 'withdrawn':
        return ports.withdrawn(heard.address, { key, atMs });
      case 'shared':
        return ports.shared(heard.address, { key, atMs, places: heard.places });
      case 'arrived':
        ports.arrived(heard.messageIds);
        return;
      case 'nothing':
        if (heard.why === 'not-understood') deliveryTrouble('not-understood');
    }
  };

  const keepTokens = async (): Promise<void> => {
    const token = await keeper.accessToken();
    const { state, oaId: account } = await keeper.status();
    // With `reauth_required` the last token may still be good for hours, in which a person can be asked.
    status.reauth = state === 'reauth_required' || state === 'empty';
    if (status.reauth && !status.reauthSaid) ports.report('reauth');
    status.reauthSaid = status.reauth;
    if (!token.ok) {
      onResult(token.failure);
      return;
    }
    if (account !== null) know(account);
    if (status.health !== 'up' && nowMs() >= askAgainMs) {
      askAgainMs = nowMs() + ASK_EVERY_MS;
      const profile = await oa.getOa();
      if (profile.ok) know(profile.value.oaid);
      onResult(profile.ok ? null : profile.failure);
    }
  };
  let askAgainMs = 0;
  const know = (account: string): void => {
    if (account === oaId) return;
    oaId = account;
    webhook = webhookOf(account);
  };

  let timer: NodeJS.Timeout | undefined;
  let keeping: Promise<void> | null = null;
  const look = (): Promise<void> => (keeping ??= Promise.all([
    keepTokens().catch((error: unknown) => {
      trouble('token-store', error);
    }),
    ports.keepHouse().catch((error: unknown) => {
      trouble('not-stored', error);
    }),
  ]).then(() => undefined).finally(() => {
    keeping = null;
  }));

  return {
    name: 'zalo',
    capabilities: { buttons: options.buttons ?? true, edit: false, receipts: true, typing: false, voice: false, textLimit: TEXT_LIMIT, replyWindowHours: options.replyWindowHours ?? 48, topics: false },
    send: (address, piece) => sender.send(address, piece),
    sendTemplate: (address, template) => sender.sendTemplate(address, template),
    fetchVoice: (address) => fetchFile(address, options.apiRoot),
    webhook: createWebhook({ webhook: () => webhook, take, texts: options.texts, report: deliveryTrouble }),
    tokenStatus: () => keeper.status(),
    keepHouse: look,
    account: accountOver(oa, nowMs),
    start: () => {
      status.health = 'down';
      timer = setInterval(() => {
        void look();
      }, options.lookEveryMs ?? 2000);
      void look();
      return Promise.resolve();
    },
    stop: async () => {
      clearInterval(timer);
      await keeping;
      await ports.keepHouse(true).catch((error: unknown) => {
        trouble('not-stored', error);
      });
      status.health = 'off';
    },
    health: () => (status.health !== 'off' && status.reauth ? 'reauth' : status.health),
  };
}

/** Null: the failure is about one message or one person. */
function troubleOf(failure: Failure): ZaloTrouble | null {
  switch (failure.kind) {
    case 'reauth_required':
      return 'reauth';
    case 'storage':
      return 'token-store';
    case 'unreached':
      return 'network';
    case 'limit':
      return null;
    case 'refused':
      if (failure.remedy.kind === 'human') return 'account-refused';
      return failure.remedy.kind === 'retry' && failure.remedy.tellStaff ? 'quota' : null;
  }
}
