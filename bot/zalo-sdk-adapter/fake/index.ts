import { FakeBotPlatform } from './bot.ts';
import { RealClock, type Clock } from './clock.ts';
import { Faults } from './faults.ts';
import { FakeOa } from './oa.ts';
import { FakeOAuth } from './oauth.ts';
import { FakePerson } from './person.ts';
import { FakeWebhookSender } from './webhook-sender.ts';
import { serve, type Answered, type Asked } from './wire.ts';
import { personOf, type FakeAccount, type FakeApp, type FakeSent, type FakeTemplate, type World } from './world.ts';

export { FakeBotPlatform, type FakeBotSent } from './bot.ts';
export { ManualClock, RealClock, type Clock } from './clock.ts';
export { Faults, type Fault } from './faults.ts';
export { FakeOa } from './oa.ts';
export { FakeOAuth, type FakePair } from './oauth.ts';
export { FakePerson } from './person.ts';
export { FakeWebhookSender, RETRY_LADDER_MS, type Delivery, type Twist } from './webhook-sender.ts';
export type { FakeAccount, FakeApp, FakeSent, FakeTemplate, FakeUser } from './world.ts';

/** What people sent, by the end of its address. */
type Media = Map<string, { bytes: Uint8Array; type: string }>;
const MEDIA_PATH = '/media/';

export type FakeZaloOptions = {
  /** @defaultValue a free one */
  port?: number;
  /** @defaultValue the time of this machine */
  clock?: Clock;
  app?: Partial<FakeApp>;
  account?: Partial<FakeAccount>;
  botToken?: string;
  /** Whether the account's own messages come back as events, as Zalo does. @defaultValue true */
  echoes?: boolean;
};

/**
 * A Zalo on this machine: token endpoint, Official Account API, template host, webhook sender and Bot Platform on one
 * port. It refuses what the real hosts are known to refuse, since there is no test account at Zalo.
 *
 * Give its `url` as `oauthRoot`, `apiRoot` and `templateRoot`. Nobody exists in it until `person` is called.
 */
export class FakeZalo {
  readonly url: string;
  readonly clock: Clock;
  readonly app: FakeApp;
  /** Package, money and quotas; change them at will. */
  readonly account: FakeAccount;
  readonly oauth: FakeOAuth;
  readonly oa: FakeOa;
  readonly webhook: FakeWebhookSender;
  readonly bot: FakeBotPlatform;
  readonly faults: Faults;
  readonly #world: World;
  readonly #media: Media;
  readonly #stop: () => Promise<void>;

  /** Made by `startFakeZalo`. */
  constructor(of: { url: string; world: World; oauth: FakeOAuth; oa: FakeOa; webhook: FakeWebhookSender; bot: FakeBotPlatform; faults: Faults; media: Media; stop: () => Promise<void> }) {
    this.url = of.url;
    this.#world = of.world;
    this.clock = of.world.clock;
    this.app = of.world.app;
    this.account = of.world.account;
    this.oauth = of.oauth;
    this.oa = of.oa;
    this.webhook = of.webhook;
    this.bot = of.bot;
    this.faults = of.faults;
    this.#media = of.media;
    this.#stop = of.stop;
  }

  /** Everything that the account has sent, in order. */
  get sent(): readonly FakeSent[] {
    return this.#world.sent;
  }

  /** The person with this id, who is made when they are new and then neither follows nor has written. */
  person(id: string): FakePerson {
    return new FakePerson(personOf(this.#world, id), this.#world, this.webhook);
  }

  /**
   * Puts a recording or picture where Zalo keeps what people send, and gives its address for `sendsVoice`, `sendsImage` and
   * their like. Anybody who knows the address may fetch it, as with Zalo.
   */
  keeps(bytes: Uint8Array, type: string): string {
    const id = `${this.#media.size + 1}`;
    this.#media.set(id, { bytes, type });
    return `${this.url}${MEDIA_PATH}${id}`;
  }

  addTemplate(template: FakeTemplate): void {
    this.#world.templates.set(template.id, template);
  }

  /** Ends the server; deliveries that are under way come to their end first. */
  async stop(): Promise<void> {
    await this.webhook.settled();
    await this.#stop();
  }
}

export async function startFakeZalo(options: FakeZaloOptions = {}): Promise<FakeZalo> {
  const clock = options.clock ?? new RealClock();
  const world: World = {
    clock,
    app: { appId: '1234567890123456789', appSecret: 'fake-app-secret', oaSecretKey: 'fake-oa-secret-key', oaId: '579745863508352884', callbacks: ['https://bot.example/zalo/callback'], ...options.app },
    people: new Map(),
    sent: [],
    uploads: new Map(),
    templates: new Map(),
    articles: new Map(),
    tags: new Set(),
    account: { type: 4, verified: true, paidPackage: true, subQuota: 2000, templateQuota: 500, money: true, broadcastsLeft: 4, ...options.account },
  };
  const faults = new Faults();
  const oauth = new FakeOAuth(world);
  const webhook = new FakeWebhookSender(world);
  const bot = new FakeBotPlatform(clock, options.botToken ?? '1234567890:fake-bot-secret');
  const oa = new FakeOa(world, oauth, (sent) => {
    const person = world.people.get(sent.to);
    // After the answer, as the real echo: a program must not depend on it.
    if (options.echoes !== false && person !== undefined) setImmediate(() => void new FakePerson(person, world, webhook).isSent(sent));
  });
  const media: Media = new Map();
  const route = async (asked: Asked): Promise<Answered> => {
    if (asked.path.startsWith(MEDIA_PATH)) {
      const kept = media.get(asked.path.slice(MEDIA_PATH.length));
      return kept === undefined ? { status: 404, text: '' } : { bytes: kept.bytes, headers: { 'Content-Type': kept.type } };
    }
    if (asked.path.startsWith('/v4/oa/')) return oauth.answer(asked);
    return asked.path.startsWith('/bot') ? bot.answer(asked) : oa.answer(asked);
  };
  const { url, stop } = await serve(options.port ?? 0, faults, route);
  return new FakeZalo({ url, world, oauth, oa, webhook, bot, faults, media, stop });
}
