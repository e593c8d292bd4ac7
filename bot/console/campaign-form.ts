import { html, raw } from 'hono/html';
import { EVERYONE, NO_VILLAGE, parseAudience, sayAudience, villagesIn, type Audience } from '#bot/campaigns/audience.ts';
import type { CampaignDraft } from '#bot/campaigns/campaigns.ts';
import { TEXT_LIMIT, type Content } from '#bot/campaigns/content.ts';
import { GROUPS } from '#bot/campaigns/groups.ts';
import { CAMPAIGN_KINDS, type CampaignKind } from '#bot/campaigns/kinds.ts';
import type { Schedule } from '#bot/campaigns/schedule.ts';
import { CHANNEL_NAMES } from '#bot/channels/channel.ts';
import type { Campaign } from '#bot/store/campaigns.ts';
import { clockOf, dayOf, epochOf, isDay, type Day } from '#knowledge/day.ts';
import type { Card } from '#knowledge/card.ts';
import { LANGS } from '#knowledge/lang.ts';
import { icon, NOTHING, sayer, type Html, type Look } from './frame.ts';

/** An announcement as a form: what staff write, tick and choose, and back from what they sent to a draft. */

/** Everything of the form, as it was typed. */
export type Typed = {
  kind: CampaignKind;
  title: string;
  vi: string;
  jra: string;
  jraBy: string;
  bdq: string;
  bdqBy: string;
  link: string;
  cardId: string;
  audience: Audience;
  when: Schedule['kind'];
  day: string;
  time: string;
  weekday: string;
  from: string;
  to: string;
  expires: string;
  urgent: boolean;
};

export const EMPTY: Typed = {
  kind: 'general', title: '', vi: '', jra: '', jraBy: '', bdq: '', bdqBy: '', link: '', cardId: '', audience: EVERYONE, when: 'now', day: '', time: '', weekday: '1', from: '', to: '', expires: '', urgent: false,
};

export function readForm(fields: URLSearchParams): Typed {
  const line = (name: string, most = 200): string => (fields.get(name) ?? '').normalize('NFC').trim().slice(0, most);
  const words = (name: string): string => (fields.get(name) ?? '').normalize('NFC').replace(/\r\n?/gu, '\n').trim().slice(0, TEXT_LIMIT + 1);
  const chosen = <T extends string>(name: string, known: readonly T[]): T[] => known.filter((each) => fields.getAll(name).includes(each));
  return {
    kind: CAMPAIGN_KINDS.find((kind) => kind === fields.get('kind')) ?? 'general',
    title: line('title', 100), vi: words('vi'), jra: words('jra'), jraBy: line('jraBy', 100), bdq: words('bdq'), bdqBy: line('bdqBy', 100), link: line('link', 500), cardId: line('cardId', 80),
    audience: {
      villages: fields.getAll('village').map((id) => id.slice(0, 60)).slice(0, 200), langs: chosen('lang', LANGS), channels: chosen('channel', CHANNEL_NAMES), groups: chosen('group', GROUPS),
      seenWithinDays: amount(line('seen', 5)), unseenForDays: amount(line('unseen', 5)), notWithinHours: amount(line('notWithin', 5)),
    },
    when: (['now', 'at', 'weekly', 'peak'] as const).find((each) => each === fields.get('when')) ?? 'now',
    day: line('day', 10), time: line('time', 5), weekday: line('weekday', 1), from: line('from', 10), to: line('to', 10), expires: line('expires', 10),
    urgent: fields.get('urgent') === 'yes',
  };
}

export type FormFault = 'when' | 'expires' | 'link';

/** A draft out of what was typed, or what is wrong with it. */
export function toDraft(typed: Typed): { ok: true; draft: CampaignDraft } | { ok: false; fault: FormFault } {
  const schedule = scheduleOf(typed);
  if (schedule === null) return { ok: false, fault: 'when' };
  if (typed.expires !== '' && !isDay(typed.expires)) return { ok: false, fault: 'expires' };
  if (typed.link !== '' && !/^https?:\/\/\S+\.\S+/u.test(typed.link)) return { ok: false, fault: 'link' };
  const version = (text: string, by: string): { text: string; status: 'draft' } | { text: string; status: 'approved'; by: string } => (by.length >= 2 ? { text, status: 'approved', by } : { text, status: 'draft' });
  const content: Content = {
    vi: typed.vi,
    ...(typed.jra === '' ? {} : { jra: version(typed.jra, typed.jraBy) }),
    ...(typed.bdq === '' ? {} : { bdq: version(typed.bdq, typed.bdqBy) }),
    ...(typed.link === '' ? {} : { link: typed.link }),
    ...(typed.cardId === '' ? {} : { cardId: typed.cardId }),
  };
  return {
    ok: true,
    draft: {
      content, kind: typed.kind, audience: sayAudience(typed.audience), schedule, urgent: typed.urgent,
      // The day that is typed still belongs to it.
      expiresMs: isDay(typed.expires) ? epochOf(typed.expires, 23, 59) : null,
      ...(typed.title === '' ? {} : { title: typed.title }),
    },
  };
}

