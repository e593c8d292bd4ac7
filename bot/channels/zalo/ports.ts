import type { Inbound } from '#bot/channels/channel.ts';

/** What the Zalo channel needs of the rest of the program. Each resolves once it is on disk; when it throws, Zalo brings the event again. */
export type ZaloPorts = {
  /** Writes down what a person did, under its `platformId`; the same one again changes nothing. */
  store(inbound: Inbound): Promise<void>;
  /**
   * Somebody of the station answered this person in Zalo's own manager: that is the answer to what they asked, and the
   * program is silent there for a while. The same `event` again changes nothing.
   */
  answeredByHand(address: string, event: { key: string; atMs: number; text: string | null }): Promise<void>;
  /** A message of ours reached Zalo: settles the send whose answer was lost, if there is one with these words. */
  echoed(address: string, message: { id: string; text: string }): Promise<void>;
  /** The person used the right to have their data erased, at Zalo. */
  withdrawn(address: string, event: { key: string; atMs: number }): Promise<void>;
  /** The person shared contact data: keeps of it what they agreed to have remembered, which is the village or nothing. */
  shared(address: string, event: { key: string; atMs: number; places: string[] }): Promise<void>;
  /** These messages have come to their phones. Kept in memory for a moment: a receipt is a figure, and may overtake the outcome of its own send. */
  arrived(messageIds: readonly string[]): void;
  /** What falls due with time: answers that waited for the person to write again are given, receipts are written down; `leaving`: all of them. */
  keepHouse(leaving?: boolean): Promise<void>;
  memory: ZaloMemory;
  /** Hears of what an operator can act on, and of what will be tried again. Never of anything personal. */
  report: (trouble: ZaloTrouble, error?: unknown) => void;
};

/** A few small texts that outlive the process. */
export type ZaloMemory = {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
};

/** Each has a sentence for the operator: `zalo:trouble.<name>`. */
export const ZALO_TROUBLES = [
  'reauth', 'signature-refused', 'clock', 'not-stored', 'not-understood', 'network', 'account-refused', 'quota', 'token-store', 'polling-refused', 'unexpected',
] as const;
export type ZaloTrouble = (typeof ZALO_TROUBLES)[number];
