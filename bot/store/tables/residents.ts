import type { Generated } from 'kysely';
import type { ChannelName } from '#bot/channels/channel.ts';
import type { Purpose } from '#bot/conversation/turn.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Flag, Sealed } from './column.ts';

// Who the residents are, what they agreed to and what they asked for by right.

/** A person on one channel. What identifies them is a keyed hash for looking up and a sealed address for sending. */
export type ResidentTable = {
  id: string;
  channel: ChannelName;
  /** HMAC of channel and address; null once erased, so that the same address begins anew as a stranger. */
  address_hash: string | null;
  address_sealed: Sealed | null;
  lang: Lang;
  village_id: string | null;
  greeted: Flag;
  /** JSON: how often they were asked about each language; null for never. */
  asked_langs: Generated<string | null>;
  /** 1: they have been told that the station sends announcements. */
  offered: Generated<Flag>;
  /** `gone`: blocked us or left; `stopped`: wants answers only; `leaving`: erased as soon as the last reply is out. */
  state: 'active' | 'stopped' | 'gone' | 'leaving' | 'erased';
  last_inbound_ms: number | null;
  /** How many outbox rows have become visible to this person. */
  out_seq: number;
  created_ms: number;
};

/** One wrapped data key a person. The only table a backup of the data leaves out. */
export type KeyTable = { person_id: string; master_id: string; wrapped: Sealed };

/** Every yes and no, never changed afterwards; the latest row of a purpose is what holds. */
export type ConsentTable = { id: Generated<number>; person_id: string; purpose: Purpose; given: Flag; text_version: string; at_ms: number };

export type ContextTable = { person_id: string; context_sealed: Sealed; at_ms: number };

/** A group that a person chose; their own word, taken back by their own word. */
export type ResidentGroupTable = { id: Generated<number>; person_id: string; group_id: string; at_ms: number };

/** What a person asked for by right, with the last moments at which the law expects an answer and the deed. */
export type RightsRequestTable = {
  id: Generated<number>;
  person_id: string;
  ticket_id: number | null;
  right: RightKind;
  asked_ms: number;
  answer_due_ms: number;
  done_due_ms: number;
  done_ms: number | null;
};

export const RIGHTS = ['see', 'correct', 'copy', 'withdraw', 'restrict', 'erase', 'complain'] as const;
export type RightKind = (typeof RIGHTS)[number];
