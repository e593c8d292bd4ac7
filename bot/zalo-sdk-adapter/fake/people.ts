import { isJson, stringOf } from './messages.ts';
import { bodyOf } from './oa.ts';
import type { Asked } from './wire.ts';
import { no, yes, type FakeUser, type World } from './world.ts';

/** Profiles, lists, tags, quotas and past chats; undefined for other calls. */
export function answerPeople(world: World, asked: Asked): unknown {
  const data = queryOf(asked);
  const body = asked.method === 'POST' ? bodyOf(asked) : {};
  const person = world.people.get(stringOf(asked.method === 'POST' ? body['user_id'] : data['user_id']));
  switch (`${asked.method} ${asked.path}`) {
    case 'GET /v2.0/oa/getoa':
      return yes({
        oaid: world.app.oaId, name: 'OA thử nghiệm', is_verified: world.account.verified, oa_type: world.account.type, num_follower: followers(world).length,
        package_name: world.account.paidPackage ? 'Nâng cao' : 'Cơ bản', package_valid_through_date: '31/12/2026', linked_ZCA: '',
      });
    case 'GET /v3.0/oa/user/detail':
      return person === undefined ? no(-201, 'user_id is invalid') : yes(detailOf(person, world));
    case 'GET /v3.0/oa/user/getlist':
      return listUsers(world, data);
    case 'POST /v3.0/oa/user/update':
      if (person === undefined) return no(-201, 'user_id is invalid');
      if (typeof body['user_alias'] === 'string') person.alias = body['user_alias'];
      if (isJson(body['shared_info'])) Object.assign(person.sharedInfo, body['shared_info']);
      return yes({});
    case 'POST /v2.0/oa/deletefollowerinfo':
      if (person === undefined) return no(-201, 'user_id is invalid');
      person.sharedInfo = {};
      person.tags.clear();
      return yes({});
    case 'POST /v2.0/oa/tag/tagfollower':
      return changeTag(world, person, stringOf(body['tag_name']), 'add');
    case 'POST /v2.0/oa/tag/rmfollowerfromtag':
      return changeTag(world, person, stringOf(body['tag_name']), 'delete');
    case 'POST /v2.0/oa/tag/rmtag':
      if (!world.tags.delete(stringOf(body['tag_name']))) return no(-201, 'tag_name is invalid');
      for (const each of world.people.values()) each.tags.delete(stringOf(body['tag_name']));
      return yes({});
    case 'GET /v2.0/oa/tag/gettagsofoa':
      return yes([...world.tags]);
    case 'POST /v3.0/oa/quota/message':
      return quota(world, body);
    case 'GET /v2.0/oa/listrecentchat':
    case 'GET /v2.0/oa/conversation':
      return chats(world, asked.path.endsWith('conversation') ? stringOf(data['user_id']) : null, data);
    case 'GET /v2.0/oa/getfollowers':
    case 'GET /v2.0/oa/getprofile':
    case 'POST /v2.0/oa/updatefollowerinfo':
      return no(-240, 'This API has been shut down, use v3.0');
    default:
      return undefined;
  }
}

type Json = Readonly<Record<string, unknown>>;

function listUsers(world: World, data: Json): unknown {
  const offset = Number(data['offset']);
  const count = Number(data['count']);
  if (!world.account.paidPackage) return no(-224, 'Your OA package does not support this API');
  if (!(offset >= 0 && offset <= 9951) || !(count >= 1 && count <= 50)) return no(-210, 'offset or count is over the limit');
  const tag = data['tag_name'];
  const follower = data['is_follower'];
  const all = [...world.people.values()].filter((each) => (tag === undefined || each.tags.has(stringOf(tag))) && (follower === undefined || each.follows === follower));
  const users = all.slice(offset, offset + count).map(({ id }) => ({ user_id: id }));
  return yes({ total: all.length, count: users.length, offset, users });
}

function changeTag(world: World, person: FakeUser | undefined, tag: string, how: 'add' | 'delete'): unknown {
  if (person === undefined || tag === '') return no(-201, 'user_id or tag_name is invalid');
  if (how === 'add') world.tags.add(tag);
  person.tags[how](tag);
  return yes({});
}

function quota(world: World, body: Json): unknown {
  if (body['user_id'] === undefined) {
    return yes([{ asset_id: 'a1', product_type: body['product_type'], quota_type: body['quota_type'], valid_through: '31/12/2026', total: 2000, remain: world.account.subQuota }]);
  }
  const person = world.people.get(stringOf(body['user_id']));
  if (person === undefined) return no(-201, 'user_id is invalid');
  return yes({ last_interaction: String(person.lastInteractionMs ?? 0), promotion: { daily_remain: 1, daily_total: 1, monthly_remain: 4, monthly_total: 4 } });
}

function chats(world: World, userId: string | null, data: Json): unknown {
  const offset = Number(data['offset']);
  const count = Number(data['count']);
  if (!(count >= 1 && count <= 10) || !(offset >= 0)) return no(-210, 'count is over the limit');
  const lines = world.sent.filter(({ kind, to }) => (kind === 'text' || kind === 'buttons') && (userId === null || to === userId)).reverse();
  return yes(
    lines.slice(offset, offset + count).map((sent) => ({ src: 0, time: sent.atMs, type: 'text', message: sent.text, message_id: sent.message_id, from_id: world.app.oaId, to_id: sent.to })),
  );
}

function detailOf(person: FakeUser, world: World): unknown {
  const date = person.lastInteractionMs === null ? '' : new Date(person.lastInteractionMs + 7 * 3_600_000).toISOString().slice(0, 10).split('-').reverse().join('/');
  return {
    user_id: person.id, user_id_by_app: person.idByApp, user_external_id: '', display_name: person.name, user_alias: person.alias, is_sensitive: person.sensitive,
    user_last_interaction_date: date, user_is_follower: person.follows, avatar: 'https://s120-ava-talk.zadn.vn/default', avatars: {},
    tags_and_notes_info: { notes: [], tag_names: [...person.tags].filter((tag) => world.tags.has(tag)) }, shared_info: person.sharedInfo,
  };
}

function followers(world: World): FakeUser[] {
  return [...world.people.values()].filter(({ follows }) => follows);
}

function queryOf(asked: Asked): Json {
  try {
    const data: unknown = JSON.parse(asked.query.get('data') ?? '{}');
    return isJson(data) ? data : {};
  } catch {
    return {};
  }
}
