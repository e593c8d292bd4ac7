import type { Context } from 'hono';
import type { InboundContent, Piece } from '#bot/channels/channel.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Place } from '#knowledge/place.ts';
import type { Texts } from '#locales/texts.ts';
import type { FloodLimits } from './flood.ts';

/** What the web chat needs of the rest of the program. A visitor is a hash of the cookie: it identifies, and opens nothing. */

/** A reply as it lies in the outbox. */
export type StoredReply = {
  /** Decimal sequence of the outbox. Of two replies to one visitor, the one that became visible later has the greater. */
  id: string;
  atMs: number;
  piece: Piece;
};

/** One entry of a conversation, in the order in which it happened. */
export type Said =
  | { by: 'resident'; platformId: string; atMs: number; content: InboundContent }
  | { by: 'station'; reply: StoredReply };

export type WebPorts = {
  /**
   * Stores what a visitor did, has it handled, and returns the replies to it, marked as sent. The same `platformId`
   * again returns the same replies and does nothing else. Returns none when handling takes too long; they come
   * through `later`. Throws when nothing was stored.
   */
  hear(visitor: string, content: InboundContent, platformId: string): Promise<StoredReply[]>;
  /** Replies with an id greater than `afterId` ("0": from the beginning), oldest first. */
  later(visitor: string, afterId: string): Promise<StoredReply[]>;
  /** Calls `wake` whenever there may be more to read, in this process. Returns what ends it. */
  subscribe(visitor: string, wake: () => void): () => void;
  /** The last `limit` entries of the conversation, oldest first. */
  history(visitor: string, limit: number): Promise<Said[]>;
  /** The visitor's language; Vietnamese for a visitor nobody knows. */
  language(visitor: string): Promise<Lang>;
  /** The visitor left this device for good: their cookie is gone and nobody will ask for them again. */
  forget(visitor: string): Promise<void>;
};

export type WebChatDeps = {
  ports: WebPorts;
  place: Pick<Place, 'station' | 'languages' | 'showDrafts'>;
  texts: Texts;
  /** `PUBLIC_URL`; with https, the cookie is `Secure`. Null when the address is not known. */
  publicUrl: string | null;
  /** Epoch milliseconds. */
  nowMs: () => number;
  /** The network address of a caller, for the flood limit. `remoteAddress` is right for @hono/node-server. */
  addressOf: (c: Context) => string;
  /** Ends every open event stream when the program stops. */
  stopping: AbortSignal;
  /** Hears of surprises that a visitor is only told about in general words. */
  report: (error: unknown) => void;
  limits?: Partial<FloodLimits>;
};
