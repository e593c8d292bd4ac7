import { booleanAt, isObject, listAt, numberAt, objectAt, textAt, type JsonObject } from '../json.ts';

export type UserDetail = {
  user_id: string;
  user_id_by_app: string | null;
  display_name: string | null;
  user_alias: string | null;
  /** Under 18. */
  is_sensitive: boolean | null;
  /** dd/MM/yyyy, as Zalo writes it. */
  user_last_interaction_date: string | null;
  user_is_follower: boolean | null;
  avatar: string | null;
  tag_names: string[];
  notes: string[];
  shared_info: JsonObject;
};

export type UserPage = { total: number; offset: number; users: string[] };

export type UserQuery = {
  offset: number;
  count: number;
  tag_name?: string;
  /** `TODAY`, `YESTERDAY`, `L7D`, `L30D`, or two days `YYYY_MM_DD:YYYY_MM_DD`. */
  last_interaction_period?: string;
  is_follower?: boolean;
};

export type OaProfile = {
  oaid: string;
  name: string;
  is_verified: boolean | null;
  /** 2: business, 4: state agency. */
  oa_type: number | null;
  num_follower: number | null;
  package_name: string | null;
  package_valid_through_date: string | null;
};

export type UserQuota = {
  /** Epoch milliseconds. */
  last_interaction_ms: number | null;
  cs_reply: { remain: number; total: number } | null;
  promotion: { daily_remain: number; daily_total: number; monthly_remain: number; monthly_total: number } | null;
};

export type QuotaAsset = { asset_id: string | null; product_type: string; quota_type: string; valid_through: string | null; total: number; remain: number };

export type ChatLine = { message_id: string; src: 'oa' | 'user'; at_ms: number; type: string; message: string | null; from_id: string; to_id: string };

export function readUser(data: JsonObject): UserDetail | null {
  const id = textAt(data, 'user_id');
  if (id === undefined) return null;
  const marks = objectAt(data, 'tags_and_notes_info');
  return {
    user_id: id,
    user_id_by_app: textAt(data, 'user_id_by_app') ?? null,
    display_name: textAt(data, 'display_name') ?? null,
    user_alias: textAt(data, 'user_alias') ?? null,
    is_sensitive: booleanAt(data, 'is_sensitive') ?? null,
    user_last_interaction_date: textAt(data, 'user_last_interaction_date') ?? null,
    user_is_follower: booleanAt(data, 'user_is_follower') ?? null,
    avatar: textAt(data, 'avatar') ?? null,
    tag_names: texts(listAt(marks, 'tag_names')),
    notes: texts(listAt(marks, 'notes')),
    shared_info: objectAt(data, 'shared_info') ?? {},
  };
}

export function readUserPage(data: JsonObject): UserPage {
  const users = listAt(data, 'users').filter(isObject).flatMap((user) => textAt(user, 'user_id') ?? []);
  return { total: numberAt(data, 'total') ?? users.length, offset: numberAt(data, 'offset') ?? 0, users };
}

export function readOa(data: JsonObject): OaProfile | null {
  const id = textAt(data, 'oaid') ?? textAt(data, 'oa_id');
  if (id === undefined) return null;
  return {
    oaid: id,
    name: textAt(data, 'name') ?? '',
    is_verified: booleanAt(data, 'is_verified') ?? null,
    oa_type: numberAt(data, 'oa_type') ?? null,
    num_follower: numberAt(data, 'num_follower') ?? null,
    package_name: textAt(data, 'package_name') ?? null,
    package_valid_through_date: textAt(data, 'package_valid_through_date') ?? null,
  };
}

export function readUserQuota(data: JsonObject): UserQuota {
  const reply = objectAt(data, 'cs_reply');
  const promotion = objectAt(data, 'promotion');
  return {
    last_interaction_ms: numberAt(data, 'last_interaction') ?? null,
    cs_reply: reply === undefined ? null : { remain: numberAt(reply, 'remain') ?? 0, total: numberAt(reply, 'total') ?? 0 },
    promotion:
      promotion === undefined
        ? null
        : {
            daily_remain: numberAt(promotion, 'daily_remain') ?? 0,
            daily_total: numberAt(promotion, 'daily_total') ?? 0,
            monthly_remain: numberAt(promotion, 'monthly_remain') ?? 0,
            monthly_total: numberAt(promotion, 'monthly_total') ?? 0,
          },
  };
}

export function readAsset(asset: JsonObject): QuotaAsset {
  return {
    asset_id: textAt(asset, 'asset_id') ?? null,
    product_type: textAt(asset, 'product_type') ?? '',
    quota_type: textAt(asset, 'quota_type') ?? '',
    valid_through: textAt(asset, 'valid_through') ?? null,
    total: numberAt(asset, 'total') ?? 0,
    remain: numberAt(asset, 'remain') ?? 0,
  };
}

export function readChatLine(line: JsonObject): ChatLine[] {
  const id = textAt(line, 'message_id');
  const at = numberAt(line, 'time');
  if (id === undefined || at === undefined) return [];
  return [
    {
      message_id: id,
      src: numberAt(line, 'src') === 1 ? 'user' : 'oa',
      at_ms: at,
      type: textAt(line, 'type') ?? '',
      message: textAt(line, 'message') ?? null,
      from_id: textAt(line, 'from_id') ?? '',
      to_id: textAt(line, 'to_id') ?? '',
    },
  ];
}

export function texts(values: readonly unknown[]): string[] {
  return values.filter((value): value is string => typeof value === 'string');
}
