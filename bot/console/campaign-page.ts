import { html, raw } from 'hono/html';
import type { AlongVoice } from '#bot/campaigns/along.ts';
import type { Preview, PreviewMessage } from '#bot/campaigns/preview.ts';
import { readAloud } from '#bot/campaigns/aloud.ts';
import type { CampaignStatus } from '#bot/campaigns/campaigns.ts';
import type { Plan } from '#bot/campaigns/plan.ts';
import type { Reach } from '#bot/campaigns/reach.ts';
import { reasonWords } from '#bot/campaigns/reach-words.ts';
import { nextDue } from '#bot/campaigns/schedule.ts';
import { notUsedLines, zaloNotes } from '#bot/campaigns/zalo-notes.ts';
import { REACH_BOXES } from '#bot/store/campaign-reach.ts';
import type { KeptPicture } from '#bot/store/campaign-pictures.ts';
import type { Campaign } from '#bot/store/campaigns.ts';
import type { Receipts } from '#bot/store/receipts.ts';
import type { Reading } from '#bot/store/readings.ts';
import { CAMPAIGN_WAYS } from '#bot/store/tables/campaigns.ts';
import { clockOf, dayOf, readableDay } from '#knowledge/day.ts';
import { alongSheet } from './campaign-along.ts';
import { icon, NOTHING, notice, page, sayer, type Html, type Look } from './frame.ts';

/** One announcement: the plan before it starts, how far it is while it runs, whom it reached when it is over. */

export type CampaignView = {
  it: Campaign;
  status: CampaignStatus;
  /** How it goes on; null while it does not run. */
  left: { restsUntilMs: number | null; endsMs: number } | null;
  /** What platforms say beyond having taken it. */
  receipts: Receipts | null;
  /** Null once it has begun. */
  plan: Plan | null;
  /** As each channel will show it. */
  previews: Preview[];
  reach: Reach;
  /** Moments at which it should have gone out and did not, and about which nobody has decided. */
  missed: number[];
  readings: Reading[];
  picture: KeptPicture | null;
  voices: AlongVoice[];
  told: Html;
  csrf: string;
  /** The `draftMark` of what is shown. */
  seen: string;
  /** May start, pause and stop. */
  acts: boolean;
  /** The name of whoever asked for a second person's word, and whether it is who reads this. */
  asked: { name: string; isMe: boolean } | null;
  waiting: number | null;
};

export function campaignPage(look: Look, view: CampaignView): Html {
  const { it } = view;
  // One that repeats never begins itself: its rounds do.
  const hasBegun = it.startedMs !== null || view.status.audience > 0;
  const body = html`<div class="head"><a class="btn back" href="/staff/campaigns" aria-label="${sayer(look)('campaign.back')}">${icon('back')}</a>
<h1>${it.title}</h1>${stateMark(look, view.status.state)}</div><div class="gap inbox">${view.told}${missedSheet(look, view)}
${view.plan === null ? NOTHING : planSheets(look, view, view.plan)}${view.plan === null || hasBegun ? progress(look, view) : NOTHING}${alongSheet(look, { id: it.id, csrf: view.csrf, picture: view.picture, voices: view.voices, mayChange: view.acts && (it.state === 'draft' || it.state === 'asked') })}${deeds(look, view)}
${hasBegun ? reachSheets(look, view) : NOTHING}${loud(look, view)}</div>`;
  return page(look, { title: it.title, at: 'campaigns', waiting: view.waiting, body });
}

