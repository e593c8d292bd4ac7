import type { Hono } from 'hono';
import { setUpToken } from '#bot/accounts/accounts.ts';
import type { ZaloAccount } from '#bot/campaigns/ports.ts';
import { remoteAddress } from '#bot/channels/web/address.ts';
import type { Config } from '#bot/config.ts';
import type { LiveKnowledge } from '#bot/conversation/open-knowledge.ts';
import type { Reply } from '#bot/conversation/turn.ts';
import type { Log } from '#bot/log.ts';
import type { LivePlace } from '#bot/place/live.ts';
import type { Store } from '#bot/store/store.ts';
import { lookForRepeats, newestTicket } from '#bot/report/repeats.ts';
import { settleTickets } from '#bot/tickets/desk.ts';
import type { StaffWire } from '#bot/tickets/staff-wire.ts';
import { createTeller } from '#bot/tickets/teller.ts';
import { keepTime } from '#bot/tickets/telling.ts';
import type { WindowHours } from '#bot/tickets/window.ts';
import { dayOf } from '#knowledge/day.ts';
import { isValidOn } from '#knowledge/load.ts';
import type { Card } from '#knowledge/card.ts';
import { fillPlaceholders, type Placeholder } from '#knowledge/place.ts';
import type { Texts } from '#locales/texts.ts';
import { pagesOnDemand } from '#bot/http/on-demand.ts';
import { createNews } from './news.ts';
import type { ConsoleVoices } from './voices.ts';
import type { Writing } from './documents/writing.ts';

/** The staff desk as the program runs it: the console's pages, and what time brings by itself to tickets. */
export type Desk = {
  routes: Hono;
  /** Looks at once for answers that have been sent, and for questions that have just come. */
  look: () => void;
  /** Lines for the terminal: where the console is and, while nobody has an account, the one-time link that makes the first. */
  greeting: (url: string) => Promise<string[]>;
  start: () => void;
  stop: () => Promise<void>;
};

export type DeskOptions = {
  store: Store;
  texts: Texts;
  /** As it is now, with what the head changed. */
  livePlace: LivePlace;
  facts: Record<Placeholder, string>;
  config: Pick<Config, 'publicUrl' | 'host' | 'telegramStaffChatId'>;
  /** What the station says to those who ask the same later; read again with everything else. */
  answers: { refresh: () => Promise<void> };
  /** Whether anybody would notice a danger sign; looked at again with everything else. */
  reach: { refresh: () => Promise<void> };
  /** The staff's side of a messenger; null where none is configured. */
  wire: StaffWire | null;
  /** The Zalo account, for plans of announcements; null where none is connected. */
  zalo: ZaloAccount | null;
  /** For how many hours after a person's last word a channel takes answers of staff; null: for ever, or it is off. */
  replyWindowHours: WindowHours;
  clock: () => number;
  /** Help with writing an answer. */
  writing: Writing;
  knowledge: LiveKnowledge;
  /** Something was published: resolves once this process tells it. */
  published: () => Promise<void>;
  /** A notice was pinned or taken down: resolves once this process tells it. */
  pinned: () => Promise<void>;
  /** Recordings, and what makes them. */
  voices: ConsoleVoices;
  /** A card as a resident reads it. */
  preview: (card: Card) => Reply;
  /** Something was written for a resident: the moment to send. */
  wake: () => void;
  /** Somebody did something with a ticket: the moment for other processes to look. */
  tellOthers: () => void;
  log: Log;
};

const SETTLE_EVERY_MS = 5_000;
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

export function openDesk(options: DeskOptions): Desk {
  const { store, texts, config, knowledge, log } = options;
  const { place } = options.livePlace;
  const news = createNews();
  const routes = pagesOnDemand('/staff/*', async () => (await import('./console.ts')).createConsole({
    store,
    texts,
    place,
    livePlace: options.livePlace,
    zalo: options.zalo,
    news,
    clock: options.clock,
    publicUrl: config.publicUrl,
    exposed: config.publicUrl !== null || !LOOPBACK.includes(config.host),
    addressOf: remoteAddress,
    messenger: options.wire !== null,
    replyWindowHours: options.replyWindowHours,
    writing: options.writing,
    knowledge: {
      card: (id, nowMs) => knowledge.current().card(id, nowMs),
      cards: (nowMs) => knowledge.base().cards.filter((card) => isValidOn(card, dayOf(nowMs))),
      nearest: (question, limit) => knowledge.nearest(question, limit),
      fill: (text) => fillPlaceholders(text, options.facts),
      inLanguage: (said, lang) => {
        const card = lang === 'vi' ? undefined : knowledge.base().cards.find((each) => fillPlaceholders(each.answer, options.facts).trim() === said.trim());
        const other = card === undefined || lang === 'vi' ? undefined : knowledge.current().translation(card.id, lang);
        return other?.standing === 'approved' ? fillPlaceholders(other.text.answer, options.facts) : null;
      },
    },
    pinned: options.pinned,
    voices: options.voices,
    base: { live: knowledge, published: options.published, preview: options.preview },
    wake: options.wake,
    changed: () => {
      look();
      options.tellOthers();
    },
  }));

  const teller = options.wire === null ? null : createTeller({
    store, texts, place, publicUrl: config.publicUrl, wire: options.wire, clock: options.clock, replyWindowHours: options.replyWindowHours,
    sounds: options.voices.maker, wake: options.wake,
    trouble: (error) => {
      log.error('desk.tell', error);
    },
  });

  let timer: NodeJS.Timeout | undefined;
  let settling: Promise<void> | null = null;
  let again = false;
  let looked = 0;
  const settle = async (): Promise<void> => {
    do {
      again = false;
      if (await store.write((tx) => settleTickets(tx, texts))) options.wake();
      await store.write((tx) => keepTime(tx, { place, group: options.wire !== null && config.telegramStaffChatId !== null }));
      await Promise.all([options.answers.refresh(), options.reach.refresh()]);
      await teller?.tell();
      if (await store.read(newestTicket) > looked) looked = await store.write((tx) => lookForRepeats(tx, looked));
    } while (wanted());
  };
  const wanted = (): boolean => again;
  const look = (): void => {
    news.ring();
    again = settling !== null;
    settling ??= settle().catch((error: unknown) => {
      log.error('desk.settle', error);
    }).finally(() => {
      settling = null;
      news.ring();
    });
  };

  return {
    routes,
    look,
    greeting: async (url) => {
      const base = config.publicUrl ?? url;
      const token = await store.write(setUpToken);
      return [
        texts.say('vi', 'console:cli.console', { url: `${base}/staff` }),
        ...(token === null ? [] : [texts.say('vi', 'console:cli.setUp', { url: `${base}/staff/join/${token}` })]),
      ];
    },
    start: () => {
      timer = setInterval(look, SETTLE_EVERY_MS);
    },
    stop: async () => {
      clearInterval(timer);
      news.close();
      await settling;
    },
  };
}
