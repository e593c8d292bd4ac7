import { sql, type RawBuilder } from 'kysely';
import { NO_VILLAGE, type Audience } from '#bot/campaigns/audience.ts';
import type { CampaignKind } from '#bot/campaigns/kinds.ts';
import type { ChannelName } from '#bot/channels/channel.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Tx } from './schema.ts';
import type { CampaignWay } from './tables/campaigns.ts';
import { MESSAGE_KINDS } from './tables/messages.ts';

/**
 * Who belongs to an audience, and by which way each can be reached: one description, used by the plan, which counts, and
 * by the start, which writes the ledger. Both walk through the residents in pages, so that nobody who writes meanwhile waits.
 */
export type AudienceQuery = {
  audience: Audience;
  kind: CampaignKind;
  /** Languages that have pieces of their own, besides Vietnamese. */
  approved: readonly Lang[];
  /** Hours after a person's last word within which Zalo takes messages for free, and out of the paid quota. */
  zaloWindowHours: number;
  zaloPaidHours: number;
  /** Whether an approved form may go to whom Zalo takes no words any more. */
  template: boolean;
  nowMs: number;
};

/** Why somebody whom the terms fit is not in the audience: what they said themselves, or that they have just been written to. */
export type LeftOut = 'not-agreed' | 'stopped' | 'kind-refused' | 'recent';

/** Why somebody of the audience cannot be reached. */
export type Unreachable = 'gone' | 'window-closed' | 'no-quota';

