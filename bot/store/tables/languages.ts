import type { Generated } from 'kysely';
import type { Lang } from '#knowledge/lang.ts';

// Voices and translations.

/** A reading aloud of a card, a chat text, a danger text or an announcement in one language. The latest approved one is heard. */
export type RecordingTable = {
  id: Generated<number>;
  /** Follows from subject and language: the public address of whatever recording holds at the time. */
  address: string;
  /** `card:5k.mask`, `chat:stop.done`, `danger:medical`, `campaign:7`. */
  subject: string;
  lang: Lang;
  /** Hash of the Vietnamese that it reads, or whose translation it reads. */
  renders: string;
  state: 'draft' | 'approved';
  /** Whose voice it is, and in which dialect. */
  speaker: string;
  dialect: string;
  account_id: string | null;
  approved_by: string | null;
  made_ms: number;
  millis: number | null;
  /** Hash of `note`. */
  digest: string;
  note_type: string;
  /** Ogg/Opus, or what was uploaded where nothing could make it of that. */
  note: Uint8Array;
  /** MP3 for phones that play no Opus. */
  plain: Uint8Array | null;
};

/** What translators wrote in the console, laid over the files; the latest row of a key holds. */
export type TextRevisionTable = {
  id: Generated<number>;
  lang: Lang;
  /** As in exchanges: `chat:passed.lead`, `card:5k.mask#answer`. */
  key: string;
  /** Null: the file's own text holds again. */
  text: string | null;
  renders: string;
  approved_by: string | null;
  dialect: string | null;
  approved_on: string | null;
  /** Hash of what the file said when this was written. */
  over: string;
  account_id: string | null;
  at_ms: number;
};

export type TextCommentTable = { id: Generated<number>; lang: Lang; key: string; account_id: string | null; text: string; at_ms: number };

/** How often a card was the answer on one day in one language. */
export type CardDemandTable = { key: string; card_id: string; lang: Lang; day: string; asked: number };
