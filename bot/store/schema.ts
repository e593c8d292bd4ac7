import type { Kysely } from 'kysely';
import type { KeyRing } from './keyring.ts';
import type { CampaignPictureTable, CampaignTable, MissedRoundTable, PinTable, ReadingTable } from './tables/campaigns.ts';
import type { CardRevisionTable, DocumentTable, OutsideQuestionTable, PassageTable, PlaceEditTable } from './tables/knowledge.ts';
import type { CardDemandTable, RecordingTable, TextCommentTable, TextRevisionTable } from './tables/languages.ts';
import type { InboxTable, OutboxTable } from './tables/messages.ts';
import type { CountedOnceTable, DailyCountTable, RiseTable } from './tables/report.ts';
import type { ConsentTable, ContextTable, KeyTable, ResidentGroupTable, ResidentTable, RightsRequestTable } from './tables/residents.ts';
import type { AccountTable, AuditTable, DutyShiftTable, InvitationTable, LinkCodeTable, StaffLinkTable, StaffSessionTable, WrongLoginTable } from './tables/staff.ts';
import type { CannedReplyTable, GroupPostTable, NoticeTable, SpokenTable, StaffHeardTable, StationAnswerTable, TicketMarkTable, TicketTable } from './tables/tickets.ts';
import type { ChildTable, ReminderTable, SessionTable } from './tables/vaccination.ts';

/**
 * The tables as Kysely sees them; the same on SQLite and PostgreSQL. Columns ending in `_ms` are epoch milliseconds,
 * in `_sealed` bytes only the person's key opens, flags are 0 or 1. No row leaves this folder: the query modules give
 * out plain values.
 */

type MetaTable = { key: string; value: string };

export type Tables = {
  residents: ResidentTable;
  keys: KeyTable;
  consents: ConsentTable;
  inbox: InboxTable;
  outbox: OutboxTable;
  tickets: TicketTable;
  rights_requests: RightsRequestTable;
  campaigns: CampaignTable;
  missed_rounds: MissedRoundTable;
  resident_groups: ResidentGroupTable;
  contexts: ContextTable;
  sessions: SessionTable;
  children: ChildTable;
  reminders: ReminderTable;
  pins: PinTable;
  readings: ReadingTable;
  campaign_pictures: CampaignPictureTable;
  accounts: AccountTable;
  invitations: InvitationTable;
  staff_sessions: StaffSessionTable;
  wrong_logins: WrongLoginTable;
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

/** As much of it as changes rows without opening what is sealed in them. */
export type Rows = Pick<Tx, 'db' | 'nowMs'>;
