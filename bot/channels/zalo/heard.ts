import type { Attachment, EventOf, ZaloEvent } from 'zalo-sdk-adapter';
import type { InboundContent } from '#bot/channels/channel.ts';
import { writeAddress } from './address.ts';

/** What an event of Zalo's comes to: something that a person did, something that happened to a conversation, or nothing for us. */
export type Heard =
  | { kind: 'inbound'; address: string; content: InboundContent }
  | { kind: 'by-hand'; address: string; text: string | null }
  | { kind: 'echo'; address: string; messageId: string; text: string }
  | { kind: 'withdrawn'; address: string }
  | { kind: 'shared'; address: string; places: string[] }
  | { kind: 'arrived'; messageIds: string[] }
  | { kind: 'nothing'; why: 'known' | 'not-understood' };

/** What stands before the value in a button's payload. A tap comes back as an ordinary text that says the payload. */
export const PAYLOAD_MARK = '#ll:';

/** Reads one event; every name that the package knows is either meant for us here or left alone on purpose. */
export function heardIn(event: ZaloEvent): Heard {
  switch (event.event_name) {
    case 'user_send_text':
      return inbound(event.user_id, textContent(event.message.text ?? ''));
    case 'user_send_image':
    case 'user_send_gif':
    case 'user_send_audio':
    case 'user_send_video':
    case 'user_send_sticker':
    case 'user_send_location':
    case 'user_send_link':
    case 'user_send_file':
    case 'user_send_business_card':
      return inbound(event.user_id, attachedContent(event.message.attachments[0], event.message.text));
    case 'anonymous_send_text':
    case 'anonymous_send_image':
    case 'anonymous_send_file':
    case 'anonymous_send_sticker':
      return anonymous(event);
    case 'follow':
      return inbound(event.user_id, { kind: 'start', payload: event.source });
    case 'user_click_chatnow':
      return inbound(event.user_id, { kind: 'start', payload: null });
    case 'unfollow':
      return inbound(event.user_id, { kind: 'stop' });
    case 'oa_send_text':
    case 'oa_send_image':
    case 'oa_send_gif':
    case 'oa_send_list':
    case 'oa_send_file':
    case 'oa_send_sticker':
    case 'oa_send_template':
    case 'oa_send_consent':
      return sentByAccount(event);
    case 'user_submit_info': {
      const { address, ward, district, city } = event.info;
      return { kind: 'shared', address: event.user_id, places: [address, ward, district, city].filter((place) => place !== null) };
    }
    case 'user_withdraw':
      return { kind: 'withdrawn', address: event.user_id };
    case 'unknown':
      return { kind: 'nothing', why: 'not-understood' };
    case 'user_received_message':
      return { kind: 'arrived', messageIds: [event.message.msg_id] };
    case 'user_seen_message':
      return { kind: 'arrived', messageIds: event.message.msg_ids };
    // Reactions, tags, groups, notices to the account's managers.
    case 'user_reacted_message': case 'oa_reacted_message': case 'update_user_info':
    case 'add_user_to_tag': case 'remove_user_from_tag': case 'remove_tag':
    case 'oa_send_anonymous_text': case 'oa_send_anonymous_image': case 'oa_send_anonymous_file': case 'oa_send_anonymous_sticker':
    case 'user_send_group_text': case 'user_send_group_image': case 'user_send_group_link': case 'user_send_group_audio': case 'user_send_group_location':
    case 'user_send_group_video': case 'user_send_group_business_card': case 'user_send_group_sticker': case 'user_send_group_gif': case 'user_send_group_file':
    case 'oa_send_group_text': case 'oa_send_group_image': case 'oa_send_group_link': case 'oa_send_group_audio': case 'oa_send_group_location':
    case 'oa_send_group_video': case 'oa_send_group_business_card': case 'oa_send_group_sticker': case 'oa_send_group_gif': case 'oa_send_group_file':
    case 'create_group': case 'user_join_group': case 'user_request_join_group': case 'reject_request_join_group': case 'add_group_admin':
    case 'remove_group_admin': case 'update_group_info': case 'user_out_group':
    case 'change_template_status': case 'change_template_quality': case 'change_template_tag': case 'change_oa_daily_quota': case 'change_oa_template_tags':
    case 'user_feedback': case 'user_click_response_button':
      return { kind: 'nothing', why: 'known' };
  }
}

function inbound(address: string, content: InboundContent): Heard {
  return { kind: 'inbound', address, content };
}

/** Words, or the tap on a button of ours. */
function textContent(text: string): InboundContent {
  const said = text.trim();
  return said.startsWith(PAYLOAD_MARK) ? { kind: 'button', value: said.slice(PAYLOAD_MARK.length) } : { kind: 'text', text, forwarded: false };
}

function attachedContent(attachment: Attachment | undefined, text: string | null): InboundContent {
  switch (attachment?.type) {
    case 'image':
    case 'gif':
      return { kind: 'image', fileId: attachment.payload.url, caption: text };
    case 'audio':
      return { kind: 'voice', fileId: attachment.payload.url, durationSeconds: null };
    case 'sticker':
      return { kind: 'sticker', fileId: attachment.payload.id, caption: null };
    case 'location': {
      const { latitude, longitude } = attachment.payload.coordinates;
      return { kind: 'location', fileId: null, caption: `${latitude.toFixed(5)}, ${longitude.toFixed(5)}` };
    }
    case 'link': {
      // Somebody passes on what others wrote; the words about it are what can be understood.
      const words = [text, attachment.payload.description, attachment.payload.url].filter((part) => part !== null && part !== '').join('\n');
      return { kind: 'text', text: words, forwarded: true };
    }
    case 'file':
    case 'video':
      return { kind: 'file', fileId: attachment.payload.url, caption: text };
    case 'business_card':
    case 'template':
    case 'unknown':
    case undefined:
      return { kind: 'file', fileId: null, caption: text };
  }
}

function anonymous(event: EventOf<'anonymous_send_text' | 'anonymous_send_image' | 'anonymous_send_file' | 'anonymous_send_sticker'>): Heard {
  const { message, user_id: anonymousId } = event;
  // Without the conversation nobody could answer.
  if (message.conversation_id === null) return { kind: 'nothing', why: 'not-understood' };
  const address = writeAddress({ kind: 'anonymous', anonymousId, conversationId: message.conversation_id });
  return inbound(address, event.event_name === 'anonymous_send_text' ? textContent(message.text ?? '') : attachedContent(message.attachments[0], message.text));
}

function sentByAccount(event: EventOf<'oa_send_text' | 'oa_send_image' | 'oa_send_gif' | 'oa_send_list' | 'oa_send_file' | 'oa_send_sticker' | 'oa_send_template' | 'oa_send_consent'>): Heard {
  const { message, user_id: address, sender } = event;
  if (sender.admin_id !== null) return { kind: 'by-hand', address, text: message.text };
  return message.text === null ? { kind: 'nothing', why: 'known' } : { kind: 'echo', address, messageId: message.msg_id, text: message.text };
}