/** People alike in everything that a plan tells apart. */
export type AudienceGroup = { channel: ChannelName; lang: Lang; villageId: string | null; leftOut: LeftOut | null; way: CampaignWay | null; unreachable: Unreachable | null; people: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const PAGE = 4000;

/** Counts the people whom the terms fit, page by page; `breathe` is awaited between pages. */
export async function countAudience(tx: Tx, query: AudienceQuery, breathe: () => Promise<void> = () => Promise.resolve()): Promise<AudienceGroup[]> {
  const groups = new Map<string, AudienceGroup>();
  for (let page = await nextPage(tx, '', PAGE); page !== null; page = await nextPage(tx, page.last, PAGE)) {
    const { rows } = await sql<Omit<AudienceGroup, 'people'> & { people: number | string }>`
      select channel, lang, village_id as "villageId", left_out as "leftOut", way, case when way is null then unreachable end as unreachable, count(*) as people
      from (${people(query, page)}) as p group by channel, lang, village_id, left_out, way, case when way is null then unreachable end`.execute(tx.db);
    for (const row of rows) {
      const key = [row.channel, row.lang, row.villageId, row.leftOut, row.way, row.unreachable].join('|');
      const known = groups.get(key);
      if (known) known.people += Number(row.people);
      else groups.set(key, { ...row, people: Number(row.people) });
    }
    await breathe();
  }
  return [...groups.values()];
}

export type Page = { after: string; last: string };

/** The next residents by id, or null when there are none. */
export async function nextPage(tx: Tx, after: string, size: number): Promise<Page | null> {
  const { rows } = await sql<{ last: string | null }>`select max(id) as last from (select id from residents where id > ${after} order by id limit ${size}) as page`.execute(tx.db);
  const last = rows[0]?.last ?? null;
  return last === null ? null : { after, last };
}

export type LedgerQuery = AudienceQuery & { campaignId: number; startedMs: number; expiresMs: number | null; parts: Readonly<Record<number, readonly Lang[]>> };

/**
 * Writes the rows of one page of residents: for each of the audience one row a part. Who cannot be reached gets a row
 * that has failed already, with the reason. Writing a page twice writes it once.
 */
export async function writeLedgerPage(tx: Tx, query: LedgerQuery, page: Page): Promise<void> {
  for (const [part, langs] of Object.entries(query.parts)) {
    // What goes along with the words goes only to whom the words go.
    const along = part === '0' ? sql`` : sql`and way is not null and way not in ('zalo-paid', 'zalo-template') and text_lang in (${sql.join(langs)})`;
    await sql`
      insert into outbox (person_id, channel, dedupe_key, kind, priority, state, in_call, attempts, not_before_ms, expires_ms, reason, created_ms, settled_ms, campaign_id, campaign_lang, campaign_part, campaign_way)
      select id, channel, ${`campaign:${query.campaignId}:${part}:`} || id, 'announcement', ${priority}, case when way is null then 'failed' else 'queued' end, 0, 0, 0,
        ${number(query.expiresMs)}, case when way is null then unreachable end, ${number(tx.nowMs)}, case when way is null then ${number(tx.nowMs)} end, ${number(query.campaignId)}, text_lang, ${sql.lit(Number(part))}, way
      from (${people(query, page)}) as p where left_out is null and created_ms <= ${query.startedMs} ${along} order by id
      on conflict (dedupe_key) do nothing`.execute(tx.db);
  }
}

/** How much the month still has of what Zalo asks money for; `template`: null where no approved form may go. */
export type PaidLeft = { paid: number; template: number | null };

/**
 * Of those planned to go out of the paid quota only the first do; the others get the approved form where there is one.
 * Of the forms, too, only as many go as are left; whoever comes after cannot be reached.
 */
export async function keepToQuota(tx: Tx, campaignId: number, left: PaidLeft): Promise<void> {
  const over = await beyond(tx, campaignId, 'zalo-paid', left.paid);
  await changeRows(tx, over, left.template === null ? NO_QUOTA(tx) : { campaign_way: 'zalo-template' });
  await changeRows(tx, await beyond(tx, campaignId, 'zalo-template', left.template ?? 0), NO_QUOTA(tx));
}

const NO_QUOTA = (tx: Tx) => ({ state: 'failed', reason: 'no-quota', settled_ms: tx.nowMs, campaign_way: null }) as const;

async function beyond(tx: Tx, campaignId: number, way: CampaignWay, left: number): Promise<number[]> {
  const rows = await tx.db.selectFrom('outbox').select('id').where('campaign_id', '=', campaignId).where('campaign_part', '=', 0).where('state', '=', 'queued')
    .where('channel', '=', 'zalo').where('campaign_way', '=', way).orderBy('id').offset(left).limit(1_000_000).execute();
  return rows.map((row) => row.id);
}

async function changeRows(tx: Tx, ids: readonly number[], change: ReturnType<typeof NO_QUOTA> | { campaign_way: 'zalo-template' }): Promise<void> {
  for (let at = 0; at < ids.length; at += 500) await tx.db.updateTable('outbox').set(change).where('id', 'in', ids.slice(at, at + 500)).execute();
}

/** How many messages announcements other than this one have sent by a way that costs money since then, those on their way included. */
export async function wentBy(tx: Tx, way: Extract<CampaignWay, 'zalo-paid' | 'zalo-template'>, sinceMs: number, except: number | null): Promise<number> {
  const row = await tx.db.selectFrom('outbox').select(({ fn }) => fn.countAll<number>().as('count'))
    .where('campaign_id', 'in', tx.db.selectFrom('campaigns').select('id').where('started_ms', '>=', sinceMs)).where('campaign_part', '=', 0)
    .where('campaign_way', '=', way).where('state', '!=', 'failed')
    .$if(except !== null, (query) => query.where('campaign_id', '!=', except)).executeTakeFirstOrThrow();
  return row.count;
}

const priority = sql.lit(MESSAGE_KINDS.indexOf('announcement'));

/** A value of a select list: PostgreSQL must be told its type there. */
const number = (value: number | null): RawBuilder<number | null> => sql`cast(${value} as bigint)`;

/** The residents of a page whom the terms fit, with everything a plan or a ledger asks of them. */
function people(query: AudienceQuery, page: Page): RawBuilder<unknown> {
  const { nowMs } = query;
  const latest = (purpose: string) => sql`(select c.given from consents c where c.person_id = r.id and c.purpose = ${purpose} order by c.id desc limit 1)`;
  const recently = query.audience.notWithinHours === null
    ? sql`1 = 0`
    : sql`exists (select 1 from outbox o where o.person_id = r.id and o.kind = 'announcement' and o.state = 'sent' and o.settled_ms > ${nowMs - query.audience.notWithinHours * HOUR_MS})`;
  const within = (hours: number) => sql`(r.last_inbound_ms is not null and r.last_inbound_ms > ${nowMs - hours * HOUR_MS})`;
  const textLang = query.approved.length === 0 ? sql`'vi'` : sql`case when r.lang in (${sql.join(query.approved)}) then r.lang else 'vi' end`;
  return sql`
    select r.id, r.channel, r.lang, r.village_id, r.created_ms, ${textLang} as text_lang,
      case
        when ${latest('announcements')} is null then 'not-agreed'
        when r.state = 'stopped' or ${latest('announcements')} = 0 then 'stopped'
        when coalesce(${latest(`kind-${query.kind}`)}, 1) = 0 then 'kind-refused'
        when ${recently} then 'recent'
      end as left_out,
      case
        when r.state = 'gone' then null
        when r.channel <> 'zalo' then r.channel
        when ${within(query.zaloWindowHours)} then 'zalo-free'
        when ${within(query.zaloPaidHours)} then 'zalo-paid'
        ${query.template ? sql`else 'zalo-template'` : sql``}
      end as way,
      case when r.state = 'gone' then 'gone' else 'window-closed' end as unreachable
    from residents r
    where r.id > ${page.after} and r.id <= ${page.last} and r.state in ('active', 'stopped', 'gone') ${terms(query)}`;
}

function terms({ audience, nowMs }: AudienceQuery): RawBuilder<unknown> {
  const villages = audience.villages.filter((id) => id !== NO_VILLAGE);
  const inVillage = villages.length === 0 ? sql`1 = 0` : sql`r.village_id in (${sql.join(villages)})`;
  const nowhere = audience.villages.includes(NO_VILLAGE) ? sql`r.village_id is null` : sql`1 = 0`;
  return sql.join([
    ...(audience.villages.length === 0 ? [] : [sql`and (${inVillage} or ${nowhere})`]),
    ...(audience.langs.length === 0 ? [] : [sql`and r.lang in (${sql.join(audience.langs)})`]),
    ...(audience.channels.length === 0 ? [] : [sql`and r.channel in (${sql.join(audience.channels)})`]),
    ...(audience.groups.length === 0 ? [] : [sql`and exists (select 1 from resident_groups g where g.person_id = r.id and g.group_id in (${sql.join(audience.groups)}))`]),
    ...(audience.seenWithinDays === null ? [] : [sql`and r.last_inbound_ms > ${nowMs - audience.seenWithinDays * DAY_MS}`]),
    ...(audience.unseenForDays === null ? [] : [sql`and (r.last_inbound_ms is null or r.last_inbound_ms <= ${nowMs - audience.unseenForDays * DAY_MS})`]),
    sql``,
  ], sql` `);
}
