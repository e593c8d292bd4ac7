import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  campaignReceipts, campaignStatus, pauseCampaign, planCampaign, recentCampaigns, resumeCampaign, retryFailed, retryUnknown, startCampaign, stopCampaign,
  type By, type CampaignPorts,
} from '#bot/campaigns/campaigns.ts';
import { SPOKEN_LANGS } from '#bot/campaigns/content.ts';
import { enclosePicture, encloseVoice } from '#bot/campaigns/enclosing.ts';
import { leaveMissed, makeUpMissed, missedRounds } from '#bot/campaigns/missed.ts';
import { makePicture } from '#bot/campaigns/picture.ts';
import { createSoundMaker, LONGEST_MS, UPLOAD_LIMIT_BYTES } from '#bot/voices/sound.ts';
import { previewsOf } from '#bot/campaigns/preview.ts';
import type { ZaloAccount } from '#bot/campaigns/ports.ts';
import { campaignReach, reachCsv } from '#bot/campaigns/reach.ts';
import { reasonWords } from '#bot/campaigns/reach-words.ts';
import { stationWords } from '#bot/conversation/beside.ts';
import { placeNow } from '#bot/place/live.ts';
import { laidTexts } from '#bot/store/translating.ts';
import type { Store } from '#bot/store/store.ts';
import { REACH_BOXES, type ReachBox } from '#bot/store/campaign-reach.ts';
import { campaignSettings, setCampaignSettings } from '#bot/store/campaigns.ts';
import { create, CREATE_OPTIONS } from './campaign-create.ts';
import { moment, planLines, statusLine, tell } from './campaign-words.ts';
import { openForVerb, placeFiled } from './open-store.ts';
import type { ExitCode, Verb, VerbContext } from './verb.ts';

/** `campaign create|plan|start|pause|resume|stop|status|retry|missed|reach|picture|voice|list|settings`: announcements, step by step; a running program sends them. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:campaign.usage'),
  run: async (args, context) => {
    const asked = readArgs(args);
    if (asked === null) return wrong(context);
    const { command, values, argument } = asked;
    if (WITHOUT_ID.includes(command) !== (argument === undefined)) return wrong(context);
    const id = argument === undefined ? 0 : /^\d{1,15}$/.test(argument) ? Number(argument) : null;
    if (id === null) return wrong(context);
    const filed = await placeFiled(context);
    if (filed === null) return 1;
    const json = values.json === true;
    if (command === 'start' && values.yes !== true) {
      context.err.write(`${context.texts.say('vi', 'cli:campaign.needsYes')}\n`);
      return 2;
    }
    return openForVerb(context, async (store) => {
      // Interface texts that translators approved in the console go out with it, as they do from the console.
      context.texts.layOver(await store.read(laidTexts));
      const place = await placeNow(store, filed);
      const ports: CampaignPorts = { store, place, texts: context.texts, clock: Date.now, zalo: await zaloIn(context, store), beside: (lang, words, make) => stationWords({ texts: context.texts, place }, lang, words, make) };
      switch (command) {
        case 'create':
          return create(ports, values, json, context);
        case 'list':
          return list(ports, json, context);
        case 'settings':
          return settings(ports, values, json, context);
        case 'plan':
          return plan(ports, id, json, context);
        case 'status':
          return status(ports, id, json, context);
        case 'reach':
          return reach(ports, id, values.csv === true ? 'csv' : json ? 'json' : 'text', context);
        case 'missed':
          return missed(ports, id, values, json, context);
        case 'picture':
        case 'voice':
          return enclose(ports, command, id, values, json, context);
        case 'start':
        case 'pause':
        case 'resume':
        case 'stop':
        case 'retry':
          return act(ports, command, id, values, json, context);
      }
    });
  },
};

/** Zalo's code is loaded only where an account is connected. */
async function zaloIn({ config }: VerbContext, store: Store): Promise<ZaloAccount | null> {
  return config.zaloAppId === null ? null : (await import('#bot/channels/zalo/account.ts')).accountIn(config, store);
}

const COMMANDS = ['create', 'plan', 'start', 'pause', 'resume', 'stop', 'status', 'retry', 'missed', 'reach', 'picture', 'voice', 'list', 'settings'] as const;

const WITHOUT_ID: readonly (typeof COMMANDS)[number][] = ['create', 'list', 'settings'];

const OPTIONS = {
  ...CREATE_OPTIONS,
  'json': { type: 'boolean' }, 'yes': { type: 'boolean' }, 'failed': { type: 'boolean' }, 'send': { type: 'boolean' }, 'leave': { type: 'boolean' }, 'csv': { type: 'boolean' },
  'file': { type: 'string' }, 'alt': { type: 'string' }, 'lang': { type: 'string' }, 'by': { type: 'string' }, 'none': { type: 'boolean' }, 'confirm-above': { type: 'string' }, 'zalo-paid': { type: 'string' }, 'zalo-templates': { type: 'string' },
} as const;

