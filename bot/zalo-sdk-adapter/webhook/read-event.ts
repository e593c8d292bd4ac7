import { RECEIPT_SENDER } from '../disputed.ts';
import { listAt, numberAt, objectAt, textAt, type JsonObject } from '../json.ts';
import { readMessage } from './read-message.ts';
import {
  ANONYMOUS_MESSAGES, GROUP_EVENTS, GROUP_MESSAGES, NOTICES, OA_ANONYMOUS_MESSAGES, OA_MESSAGES, REACTIONS, TAG_EVENTS,
  USER_MESSAGES, type Base, type ZaloEvent,
} from './events.ts';

/**
 * A webhook body as a typed event, or undefined when it has no name or no time, which no event of Zalo's lacks. A body
 * that bears a known name and cannot be read is not refused: it comes back as `unknown`, so that nothing is lost when
 * Zalo changes a shape.
 */
export function readEvent(raw: JsonObject, oaId: string | null = null): ZaloEvent | undefined {
  const name = textAt(raw, 'event_name');
  const atMs = readTime(raw);
  if (name === undefined || name === '' || atMs === undefined) return undefined;
  const base: Omit<Base, 'key'> = {
    app_id: textAt(raw, 'app_id') ?? '',
    timestamp: textAt(raw, 'timestamp') ?? '',
    at_ms: atMs,
    user_id_by_app: textAt(raw, 'user_id_by_app') ?? null,
    raw,
  };
  const event = readKnown(name, base, raw, oaId);
  if (event !== undefined && event !== 'new_name') return event;
  const why = event === 'new_name' ? 'new_name' : 'unreadable';
  return { ...base, event_name: 'unknown', name, why, key: keyOf(name, base, anyPerson(raw)) };
}

/** The body's time in epoch milliseconds. Old payloads carry seconds. */
export function readTime(raw: JsonObject): number | undefined {
  const stamp = numberAt(raw, 'timestamp');
  if (stamp === undefined || !Number.isFinite(stamp) || stamp <= 0) return undefined;
  return stamp < 100_000_000_000 ? Math.round(stamp * 1000) : stamp;
}

type Bare = Omit<Base, 'key'>;
type Read = ZaloEvent | undefined | 'new_name';

function readKnown(name: string, base: Bare, raw: JsonObject, oaId: string | null): Read {
  const fromUser = oneOf(USER_MESSAGES, name) ?? oneOf(ANONYMOUS_MESSAGES, name);
  if (fromUser !== undefined) {
    const parties = readParties(raw, 'user', oaId);
    const message = readMessage(fromUser, raw);
    if (parties === undefined || message === undefined) return undefined;
    const rest = { ...base, ...parties, message, key: `${name}:${message.msg_id}` };
    const user = oneOf(USER_MESSAGES, fromUser);
    if (user !== undefined) return { ...rest, event_name: user };
    const anonymous = oneOf(ANONYMOUS_MESSAGES, fromUser);
    return anonymous === undefined ? undefined : { ...rest, event_name: anonymous };
  }
  const fromOa = oneOf(OA_MESSAGES, name) ?? oneOf(OA_ANONYMOUS_MESSAGES, name);
  if (fromOa !== undefined) {
    const parties = readParties(raw, 'oa', oaId);
    const message = readMessage(fromOa, raw);
    if (parties === undefined || message === undefined) return undefined;
    const rest = { ...base, ...parties, message, key: `${name}:${message.msg_id}` };
    const toUser = oneOf(OA_MESSAGES, fromOa);
    if (toUser !== undefined) return { ...rest, event_name: toUser };
    const anonymous = oneOf(OA_ANONYMOUS_MESSAGES, fromOa);
    return anonymous === undefined ? undefined : { ...rest, event_name: anonymous };
  }
  const group = oneOf(GROUP_MESSAGES, name);
  if (group !== undefined) {
    const message = readMessage(group, raw);
    const groupId = textAt(objectAt(raw, 'recipient'), 'id') ?? textAt(raw, 'group_id');
    const sender = readSender(raw);
    if (message === undefined || groupId === undefined || sender === undefined) return undefined;
    return { ...base, event_name: group, oa_id: textAt(raw, 'oa_id') ?? null, group_id: groupId, sender, message, key: `${name}:${message.msg_id}` };
  }
  const reaction = oneOf(REACTIONS, name);
  if (reaction !== undefined) return readReaction(reaction, base, raw, oaId);
  const tag = oneOf(TAG_EVENTS, name);
  if (tag !== undefined) return readTag(tag, base, raw);
  const groupEvent = oneOf(GROUP_EVENTS, name);
  if (groupEvent !== undefined) {
    const groupId = textAt(raw, 'group_id') ?? textAt(objectAt(raw, 'recipient'), 'id') ?? null;
    return { ...base, event_name: groupEvent, oa_id: textAt(raw, 'oa_id') ?? null, group_id: groupId, key: keyOf(name, base, groupId ?? anyPerson(raw)) };
  }
  const notice = oneOf(NOTICES, name);
  if (notice !== undefined) return { ...base, event_name: notice, oa_id: textAt(raw, 'oa_id') ?? null, key: keyOf(name, base, anyPerson(raw)) };
  return readSingle(name, base, raw, oaId);
}