/** The form of a draft that is changed. */
export function fromCampaign(it: Campaign, known: { villages: readonly string[] }): Typed {
  // A village that is there no more still limits it: dropped in silence, the announcement would go to everybody.
  const audience = parseAudience(it.audience, { villages: [...known.villages, ...villagesIn(it.audience)], groups: GROUPS });
  const clock = (hour: number, minute: number): string => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  const { schedule } = it;
  const at = schedule.kind === 'at' ? clockOf(schedule.atMs) : null;
  return {
    ...EMPTY, kind: it.kind, title: it.title, vi: it.content.vi,
    jra: it.content.jra?.text ?? '', jraBy: it.content.jra?.by ?? '', bdq: it.content.bdq?.text ?? '', bdqBy: it.content.bdq?.by ?? '',
    link: it.content.link ?? '', cardId: it.content.cardId ?? '', audience: readAudience(audience),
    when: schedule.kind,
    day: schedule.kind === 'at' ? dayOf(schedule.atMs) : '',
    time: at !== null ? clock(at.hour, at.minute) : schedule.kind === 'weekly' || schedule.kind === 'peak' ? clock(schedule.hour, schedule.minute) : '',
    weekday: schedule.kind === 'weekly' ? String(schedule.weekday) : '1',
    from: schedule.kind === 'peak' ? schedule.from : '', to: schedule.kind === 'peak' ? schedule.to : '',
    expires: it.expiresMs === null ? '' : dayOf(it.expiresMs), urgent: it.urgent,
  };
}

function readAudience(read: ReturnType<typeof parseAudience>): Audience {
  if (!read.ok) throw new Error('a stored audience does not read');
  return read.audience;
}

export type FormView = { typed: Typed; csrf: string; action: string; cards: readonly Card[]; today: Day; mayUrge: boolean };

