import type { Generated, Kysely } from 'kysely';
import type { CampaignKind } from '#bot/campaigns/kinds.ts';
import type { ChannelName } from '#bot/channels/channel.ts';
import type { Purpose, TicketKind } from '#bot/conversation/turn.ts';
import type { SessionRow } from '#bot/vaccination/session-row.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { KeyRing } from './keyring.ts';

/**
 * The tables as Kysely sees them; the same on SQLite and PostgreSQL. Columns ending in `_ms` are epoch milliseconds,
 * in `_sealed` bytes only the person's key opens, flags are 0 or 1. No row leaves this folder: the query modules give
 * out plain values.
 */

type Sealed = Uint8Array;
type Flag = 0 | 1;

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
};

/** In the order in which they are sent. */
export const MESSAGE_KINDS = ['emergency', 'reply', 'staff-answer', 'reminder', 'announcement'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

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

export const ROLES = ['answerer', 'broadcaster', 'editor', 'head'] as const;
/** What somebody of the station may do in the console. */
export type Role = (typeof ROLES)[number];

export const DOMAINS = ['health', 'social', 'food', 'order'] as const;
export type Domain = (typeof DOMAINS)[number];

export const DUTY_LINES = ['health', 'support', 'order', 'always'] as const;
/** The lines of the weekly roster: health; social security, food and services; order; and the one that is answered day and night. */
export type DutyLine = (typeof DUTY_LINES)[number];

/** One person on one line for one day. Whoever was written down first is called first. */
export type DutyShiftTable = { id: Generated<number>; day: string; line: DutyLine; name: string; phone: string; account_id: string | null };

export const STAGES = ['told', 'half', 'end', 'head'] as const;
/** How far telling has come for one promised time: the duty person told, half of the time gone, all of it gone, the head told. */
export type Stage = (typeof STAGES)[number];

/** Each stage that a promised time has reached, once. A row `end` is a breach. */
export type TicketMarkTable = { id: Generated<number>; ticket_id: number; due_ms: number; stage: Stage; at_ms: number };

export const NOTICE_KINDS = ['new', 'half', 'end', 'head', 'more', 'roster', 'rise', 'said', 'voice'] as const;
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

/** Which Telegram user somebody of the station is. Also their private chat's address. */
export type StaffLinkTable = { account_id: string; user_id: string; linked_ms: number };

/** A code by which somebody of the station shows in Telegram who they are. Only its hash is kept. */
export type LinkCodeTable = { code_hash: string; account_id: string; expires_ms: number };

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

/** What the station answers to whoever asks the same later, in the words of its staff. */
export type StationAnswerTable = { id: Generated<number>; ticket_id: number; kind: 'question' | 'rumour'; question: string; answer: string; account_id: string; created_ms: number; until_ms: number };

/** A sentence that staff use often. */
export type CannedReplyTable = { id: Generated<number>; text: string; account_id: string; created_ms: number };

/** What staff did on Telegram, by the platform's own id, so that it counts once. */
export type StaffHeardTable = { key: string; at_ms: number };

/** Somebody of the station. Their name and title stand under every answer they give. */
export type AccountTable = {
  id: string;
  /** What they type to log in: small letters without marks. */
  login: string;
  name: string;
  title: string;
  role: Role;
  /** JSON list of `Domain`. */
  domains: string;
  /** `scrypt$N$r$p$salt$hash`. */
  password: string;
  /** The shared secret of their code generator, sealed with a key of the account's own; null until set up. */
  totp_sealed: Sealed | null;
  /** The last time step a code was taken of, so that none is taken twice. */
  totp_step: number;
  failed: number;
  locked_until_ms: number;
  created_ms: number;
  ended_ms: number | null;
  /** JSON list of `Lang`: what they speak with residents. */
  languages: Generated<string>;
};

/** A link that makes one account, once. Only a hash of its secret is kept. */
export type InvitationTable = { token_hash: string; name: string; role: Role; domains: string; by_account: string | null; created_ms: number; expires_ms: number; used_ms: number | null };

/** A browser that is logged in. Only a hash of its cookie is kept. */
export type StaffSessionTable = { id_hash: string; account_id: string; agent: string; created_ms: number; seen_ms: number; expires_ms: number };

/** What staff did, one row a deed. The database itself refuses to change or delete a row. */
export type AuditTable = { id: Generated<number>; at_ms: number; account_id: string | null; what: string; ticket_id: number | null; detail: string };

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

/**
 * `asked`: waits for a second person; `scheduled`: waits for its hour; `starting`: the ledger is being written;
 * `running`: every row is there; `stopped`: what was not sent is not sent any more; `done`: nothing is left to send.
 */
export const CAMPAIGN_STATES = ['draft', 'asked', 'scheduled', 'starting', 'running', 'paused', 'stopped', 'done'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

export const CAMPAIGN_WAYS = ['web', 'telegram', 'zalo-free', 'zalo-paid', 'zalo-bot'] as const;
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

/** A group that a person chose; their own word, taken back by their own word. */
export type ResidentGroupTable = { id: Generated<number>; person_id: string; group_id: string; at_ms: number };

export type ContextTable = { person_id: string; context_sealed: Sealed; at_ms: number };

/** A child whose parent asked to be reminded; everything about the child is sealed with the parent's key. */
export type ChildTable = { id: Generated<number>; person_id: string; child_sealed: Sealed; created_ms: number };

/** A reminder, written once; the row stays when its words are gone, so that nobody is reminded twice. */
export type ReminderTable = {
  id: Generated<number>;
  key: string;
  person_id: string;
  session_id: string | null;
  /** Of the session, or the day on which lateness was told. */
  day: string;
  doses_sealed: Sealed | null;
  created_ms: number;
  /** When the person was told that the session is off. */
  cancelled_ms: number | null;
};

/** A notice of the head that stands above answers; what each field means: `bot/outbreak/pins.ts`. `cards` is JSON. */
export type PinTable = { id: Generated<number>; subject: string; words: string; level: string; numbers: string; cards: string; valid_until: string; account_id: string; created_ms: number; ended_ms: number | null };

/** Who read an announcement aloud, and where; null: everywhere. */
export type ReadingTable = { id: Generated<number>; campaign_id: number; village_id: string | null; reader: string; account_id: string; at_ms: number };

/** Published vaccination sessions; the form of a row belongs to the part that publishes them. */
export type SessionTable = SessionRow;

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

/** How often something happened on a day, in a village. No row belongs to anybody. */
export type DailyCountTable = { key: string; day: string; what: string; topic: string; village: string; n: number };

/** That somebody has been counted for something: a keyed hash under their own key, meaningless once that is destroyed. */
export type CountedOnceTable = { mark: string; day: string };

/** A sign that rose in a village, until the head has seen it. `usual` is in hundredths of people a day. */
export type RiseTable = { key: string; sign: string; village: string; people: number; usual: number; ticket_id: number | null; at_ms: number; seen_by: string | null; seen_ms: number | null };
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

/** A document of the station's own, for its staff. */
export type DocumentTable = { id: Generated<number>; name: string; bytes: number; account_id: string | null; created_ms: number };

/** A piece of a document, with the heading above it and its number. */
export type PassageTable = { id: Generated<number>; document_id: number; heading: string; position: number; text: string };

export type MetaTable = { key: string; value: string };

export type Tables = {
  residents: ResidentTable;
  keys: KeyTable;
  consents: ConsentTable;
  inbox: InboxTable;
  outbox: OutboxTable;
  tickets: TicketTable;
  rights_requests: RightsRequestTable;
  campaigns: CampaignTable;
  resident_groups: ResidentGroupTable;
  contexts: ContextTable;
  sessions: SessionTable;
  children: ChildTable;
  reminders: ReminderTable;
  pins: PinTable;
  readings: ReadingTable;
  accounts: AccountTable;
  invitations: InvitationTable;
  staff_sessions: StaffSessionTable;
  audit: AuditTable;
  duty_shifts: DutyShiftTable;
  ticket_marks: TicketMarkTable;
  notices: NoticeTable;
  staff_links: StaffLinkTable;
  link_codes: LinkCodeTable;
  group_posts: GroupPostTable;
  staff_heard: StaffHeardTable;
  station_answers: StationAnswerTable;
  canned_replies: CannedReplyTable;
  card_revisions: CardRevisionTable;
  outside_questions: OutsideQuestionTable;
  place_edits: PlaceEditTable;
  daily_counts: DailyCountTable;
  counted_once: CountedOnceTable;
  rises: RiseTable;
  recordings: RecordingTable;
  spoken: SpokenTable;
  text_revisions: TextRevisionTable;
  text_comments: TextCommentTable;
  card_demand: CardDemandTable;
  documents: DocumentTable;
  passages: PassageTable;
  meta: MetaTable;
};

export type Engine = 'sqlite' | 'postgres';

/**
 * What every query module works with: one transaction (or, for reading, one consistent connection), the keys, and the
 * moment it began. A job given a `Tx` may run more than once and awaits nothing but its own queries.
 */
export type Tx = { readonly db: Kysely<Tables>; readonly engine: Engine; readonly ring: KeyRing; readonly nowMs: number };