type Values = { [K in keyof typeof OPTIONS]?: (typeof OPTIONS)[K]['type'] extends 'boolean' ? boolean : string };

function readArgs(args: string[]): { command: (typeof COMMANDS)[number]; argument: string | undefined; values: Values } | null {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
    const command = COMMANDS.find((known) => known === positionals[0]);
    return command === undefined || positionals.length > 2 ? null : { command, argument: positionals[1], values };
  } catch {
    return null;
  }
}

function wrong({ texts, err }: VerbContext): ExitCode {
  err.write(`${texts.say('vi', 'cli:campaign.usage')}\n`);
  return 2;
}

/** Whoever sits at the machine. */
const AT_MACHINE: By = { accountId: null };

async function plan(ports: CampaignPorts, id: number, json: boolean, context: VerbContext): Promise<ExitCode> {
  const planned = await planCampaign(ports, id);
  if (!planned.ok) return tell(planned.problem, context);
  const previews = await previewsOf(planned.plan, { texts: context.texts, place: ports.place, publicUrl: context.config.publicUrl });
  context.out.write(json ? `${JSON.stringify({ ...planned.plan, channels: previews })}\n` : `${planLines(planned.plan, previews, context).join('\n')}\n`);
  return 0;
}

async function status(ports: CampaignPorts, id: number, json: boolean, context: VerbContext): Promise<ExitCode> {
  const found = await campaignStatus(ports, id);
  if (!found.ok) return tell(found.problem, context);
  context.out.write(json ? `${JSON.stringify(found.status)}\n` : `${statusLine(found.status, context)}\n`);
  if (json) return 0;
  const receipts = await campaignReceipts(ports, id);
  if (receipts !== null) context.out.write(`${context.texts.say('vi', 'console:campaign.arrived', { channel: context.texts.say('vi', `console:channel.${receipts.channel}`), received: receipts.received, sent: receipts.sent })}\n`);
  return (await missedRounds(ports, id)).length === 0 ? 0 : missed(ports, id, {}, false, context);
}

async function reach(ports: CampaignPorts, id: number, form: 'csv' | 'json' | 'text', context: VerbContext): Promise<ExitCode> {
  const { texts, out } = context;
  const [found, receipts] = await Promise.all([campaignReach(ports, id), campaignReceipts(ports, id)]);
  if (!found.ok) return tell(found.problem, context);
  const box = (name: ReachBox): string => texts.say('vi', `cli:campaign.box.${name}`);
  if (form === 'json') {
    out.write(`${JSON.stringify({ ...found.reach, receipts })}\n`);
    return 0;
  }
  const table = reachCsv(found.reach, { village: texts.say('vi', 'cli:campaign.reach.village'), audience: texts.say('vi', 'cli:campaign.reach.audience'), all: texts.say('vi', 'cli:campaign.reach.all'), unknownVillage: texts.say('vi', 'cli:campaign.reach.unknownVillage'), box });
  if (form === 'csv') {
    out.write(table);
    return 0;
  }
  for (const name of REACH_BOXES) out.write(`${box(name)}: ${found.reach.boxes[name]}\n`);
  for (const { reason, people } of found.reach.reasons) out.write(`  ${people}: ${reasonWords(texts, reason)}\n`);
  for (const door of found.reach.doors) out.write(`${texts.say('vi', 'cli:campaign.reach.door', { village: door.name, people: door.people, worker: door.healthWorker === null ? '' : `${door.healthWorker.name} ${door.healthWorker.phone}` })}\n`);
  return 0;
}

type Act = 'start' | 'pause' | 'resume' | 'stop' | 'retry';

async function act(ports: CampaignPorts, command: Act, id: number, values: Values, json: boolean, context: VerbContext): Promise<ExitCode> {
  const deeds = { start: startCampaign, pause: pauseCampaign, resume: resumeCampaign, stop: stopCampaign, retry: values.failed === true ? retryFailed : retryUnknown } as const;
  const done = await deeds[command](ports, id, AT_MACHINE);
  return done.ok ? status(ports, id, json, context) : tell(done.problem, context);
}

/** Rounds that nobody got: told, made up by one that goes now, or left. */
async function missed(ports: CampaignPorts, id: number, values: Values, json: boolean, context: VerbContext): Promise<ExitCode> {
  if (values.send === true && values.leave === true) return wrong(context);
  if (values.send === true || values.leave === true) {
    const done = await (values.send === true ? makeUpMissed : leaveMissed)(ports, id, AT_MACHINE);
    return done.ok ? status(ports, id, json, context) : tell(done.problem, context);
  }
  const found = await campaignStatus(ports, id);
  if (!found.ok) return tell(found.problem, context);
  const moments = await missedRounds(ports, id);
  if (moments.length === 0 && !json) context.out.write(`${context.texts.say('vi', 'cli:campaign.missed.none')}\n`);
  else context.out.write(json ? `${JSON.stringify({ missed: moments })}\n` : `${moments.map((atMs) => context.texts.say('vi', 'cli:campaign.missed.line', { time: moment(atMs) })).join('\n')}\n${context.texts.say('vi', 'cli:campaign.missed.how', { id })}\n`);
  return 0;
}

