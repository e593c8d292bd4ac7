import type { ChannelName, Piece } from '#bot/channels/channel.ts';
import { LIMITS_PER_SECOND } from '#bot/delivery/limits.ts';
import { nextMorning } from '#bot/delivery/policy.ts';
import type { AudienceGroup, LeftOut, PaidLeft, Unreachable } from '#bot/store/campaign-audience.ts';
import type { FrozenPieces } from '#bot/store/forms.ts';
import { CAMPAIGN_WAYS, type CampaignWay } from '#bot/store/tables/campaigns.ts';
import { dayOf, epochOf } from '#knowledge/day.ts';
import { LANGS, type Lang } from '#knowledge/lang.ts';
import { minutesOf, USUAL_DAY, type DayHours } from '#knowledge/place.ts';

/** What will happen if it is started: pure arithmetic on the counted audience, shown before anything is sent. */
export type Plan = {
  /** Everyone who would be in the ledger: `reachable` and `unreachable` together. */
  audience: number;
  reachable: number;
  ways: Record<CampaignWay, number>;
  unreachable: Record<Unreachable, number>;
  /** Whom the terms fit and who are not in the audience. */
  leftOut: Record<LeftOut, number>;
  /** People of the audience who can be reached, by the language they chose and the one they will read; `hears`: a reading aloud in their own goes along. */
  languages: { lang: Lang; reads: Lang; hears: boolean; people: number }[];
  /** How many of them read Vietnamese because their own language has no approved text. */
  vietnameseForWant: number;
  /** By village id; null: not known. */
  villages: { villageId: string | null; reachable: number; unreachable: number }[];
  /** Epoch ms; quiet hours are in it. */
  startsMs: number;
  endsMs: number;
  /** Zalo messages that cost money: how many would be needed, and how many there are this month. */
  zaloPaid: { needed: number; left: number; atZalo: number | null };
  zaloTemplate: { state: TemplateState; needed: number; left: number };
  /** Ways that exist and that nobody is reached by, with the reason. */
  notUsed: { way: WayNotUsed; people: 0; why: (typeof WAYS_NOT_USED)[WayNotUsed] }[];
  previews: { lang: Lang; pieces: Piece[] }[];
  /** Why it may not start; empty: it may. */
  blocks: PlanBlock[];
  /** Above the head's number: a second person confirms. */
  needsSecondPerson: boolean;
};

/** Whether Zalo's approved form can be used, or why not. `not-allowed`: the head has set no number a month for it. */
export type TemplateState = 'ready' | 'not-configured' | 'not-allowed' | 'too-long';

/**
 * `zalo-article`: goes to every follower, so it cannot leave out who said "Dừng" nor keep to a village; `zalo-phone`: the
 * form that is sent by phone number, and nobody's number is kept.
 */
export const WAYS_NOT_USED = { 'zalo-article': 'reaches-who-stopped', 'zalo-phone': 'no-numbers-kept' } as const;
export type WayNotUsed = keyof typeof WAYS_NOT_USED;

/** What cannot finish may not start. */
export type PlanBlock = 'nobody' | 'nobody-reachable' | 'ends-too-late' | 'expired' | 'moment-passed';

export type PlanFacts = {
  groups: readonly AudienceGroup[];
  pieces: FrozenPieces;
  /** Languages besides Vietnamese with an approved text. */
  approved: readonly Lang[];
  /** Those that are read aloud. @defaultValue none */
  heard?: readonly Lang[];
  nowMs: number;
  /** When it would begin; null when its moment has passed. */
  dueMs: number | null;
  expiresMs: number | null;
  urgent: boolean;
  /** `atZalo`: what Zalo itself says is left outside the free window; null when it was not asked or did not say. */
  zalo: { left: PaidLeft; atZalo: number | null; template: TemplateState };
  confirmAbove: number | null;
  /** When announcements may go out. @defaultValue USUAL_DAY */
  dayHours?: DayHours;
};

