import type { SendOutcome } from '#bot/channels/channel.ts';
import type { ApiFault } from './api.ts';

/**
 * The one table of what the Bot API says when it does not do what was asked, and what we do then. First match wins.
 * Codes and texts: the Bot API's documentation, and its server's public source for the texts.
 */
export type Verdict =
  /** Nobody is reached at this address until they act. */
  | 'gone'
  /** Wait as long as it says; holds for every chat. */
  | 'throttled'
  /** The token is not accepted: nothing works until an operator acts. */
  | 'token-refused'
  /** Someone else polls, or a webhook stands. */
  | 'conflict'
  /** The group lives on under another id. */
  | 'migrated'
  /** Send again without naming the message that is answered. */
  | 'without-reply'
  /** Send again outside the topic. */
  | 'without-topic'
  /** Send again without formatting. */
  | 'without-formatting'
  /** The file id is not taken: upload again. */
  | 'upload-again'
  /** This person takes no voice notes; the text is enough. */
  | 'no-voice'
  /** What was asked for is so already, or came too late to matter. */
  | 'ignore'
  | 'refused';

type Row = { code: number | 'any'; text: RegExp; verdict: Verdict };

export const ERROR_TABLE: readonly Row[] = [
  { code: 'any', text: /upgraded to a supergroup/i, verdict: 'migrated' },
  { code: 429, text: /(?:)/, verdict: 'throttled' },
  { code: 401, text: /(?:)/, verdict: 'token-refused' },
  { code: 404, text: /^not found/i, verdict: 'token-refused' },
  { code: 409, text: /(?:)/, verdict: 'conflict' },
  { code: 403, text: /not enough rights|have no rights/i, verdict: 'refused' },
  { code: 403, text: /(?:)/, verdict: 'gone' },
  { code: 400, text: /chat not found|user not found|PEER_ID_INVALID|USER_IS_BLOCKED|INPUT_USER_DEACTIVATED|bot is not a member|group chat was deactivated|CHAT_RESTRICTED/i, verdict: 'gone' },
  { code: 400, text: /message is not modified|query is too old|message to edit not found|message can't be edited|MESSAGE_ID_INVALID|TOPIC_NOT_MODIFIED/i, verdict: 'ignore' },
  { code: 400, text: /replied not found|reply message not found/i, verdict: 'without-reply' },
  { code: 400, text: /thread not found|TOPIC_CLOSED|TOPIC_DELETED/i, verdict: 'without-topic' },
  { code: 400, text: /can't parse entities|ENTITY_BOUNDS_INVALID|ENTITY_TEXT_INVALID/i, verdict: 'without-formatting' },
  { code: 400, text: /VOICE_MESSAGES_FORBIDDEN/i, verdict: 'no-voice' },
  { code: 400, text: /wrong remote file|wrong file identifier|wrong file_id|FILE_REFERENCE|FILE_ID_INVALID/i, verdict: 'upload-again' },
];

export function verdictOf(fault: { code: number; description: string; migratedTo: string | null }): Verdict {
  if (fault.migratedTo !== null) return 'migrated';
  return ERROR_TABLE.find((row) => (row.code === 'any' || row.code === fault.code) && row.text.test(fault.description))?.verdict ?? 'refused';
}

/** How long to wait where nobody says: a network that is away, a token that an operator has to renew. */
export const NETWORK_PAUSE_MS = 3_000;
const TOKEN_PAUSE_MS = 300_000;

/**
 * What a failed send means for the sender, when nothing is left to try. `why` is short and holds nothing personal:
 * the API's own words, which name rules and never people.
 */
export function outcomeOf(fault: ApiFault, nowMs: number): Exclude<SendOutcome, { kind: 'sent' }> {
  switch (fault.kind) {
    case 'not-reached':
      return { kind: 'later', notBeforeMs: nowMs + NETWORK_PAUSE_MS, why: `not reached: ${fault.why}` };
    case 'ambiguous':
      return { kind: 'unknown', why: fault.why };
    case 'said-no':
      break;
  }
  const why = `${fault.code} ${fault.description}`.slice(0, 120);
  switch (verdictOf(fault)) {
    case 'gone':
      return { kind: 'gone', why };
    case 'throttled':
      return { kind: 'later', notBeforeMs: nowMs + (fault.retryAfterMs ?? NETWORK_PAUSE_MS), why: 'throttled' };
    case 'token-refused':
      return { kind: 'later', notBeforeMs: nowMs + TOKEN_PAUSE_MS, why: 'token refused' };
    case 'conflict':
      return { kind: 'later', notBeforeMs: nowMs + NETWORK_PAUSE_MS, why };
    case 'migrated':
    case 'without-reply':
    case 'without-topic':
    case 'without-formatting':
    case 'upload-again':
    case 'no-voice':
    case 'ignore':
    case 'refused':
      return { kind: 'refused', why };
  }
}