/** How far it is; the page asks for this part again every few seconds. */
export function progress(look: Look, { it, status, left, receipts }: Pick<CampaignView, 'it' | 'status' | 'left' | 'receipts'>): Html {
  const say = sayer(look);
  const done = status.audience - status.queued - status.sending;
  const told = status.state === 'stopped' ? say(status.audience === 0 ? 'campaign.discarded' : 'campaign.stoppedAt', { sent: status.sent, all: status.audience }) : say('campaign.progress', { done, all: status.audience });
  const over = status.audience === 0 ? 0 : Math.round(100 * (status.state === 'stopped' ? status.sent : done) / status.audience);
  const box = (tone: string, name: 'sent' | 'queued' | 'failed' | 'unknown' | 'unreachable', count: number): Html => html`<li><span class="st ${tone}">${say(`campaign.box.${name}`)}</span><b class="num">${count}</b><small>${say(`campaign.boxHint.${name}`)}</small></li>`;
  return html`<section class="sheet go" aria-live="polite"${['starting', 'running'].includes(status.state) ? raw(` data-live="/staff/campaign/${it.id}/progress"`) : NOTHING}>
<h2>${say(`campaign.stateLong.${status.state}`)}</h2>
<div class="weave" role="progressbar" aria-valuenow="${over}" aria-valuemin="0" aria-valuemax="100" aria-label="${told}">${filled(over)}</div>
<p>${told}${left === null ? NOTHING : html` <b>${leftWords(look, left)}</b>`}</p>
<ul class="cnt">${box('ok', 'sent', status.sent)}${box('', 'queued', status.queued + status.sending)}${box('late', 'failed', status.failed)}${box('soon', 'unknown', status.unknown)}${box('', 'unreachable', status.unreachable)}</ul>
${status.sent === 0 ? NOTHING : html`<p class="quiet">${receipts === null ? NOTHING : html`<b>${say('campaign.arrived', { channel: say(`channel.${receipts.channel}`), received: receipts.received, sent: receipts.sent })}</b> `}${say(receipts === null ? 'campaign.arrivedUnknown' : receipts.sent < status.sent ? 'campaign.arrivedRest' : 'campaign.arrivedAll')}</p>`}
${['done', 'stopped'].includes(status.state) ? NOTHING : html`<p class="quiet">${say('campaign.calm')}</p>`}</section>`;
}

/** A bar so many percent full. Drawn, because the pages' policy takes no styles out of the text. */
function filled(percent: number): Html {
  return html`<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${percent}" height="1"/></svg>`;
}

function leftWords(look: Look, { restsUntilMs, endsMs }: NonNullable<CampaignView['left']>): string {
  const say = sayer(look);
  if (restsUntilMs !== null) return say('campaign.restsUntil', { time: moment(restsUntilMs) });
  const minutes = Math.max(1, Math.ceil((endsMs - look.nowMs()) / 60_000));
  return minutes > 180 ? say('campaign.overAt', { time: moment(endsMs) }) : say('campaign.minutesLeft', { minutes });
}

export function stateMark(look: Look, state: CampaignStatus['state']): Html {
  const tone = state === 'done' ? 'ok' : state === 'running' || state === 'starting' ? 'mine' : state === 'paused' || state === 'asked' ? 'soon' : state === 'stopped' ? 'late' : '';
  return html`<span class="st ${tone}">${look.texts.say('vi', `cli:campaign.state.${state}`)}</span>`;
}

export function moment(atMs: number): string {
  const { hour, minute } = clockOf(atMs);
  return `${hour}:${String(minute).padStart(2, '0')}, ${readableDay(dayOf(atMs))}`;
}

/** What takes no longer is over within a few minutes. */
const SHORT_MS = 3 * 60_000;

