import type { Generated } from 'kysely';

// What staff changed of the base and of the place, and the documents they work from.

/** One state of one card as staff wrote it. The latest published one of a card holds. */
export type CardRevisionTable = {
  id: Generated<number>;
  card_id: string;
  /** The whole card in the form of its file; null: the file holds again. */
  text: string | null;
  /** Fingerprint of the file's card when this was written; null: there was none. */
  made_of: string | null;
  state: RevisionState;
  account_id: string | null;
  /** The question that it was drafted from. A draft goes with the person who asked; what was published is the station's own. */
  ticket_id: number | null;
  created_ms: number;
  published_ms: number | null;
};

export const REVISION_STATES = ['draft', 'published', 'dropped'] as const;
export type RevisionState = (typeof REVISION_STATES)[number];

/** Questions that stay with staff, as `knowledge/lexicon/not-covered.tsv` has them. */
export type OutsideQuestionTable = { id: Generated<number>; theme: string; question: string; state: RevisionState; account_id: string | null; ticket_id: number | null; created_ms: number };

/** What staff changed of the place, a part at a time; the latest of a part holds. `value` is JSON; null: the file holds again. */
export type PlaceEditTable = { id: Generated<number>; section: string; value: string | null; made_of: string | null; account_id: string | null; at_ms: number };

/** A document of the station's own, for its staff. */
export type DocumentTable = { id: Generated<number>; name: string; bytes: number; account_id: string | null; created_ms: number };

/** A piece of a document, with the heading above it and its number. */
export type PassageTable = { id: Generated<number>; document_id: number; heading: string; position: number; text: string };
