import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { may, type LoggedIn } from '#bot/accounts/accounts.ts';
import { readAloud } from '#bot/campaigns/aloud.ts';
import {
  campaignLeft, campaignReceipts, campaignStatus, createCampaign, draftMark, editCampaign, pauseCampaign, planCampaign, recentCampaigns, resumeCampaign, retryFailed, retryUnknown, startCampaign, stopCampaign,
  type CampaignPorts, type CampaignProblem, type Result,
} from '#bot/campaigns/campaigns.ts';
import { cardEndMs } from '#bot/campaigns/card-end.ts';
import { TEXT_LIMIT } from '#bot/campaigns/content.ts';
import { CAMPAIGN_KINDS } from '#bot/campaigns/kinds.ts';
import { leaveMissed, makeUpMissed, missedRounds } from '#bot/campaigns/missed.ts';
import { campaignReach, reachCsv } from '#bot/campaigns/reach.ts';
import { voicesOf } from '#bot/campaigns/along.ts';
import { previewsOf } from '#bot/campaigns/preview.ts';
import { sessionTemplate, templateOf } from '#bot/campaigns/templates.ts';
import { stationWords } from '#bot/conversation/beside.ts';
import { listAccounts } from '#bot/store/accounts.ts';
import { record } from '#bot/store/audit.ts';
import { campaignById, campaignSettings, setCampaignSettings, type Campaign } from '#bot/store/campaigns.ts';
import { pictureOf } from '#bot/store/campaign-pictures.ts';
import { missedEverywhere } from '#bot/store/missed-rounds.ts';
import { addReading, readingsOf } from '#bot/store/readings.ts';
import { sessionsBetween } from '#bot/store/sessions.ts';
import { countShelves } from '#bot/store/tickets.ts';
import { addDays, dayOf } from '#knowledge/day.ts';
import { campaignForm, EMPTY, fromCampaign, readForm, toDraft, type Typed } from './campaign-form.ts';
import { addAlongPages } from './campaign-along.ts';
import { campaignPage, missedLines, moment, progress, stateMark } from './campaign-page.ts';
import { actorOf, type DeskTools } from './desk-pages.ts';
import { allowVoice } from './voices.ts';
import { icon, NOTHING, notice, page, paperPage, sayer, type Html } from './frame.ts';

/** Announcements: the list, the form, the plan and the run, and what is printed of them. */

const LISTED = 60;
/** Sessions of the coming days that an announcement may be made from. */
const SESSIONS_AHEAD_DAYS = 30;