/** Puts a picture or a reading aloud to a draft, or takes it away with `--none`. */
async function enclose(ports: CampaignPorts, what: 'picture' | 'voice', id: number, values: Values, json: boolean, context: VerbContext): Promise<ExitCode> {
  const { texts, err } = context;
  const refuse = (code: ExitCode, line: string): ExitCode => {
    err.write(`${line}\n`);
    return code;
  };
  const lang = SPOKEN_LANGS.find((known) => known === (values.lang ?? 'vi'));
  const alt = (values.alt ?? '').normalize('NFC').trim();
  const speaker = (values.by ?? '').normalize('NFC').trim();
  if (lang === undefined) return wrong(context);
  if (values.none === true) {
    const done = what === 'picture' ? await enclosePicture(ports, id, null, AT_MACHINE) : await encloseVoice(ports, id, lang, null, AT_MACHINE);
    return done.ok ? plan(ports, id, json, context) : tell(done.problem, context);
  }
  if (values.file === undefined || (what === 'picture' ? alt.length < 2 : speaker.length < 2)) return refuse(2, texts.say('vi', `cli:campaign.enclose.${what}`));
  const bytes = await readFile(values.file).catch(() => null);
  if (bytes === null) return refuse(1, texts.say('vi', 'cli:campaign.unreadable', { file: values.file }));
  if (what === 'picture') {
    const made = await makePicture(bytes);
    if (!made.ok) return refuse(1, texts.say('vi', `cli:campaign.pictureFault.${made.why}`));
    const done = await enclosePicture(ports, id, { ...made.picture, alt: alt.slice(0, 300) }, AT_MACHINE);
    return done.ok ? plan(ports, id, json, context) : tell(done.problem, context);
  }
  const made = await createSoundMaker().take(bytes);
  if (!made.ok) return refuse(1, texts.say('vi', `console:voice.fault.${made.why}`, { megabytes: UPLOAD_LIMIT_BYTES / 1024 / 1024, minutes: LONGEST_MS / 60_000 }));
  const done = await encloseVoice(ports, id, lang, { speaker: speaker.slice(0, 100), sound: made.sound }, AT_MACHINE);
  return done.ok ? plan(ports, id, json, context) : tell(done.problem, context);
}

/** What the head has settled: shown, and changed where an option says so. */
async function settings(ports: CampaignPorts, values: Values, json: boolean, context: VerbContext): Promise<ExitCode> {
  const wanted = { above: values['confirm-above'], paid: values['zalo-paid'], templates: values['zalo-templates'] };
  if (wanted.above !== undefined && !/^(none|\d{1,7})$/.test(wanted.above)) return wrong(context);
  if ([wanted.paid, wanted.templates].some((number) => number !== undefined && !/^\d{1,7}$/.test(number))) return wrong(context);
  const now = await ports.store.write(async (tx) => {
    const known = await campaignSettings(tx);
    const next = {
      confirmAbove: wanted.above === undefined ? known.confirmAbove : wanted.above === 'none' ? null : Number(wanted.above),
      zaloPaidPerMonth: wanted.paid === undefined ? known.zaloPaidPerMonth : Number(wanted.paid),
      zaloTemplatesPerMonth: wanted.templates === undefined ? known.zaloTemplatesPerMonth : Number(wanted.templates),
    };
    if (Object.values(wanted).some((each) => each !== undefined)) await setCampaignSettings(tx, next);
    return next;
  });
  const above = now.confirmAbove === null ? context.texts.say('vi', 'cli:campaign.settings.never') : String(now.confirmAbove);
  context.out.write(json ? `${JSON.stringify(now)}\n` : `${context.texts.say('vi', 'cli:campaign.settings.line', { above, paid: now.zaloPaidPerMonth, templates: now.zaloTemplatesPerMonth })}\n`);
  return 0;
}

async function list(ports: CampaignPorts, json: boolean, { texts, out }: VerbContext): Promise<ExitCode> {
  const campaigns = await recentCampaigns(ports, 50);
  if (json) {
    out.write(`${JSON.stringify(campaigns.map(({ id, kind, title, state, createdMs, startedMs, dueMs }) => ({ id, kind, title, state, createdMs, startedMs, dueMs })))}\n`);
    return 0;
  }
  for (const it of campaigns) out.write(`${it.id}  ${texts.say('vi', `cli:campaign.state.${it.state}`)}  ${it.title}\n`);
  return 0;
}
