import { sql } from 'kysely';
import type { Lang } from '#knowledge/lang.ts';
import type { Tx } from './schema.ts';

/**
 * Where each person of an audience ended up; everybody is in exactly one. `seen`: they have written or pressed something
 * since it arrived; `voice`: a reading aloud arrived with it; `waiting`: it is still being sent.
 */
export const REACH_BOXES = ['delivered', 'seen', 'voice', 'waiting', 'unknown', 'failed', 'unreachable'] as const;
export type ReachBox = (typeof REACH_BOXES)[number];

/** People alike; the village is known only of those who agreed that it be remembered. */
export type ReachGroup = { villageId: string | null; lang: Lang; box: ReachBox; reason: string | null; people: number };

export async function reachGroups(tx: Tx, campaignIds: readonly number[]): Promise<ReachGroup[]> {
  if (campaignIds.length === 0) return [];
  const { rows } = await sql<ReachGroup>`
    select village_id as "villageId", lang, box, reason, count(*) as people from (
      select r.village_id, r.lang,
        case
          when o.state in ('queued', 'sending') then 'waiting'
          when o.state = 'unknown' then 'unknown'
          when o.state = 'failed' and o.attempts = 0 then 'unreachable'
          when o.state = 'failed' then 'failed'
          when r.last_inbound_ms > o.settled_ms then 'seen'
          when exists (select 1 from outbox v where v.person_id = o.person_id and v.campaign_id = o.campaign_id and v.campaign_part = 1 and v.state = 'sent') then 'voice'
          else 'delivered'
        end as box,
        case when o.state = 'failed' then case when o.reason like 'gone%' then 'gone' else o.reason end end as reason
      from outbox o join residents r on r.id = o.person_id
      where o.campaign_id in (${sql.join([...campaignIds])}) and o.campaign_part = 0
    ) as p group by village_id, lang, box, reason`.execute(tx.db);
  return rows;
}
