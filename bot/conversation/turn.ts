import { z } from 'zod';
import type { Group } from '#bot/campaigns/groups.ts';
import type { Inbound, Piece } from '#bot/channels/channel.ts';
import type { Day } from '#knowledge/day.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Judgement } from '#knowledge/judgement.ts';

/**
 * One turn of a conversation as a value: what a resident did goes in with what is known of them, replies and effects
 * come out. Nothing here touches a store or a clock, so the web chat, `ask`, a replay after a crash and a test all run
 * the very same code.
 */

/** What the next turn may rest on; kept encrypted, forgotten after 30 minutes. */
export const contextSchema = z.strictObject({
  lastCardId: z.string().optional(),
  /** The choices last shown, so that "2" is understood. */
  choices: z.array(z.strictObject({ label: z.string(), value: z.string() })).optional(),
  /** The last question that was not answered for sure, kept for "none of these". */
  openQuestion: z.string().optional(),
  /** A dialogue in progress and what it has gathered. */
  dialogue: z.discriminatedUnion('kind', [
    // `earliest` is there when the birth is only known to lie between the two; `given` are ids of the schedule table.
    z.strictObject({ kind: z.literal('child-schedule'), stage: z.enum(['birth', 'given']).optional(), birth: z.string().optional(), earliest: z.string().optional(), given: z.array(z.string()) }),
    z.strictObject({ kind: z.literal('village'), then: z.string() }),
    z.strictObject({ kind: z.literal('erase') }),
    // A parent is asked whether to be reminded, then what the child is called at home; `given` are ids told by tapping.
    z.strictObject({ kind: z.literal('reminder'), stage: z.enum(['consent', 'name']), birth: z.string(), given: z.array(z.string()) }),
  ]).optional(),
  /** Epoch ms of the turn that left this. */
  atMs: z.number(),
});
export type ConversationContext = z.infer<typeof contextSchema>;

export const PURPOSES = [
  'answers', 'announcements', 'reminders', 'village', 'transcription',
  'kind-general', 'kind-vaccination', 'kind-disease', 'kind-rumour', 'kind-support', 'kind-bulletin', 'kind-school',
] as const;
/**
 * A purpose that a person agrees to apart from the others (Law 91/2025/QH15 Art. 9). A kind of announcement needs no yes
 * of its own beside `announcements`; a no to it stands.
 */
export type Purpose = (typeof PURPOSES)[number];

/** What is known of the person when a turn begins. */
export type ResidentView = {
  lang: Lang;
  /** Village id of the place, if they told us and agreed that we remember it. */
  villageId: string | null;
  /** False until the legal notice (automatic assistant) has been sent once. */
  greeted: boolean;
  consents: Purpose[];
  /** Purposes they were asked about once and answered, with yes or no: they are not asked again. */
  answered: Purpose[];
  /** True once they have been told that the station sends announcements. */
  offered?: boolean;
  /** Groups they chose. */
  groups?: Group[];
  context: ConversationContext | null;
  /** How often they were asked whether to speak a language they wrote in. @defaultValue never */
  languagesAsked?: Partial<Record<Lang, number>>;
  /** Somebody of the station is speaking with them until then (epoch ms): the bot is silent. */
  held?: { ticketId: number; name: string; untilMs: number };
  /** The last reminder of a vaccination, while an answer to it still means that one. */
  reminded?: { reminderId: number };
};

export const TICKET_KINDS = ['question', 'human', 'media', 'rumour', 'danger', 'sensitive', 'suspected-case', 'vaccine-reaction', 'rights'] as const;
export type TicketKind = (typeof TICKET_KINDS)[number];

/** What must become true in the store together with the replies, in the same transaction. */
export type Effect =
  | { kind: 'ticket'; ticket: { kind: TicketKind; domain: 'health' | 'social' | 'food' | 'order'; priority: 'urgent' | 'normal'; question: string; offered: string[]; reasons: string[]; /** Epoch ms by which the resident was told to expect an answer. */ dueMs?: number } }
  /** Their words went to whoever of the station holds the conversation. */
  | { kind: 'held'; ticketId: number }
  | { kind: 'context'; context: ConversationContext | null }
  | { kind: 'language'; lang: Lang }
  /** How often they have been asked about a language they wrote in. */
  | { kind: 'language-asked'; lang: Lang; times: number }
  | { kind: 'village'; villageId: string | null }
  | { kind: 'consent'; purpose: Purpose; given: boolean; textVersion: string }
  | { kind: 'greeted' }
  /** They have been told that the station sends announcements. */
  | { kind: 'offered' }
  | { kind: 'group'; group: Group; joined: boolean }
  | { kind: 'stop' }
  /** A child to be reminded of; the day of birth and what was given, with days where they are known. */
  | { kind: 'child'; child: { nickname: string; birth: Day; given: { id: string; on: Day | null }[] } }
  /** What that reminder named has been given. */
  | { kind: 'vaccinated'; reminderId: number }
  /** Tell the person everything that is held about them; the residents' part fills in what only the store knows. */
  | { kind: 'export' }
  | { kind: 'erase' };

/** `aloud`: what a recording of the reply is filed under; it is looked up and taken off before the turn is done. */
export type Reply = Piece & { priority: 'emergency' | 'reply'; aloud?: `chat:${string}` };

export type Turn = {
  replies: Reply[];
  effects: Effect[];
  judgement: Judgement | null;
  /** With a child's schedule: ids of the rows of the schedule table that are due now. */
  due?: string[];
};

/** What was asked of others before the turn; the turn decides what it is worth. */
export type Aid = {
  /** The card that the optional model chose for exactly this question. */
  choice?: { question: string; cardId: string };
  /** What a transcriber heard in the voice note that this turn is about. */
  heard?: Heard;
};

/** `unsure`: the resident is asked whether that is what they said. */
export type Heard = { text: string; unsure: boolean };

/** The conversation: pure, apart from reading what it was built with. */
export type Converse = (inbound: Pick<Inbound, 'content' | 'atMs'> & { aid?: Aid }, resident: ResidentView) => Turn;