export function planOf(facts: PlanFacts): Plan {
  const ways: Plan['ways'] = { 'web': 0, 'telegram': 0, 'zalo-free': 0, 'zalo-paid': 0, 'zalo-template': 0, 'zalo-bot': 0 };
  const unreachable: Plan['unreachable'] = { 'gone': 0, 'window-closed': 0, 'no-quota': 0 };
  const leftOut: Plan['leftOut'] = { 'not-agreed': 0, 'stopped': 0, 'kind-refused': 0, 'recent': 0 };
  const read = new Map<string, Plan['languages'][number]>();
  const villages = new Map<string | null, Plan['villages'][number]>();
  const wanting = (way: CampaignWay): number => sum(facts.groups.filter((group) => group.leftOut === null && group.way === way).map((group) => group.people));
  const paidNeeded = wanting('zalo-paid');
  const paidMost = Math.min(facts.zalo.left.paid, facts.zalo.atZalo ?? Number.POSITIVE_INFINITY);
  const mayTemplate = facts.zalo.template === 'ready';
  // Whoever finds the paid messages used up gets the form, where there is one.
  const templateNeeded = wanting('zalo-template') + (mayTemplate ? Math.max(0, paidNeeded - paidMost) : 0);
  let paidLeft = paidMost;
  let templateLeft = mayTemplate ? facts.zalo.left.template ?? 0 : 0;

  for (const group of facts.groups) {
    if (group.leftOut !== null) {
      leftOut[group.leftOut] += group.people;
      continue;
    }
    const village = villages.get(group.villageId) ?? { villageId: group.villageId, reachable: 0, unreachable: 0 };
    villages.set(group.villageId, village);
    const costs = group.way === 'zalo-paid' || group.way === 'zalo-template';
    const paid = group.way === 'zalo-paid' ? Math.min(paidLeft, group.people) : 0;
    const templated = costs ? Math.min(templateLeft, group.people - paid) : 0;
    paidLeft -= paid;
    templateLeft -= templated;
    ways['zalo-paid'] += paid;
    ways['zalo-template'] += templated;
    const reached = group.way === null ? 0 : costs ? paid + templated : group.people;
    const missed = group.people - reached;
    village.reachable += reached;
    village.unreachable += missed;
    if (group.way !== null && !costs) ways[group.way] += reached;
    if (missed > 0) unreachable[costs ? 'no-quota' : group.unreachable ?? 'window-closed'] += missed;
    if (reached > 0) {
      const reads = facts.approved.includes(group.lang) ? group.lang : 'vi';
      const line = read.get(`${group.lang} ${reads}`) ?? { lang: group.lang, reads, hears: facts.heard?.includes(group.lang) ?? false, people: 0 };
      line.people += reached;
      read.set(`${group.lang} ${reads}`, line);
    }
  }

  const reachable = sum(Object.values(ways));
  const audience = reachable + sum(Object.values(unreachable));
  const dayHours = facts.urgent ? null : facts.dayHours ?? USUAL_DAY;
  const startsMs = openFrom(facts.dueMs ?? facts.nowMs, dayHours);
  const endsMs = endOf(startsMs, secondsFor(ways, facts.pieces), dayHours);
  const blocks: PlanBlock[] = [];
  if (audience === 0) blocks.push('nobody');
  else if (reachable === 0) blocks.push('nobody-reachable');
  if (facts.dueMs === null) blocks.push('moment-passed');
  if (facts.expiresMs !== null && facts.expiresMs <= facts.nowMs) blocks.push('expired');
  else if (facts.expiresMs !== null && endsMs > facts.expiresMs) blocks.push('ends-too-late');
  const languages = [...read.values()].sort((a, b) => LANGS.indexOf(a.lang) - LANGS.indexOf(b.lang));
  return {
    audience, reachable, ways, unreachable, leftOut, languages,
    vietnameseForWant: sum(languages.filter((line) => line.lang !== 'vi' && line.reads === 'vi' && !line.hears).map((line) => line.people)),
    villages: [...villages.values()].sort((a, b) => b.reachable + b.unreachable - a.reachable - a.unreachable),
    startsMs, endsMs,
    zaloPaid: { needed: paidNeeded, left: facts.zalo.left.paid, atZalo: facts.zalo.atZalo },
    zaloTemplate: { state: facts.zalo.template, needed: templateNeeded, left: facts.zalo.left.template ?? 0 },
    notUsed: (['zalo-article', 'zalo-phone'] as const).map((way) => ({ way, people: 0, why: WAYS_NOT_USED[way] })),
    // What stands round Vietnamese words in a language is shown where somebody reads it.
    previews: LANGS.flatMap((lang) => (facts.pieces[lang] === undefined || !(lang === 'vi' || facts.approved.includes(lang) || languages.some((line) => line.lang === lang)) ? [] : [{ lang, pieces: facts.pieces[lang] }])),
    blocks,
    needsSecondPerson: facts.confirmAbove !== null && audience > facts.confirmAbove,
  };
}