function planSheets(look: Look, view: CampaignView, plan: Plan): Html {
  const say = sayer(look);
  const cli = (key: Parameters<Look['texts']['say']>[1]): string => look.texts.say('vi', key);
  const most = Math.max(1, ...CAMPAIGN_WAYS.map((way) => plan.ways[way]));
  const missed = [
    ...(['gone', 'window-closed', 'no-quota'] as const).flatMap((why) => (plan.unreachable[why] > 0 ? [{ people: plan.unreachable[why], words: cli(`cli:campaign.unreachable.${why}`) }] : [])),
    ...(['not-agreed', 'stopped', 'kind-refused', 'recent'] as const).flatMap((why) => (plan.leftOut[why] > 0 ? [{ people: plan.leftOut[why], words: cli(`cli:campaign.leftOut.${why}`) }] : [])),
  ];
  return html`<section class="sheet">
<p class="say1">${say(plan.endsMs - plan.startsMs < SHORT_MS ? 'campaign.plan.leadShort' : 'campaign.plan.lead', { people: plan.reachable, from: moment(plan.startsMs), to: moment(plan.endsMs) })}</p>
<p class="quiet">${plan.audience === plan.reachable ? say('campaign.plan.all') : say('campaign.plan.notAll', { missed: plan.audience - plan.reachable })}</p>
${plan.blocks.map((block) => html`<p class="tell late" role="alert">${icon('alert')}<span>${cli(`cli:campaign.block.${block}`)}</span></p>`)}
${plan.needsSecondPerson ? html`<p class="row">${icon('people')}<b>${view.asked === null ? say('campaign.plan.second') : say('campaign.plan.asked', { name: view.asked.name })}</b></p>` : NOTHING}</section>
<section class="sheet"><h2>${say('campaign.plan.ways')}</h2>
<ul class="ways">${CAMPAIGN_WAYS.filter((way) => plan.ways[way] > 0).map((way) => html`<li><span class="t">${cli(`cli:campaign.way.${way}`)}</span>
<div class="bar">${filled(Math.round(100 * plan.ways[way] / most))}</div><span class="num">${plan.ways[way]}</span></li>`)}</ul>${zaloNotes(plan, look.texts).map((line) => html`<p class="quiet">${line}</p>`)}
<details><summary>${icon('down')}${cli('cli:campaign.notUsed.title')}</summary><ul class="miss">${notUsedLines(plan, look.texts).map((line) => html`<li>${line}</li>`)}</ul></details></section>
${missed.length === 0 ? NOTHING : html`<section class="sheet"><h2>${say('campaign.plan.missed')}</h2>
<ul class="miss">${missed.map((each) => html`<li><b class="num">${each.people}</b> ${each.words}</li>`)}</ul></section>`}
<section class="sheet"><h2>${say('campaign.plan.languages')}</h2><table><thead>
<tr><th scope="col">${say('campaign.plan.chose')}</th><th scope="col" class="num">${say('campaign.plan.count')}</th><th scope="col">${say('campaign.plan.reads')}</th></tr></thead>
<tbody>${plan.languages.map((line) => html`<tr><td>${cli(`chat:languageName.${line.lang}`)}</td><td class="num">${line.people}</td><td>${cli(`chat:languageName.${line.reads}`)}${line.lang === line.reads ? NOTHING : html` <small class="quiet">${say(line.hears ? 'campaign.plan.hears' : 'campaign.plan.noApproved')}</small>`}</td></tr>`)}</tbody></table></section>
${previewSheet(look, view.previews)}`;
}

function previewSheet(look: Look, previews: readonly Preview[]): Html {
  const say = sayer(look);
  if (previews.length === 0) return NOTHING;
  const message = ({ kind, text, alt, buttons }: PreviewMessage): Html => html`<div class="phone">${kind === 'text' ? NOTHING : html`<p class="quiet">${icon(kind === 'voice' ? 'horn' : 'card')}${say(`campaign.preview.${kind}`)}${alt === undefined ? '' : `: ${alt}`}</p>`}${text.split('\n').filter((line) => line.trim() !== '').map((line) => html`<p>${line}</p>`)}${buttons.map((label) => html`<span class="btn">${label}</span>`)}</div>`;
  const written = (messages: readonly PreviewMessage[]): number => Math.max(...messages.map((each) => each.text.length));
  return html`<section class="sheet">
<h2>${say('campaign.plan.preview')}</h2>${previews.map(({ channel, lang, limit, messages }, i) => html`<details${i === 0 ? raw(' open') : NOTHING}>
<summary>${icon('down')}${say(`channel.${channel}`)}, ${look.texts.say('vi', `chat:languageName.${lang}`)}</summary>
<div lang="${lang}">${messages.map(message)}</div>
<p class="quiet small">${say('campaign.preview.size', { messages: messages.length, longest: written(messages), limit })}</p></details>`)}</section>`;
}

