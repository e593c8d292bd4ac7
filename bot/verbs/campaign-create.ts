import { readFile } from 'node:fs/promises';
import { createCampaign, type CampaignDraft, type CampaignPorts } from '#bot/campaigns/campaigns.ts';
import { cardEndMs } from '#bot/campaigns/card-end.ts';
import type { Content } from '#bot/campaigns/content.ts';
import { CAMPAIGN_KINDS } from '#bot/campaigns/kinds.ts';
import type { Schedule } from '#bot/campaigns/schedule.ts';
import { cardFolders } from '#bot/conversation/assemble.ts';
import { liveRevisions } from '#bot/store/revisions.ts';
import type { Store } from '#bot/store/store.ts';
import { dayOf, isDay, momentOf } from '#knowledge/day.ts';
import { isValidOn, loadCards } from '#knowledge/load.ts';
import { layRevisions } from '#knowledge/revisions.ts';
import { tell } from './campaign-words.ts';
import type { ExitCode, VerbContext } from './verb.ts';

/** What a draft is made of, as it is typed. */
export const CREATE_OPTIONS = {
  'text-file': { type: 'string' }, 'jra-file': { type: 'string' }, 'bdq-file': { type: 'string' }, 'jra-approved-by': { type: 'string' }, 'bdq-approved-by': { type: 'string' },
  'audience': { type: 'string' }, 'kind': { type: 'string' }, 'title': { type: 'string' }, 'link': { type: 'string' }, 'card': { type: 'string' },
  'at': { type: 'string' }, 'weekly': { type: 'string' }, 'peak': { type: 'string' }, 'expires': { type: 'string' }, 'urgent': { type: 'boolean' },
} as const;

type CreateOptions = { [K in keyof typeof CREATE_OPTIONS]?: (typeof CREATE_OPTIONS)[K]['type'] extends 'boolean' ? boolean : string };

/** `campaign create`: a draft out of files and options; nothing is sent. */
export async function create(basePorts: CampaignPorts, values: CreateOptions, json: boolean, context: VerbContext): Promise<ExitCode> {
  const { texts, out, err } = context;
  const refuse = (code: ExitCode, key: 'badKind' | 'noText' | 'unreadable' | 'badMoment' | 'noCard', named: Record<string, string> = {}): ExitCode => {
    err.write(`${texts.say('vi', `cli:campaign.${key}`, named)}\n`);
    return code;
  };
  const kind = CAMPAIGN_KINDS.find((known) => known === (values.kind ?? 'general'));
  if (kind === undefined) return refuse(2, 'badKind', { kinds: CAMPAIGN_KINDS.join(', ') });
  if (values['text-file'] === undefined) return refuse(2, 'noText');
  const schedule = readSchedule(values);
  const expiresMs = values.expires === undefined ? null : momentOf(values.expires);
  if (schedule === null || (values.expires !== undefined && expiresMs === null)) return refuse(2, 'badMoment');

  const cardEnd = values.card === undefined ? null : await cardEndNow(basePorts.store, values.card, context);
  if (values.card !== undefined && cardEnd === null) return refuse(2, 'noCard', { card: values.card.slice(0, 80) });
  const ports: CampaignPorts = { ...basePorts, cardEndsMs: () => cardEnd };

  const read = new Map<string, string>();
  for (const option of ['text-file', 'jra-file', 'bdq-file'] as const) {
    const file = values[option];
    if (file === undefined) continue;
    const text = await readText(file, context);
    if (text === null) return refuse(1, 'unreadable', { file });
    read.set(option, text);
  }
  const draft: CampaignDraft = {
    content: {
      vi: read.get('text-file') ?? '',
      ...version('jra', read.get('jra-file'), values['jra-approved-by']),
      ...version('bdq', read.get('bdq-file'), values['bdq-approved-by']),
      ...(values.link === undefined ? {} : { link: values.link }),
      ...(values.card === undefined ? {} : { cardId: values.card }),
    },
    audience: values.audience ?? '', kind, schedule, expiresMs, urgent: values.urgent === true,
    ...(values.title === undefined ? {} : { title: values.title }),
  };
  const created = await createCampaign(ports, draft, { accountId: null });
  if (!created.ok) return tell(created.problem, context);
  out.write(json ? `${JSON.stringify({ id: created.id })}\n` : `${texts.say('vi', 'cli:campaign.created', { id: created.id })}\n`);
  return 0;
}

/** From when the card is shown no more, as files and revisions have it now; null for one that is not shown today. */
async function cardEndNow(store: Store, id: string, { config }: VerbContext): Promise<number | null> {
  const today = dayOf(Date.now());
  const [files, revisions] = await Promise.all([loadCards(cardFolders(config.place), today), store.read(liveRevisions)]);
  const card = layRevisions(files, revisions, today).cards.find((each) => each.id === id);
  return card === undefined || !isValidOn(card, today) ? null : cardEndMs(card);
}

function version(lang: 'jra' | 'bdq', text: string | undefined, by: string | undefined): Partial<Content> {
  if (text === undefined) return {};
  return { [lang]: by === undefined ? { text, status: 'draft' } : { text, status: 'approved', by } };
}

/** `--at MOMENT`, `--weekly 1T08:00`, `--peak 2026-11-25..2026-11-28T17:00`; null when one does not read. */
function readSchedule({ at, weekly, peak }: CreateOptions): Schedule | null {
  if (at !== undefined) {
    const atMs = momentOf(at);
    return atMs === null ? null : { kind: 'at', atMs };
  }
  if (weekly !== undefined) {
    const [, weekday, hour, minute] = /^([1-7])T([01]\d|2[0-3]):([0-5]\d)$/.exec(weekly) ?? [];
    return weekday === undefined ? null : { kind: 'weekly', weekday: Number(weekday), hour: Number(hour), minute: Number(minute), until: null };
  }
  if (peak !== undefined) {
    const [, from = '', to = '', hour, minute] = /^(\S{10})\.\.(\S{10})T([01]\d|2[0-3]):([0-5]\d)$/.exec(peak) ?? [];
    return isDay(from) && isDay(to) && from <= to ? { kind: 'peak', from, to, hour: Number(hour), minute: Number(minute) } : null;
  }
  return { kind: 'now' };
}

async function readText(file: string, { input }: VerbContext): Promise<string | null> {
  if (file !== '-') return readFile(file, 'utf8').catch(() => null);
  let text = '';
  for await (const chunk of input) text += String(chunk);
  return text;
}