export function campaignForm(look: Look, view: FormView): Html {
  const say = sayer(look);
  const { typed } = view;
  const on = (is: boolean, mark: 'checked' | 'selected'): Html => (is ? raw(` ${mark}`) : NOTHING);
  const tick = (name: string, value: string, label: string, is: boolean): Html => html`<label class="opt"><input type="checkbox" name="${name}" value="${value}"${on(is, 'checked')}>${label}</label>`;
  const when = (value: Schedule['kind']): Html => html`<label class="opt"><input type="radio" name="when" value="${value}"${on(typed.when === value, 'checked')}>${say(`campaign.when.${value}`)}</label>`;
  const version = (lang: 'jra' | 'bdq'): Html => html`<details${typed[lang] === '' ? NOTHING : raw(' open')}>
<summary>${icon('edit')}${say('campaign.version', { language: look.texts.say('vi', `chat:languageName.${lang}`) })}</summary>
<label for="${lang}">${say('campaign.versionText')}</label>
<textarea class="field" id="${lang}" name="${lang}" rows="5" lang="${lang}" maxlength="${TEXT_LIMIT}">${typed[lang]}</textarea>
<label for="${lang}By">${say('campaign.approvedBy')}</label><input class="field" id="${lang}By" name="${lang}By" maxlength="100" value="${typed[`${lang}By`]}">
<p class="hint">${say('campaign.approvedHint')}</p></details>`;
  return html`<form class="sheet compose" method="post" action="${view.action}"><input type="hidden" name="csrf" value="${view.csrf}">
<label for="kind">${say('campaign.kind')}</label>
<select class="field" id="kind" name="kind">${CAMPAIGN_KINDS.map((kind) => html`<option value="${kind}"${on(typed.kind === kind, 'selected')}>${look.texts.say('vi', `chat:purpose.kind-${kind}`)}</option>`)}</select>
<label for="title">${say('campaign.name')}</label><input class="field" id="title" name="title" maxlength="100" value="${typed.title}">
<label for="vi">${say('campaign.words')}</label><textarea class="field" id="vi" name="vi" rows="7" required maxlength="${TEXT_LIMIT}">${typed.vi}</textarea>
<p class="hint">${say('campaign.wordsHint')}</p>
${version('jra')}${version('bdq')}
<label for="link">${say('campaign.link')}</label><input class="field" id="link" name="link" type="url" maxlength="500" value="${typed.link}">
<label for="cardId">${say('campaign.card')}</label><select class="field" id="cardId" name="cardId">
<option value="">${say('campaign.noCard')}</option>${view.cards.map((card) => html`<option value="${card.id}"${on(typed.cardId === card.id, 'selected')}>${card.question}</option>`)}</select>
<fieldset class="mini">
<legend>${say('campaign.villages')}</legend>${look.place.villages.filter((village) => village.retired !== true || typed.audience.villages.includes(village.id)).map((village) => tick('village', village.id, village.name, typed.audience.villages.includes(village.id)))}${typed.audience.villages.filter((id) => id !== NO_VILLAGE && !look.place.villages.some((village) => village.id === id)).map((id) => tick('village', id, say('campaign.goneVillage', { village: id }), true))}${tick('village', 'none', say('campaign.noVillage'), typed.audience.villages.includes('none'))}</fieldset>
<fieldset class="mini">
<legend>${say('campaign.groups')}</legend>${GROUPS.map((group) => tick('group', group, look.texts.say('vi', `chat:group.${group}`), typed.audience.groups.includes(group)))}</fieldset>
<details${typed.audience.langs.length + typed.audience.channels.length > 0 || typed.audience.seenWithinDays !== null || typed.audience.unseenForDays !== null || typed.audience.notWithinHours !== null ? raw(' open') : NOTHING}>
<summary>${icon('people')}${say('campaign.narrow')}</summary>
<fieldset class="mini">
<legend>${say('campaign.langs')}</legend>${LANGS.map((lang) => tick('lang', lang, look.texts.say('vi', `chat:languageName.${lang}`), typed.audience.langs.includes(lang)))}</fieldset>
<fieldset class="mini">
<legend>${say('campaign.channels')}</legend>${CHANNEL_NAMES.map((channel) => tick('channel', channel, say(`channel.${channel}`), typed.audience.channels.includes(channel)))}</fieldset>
<label for="seen">${say('campaign.seen')}</label><input class="field" id="seen" name="seen" inputmode="numeric" maxlength="4" value="${typed.audience.seenWithinDays ?? ''}">
<label for="unseen">${say('campaign.unseen')}</label><input class="field" id="unseen" name="unseen" inputmode="numeric" maxlength="4" value="${typed.audience.unseenForDays ?? ''}">
<label for="notWithin">${say('campaign.notWithin')}</label><input class="field" id="notWithin" name="notWithin" inputmode="numeric" maxlength="4" value="${typed.audience.notWithinHours ?? ''}"></details>
<fieldset class="mini whens"><legend>${say('campaign.whenTitle')}</legend>${when('now')}${when('at')}${when('weekly')}${when('peak')}
<div class="row"><label class="at">${say('campaign.day')} <input class="field" name="day" type="date" min="${view.today}" value="${typed.day}"></label>
<label class="weekly">${say('campaign.weekday')} <select class="field" name="weekday">${([1, 2, 3, 4, 5, 6, 7] as const).map((n) => html`<option value="${n}"${on(typed.weekday === String(n), 'selected')}>${look.texts.say('vi', `vaccination:weekday.${n}`)}</option>`)}</select></label>
<label class="peak">${say('campaign.from')} <input class="field" name="from" type="date" min="${view.today}" value="${typed.from}"></label>
<label class="peak">${say('campaign.to')} <input class="field" name="to" type="date" min="${view.today}" value="${typed.to}"></label>
<label class="at weekly peak">${say('campaign.time')} <input class="field" name="time" type="time" value="${typed.time}"></label></div></fieldset>
<label for="expires">${say('campaign.expires')}</label><input class="field" id="expires" name="expires" type="date" min="${view.today}" value="${typed.expires}">
${view.mayUrge ? html`<label class="opt"><input type="checkbox" name="urgent" value="yes"${on(typed.urgent, 'checked')}>${say('campaign.urgent')}</label>` : NOTHING}
<div class="row"><button class="btn main">${say('campaign.toPlan')}</button></div></form>`;
}

function scheduleOf(typed: Typed): Schedule | null {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/u.exec(typed.time) ?? [];
  const hour = Number(hours);
  const minute = Number(minutes);
  const hasTime = hours !== undefined;
  switch (typed.when) {
    case 'now': return { kind: 'now' };
    case 'at': return hasTime && isDay(typed.day) ? { kind: 'at', atMs: epochOf(typed.day, hour, minute) } : null;
    case 'weekly': return hasTime && /^[1-7]$/u.test(typed.weekday) ? { kind: 'weekly', weekday: Number(typed.weekday), hour, minute, until: null } : null;
    case 'peak': return hasTime && isDay(typed.from) && isDay(typed.to) && typed.from <= typed.to ? { kind: 'peak', from: typed.from, to: typed.to, hour, minute } : null;
  }
}

function amount(text: string): number | null {
  return /^[1-9]\d{0,3}$/u.test(text) ? Number(text) : null;
}