/** A line for each announcement of which rounds were missed, where staff come by. */
export function missedLines(look: Look, missed: readonly { campaignId: number; title: string; rounds: number }[]): Html {
  return html`${missed.map(({ campaignId, title, rounds }) => notice('late', html`<a href="/staff/campaign/${campaignId}">${sayer(look)('campaign.missed.line', { title, count: rounds })}</a>`))}`;
}

/** Rounds that nobody got, and what can be done about it. */
function missedSheet(look: Look, { it, missed, acts, csrf }: CampaignView): Html {
  const say = sayer(look);
  const [first, last] = [missed[0], missed.at(-1)];
  if (first === undefined || last === undefined) return NOTHING;
  const words = missed.length === 1 ? say('campaign.missed.one', { time: moment(first) }) : say('campaign.missed.many', { count: missed.length, from: moment(first), to: moment(last) });
  const next = nextDue(it.schedule, look.nowMs());
  const mayMakeUp = it.state === 'scheduled' || it.state === 'done';
  return html`<form class="sheet" method="post" action="/staff/campaign/${it.id}" id="missed"><input type="hidden" name="csrf" value="${csrf}">
<h2>${say('campaign.missed.title')}</h2><p class="tell late">${icon('alert')}<span>${words}</span></p>
<p>${say(next === null ? 'campaign.missed.why' : 'campaign.missed.whyNext', { time: next === null ? '' : moment(next) })}</p>${mayMakeUp ? NOTHING : html`<p class="quiet">${say('campaign.missed.resting')}</p>`}
${acts ? html`<div class="row"><button class="btn main" name="do" value="make-up"${mayMakeUp ? NOTHING : raw(' disabled')}>${say('campaign.missed.makeUp')}</button><button class="btn" name="do" value="leave-out">${say('campaign.missed.leave')}</button></div>` : html`<p class="quiet">${say('campaign.who')}</p>`}</form>`;
}

/** What may be done now, each a press that says what follows. */
function deeds(look: Look, { it, status, plan, csrf, seen, acts, asked }: CampaignView): Html {
  const say = sayer(look);
  if (!acts) return html`<p class="quiet">${say('campaign.who')}</p>`;
  const button = (deed: 'start' | 'pause' | 'resume' | 'stop' | 'retry-unknown' | 'retry-failed', style: string, off = false, words: typeof deed | 'discard' = deed): Html => html`<button class="btn ${style}" name="do" value="${deed}"${off ? raw(' disabled') : NOTHING}>${say(`campaign.do.${words}`)}</button>`;
  const mine = asked?.isMe ?? false;
  const { state } = status;
  const buttons = [
    ...(plan !== null && (state === 'draft' || state === 'asked') ? [button('start', 'main', plan.blocks.length > 0 || mine)] : []),
    ...(['scheduled', 'starting', 'running'].includes(state) ? [button('pause', '')] : []),
    ...(state === 'paused' ? [button('resume', 'main')] : []),
    ...(state === 'running' || state === 'paused' || state === 'done' ? [...(status.unknown > 0 ? [button('retry-unknown', '')] : []), ...(status.failed > 0 ? [button('retry-failed', '')] : [])] : []),
    ...(['done', 'stopped'].includes(state) ? [] : [button('stop', 'stop', false, state === 'draft' || state === 'asked' ? 'discard' : 'stop')]),
  ];
  return html`<form class="sheet" method="post" action="/staff/campaign/${it.id}">
<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="seen" value="${seen}">${mine ? html`<p>${say('campaign.waitSecond')}</p>` : NOTHING}${status.unknown > 0 ? html`<p class="quiet">${say('campaign.unknownHint')}</p>` : NOTHING}
<div class="row">${buttons}${state === 'draft' || state === 'asked' ? html`<a class="btn" href="/staff/campaign/${it.id}/edit">${icon('edit')}${say('campaign.edit')}</a>` : NOTHING}<a class="btn" href="/staff/campaigns/new?copy=${it.id}">${say('campaign.copy')}</a></div></form>`;
}

