/**
 * Points on which public sources about Zalo disagree, or where only one speaks. Each is one constant, set to the reading
 * that does least harm when it is wrong, so that a day with a real Official Account can settle it in one line.
 */

/**
 * Life of an access token, in seconds, when a reply names none. `expires_in` is always obeyed; sources quote 25 hours
 * and 1 hour, and assuming the shorter only costs a few refreshes.
 */
export const ACCESS_LIFE_WHEN_UNSAID_SECONDS = 3600;

/**
 * Whether the authorisation link carries a PKCE challenge. Working code without it exists; one source calls it
 * mandatory. A challenge that is not asked for does no harm.
 */
export const ALWAYS_SEND_PKCE: boolean = true;

/**
 * How old a signed webhook may be. The known retry ladder ends 1 h 50 min after the first try, an older source says
 * "resent for 12 hours", and the body's time does not change between tries. Too short loses messages, too long only
 * leans on the caller's table of keys already seen, which is to be kept for 7 days.
 */
export const REPLAY_WINDOW_MS = 13 * 3_600_000;

/** No shorter window is accepted from the caller: it would refuse honest retries. */
export const SHORTEST_REPLAY_WINDOW_MS = 3 * 3_600_000;

/** How far ahead of this machine's clock a webhook's time may lie. Small computers without a battery clock drift. */
export const CLOCK_AHEAD_MS = 15 * 60_000;

/**
 * Which time stamp goes into the signature: the body's `timestamp` (five sources) or, as one project does, the header
 * `X-ZEvent-Timestamp`. Both are tried; either needs the secret key.
 */
export const SIGNATURE_TIMESTAMPS: readonly ('body' | 'header')[] = ['body', 'header'];

/**
 * Who is `sender` in `user_received_message` and `user_seen_message`: three running code bases say the Official
 * Account, one guide says the person. Used only when the account's own id is not configured.
 */
export const RECEIPT_SENDER: 'oa' | 'user' = 'oa';

/** Field that names an uploaded file in a message: `token` in the documentation, `attachment_id` in one code base. */
export const FILE_MESSAGE_FIELD: 'token' | 'attachment_id' = 'token';

/**
 * Whether a buttons message names `template_type: "button"`. Two code bases leave it out, others put it in; no current
 * page of Zalo's describes buttons in consultation messages.
 */
export const BUTTONS_TEMPLATE_TYPE: 'button' | null = null;

/** Longest title of a button: 100 in a community client for v3.0; 35 belonged to the closed promotion messages. */
export const BUTTON_TITLE_MAX = 100;

/** Longest `payload` of a query button: 1000 is quoted for old versions, nothing for today's. */
export const BUTTON_PAYLOAD_MAX = 200;

/** Endings that a file message may have. One source adds csv. */
export const FILE_ENDINGS: readonly string[] = ['pdf', 'doc', 'docx'];

/**
 * How a text's length is counted: Zalo says "characters". UTF-16 units are never fewer than code points, so a text that
 * passes this count passes the other.
 */
export const countCharacters = (text: string): number => text.length;

/**
 * Statuses after which a send may have happened: a gateway that gave up waiting does not know. Other 5xx are taken as
 * "not done".
 */
export const AMBIGUOUS_STATUSES: ReadonlySet<number> = new Set([502, 504]);

/** Code -224: "package too small for this feature" (most sources); one project read it as a closed window. */
export const CODE_224_IS_PACKAGE: boolean = true;

/** Hour in Vietnam from which promotional and tag-3 messages are taken again. The time zone is not stated by Zalo. */
export const NIGHT_ENDS_HOUR = 6;

/** Hour in Vietnam from which promotional and tag-3 messages are refused with -234. */
export const NIGHT_BEGINS_HOUR = 22;

/** How broadcast targets are written: arrays (documentation) or comma-separated text (some samples). */
export const BROADCAST_TARGET_FORM: 'array' | 'text' = 'array';
