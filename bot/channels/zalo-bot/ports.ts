import type { Inbound } from '#bot/channels/channel.ts';
import type { ZaloTrouble } from '#bot/channels/zalo/ports.ts';

/** What the channel of a Zalo bot needs of the rest of the program. */
export type ZaloBotPorts = {
  /** Writes down what a person did, under its `platformId`; the same one again changes nothing. Resolves once it is on disk. */
  store(inbound: Inbound): Promise<void>;
  /** Hears of what an operator can act on; `zalo:trouble.<name>` is the sentence. */
  report: (trouble: ZaloTrouble, error?: unknown) => void;
};