function readSingle(name: string, base: Bare, raw: JsonObject, oaId: string | null): Read {
  switch (name) {
    case 'follow':
    case 'unfollow': {
      const oa = textAt(raw, 'oa_id');
      const user = textAt(objectAt(raw, 'follower'), 'id');
      if (oa === undefined || user === undefined) return undefined;
      return { ...base, event_name: name, oa_id: oa, user_id: user, follower: { id: user }, source: textAt(raw, 'source') ?? null, key: keyOf(name, base, user) };
    }
    case 'user_click_chatnow': {
      const oa = textAt(raw, 'oa_id') ?? textAt(objectAt(raw, 'recipient'), 'id');
      const user = textAt(raw, 'user_id') ?? textAt(objectAt(raw, 'sender'), 'id');
      if (oa === undefined || user === undefined) return undefined;
      return { ...base, event_name: name, oa_id: oa, user_id: user, key: keyOf(name, base, user) };
    }
    case 'user_withdraw': {
      const user = anyPerson(raw);
      if (user === undefined) return undefined;
      return { ...base, event_name: name, oa_id: textAt(raw, 'oa_id') ?? null, user_id: user, key: keyOf(name, base, user) };
    }
    case 'update_user_info': {
      const user = anyPerson(raw);
      return { ...base, event_name: name, oa_id: textAt(raw, 'oa_id') ?? null, user_id: user ?? null, key: keyOf(name, base, user) };
    }
    case 'user_received_message': {
      const parties = readParties(raw, RECEIPT_SENDER, oaId);
      const message = objectAt(raw, 'message');
      const id = textAt(message, 'msg_id');
      if (parties === undefined || id === undefined) return undefined;
      const receipt = { msg_id: id, delivery_time: textAt(message, 'delivery_time') ?? null, tracking_id: textAt(message, 'tracking_id') ?? null };
      return { ...base, ...parties, event_name: name, message: receipt, key: `${name}:${id}` };
    }
    case 'user_seen_message': {
      const parties = readParties(raw, RECEIPT_SENDER, oaId);
      const message = objectAt(raw, 'message');
      const single = textAt(message, 'msg_id');
      const ids = [...texts(listAt(message, 'msg_ids')), ...(single === undefined ? [] : [single])];
      if (parties === undefined || ids.length === 0) return undefined;
      return { ...base, ...parties, event_name: name, message: { msg_ids: ids }, key: keyOf(name, base, parties.user_id) };
    }
    case 'user_submit_info':
      return readSubmitInfo(base, raw, oaId);
    default:
      return 'new_name';
  }
}

function readReaction(name: (typeof REACTIONS)[number], base: Bare, raw: JsonObject, oaId: string | null): Read {
  const parties = readParties(raw, name === 'user_reacted_message' ? 'user' : 'oa', oaId);
  const message = objectAt(raw, 'message');
  const id = textAt(message, 'msg_id');
  if (parties === undefined || id === undefined) return undefined;
  // A message can be reacted to many times, so its id alone does not tell the reactions apart.
  return { ...base, ...parties, event_name: name, message: { msg_id: id, react_icon: textAt(message, 'react_icon') ?? '' }, key: keyOf(name, base, `${parties.user_id}:${id}`) };
}

function readTag(name: (typeof TAG_EVENTS)[number], base: Bare, raw: JsonObject): Read {
  const oa = textAt(raw, 'oa_id');
  const tag = objectAt(raw, 'tag');
  const tagName = textAt(tag, 'name');
  if (oa === undefined || tagName === undefined) return undefined;
  const users = texts(listAt(tag, 'user_ids'));
  return { ...base, event_name: name, oa_id: oa, tag: { name: tagName, user_ids: users }, key: keyOf(name, base, `${tagName}:${users.join(',')}`) };
}

function readSubmitInfo(base: Bare, raw: JsonObject, oaId: string | null): Read {
  const parties = readParties(raw, 'user', oaId);
  const info = objectAt(raw, 'info');
  if (parties === undefined || info === undefined) return undefined;
  const full = objectAt(info, 'full_address');
  return {
    ...base,
    ...parties,
    event_name: 'user_submit_info',
    info: {
      name: textAt(info, 'name') ?? null,
      phone: textAt(info, 'phone') ?? null,
      user_dob: textAt(info, 'user_dob') ?? null,
      gender: textAt(info, 'gender') ?? null,
      address: textAt(full, 'user_address') ?? textAt(info, 'address') ?? null,
      city: textAt(full, 'user_city') ?? textAt(info, 'city') ?? null,
      district: textAt(info, 'district') ?? null,
      ward: textAt(full, 'user_ward') ?? textAt(info, 'ward') ?? null,
    },
    key: keyOf('user_submit_info', base, parties.user_id),
  };
}

/** Who is the account and who the person. The configured account decides where it can; the event's direction elsewhere. */
function readParties(raw: JsonObject, usualSender: 'user' | 'oa', oaId: string | null) {
  const sender = readSender(raw);
  const recipientId = textAt(objectAt(raw, 'recipient'), 'id');
  if (sender === undefined || recipientId === undefined) return undefined;
  const oaSent = oaId === sender.id ? true : oaId === recipientId ? false : usualSender === 'oa';
  const [oa, user] = oaSent ? [sender.id, recipientId] : [recipientId, sender.id];
  return { oa_id: oa, user_id: user, sender, recipient: { id: recipientId } };
}

function readSender(raw: JsonObject): { id: string; admin_id: string | null } | undefined {
  const sender = objectAt(raw, 'sender');
  const id = textAt(sender, 'id');
  return id === undefined ? undefined : { id, admin_id: textAt(sender, 'admin_id') ?? null };
}

function anyPerson(raw: JsonObject): string | undefined {
  return textAt(raw, 'user_id') ?? textAt(objectAt(raw, 'follower'), 'id') ?? textAt(objectAt(raw, 'sender'), 'id') ?? textAt(raw, 'user_id_by_app');
}

function keyOf(name: string, base: Bare, who: string | undefined): string {
  return `${name}:${base.timestamp}:${who ?? ''}`;
}

function texts(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string' || typeof value === 'number').map(String);
}

function oneOf<const N extends string>(names: readonly N[], name: string): N | undefined {
  return names.find((each) => each === name);
}
