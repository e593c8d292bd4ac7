import { PAID_WINDOW_HOURS } from '#bot/delivery/policy.ts';
import { countAudience, wentBy, type AudienceQuery, type PaidLeft } from '#bot/store/campaign-audience.ts';
import { campaignSettings, type Campaign } from '#bot/store/campaigns.ts';
import type { Tx } from '#bot/store/schema.ts';
import { dayOf, epochOf, isDay } from '#knowledge/day.ts';
import { parseAudience, villagesIn, type Audience } from './audience.ts';
import { alongOf } from './along.ts';
import { approvedLangs, freeze, NOTHING_ALONG } from './content.ts';
import { GROUPS } from './groups.ts';
import { planOf, type Plan } from './plan.ts';
import type { CampaignPorts } from './ports.ts';
import { nextDue } from './schedule.ts';
import { templateOf } from './template.ts';

/** Counts what a plan is made of: the people, the month's paid messages, and what Zalo itself says is left. */
export async function planFor(ports: CampaignPorts, campaign: Campaign): Promise<Plan> {
  const nowMs = ports.clock();
  const template = templateOf(campaign.content, ports);
  // Zalo is asked before the store, so that nothing in the store waits for it.
  const atZalo = await ports.zalo?.paidLeft() ?? null;
  const [groups, settings, left, along] = await ports.store.read(async (tx) => [
    await countAudience(tx, await queryOf(tx, ports, campaign, nowMs), breathe), await campaignSettings(tx), await monthLeft(tx, nowMs, template.state === 'ready', campaign.id), await alongOf(tx, campaign),
  ] as const);
  return planOf({
    groups, nowMs, dueMs: nextDue(campaign.schedule, nowMs),
    pieces: campaign.frozen ?? freeze(campaign.content, campaign.kind, along, ports),
    approved: approvedLangs(campaign.content, NOTHING_ALONG), heard: approvedLangs({ vi: campaign.content.vi }, along),
    expiresMs: campaign.expiresMs, urgent: campaign.urgent,
    zalo: { left, atZalo, template: template.state === 'ready' && settings.zaloTemplatesPerMonth === 0 ? 'not-allowed' : template.state },
    confirmAbove: settings.confirmAbove,
    ...(ports.place.dayHours === undefined ? {} : { dayHours: ports.place.dayHours }),
  });
}

/** What is left of the messages that the head allows a month; what `except` itself wants to send does not count. */
export async function monthLeft(tx: Tx, nowMs: number, hasTemplate: boolean, except: number | null): Promise<PaidLeft> {
  const { zaloPaidPerMonth, zaloTemplatesPerMonth } = await campaignSettings(tx);
  const first = `${dayOf(nowMs).slice(0, 8)}01`;
  const sinceMs = isDay(first) ? epochOf(first) : nowMs;
  const left = async (way: 'zalo-paid' | 'zalo-template', most: number): Promise<number> => (most === 0 ? 0 : Math.max(0, most - await wentBy(tx, way, sinceMs, except)));
  return {
    paid: await left('zalo-paid', zaloPaidPerMonth),
    template: hasTemplate && zaloTemplatesPerMonth > 0 ? await left('zalo-template', zaloTemplatesPerMonth) : null,
  };
}

/** Zalo answers people for free for so long after their last word. */
const ZALO_WINDOW_HOURS = 48;

/** Whom an announcement is for and by which ways they can be reached, as the store is asked. */
export async function queryOf(tx: Tx, ports: Pick<CampaignPorts, 'place'>, campaign: Campaign, nowMs: number): Promise<AudienceQuery> {
  const mayUseTemplate = templateOf(campaign.content, ports).state === 'ready' && (await campaignSettings(tx)).zaloTemplatesPerMonth > 0;
  return {
    audience: audienceOf(ports, campaign.audience), kind: campaign.kind, approved: approvedLangs(campaign.content, await alongOf(tx, campaign)),
    zaloWindowHours: ZALO_WINDOW_HOURS, zaloPaidHours: PAID_WINDOW_HOURS, template: mayUseTemplate, nowMs,
  };
}

/** What was read once reads again: villages that are no longer there find nobody. */
function audienceOf(ports: Pick<CampaignPorts, 'place'>, text: string): Audience {
  const read = parseAudience(text, { villages: [...ports.place.villages.map((village) => village.id), ...villagesIn(text)], groups: GROUPS });
  if (!read.ok) throw new Error('a stored audience does not read');
  return read.audience;
}

const breathe = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
