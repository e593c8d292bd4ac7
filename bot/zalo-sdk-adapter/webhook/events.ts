import type { JsonObject } from '../json.ts';

/**
 * The webhook events of an Official Account, under Zalo's own names. Every event also says, under names of ours, which
 * account and which person it concerns (`oa_id`, `user_id`), since Zalo puts them in different places, and a `key` that
 * is the same each time Zalo delivers the same event.
 */
export type ZaloEvent =
  | UserMessage
  | AnonymousMessage
  | OaMessage
  | OaAnonymousMessage
  | ReceivedReceipt
  | SeenReceipt
  | Reaction
  | Follow
  | Unfollow
  | ClickChatNow
  | SubmitInfo
  | UpdateUserInfo
  | UserWithdraw
  | TagEvent
  | GroupMessage
  | GroupEvent
  | Notice
  | UnknownEvent;

/** The event of a name: `EventOf<'user_send_text'>`. */
export type EventOf<N extends ZaloEvent['event_name']> = ZaloEvent & { event_name: N };

export const USER_MESSAGES = [
  'user_send_text', 'user_send_image', 'user_send_gif', 'user_send_audio', 'user_send_video', 'user_send_sticker',
  'user_send_location', 'user_send_link', 'user_send_file', 'user_send_business_card',
] as const;
export const ANONYMOUS_MESSAGES = ['anonymous_send_text', 'anonymous_send_image', 'anonymous_send_file', 'anonymous_send_sticker'] as const;
export const OA_MESSAGES = [
  'oa_send_text', 'oa_send_image', 'oa_send_gif', 'oa_send_list', 'oa_send_file', 'oa_send_sticker', 'oa_send_template', 'oa_send_consent',
] as const;
export const OA_ANONYMOUS_MESSAGES = [
  'oa_send_anonymous_text', 'oa_send_anonymous_image', 'oa_send_anonymous_file', 'oa_send_anonymous_sticker',
] as const;
export const REACTIONS = ['user_reacted_message', 'oa_reacted_message'] as const;
export const TAG_EVENTS = ['add_user_to_tag', 'remove_user_from_tag', 'remove_tag'] as const;
export const GROUP_MESSAGES = [
  'user_send_group_text', 'user_send_group_image', 'user_send_group_link', 'user_send_group_audio', 'user_send_group_location',
  'user_send_group_video', 'user_send_group_business_card', 'user_send_group_sticker', 'user_send_group_gif', 'user_send_group_file',
  'oa_send_group_text', 'oa_send_group_image', 'oa_send_group_link', 'oa_send_group_audio', 'oa_send_group_location',
  'oa_send_group_video', 'oa_send_group_business_card', 'oa_send_group_sticker', 'oa_send_group_gif', 'oa_send_group_file',
] as const;
export const GROUP_EVENTS = [
  'create_group', 'user_join_group', 'user_request_join_group', 'reject_request_join_group', 'add_group_admin',
  'remove_group_admin', 'update_group_info', 'user_out_group',
] as const;
export const NOTICES = [
  'change_template_status', 'change_template_quality', 'change_template_tag', 'change_oa_daily_quota', 'change_oa_template_tags',
  'user_feedback', 'user_click_response_button',
] as const;

type Names<T extends readonly string[]> = T[number];

/** What every event has. */
export type Base = {
  app_id: string;
  /** As Zalo wrote it. */
  timestamp: string;
  /** The same instant in epoch milliseconds. */
  at_ms: number;
  /** The person's id for the app, which differs from the id for the account. */
  user_id_by_app: string | null;
  /** The same for every delivery of this event, different for every other. Keep it at least 7 days. */
  key: string;
  /** The body as it came, with ids as text. It holds what a person wrote: keep it out of logs. */
  raw: JsonObject;
};

type Parties = Base & { oa_id: string; user_id: string; sender: { id: string; admin_id: string | null }; recipient: { id: string } };

/** Somebody wrote to the account. A tap on a button is a `user_send_text` whose text is the button's payload. */
export type UserMessage = Parties & { event_name: Names<typeof USER_MESSAGES>; message: Message };

/** Somebody wrote who is not signed in. An answer needs `message.conversation_id` besides the id. */
export type AnonymousMessage = Parties & { event_name: Names<typeof ANONYMOUS_MESSAGES>; message: Message };

