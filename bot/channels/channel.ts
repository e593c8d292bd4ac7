import type { Lang } from '#knowledge/lang.ts';

/**
 * The contract between the station and any messaging platform. What a platform calls things never passes this line:
 * an adapter maps its payloads to `Inbound` and a `Piece` to its own calls.
 */

export const CHANNEL_NAMES = ['web', 'telegram', 'zalo', 'zalo-bot'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** What a channel can do. The rest of the program asks for these and never for a channel's name. */
export type Capabilities = {
  buttons: boolean;
  edit: boolean;
  receipts: boolean;
  typing: boolean;
  voice: boolean;
  /** Longest text of one message, in UTF-16 code units. */
  textLimit: number;
  /** Hours after the person's last message within which an ordinary reply may be sent; null: always. */
  replyWindowHours: number | null;
  topics: boolean;
};

export type InboundContent =
  | { kind: 'text'; text: string; forwarded: boolean }
  | { kind: 'button'; value: string }
  | { kind: 'voice'; fileId: string; durationSeconds: number | null }
  | { kind: 'image' | 'sticker' | 'location' | 'file'; fileId: string | null; caption: string | null }
  | { kind: 'start'; payload: string | null }
  | { kind: 'stop' };

/** One thing that a person did. `platformId` is the platform's own id of it, unique within the channel. */
export type Inbound = {
  channel: ChannelName;
  platformId: string;
  /** The platform's address of the person; also where replies go. */
  address: string;
  /** Epoch milliseconds at which the person acted, by the platform's clock. */
  atMs: number;
  content: InboundContent;
};

export type Button = { label: string; value: string };

/** How a channel with room may lay a reply out. `text` always holds the whole of it for a channel without. */
export type Layout =
  | { form: 'answer'; lead: string; body: string; more: string | null; source: string; notice: string | null }
  | { form: 'choices'; lead: string }
  | { form: 'passed'; lead: string; body: string }
  | { form: 'emergency'; lead: string; steps: string[]; calls: { label: string; number: string }[] }
  | { form: 'person'; name: string; role: string; body: string }
  | { form: 'plain' };

/** One message to one person, in the form every channel can send: text, and choices that may also be typed as numbers. */
export type Piece = {
  text: string;
  lang: Lang;
  cardId: string | null;
  buttons: Button[];
  layout: Layout;
  /** A picture that goes with the text: its address under `/hinh/<id>`, and in words what is to be seen. Channels without pictures send the text. */
  picture?: { id: string; alt: string };
  /** A recording that reads the piece, or is it: heard under `/nghe/<id>`. Channels that carry voices are given its `sound`. */
  voice?: { id: string; lang: Lang; seconds: number | null };
  /** What of the text stands in another language below the rest, at its end; the labels of buttons then carry both. */
  beside?: { lang: Lang; text: string };
  /** The approved form that may go in the words' place where a platform takes nothing else; see `sendTemplate`. */
  template?: Template;
};

/** A message whose form the platform has approved beforehand, with what fills it. */
export type Template = { id: string; data: Record<string, string> };

/**
 * A piece on its way, with the sound of its voice, and its picture for those channels that ask for it (null when it is
 * gone). A channel keeps nothing of what is `personal` that could bring it back.
 */
export type Sendable = Piece & { image?: () => Promise<{ bytes: Uint8Array; filename: string } | null>; sound?: { kind: 'voice' | 'file'; bytes: Uint8Array; filename: string; personal: boolean } };

/** What became of a send, sorted by what the sender can do next. */
export type SendOutcome =
  | { kind: 'sent'; platformMessageId: string | null }
  /** Not now: throttled, network, closed for the night. Try again, not before this instant (epoch ms). */
  | { kind: 'later'; notBeforeMs: number; why: string }
  /** Nobody can be reached at this address any more: blocked, left, deactivated. */
  | { kind: 'gone'; why: string }
  /** This message will never be taken: closed window, no quota, bad content. */
  | { kind: 'refused'; why: string }
  /** The platform may or may not have acted: a timed-out call. Announcements are not repeated on their own. */
  | { kind: 'unknown'; why: string };

export interface Channel {
  readonly name: ChannelName;
  readonly capabilities: Capabilities;
  send(address: string, piece: Sendable): Promise<SendOutcome>;
  /** Sends an approved form to somebody whose window for free words is closed, where the platform has such forms. */
  sendTemplate?(address: string, template: Template): Promise<SendOutcome>;
  /** The bytes of a voice note that somebody sent, by the id in their message; null when they cannot be had. Never throws. */
  fetchVoice?(fileId: string): Promise<Uint8Array | null>;
  /** Shows the person that an answer is being made, where the channel can; never fails. */
  typing?(address: string): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** For `/healthz`. */
  health(): 'up' | 'down' | 'off' | 'reauth';
}
