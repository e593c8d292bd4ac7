import { campaignReach } from '#bot/campaigns/reach.ts';
import { listCampaigns } from '#bot/store/campaigns.ts';
import { countsBetween, risesSince, type Count, type Rise } from '#bot/store/counts.ts';
import { shiftsFrom } from '#bot/store/duty.ts';
import { breachesBetween } from '#bot/store/notices.ts';
import type { Tx } from '#bot/store/schema.ts';
import type { DutyLine } from '#bot/store/tables/staff.ts';
import type { Store } from '#bot/store/store.ts';
import { mondayOf } from '#bot/tickets/roster.ts';
import { addDays, epochOf, type Day } from '#knowledge/day.ts';
import type { Place } from '#knowledge/place.ts';

/** What happened in a day or a week, in numbers in which nobody can be found. */

/** Below this nothing is told by itself: it is added to "other", which is never below it either. */
export const LEAST = 5;

/** A part of a whole. `name` null: everything that is too small to stand alone. */
export type Share = { name: string | null; count: number };

export type Report = {
  kind: 'day' | 'week';
  from: Day;
  /** The last day, included. */
  to: Day;
  madeMs: number;
  /** People who wrote, counted once a day each. */
  conversations: number;
  questions: number;
  answeredAtOnce: number;
  askedBack: number;
  passedOn: number;
  answeredByStaff: number;
  late: number;
  /** Waiting when the report was made. */
  waiting: number;
  danger: number;
  /** Suicide, violence and abuse; null below five. */
  sensitive: number | null;
  days: { day: Day; atOnce: number; staff: number; askedBack: number }[];
  /** By topic: a card's group, or what is not a card. */
  topics: Share[];
  /** By village id. */
  villages: Share[];
  /** Questions passed on, by the card they come nearest to; only those asked five times or more. */
  lacks: Share[];
  rumours: { asked: number; answered: number };
  announcements: { title: string; audience: number; delivered: number; notReached: number }[];
  rises: Rise[];
  /** The coming week's duty. */
  roster: { day: Day; line: DutyLine; name: string; phone: string }[];
  rosterFrom: Day;
};

export type ReportPorts = {
  store: Store;
  place: Pick<Place, 'villages'>;
  /** The card nearest to a question, for what the base lacks; null where none is near. */
  nearest: (question: string) => string | null;
  /** A card's question. */
  titleOf: (cardId: string) => string;
};

/** The day, or the week from Monday to Sunday, in which `day` lies. */
export function spanOf(kind: 'day' | 'week', day: Day): { from: Day; to: Day } {
  const from = kind === 'day' ? day : mondayOf(day);
  return { from, to: kind === 'day' ? day : addDays(from, 6) };
}

export async function makeReport(ports: ReportPorts, kind: 'day' | 'week', day: Day, nowMs: number): Promise<Report> {
  const { from, to } = spanOf(kind, day);
  const [fromMs, toMs] = [epochOf(from), epochOf(addDays(to, 1))];
  const rosterFrom = addDays(mondayOf(to), 7);
  const found = await ports.store.read(async (tx) => ({
    counts: await countsBetween(tx, from, to),
    staff: await answeredBetween(tx, fromMs, toMs),
    late: (await breachesBetween(tx, fromMs, Math.min(toMs, nowMs))).length,
    waiting: await waitingNow(tx),
    rumoursAnswered: await rumoursAnsweredBetween(tx, fromMs, toMs),
    asked: await passedOnBetween(tx, fromMs, toMs),
    rises: (await risesSince(tx, fromMs, { unseen: false })).filter(({ atMs }) => atMs < toMs),
    roster: await shiftsFrom(tx, rosterFrom, 7),
    campaigns: (await listCampaigns(tx, { limit: 200 })).filter(({ startedMs }) => startedMs !== null && startedMs >= fromMs && startedMs < toMs),
  }));
  const { counts } = found;
  const sum = (...whats: string[]): number => total(counts.filter(({ what }) => whats.includes(what)));
  const sensitive = sum('sensitive');
  return {
    kind, from, to, madeMs: nowMs,
    conversations: sum('conversation'),
    questions: sum(...ASKED),
    answeredAtOnce: sum(...AT_ONCE),
    askedBack: sum('clarify'),
    passedOn: sum('escalate', 'human'),
    answeredByStaff: found.staff.reduce((all, { count }) => all + count, 0),
    late: found.late,
    waiting: found.waiting,
    danger: sum('danger'),
    sensitive: sensitive < LEAST ? null : sensitive,
    days: Array.from({ length: kind === 'day' ? 1 : 7 }, (_, n) => addDays(from, n)).map((each) => {
      const of = (...whats: string[]): number => total(counts.filter(({ day: at, what }) => at === each && whats.includes(what)));
      return { day: each, atOnce: of(...AT_ONCE), askedBack: of('clarify'), staff: of('escalate', 'human') };
    }),
    topics: shares(counts.filter(({ what }) => ASKED.includes(what)), topicOf),
    villages: shares(counts.filter(({ what }) => ASKED.includes(what)), ({ village }) => village),
    lacks: lacksOf(ports, found.asked),
    rumours: { asked: total(counts.filter(({ what, topic }) => what === 'ticket' && topic === 'rumour')), answered: found.rumoursAnswered },
    announcements: await Promise.all(found.campaigns.map(async (campaign) => {
      const reach = await campaignReach(ports, campaign.id);
      const boxes = reach.ok ? reach.reach.boxes : null;
      return {
        title: campaign.title, audience: reach.ok ? reach.reach.audience : 0,
        delivered: boxes === null ? 0 : boxes.delivered + boxes.seen + boxes.voice,
        notReached: boxes === null ? 0 : boxes.unknown + boxes.failed + boxes.unreachable,
      };
    })),
    rises: found.rises,
    roster: found.roster.map(({ day: at, line, name, phone }) => ({ day: at as Day, line, name, phone })),
    rosterFrom,
  };
}

