import type { Generated } from 'kysely';
import type { CampaignKind } from '#bot/campaigns/kinds.ts';
import type { Flag } from './column.ts';

// Announcements, and notices that stand above answers.

/**
 * `asked`: waits for a second person; `scheduled`: waits for its hour; `starting`: the ledger is being written;
 * `running`: every row is there; `stopped`: what was not sent is not sent any more; `done`: nothing is left to send.
 */
export const CAMPAIGN_STATES = ['draft', 'asked', 'scheduled', 'starting', 'running', 'paused', 'stopped', 'done'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

export const CAMPAIGN_WAYS = ['web', 'telegram', 'zalo-free', 'zalo-paid', 'zalo-template', 'zalo-bot'] as const;
/** How an announcement reaches one person. */
export type CampaignWay = (typeof CAMPAIGN_WAYS)[number];

export type CampaignTable = {
  id: Generated<number>;
  kind: CampaignKind;
  /** What staff call it. */
  title: string;
  /** 1: the head excepted it from the quiet hours. */
  urgent: Flag;
  /** The audience as it was written; empty: everyone who agreed to this kind. */
  audience: string;
  /** JSON: what is to be said, in each language, as staff wrote it. */
  content: string;
  /** JSON: the pieces of each language as they were when it started; null before. */
  frozen: string | null;
  /** JSON: when. */
  schedule: string;
  state: CampaignState;
  created_ms: number;
  created_by: string | null;
  asked_by: string | null;
  confirmed_by: string | null;
  /** The next moment at which it begins by itself. */
  due_ms: number | null;
  started_ms: number | null;
  ended_ms: number | null;
  /** Not sent from this moment on. */
  expires_ms: number | null;
  /** The last person whose row is written; null when all are. */
  cursor: string | null;
  /** A round of an announcement that repeats belongs to that one. */
  parent_id: number | null;
};

/** Who read an announcement aloud, and where; null: everywhere. */
export type ReadingTable = { id: Generated<number>; campaign_id: number; village_id: string | null; reader: string; account_id: string; at_ms: number };

/** A moment of an announcement that repeats at which nothing was sent. `settled_ms`: when somebody said what becomes of it. */
export type MissedRoundTable = { id: Generated<number>; campaign_id: number; due_ms: number; noted_ms: number; settled_ms: number | null };

/** A picture that goes with an announcement, under its address. */
export type CampaignPictureTable = { id: string; campaign_id: number; alt: string; type: 'image/jpeg' | 'image/png'; bytes: Uint8Array; made_ms: number };

/** A notice of the head that stands above answers; what each field means: `bot/outbreak/pins.ts`. `cards` is JSON. */
export type PinTable = { id: Generated<number>; subject: string; words: string; level: string; numbers: string; cards: string; valid_until: string; account_id: string; created_ms: number; ended_ms: number | null };