function reachSheets(look: Look, { it, reach }: CampaignView): Html {
  const say = sayer(look);
  const box = (name: (typeof REACH_BOXES)[number]): string => look.texts.say('vi', `cli:campaign.box.${name}`);
  const shown = REACH_BOXES.filter((name) => reach.boxes[name] > 0);
  return html`<section class="sheet"><h2>${say('campaign.reach')}</h2><div class="scroll" tabindex="0" role="region" aria-label="${say('campaign.reach')}">
<table><thead><tr><th scope="col">${say('campaign.village')}</th><th scope="col" class="num">${say('campaign.all')}</th>${shown.map((name) => html`<th scope="col" class="num">${box(name)}</th>`)}</tr></thead>
<tbody>${reach.villages.map((village) => html`<tr><th scope="row">${village.name ?? say('campaign.noVillage')}</th><td class="num">${village.audience}</td>${shown.map((name) => html`<td class="num">${village.boxes[name]}</td>`)}</tr>`)}
<tr><th scope="row">${say('campaign.sum')}</th><td class="num"><b>${reach.audience}</b></td>${shown.map((name) => html`<td class="num"><b>${reach.boxes[name]}</b></td>`)}</tr></tbody></table></div>
${reach.reasons.length === 0 ? NOTHING : html`<ul class="miss">${reach.reasons.map(({ reason, people }) => html`<li><b class="num">${people}</b> ${reasonWords(look.texts, reason)}</li>`)}</ul>`}
<div class="row"><a class="btn" href="/staff/campaign/${it.id}/reach.csv" download>${icon('load')}${say('campaign.csv')}</a></div></section>
${reach.doors.length === 0 ? NOTHING : html`<section class="sheet"><h2>${say('campaign.doors')}</h2><p class="quiet">${say('campaign.doorsHint')}</p>
<ul class="people">${reach.doors.map((door) => html`<li><b>${door.name}</b>: ${say('campaign.doorPeople', { people: door.people })} <span class="quiet">${door.languages.map((line) => `${look.texts.say('vi', `chat:languageName.${line.lang}`)} ${line.people}`).join(', ')}</span>${door.healthWorker === null ? NOTHING : html` <a href="tel:${door.healthWorker.phone.replaceAll(' ', '')}">${door.healthWorker.name}, ${door.healthWorker.phone}</a>`}</li>`)}</ul></section>`}`;
}

function loud(look: Look, { it, readings, csrf, acts }: CampaignView): Html {
  const say = sayer(look);
  return html`<section class="sheet"><h2>${say('campaign.loud')}</h2><div class="loud">
<div class="band"></div>${readAloud(it.content.vi, { open: say('campaign.loudOpen'), close: say('campaign.loudClose') }).map((line) => html`<p>${line}</p>`)}
<div class="band"></div></div>
<div class="row"><a class="btn" href="/staff/campaign/${it.id}/print?what=loud">${icon('print')}${say('campaign.printLoud')}</a><a class="btn" href="/staff/campaign/${it.id}/print?what=poster">${icon('print')}${say('campaign.printPoster')}</a></div>
${readings.length === 0 ? NOTHING : html`<h3>${say('campaign.readings')}</h3>
<ul class="people">${readings.map((reading) => html`<li>${moment(reading.atMs)}: ${reading.reader}, ${look.place.villages.find((village) => village.id === reading.villageId)?.name ?? say('campaign.everywhere')}</li>`)}</ul>`}
${acts ? html`<form class="compose" method="post" action="/staff/campaign/${it.id}"><input type="hidden" name="csrf" value="${csrf}">
<label for="reader">${say('campaign.reader')}</label><input class="field" id="reader" name="reader" maxlength="60" required>
<label for="where">${say('campaign.where')}</label><select class="field" id="where" name="where">
<option value="">${say('campaign.everywhere')}</option>${look.place.villages.map((village) => html`<option value="${village.id}">${village.name}</option>`)}</select>
<div class="row"><button class="btn" name="do" value="read">${say('campaign.noteReading')}</button></div></form>` : NOTHING}</section>`;
}
