import type { Generated } from 'kysely';
import type { TicketKind } from '#bot/conversation/turn.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Flag, Sealed } from './column.ts';
import type { Domain } from './staff.ts';

// What the base could not answer, and how staff are told and answer.

export type TicketTable = {
  id: Generated<number>;
  person_id: string;
  inbox_id: number | null;
  kind: TicketKind;
  domain: Domain;
  priority: 'urgent' | 'normal';
  question_sealed: Sealed | null;
  /** JSON lists of card ids and of short reasons. */
  offered: string;
  reasons: string;
  state: TicketState;
  created_ms: number;
  closed_ms: number | null;
  /** Counts changes by staff and by the resident; who changes a ticket names the version they saw. */
  version: Generated<number>;
  /** The account that took it. */
  holder_id: string | null;
  /** Until then a person speaks and the bot is silent; null: the bot speaks. */
  held_until_ms: number | null;
  /** By when the resident was told to expect an answer. */
  due_ms: number;
  answered_ms: number | null;
  /** The outbox row of the latest answer. */
  answer_outbox_id: number | null;
  /** Since when this waiting lasts: the question, or the resident's words that opened it again. */
  asked_ms: Generated<number>;
  /** By when the law expects the station to have acted; null: no law says. */
  legal_due_ms: number | null;
};

export const TICKET_STATES = ['open', 'taken', 'answered', 'delivered', 'closed'] as const;
export type TicketState = (typeof TICKET_STATES)[number];

export const STAGES = ['told', 'half', 'end', 'head'] as const;
/** How far telling has come for one promised time: the duty person told, half of the time gone, all of it gone, the head told. */
export type Stage = (typeof STAGES)[number];

/** Each stage that a promised time has reached, once. A row `end` is a breach. */
export type TicketMarkTable = { id: Generated<number>; ticket_id: number; due_ms: number; stage: Stage; at_ms: number };

export const NOTICE_KINDS = ['new', 'half', 'end', 'head', 'more', 'roster', 'rise', 'missed', 'said', 'voice'] as const;
/** `voice` is not told to anybody: it is a spoken answer that still has to be carried over to the resident. */
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What goes to one of the staff, or to the staff's group. Rows hold no words: those are made when it is sent. */
export type NoticeTable = {
  id: Generated<number>;
  dedupe_key: string;
  kind: NoticeKind;
  ticket_id: number | null;
  /** Null: the staff's group. */
  account_id: string | null;
  /** The message of the group that this answers. */
  reply_to: number | null;
  /** Which of the kind's texts, in a short word. */
  detail: string;
  state: 'queued' | 'sending' | 'sent' | 'failed';
  attempts: number;
  not_before_ms: number;
  lease: string | null;
  lease_until_ms: number | null;
  reason: string | null;
  created_ms: number;
  settled_ms: number | null;
};

/** A message of ours in the staff's group, and of which ticket. */
export type GroupPostTable = {
  id: Generated<number>;
  ticket_id: number;
  chat_id: string;
  thread_id: number | null;
  message_id: number;
  kind: 'card' | 'line';
  /** 1: it holds words of the resident, which go when the store's go. */
  has_words: Flag;
  /** The ticket's version that the card shows. */
  shown_version: number;
  /** The resident's latest message that the group has heard of. */
  upto_inbox_id: number;
  at_ms: number;
};

/** What staff did on Telegram, by the platform's own id, so that it counts once. */
export type StaffHeardTable = { key: string; at_ms: number };

/** What the station answers to whoever asks the same later, in the words of its staff. */
export type StationAnswerTable = { id: Generated<number>; ticket_id: number; kind: 'question' | 'rumour'; question: string; answer: string; account_id: string; created_ms: number; until_ms: number; /** Whom it serves alone: a recording in this language goes with it. Null: everybody. */ lang: Lang | null };

/** A sentence that staff use often. */
export type CannedReplyTable = { id: Generated<number>; text: string; account_id: string; created_ms: number };

/** A spoken answer of staff to one person, sealed with that person's key. */
export type SpokenTable = {
  token: string;
  person_id: string;
  ticket_id: number | null;
  name: string;
  title: string;
  millis: number | null;
  note_type: string;
  note_sealed: Sealed;
  plain_sealed: Sealed | null;
  made_ms: number;
  /** What is spoken in it. */
  lang: Lang;
};