/** The web takes as many as we can write; this is what a small machine surely can. */
const WEB_PER_SECOND = 200;

/** Channels send side by side, each at its own limit; what goes along counts as well. */
function secondsFor(ways: Plan['ways'], pieces: FrozenPieces): number {
  const most = Math.max(...LANGS.map((lang) => pieces[lang]?.length ?? 0));
  const perSecond: Record<CampaignWay, number> = { 'web': WEB_PER_SECOND, 'telegram': LIMITS_PER_SECOND.telegram, 'zalo-free': LIMITS_PER_SECOND.zalo, 'zalo-paid': LIMITS_PER_SECOND.zalo, 'zalo-template': LIMITS_PER_SECOND.zalo, 'zalo-bot': LIMITS_PER_SECOND['zalo-bot'] };
  const zalo = sum(ONE_ACCOUNT.map((way) => ways[way])) / LIMITS_PER_SECOND.zalo;
  return Math.max(zalo, ...CAMPAIGN_WAYS.filter((way) => !ONE_ACCOUNT.includes(way)).map((way) => ways[way] / perSecond[way])) * most;
}

/** Ways that share one account's limit. */
const ONE_ACCOUNT: readonly CampaignWay[] = ['zalo-free', 'zalo-paid', 'zalo-template'];

/** How it goes on from now: when the night ends that it rests in (null: it is day, or it is urgent), and when it will be over. */
export function leftOf(it: { rows: readonly { channel: ChannelName; rows: number }[]; nowMs: number; urgent: boolean; dayHours: DayHours }): { restsUntilMs: number | null; endsMs: number } {
  const dayHours = it.urgent ? null : it.dayHours;
  const fromMs = openFrom(it.nowMs, dayHours);
  const perSecond: Record<ChannelName, number> = { web: WEB_PER_SECOND, ...LIMITS_PER_SECOND };
  const seconds = Math.max(0, ...it.rows.map(({ channel, rows }) => rows / perSecond[channel]));
  return { restsUntilMs: fromMs > it.nowMs ? fromMs : null, endsMs: endOf(fromMs, seconds, dayHours) };
}

/** The first moment from then on at which it may go out; `dayHours` null: at any hour. */
function openFrom(atMs: number, dayHours: DayHours | null): number {
  return dayHours === null ? atMs : nextMorning(atMs, dayHours) ?? atMs;
}

/** When so many seconds of sending have passed, with a night's rest wherever one falls in between. */
function endOf(startsMs: number, seconds: number, dayHours: DayHours | null): number {
  let atMs = startsMs;
  let leftMs = seconds * 1000;
  if (dayHours === null) return Math.round(atMs + leftMs);
  for (;;) {
    const eveningMs = epochOf(dayOf(atMs), 0, minutesOf(dayHours.to));
    if (atMs + leftMs <= eveningMs) return Math.round(atMs + leftMs);
    leftMs -= eveningMs - atMs;
    atMs = openFrom(eveningMs, dayHours);
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
