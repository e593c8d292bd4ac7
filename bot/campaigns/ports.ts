import type { Piece } from '#bot/channels/channel.ts';
import type { Store } from '#bot/store/store.ts';
import type { Place } from '#knowledge/place.ts';
import type { Texts } from '#locales/texts.ts';

/** What announcements need of the rest of the program. */
export type CampaignPorts = {
  store: Store;
  place: Pick<Place, 'commune' | 'station' | 'villages' | 'zalo'> & Partial<Pick<Place, 'dayHours'>>;
  texts: Texts;
  clock: () => number;
  /** There may be something to send, in this process. */
  wake?: () => void;
  /** When a card stops being shown (epoch ms): an announcement that leads to it is not sent from then on. Null for a card nobody knows. */
  cardEndsMs?: (cardId: string) => number | null;
  /**
   * Pieces for a reader of another language, of which the words are a speaker's `own` or `vietnamese` alone: what stands
   * round them is said in the language as well, and what is missing in it. @defaultValue what is not approved stays Vietnamese
   */
  beside?: (lang: 'jra' | 'bdq', words: 'own' | 'vietnamese', make: (texts: Texts) => readonly Piece[]) => Piece[];
  /** The station's Zalo account, where one is connected. */
  zalo?: ZaloAccount | null;
};

/** What the Zalo account says of itself while a plan is made. */
export type ZaloAccount = {
  /** How many messages outside the free window the account may still send; null when Zalo does not say. Never throws. */
  paidLeft: () => Promise<number | null>;
};