/** What counts as a question, and what of it was answered without anybody's help. */
const AT_ONCE = ['answer', 'session', 'child-schedule'];
const ASKED = [...AT_ONCE, 'clarify', 'escalate', 'human'];

function topicOf({ what, topic }: Count): string {
  return what === 'answer' || what === 'clarify' ? topic.split('.')[0] ?? '' : what;
}

function total(counts: readonly Pick<Count, 'n'>[]): number {
  return counts.reduce((sum, { n }) => sum + n, 0);
}

/** Parts of a whole, the largest first, none below five, and nothing from which one below five could be told. */
export function shares(counts: readonly Count[], nameOf: (count: Count) => string): Share[] {
  const all = [...Map.groupBy(counts, nameOf)].map(([name, own]) => ({ name, count: total(own) })).filter(({ count }) => count > 0).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const shown = all.filter(({ count }) => count >= LEAST);
  let rest = total(all.filter(({ count }) => count < LEAST).map(({ count }) => ({ n: count })));
  // A rest below five would be told by what is missing from the sum, so the smallest part goes with it.
  while (rest > 0 && rest < LEAST && shown.length > 0) rest += shown.pop()?.count ?? 0;
  return [...shown, ...(rest >= LEAST ? [{ name: null, count: rest }] : [])];
}

function lacksOf({ nearest, titleOf }: ReportPorts, questions: readonly string[]): Share[] {
  const near = [...Map.groupBy(questions.flatMap((question) => nearest(question) ?? []), (id) => id)].map(([id, own]) => ({ name: titleOf(id), count: own.length }));
  return near.filter(({ count }) => count >= LEAST).sort((a, b) => b.count - a.count).slice(0, 8);
}

async function answeredBetween(tx: Tx, fromMs: number, toMs: number): Promise<{ count: number }[]> {
  const rows = await tx.db.selectFrom('audit').select(({ fn }) => fn.count<number>('ticket_id').distinct().as('count'))
    .where('what', 'in', ['answered', 'by-hand']).where('at_ms', '>=', fromMs).where('at_ms', '<', toMs).execute();
  return rows.map(({ count }) => ({ count }));
}

async function rumoursAnsweredBetween(tx: Tx, fromMs: number, toMs: number): Promise<number> {
  const row = await tx.db.selectFrom('tickets').select(({ fn }) => fn.countAll<number>().as('count')).where('kind', '=', 'rumour').where('answered_ms', '>=', fromMs).where('answered_ms', '<', toMs).executeTakeFirstOrThrow();
  return row.count;
}

async function waitingNow(tx: Tx): Promise<number> {
  const row = await tx.db.selectFrom('tickets').select(({ fn }) => fn.countAll<number>().as('count')).where('state', 'in', ['open', 'taken']).executeTakeFirstOrThrow();
  return row.count;
}

/** The words of questions that went to staff, to find what they come nearest to; they go no further than that. */
async function passedOnBetween(tx: Tx, fromMs: number, toMs: number): Promise<string[]> {
  const rows = await tx.db.selectFrom('tickets').innerJoin('keys', 'keys.person_id', 'tickets.person_id')
    .select(['tickets.person_id', 'tickets.question_sealed', 'keys.master_id', 'keys.wrapped'])
    .where('tickets.kind', '=', 'question').where('tickets.created_ms', '>=', fromMs).where('tickets.created_ms', '<', toMs).where('tickets.question_sealed', 'is not', null).limit(2_000).execute();
  return rows.flatMap((row) => (row.question_sealed ? [tx.ring.open(tx.ring.unwrap(row.person_id, { masterId: row.master_id, wrapped: row.wrapped }), 'question', row.question_sealed)] : []));
}
