import type { Generated } from 'kysely';
import type { ChannelName } from '#bot/channels/channel.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { CampaignWay } from './campaigns.ts';
import type { Flag, Sealed } from './column.ts';

// What came in and what goes out.

export type InboxState = 'new' | 'done' | 'failed';

export type InboxTable = {
  id: Generated<number>;
  channel: ChannelName;
  platform_id: string;
  person_id: string;
  content_sealed: Sealed | null;
  at_ms: number;
  received_ms: number;
  state: InboxState;
  attempts: number;
  not_before_ms: number;
  /** 1: whoever brought the message takes the replies back with them, so they are not dispatched. */
  in_call: Flag;
  done_ms: number | null;
};

export const OUTBOX_STATES = ['queued', 'sending', 'sent', 'failed', 'unknown'] as const;
export type OutboxState = (typeof OUTBOX_STATES)[number];

export type OutboxTable = {
  id: Generated<number>;
  person_id: string;
  channel: ChannelName;
  /** Counts from 1 what has become visible to the person, in that order; null until then. */
  seq: number | null;
  inbox_id: number | null;
  /** Set by who writes the row so that writing it twice keeps one, e.g. campaign and person. */
  dedupe_key: string | null;
  kind: MessageKind;
  /** 0 goes first; follows from the kind. */
  priority: number;
  piece_sealed: Sealed | null;
  state: OutboxState;
  in_call: Flag;
  attempts: number;
  not_before_ms: number;
  expires_ms: number | null;
  lease: string | null;
  lease_until_ms: number | null;
  platform_message_id: string | null;
  reason: string | null;
  created_ms: number;
  settled_ms: number | null;
  /** The announcement it belongs to; its words then stand with the announcement, once for everybody, and not here. */
  campaign_id: number | null;
  /** Which of the announcement's frozen texts; null once retention or erasure has taken it away. */
  campaign_lang: Lang | null;
  /** 0: the words; what goes with them counts on. */
  campaign_part: number | null;
  /** By which way it was planned to go. */
  campaign_way: CampaignWay | null;
  /** When the platform said that it had reached the phone; null: it has not said so, or never does. */
  received_ms: Generated<number | null>;
};

/** In the order in which they are sent. */
export const MESSAGE_KINDS = ['emergency', 'reply', 'staff-answer', 'reminder', 'announcement'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];