export function addCampaignPages(app: Hono, tools: DeskTools): void {
  const { deps, look, insideAny, formAny, send } = tools;
  const { store, texts } = deps;
  const say = sayer(look);
  const ports: CampaignPorts = { store, place: deps.place, texts, clock: deps.clock, wake: deps.wake, zalo: deps.zalo ?? null, beside: (lang, words, make) => stationWords(deps, lang, words, make), cardEndsMs: (id) => {
    const card = deps.knowledge.card(id, look.nowMs());
    return card === undefined ? null : cardEndMs(card);
  } };
  const known = { get villages() { return deps.place.villages.map((village) => village.id); } };

  app.get('/staff/campaigns', (c) => insideAny(c, (who) => showList(c, who, NOTHING)));

  app.post('/staff/campaigns/settings', (c) => formAny(c, async (who, fields) => {
    if (who.account.role !== 'head') return c.text(say('problem.forbidden'), 403);
    const above = numberIn(fields.get('confirmAbove'));
    const paid = numberIn(fields.get('zaloPaid')) ?? 0;
    const templates = numberIn(fields.get('zaloTemplates')) ?? 0;
    await store.write(async (tx) => {
      await setCampaignSettings(tx, { confirmAbove: above, zaloPaidPerMonth: paid, zaloTemplatesPerMonth: templates });
      await record(tx, { accountId: who.account.id, what: 'campaign-settings', detail: `${above ?? ''} ${paid} ${templates}` });
    });
    return showList(c, who, notice('ok', say('campaign.settingsKept')));
  }));

  app.get('/staff/campaigns/new', (c) => insideAny(c, async (who) => showForm(c, who, { typed: await beginning(c), action: '/staff/campaigns' })));

  app.post('/staff/campaigns', (c) => formAny(c, (who, fields) => keep(c, who, fields, '/staff/campaigns', (draft) => createCampaign(ports, draft, by(who)))));

  app.get('/staff/campaign/:id{[0-9]{1,15}}/edit', (c) => insideAny(c, async (who) => {
    const it = await found(c);
    return it === null ? missing(c) : showForm(c, who, { typed: fromCampaign(it, known), action: `/staff/campaign/${it.id}/edit` });
  }));

  app.post('/staff/campaign/:id{[0-9]{1,15}}/edit', (c) => formAny(c, (who, fields) => {
    const id = Number(c.req.param('id'));
    return keep(c, who, fields, `/staff/campaign/${id}/edit`, async (draft) => {
      const done = await editCampaign(ports, id, draft, by(who));
      return done.ok ? { ok: true, id } : done;
    });
  }));

  app.get('/staff/campaign/:id{[0-9]{1,15}}', (c) => insideAny(c, (who) => showOne(c, who, NOTHING)));

  app.get('/staff/campaign/:id{[0-9]{1,15}}/progress', (c) => insideAny(c, async () => {
    const it = await found(c);
    const status = it === null ? null : await campaignStatus(ports, it.id);
    return it === null || status?.ok !== true ? missing(c) : send(c, progress(look, { it, status: status.status, left: await campaignLeft(ports, it.id), receipts: await campaignReceipts(ports, it.id) }));
  }));

  app.get('/staff/campaign/:id{[0-9]{1,15}}/reach.csv', (c) => insideAny(c, async () => {
    const reached = await campaignReach(ports, Number(c.req.param('id')));
    if (!reached.ok) return missing(c);
    const cli = (key: 'village' | 'audience' | 'all' | 'unknownVillage'): string => texts.say('vi', `cli:campaign.reach.${key}`);
    const table = reachCsv(reached.reach, { village: cli('village'), audience: cli('audience'), all: cli('all'), unknownVillage: cli('unknownVillage'), box: (box) => texts.say('vi', `cli:campaign.box.${box}`) });
    c.header('Content-Disposition', `attachment; filename="phat-tin-${c.req.param('id')}.csv"`);
    // The mark at the front tells spreadsheets that these are Vietnamese letters.
    return c.body(`\uFEFF${table}`, 200, { 'Content-Type': 'text/csv; charset=utf-8' });
  }));

  app.get('/staff/campaign/:id{[0-9]{1,15}}/print', (c) => insideAny(c, async () => {
    const it = await found(c);
    if (it === null) return missing(c);
    const aloud = c.req.query('what') === 'loud';
    const lines = aloud ? readAloud(it.content.vi, { open: say('campaign.loudOpen'), close: say('campaign.loudClose') }) : it.content.vi.split('\n').filter((line) => line.trim() !== '');
    return send(c, paperPage(look, it.title, html`<h1>${it.title}</h1>${lines.map((line) => html`<p class="${aloud ? 'aloud' : 'poster'}">${line}</p>`)}
<p class="foot"><b>${look.place.station.name}</b><br>${say('campaign.callStation', { phone: look.place.station.phone })}</p>`));
  }));

  app.post('/staff/campaign/:id{[0-9]{1,15}}', (c) => formAny(c, async (who, fields) => {
    const id = Number(c.req.param('id'));
    if (!may(who.account.role, 'broadcast')) return c.text(say('problem.forbidden'), 403);
    const deed = fields.get('do') ?? '';
    if (deed === 'read') {
      const reader = (fields.get('reader') ?? '').normalize('NFC').trim().slice(0, 60);
      const villageId = known.villages.find((village) => village === fields.get('where')) ?? null;
      if (reader.length < 2 || await found(c) === null) return showOne(c, who, notice('late', say('campaign.noReader')), 400);
      await store.write((tx) => addReading(tx, id, { reader, villageId, accountId: who.account.id }));
      return c.redirect(`/staff/campaign/${id}`, 303);
    }
    const act = DEEDS.get(deed);
    if (act === undefined) return showOne(c, who, NOTHING, 400);
    const done = await act(ports, id, by(who), fields.get('seen'));
    deps.wake();
    return done.ok ? c.redirect(`/staff/campaign/${id}`, 303) : showOne(c, who, problem(done.problem), 409);
  }));

  addAlongPages(app, { ports, tools, showOne, problem });

  async function keep(c: Context, who: LoggedIn, fields: URLSearchParams, action: string, write: (draft: Parameters<typeof createCampaign>[1]) => Promise<Result<{ id: number }>>): Promise<Response> {
    if (!may(who.account.role, 'broadcast')) return c.text(say('problem.forbidden'), 403);
    const typed = { ...readForm(fields), ...(who.account.role === 'head' ? {} : { urgent: false }) };
    const read = toDraft(typed);
    if (!read.ok) return showForm(c, who, { typed, action, told: notice('late', say(`campaign.fault.${read.fault}`)) }, 400);
    const written = await write(read.draft);
    return written.ok ? c.redirect(`/staff/campaign/${written.id}`, 303) : showForm(c, who, { typed, action, told: problem(written.problem) }, written.problem.kind === 'wrong-state' ? 409 : 400);
  }

  /** An empty form, a template, a session of the calendar, or an earlier announcement to write anew. */
  async function beginning(c: Context): Promise<Typed> {
    const copied = /^\d{1,15}$/u.test(c.req.query('copy') ?? '') ? await store.read((tx) => campaignById(tx, Number(c.req.query('copy')))) : null;
    if (copied !== null) return { ...fromCampaign(copied, known), when: 'now', day: '', from: '', to: '', expires: '', urgent: false };
    const session = c.req.query('session');
    const today = dayOf(look.nowMs());
    const planned = session === undefined ? undefined : (await store.read((tx) => sessionsBetween(tx, today, addDays(today, 366)))).find((each) => each.id === session && each.state === 'planned');
    const kind = CAMPAIGN_KINDS.find((each) => each === c.req.query('kind')) ?? 'general';
    const template = planned === undefined ? templateOf(kind, texts, deps.place) : sessionTemplate(planned, texts, deps.place);
    return { ...EMPTY, kind: template.kind, title: template.title, vi: template.text, audience: { ...EMPTY.audience, villages: template.villages }, ...(planned === undefined ? {} : { expires: planned.day }) };
  }

  async function showList(c: Context, who: LoggedIn, told: Html): Promise<Response> {
    const today = dayOf(look.nowMs());
    const [campaigns, { settings, sessions, missed, waiting }] = await Promise.all([recentCampaigns(ports, LISTED), store.read(async (tx) => ({
      settings: await campaignSettings(tx),
      sessions: (await sessionsBetween(tx, today, addDays(today, SESSIONS_AHEAD_DAYS))).filter((session) => session.state === 'planned').slice(0, 8),
      missed: await missedEverywhere(tx), waiting: (await countShelves(tx, actorOf(who))).waiting,
    }))]);
    const acts = may(who.account.role, 'broadcast');
    const body = html`<div class="head"><h1>${say('campaign.title')}</h1></div><div class="gap inbox">${told}${missedLines(look, missed)}
${acts ? html`<section class="sheet"><h2>${say('campaign.new')}</h2>
<div class="row">${CAMPAIGN_KINDS.map((kind) => html`<a class="btn" href="/staff/campaigns/new?kind=${kind}">${say(`campaign.template.${kind}.title`)}</a>`)}</div>${sessions.length === 0 ? NOTHING : html`<h3>${say('campaign.fromSession')}</h3>
<div class="row">${sessions.map((session) => html`<a class="btn" href="/staff/campaigns/new?session=${session.id}">${icon('cal')}${sessionTemplate(session, texts, deps.place).title}</a>`)}</div>`}</section>` : html`<p class="quiet">${say('campaign.who')}</p>`}
${campaigns.length === 0 ? html`<p class="sheet">${say('campaign.none')}</p>` : html`<div class="sheet pad0">
<ul class="list">${campaigns.map((it) => html`<li><a class="it" href="/staff/campaign/${it.id}"><span class="tx">${it.title}</span><span class="meta">${stateMark(look, it.state)}<span>${texts.say('vi', `chat:purpose.kind-${it.kind}`)}</span><span>${moment(it.startedMs ?? it.dueMs ?? it.createdMs)}</span></span></a></li>`)}</ul></div>`}
${who.account.role === 'head' ? html`<form class="sheet compose" method="post" action="/staff/campaigns/settings"><h2>${say('campaign.settings')}</h2>
<input type="hidden" name="csrf" value="${who.csrf}">
<label for="confirmAbove">${say('campaign.confirmAbove')}</label><input class="field" id="confirmAbove" name="confirmAbove" inputmode="numeric" maxlength="7" value="${settings.confirmAbove ?? ''}">
<label for="zaloPaid">${say('campaign.zaloPaid')}</label><input class="field" id="zaloPaid" name="zaloPaid" inputmode="numeric" maxlength="7" value="${settings.zaloPaidPerMonth}">${deps.place.zalo?.template === undefined ? html`<p class="hint">${say('campaign.noTemplate')}</p>` : html`<label for="zaloTemplates">${say('campaign.zaloTemplates')}</label><input class="field" id="zaloTemplates" name="zaloTemplates" inputmode="numeric" maxlength="7" value="${settings.zaloTemplatesPerMonth}">`}
<div class="row"><button class="btn">${say('campaign.keepSettings')}</button></div></form>` : NOTHING}</div>`;
    return send(c, page(look, { title: say('campaign.title'), at: 'campaigns', waiting, body }));
  }

  async function showForm(c: Context, who: LoggedIn, view: { typed: Typed; action: string; told?: Html }, status: 200 | 400 | 409 = 200): Promise<Response> {
    if (!may(who.account.role, 'broadcast')) return c.text(say('problem.forbidden'), 403);
    const waiting = (await store.read((tx) => countShelves(tx, actorOf(who)))).waiting;
    const form = campaignForm(look, { typed: view.typed, csrf: who.csrf, action: view.action, cards: deps.knowledge.cards(look.nowMs()), today: dayOf(look.nowMs()), mayUrge: who.account.role === 'head' });
    return send(c, page(look, { title: say('campaign.new'), at: 'campaigns', waiting, body: html`<div class="head"><a class="btn back" href="/staff/campaigns" aria-label="${say('campaign.back')}">${icon('back')}</a>
<h1>${say('campaign.new')}</h1></div><div class="gap inbox">${view.told ?? NOTHING}${form}</div>` }), status);
  }

  async function showOne(c: Context, who: LoggedIn, told: Html, code: 200 | 400 | 409 = 200): Promise<Response> {
    const it = await found(c);
    if (it === null) return missing(c);
    const isDraft = it.startedMs === null && ['draft', 'asked', 'scheduled'].includes(it.state);
    const [status, reached, plan, rest] = await Promise.all([
      campaignStatus(ports, it.id), campaignReach(ports, it.id), isDraft ? planCampaign(ports, it.id) : null,
      store.read(async (tx) => ({ readings: await readingsOf(tx, it.id), accounts: await listAccounts(tx), seen: await draftMark(tx, it), picture: await pictureOf(tx, it.parentId ?? it.id), voices: await voicesOf(tx, it), waiting: (await countShelves(tx, actorOf(who))).waiting })),
    ]);
    if (!status.ok || !reached.ok) return missing(c);
    const asked = it.state !== 'asked' ? null : { name: rest.accounts.find((account) => account.id === it.askedBy)?.name ?? say('campaign.atMachine'), isMe: it.askedBy === who.account.id };
    allowVoice(c);
    return send(c, campaignPage(look, {
      it, status: status.status, left: await campaignLeft(ports, it.id), receipts: await campaignReceipts(ports, it.id), reach: reached.reach, plan: plan?.ok === true ? plan.plan : null, missed: await missedRounds(ports, it.id), previews: plan?.ok === true ? await previewsOf(plan.plan, { texts, place: deps.place, publicUrl: deps.publicUrl }) : [], readings: rest.readings, seen: rest.seen, picture: rest.picture, voices: rest.voices, told, csrf: who.csrf, acts: may(who.account.role, 'broadcast'), asked, waiting: rest.waiting,
    }), code);
  }

  function problem(it: CampaignProblem): Html {
    const words = (): string[] => {
      switch (it.kind) {
        case 'unknown': return [texts.say('vi', 'cli:campaign.unknown')];
        case 'audience': return it.faults.map((fault) => texts.say('vi', `cli:campaign.audience.${fault.why}`, { term: fault.term }));
        case 'content': return [say('campaign.fault.content', { limit: TEXT_LIMIT })];
        case 'wrong-state': return [texts.say('vi', 'cli:campaign.wrongState', { state: texts.say('vi', `cli:campaign.state.${it.state}`) })];
        case 'blocked': return it.blocks.map((block) => texts.say('vi', `cli:campaign.block.${block}`));
        case 'changed': return [texts.say('vi', 'cli:campaign.changed')];
        case 'needs-second-person': return [texts.say('vi', 'cli:campaign.needsSecond')];
      }
    };
    return html`${words().map((line) => notice('late', line))}`;
  }

  function found(c: Context): Promise<Campaign | null> {
    return store.read((tx) => campaignById(tx, Number(c.req.param('id'))));
  }

  function missing(c: Context): Response {
    return c.text(texts.say('vi', 'cli:campaign.unknown'), 404);
  }
}

const DEEDS = new Map<string, (ports: CampaignPorts, id: number, by: { accountId: string }, seen: string | null) => Promise<Result<object>>>([
  ['make-up', makeUpMissed], ['leave-out', leaveMissed],
  ['start', startCampaign], ['pause', pauseCampaign], ['resume', resumeCampaign], ['stop', stopCampaign], ['retry-unknown', retryUnknown], ['retry-failed', retryFailed],
]);

function by(who: LoggedIn): { accountId: string } {
  return { accountId: who.account.id };
}

function numberIn(text: string | null): number | null {
  return /^\d{1,7}$/u.test(text ?? '') ? Number(text) : null;
}