/**
 * The account wrote. With `sender.admin_id` a person answered in Zalo's own manager; without, it is the echo of a call
 * to the API, probably our own.
 */
export type OaMessage = Parties & { event_name: Names<typeof OA_MESSAGES>; message: Message };
export type OaAnonymousMessage = Parties & { event_name: Names<typeof OA_ANONYMOUS_MESSAGES>; message: Message };

/**
 * A message reached the person. Receipts may come in any order. `delivery_time` is there only for template messages by
 * phone, and then `user_id` is the phone number or a hash of it, and `tracking_id` is the sender's own.
 */
export type ReceivedReceipt = Parties & {
  event_name: 'user_received_message';
  message: { msg_id: string; delivery_time: string | null; tracking_id: string | null };
};
export type SeenReceipt = Parties & { event_name: 'user_seen_message'; message: { msg_ids: string[] } };
export type Reaction = Parties & { event_name: Names<typeof REACTIONS>; message: { msg_id: string; react_icon: string } };

/** Opens the window of 7 days. */
export type Follow = Base & { event_name: 'follow'; oa_id: string; user_id: string; follower: { id: string }; source: string | null };
export type Unfollow = Base & { event_name: 'unfollow'; oa_id: string; user_id: string; follower: { id: string }; source: string | null };

/** The button "chat now" of a person who never chatted with the account. Opens the window. */
export type ClickChatNow = Base & { event_name: 'user_click_chatnow'; oa_id: string; user_id: string };

/** The answer to a request for contact data, with the older and the newer names of the fields brought together. */
export type SubmitInfo = Parties & {
  event_name: 'user_submit_info';
  info: {
    name: string | null;
    /** Digits as Zalo sends them, usually beginning with 84. */
    phone: string | null;
    /** dd/mm/yyyy as Zalo sends it. */
    user_dob: string | null;
    gender: string | null;
    address: string | null;
    city: string | null;
    district: string | null;
    ward: string | null;
  };
};
export type UpdateUserInfo = Base & { event_name: 'update_user_info'; oa_id: string | null; user_id: string | null };

/** The person uses a right over their data (erasure, objection). What is stored about them has to go. */
export type UserWithdraw = Base & { event_name: 'user_withdraw'; oa_id: string | null; user_id: string };
export type TagEvent = Base & { event_name: Names<typeof TAG_EVENTS>; oa_id: string; tag: { name: string; user_ids: string[] } };

/** A message in a group of the account. `[@…]` inside a text is a mention. */
export type GroupMessage = Base & {
  event_name: Names<typeof GROUP_MESSAGES>;
  oa_id: string | null;
  group_id: string;
  sender: { id: string; admin_id: string | null };
  message: Message;
};
export type GroupEvent = Base & { event_name: Names<typeof GROUP_EVENTS>; oa_id: string | null; group_id: string | null };

/** News for the account's managers about templates and quotas; look into `raw`. */
export type Notice = Base & { event_name: Names<typeof NOTICES>; oa_id: string | null };

/** An event that this version does not know, or knows and cannot read. It is as authentic as the others. */
export type UnknownEvent = Base & { event_name: 'unknown'; name: string; why: 'new_name' | 'unreadable' };

export type Message = {
  msg_id: string;
  text: string | null;
  quote_msg_id: string | null;
  /** Only in anonymous conversations. */
  conversation_id: string | null;
  attachments: Attachment[];
};

export type Attachment =
  | { type: 'image' | 'gif' | 'video' | 'link'; payload: { url: string | null; thumbnail: string | null; description: string | null } }
  | { type: 'audio'; payload: { url: string } }
  | { type: 'sticker'; payload: { id: string | null; url: string | null } }
  | { type: 'location'; payload: { coordinates: { latitude: number; longitude: number } } }
  | { type: 'file'; payload: { url: string | null; name: string | null; size: number | null; type: string | null; checksum: string | null } }
  | { type: 'template'; payload: { zinstant_id: string | null; text: string | null; link_url: string | null } }
  | { type: 'business_card'; payload: { url: string | null; phone: string | null; qr_code_url: string | null } }
  | { type: 'unknown'; name: string; payload: JsonObject };
