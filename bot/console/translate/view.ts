import { html, raw } from 'hono/html';
import type { Recording } from '#bot/store/recordings.ts';
import type { TextComment } from '#bot/store/translating.ts';
import { dayOf, readableDay } from '#knowledge/day.ts';
import { hashOf, type Standing } from '#knowledge/translation.ts';
import type { Term } from '#locales/words.ts';
import { icon, NOTHING, page, sayer, type Html, type IconName, type Look, type Say } from '../frame.ts';
import { recorder } from '../voices.ts';
import { when } from '../words.ts';
import { DESK_LANGS, type DeskLang, type Item } from './desk.ts';

export const SHOWS = ['todo', 'unheard', 'all'] as const;
export type Show = (typeof SHOWS)[number];

export type TranslateView = {
  lang: DeskLang;
  show: Show;
  all: readonly Item[];
  /** Those of the list that are shown, and how many are not. */
  listed: readonly Item[];
  hidden: number;
  item: Item | null;
  /** What was typed and not taken, by key. */
  typed: ReadonlyMap<string, string>;
  by: { name: string; dialect: string };
  terms: readonly Term[];
  comments: readonly TextComment[];
  changed: boolean;
  maySign: boolean;
  csrf: string;
  waiting: number;
  told: Html;
};

const MARKS: Record<Standing, { tone: string; icon: IconName }> = {
  approved: { tone: 'ok', icon: 'diac' }, draft: { tone: 'soon', icon: 'dia1' }, stale: { tone: 'late', icon: 'clock' }, missing: { tone: '', icon: 'dia0' },
};

/**
 * The translator's desk: the list of work, the text at hand, and what helps with it. On a phone the list comes first and is
 * long, so every deed leads back to the text, where what became of it is said.
 */
export function translatePage(look: Look, view: TranslateView): Html {
  const say = sayer(look);
  const body = html`<div class="head"><h1>${say('translate.title')}</h1>
<nav class="row" aria-label="${say('translate.languages')}">${DESK_LANGS.map((lang) => html`<a class="btn${lang === view.lang ? ' main' : ''}" href="/staff/translate?lang=${lang}"${lang === view.lang ? raw(' aria-current="true"') : NOTHING}>${languageName(say, lang)}</a>`)}</nav></div>
${view.item === null ? view.told : NOTHING}<div class="cols tr"><section class="sheet pad0 work" aria-label="${say('translate.work')}">${progress(say, view)}
<nav class="tabs" aria-label="${say('translate.work')}">${SHOWS.map((show) => html`<a href="/staff/translate?lang=${view.lang}&amp;show=${show}"${show === view.show ? raw(' aria-current="true"') : NOTHING}>${say(`translate.show.${show}`)}</a>`)}</nav>
${view.listed.length === 0 ? html`<p class="empty">${say('translate.empty')}</p>` : html`<ul class="list">${view.listed.map((item) => row(say, view, item))}</ul>`}
${view.hidden === 0 ? NOTHING : html`<p><a class="btn plain" href="/staff/translate?lang=${view.lang}&amp;show=${view.show}&amp;more=1">${say('translate.more', { count: view.hidden })}</a></p>`}${view.lang === 'vi' ? NOTHING : exchange(say, view)}</section>
${view.item === null ? NOTHING : html`<div class="gap" id="soan">${view.told}${editor(look, say, view, view.item)}</div>
<div class="gap">${aside(look, say, view, view.item)}</div>`}</div>`;
  return page(look, { title: say('translate.title'), at: 'translate', waiting: view.waiting, body });
}

export function languageName(say: Say, lang: DeskLang): string {
  const name = say(`language.${lang}`);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function address(view: Pick<TranslateView, 'lang' | 'show'>, id: string): string {
  return `/staff/translate?lang=${view.lang}&show=${view.show}&id=${encodeURIComponent(id)}`;
}

function progress(say: Say, { all, lang }: TranslateView): Html {
  const recorded = all.filter(({ voices }) => voices.some(({ state }) => state === 'approved')).length;
  if (lang === 'vi') return html`<p class="pg small">${say('translate.recordedOf', { recorded, all: all.length })}</p>`;
  const count = (standing: Standing): number => all.filter((item) => item.standing === standing).length;
  const whole = all.filter(({ standing }) => standing !== null).length;
  const approved = count('approved');
  return html`<div class="pg"><progress max="${whole}" value="${approved}" aria-label="${say('translate.progress', { approved, all: whole })}"></progress>
<p class="small">${say('translate.counts', { approved, draft: count('draft'), missing: count('missing'), stale: count('stale'), recorded })}</p></div>`;
}

function row(say: Say, view: TranslateView, item: Item): Html {
  return html`<li><a class="it" href="${address(view, item.id)}#soan"${item.id === view.item?.id ? raw(' aria-current="true"') : NOTHING}><span class="tx">${item.title}</span><span class="row">${item.standing === null ? NOTHING : mark(say, item.standing)}<span class="meta">${item.kind === 'card' ? html`<span>${item.asked === 0 ? say('translate.askedNone') : say('translate.asked', { count: item.asked })}</span>` : NOTHING}${item.voices.some(({ state }) => state === 'approved') ? html`<span>${say('translate.heard')}</span>` : NOTHING}</span></span></a></li>`;
}

function mark(say: Say, standing: Standing): Html {
  const { tone, icon: drawing } = MARKS[standing];
  return html`<span class="st ${tone}">${icon(drawing)}${say(`translate.standing.${standing}`)}</span>`;
}

function editor(look: Look, say: Say, view: TranslateView, item: Item): Html {
  const language = say(`language.${view.lang}`);
  const hidden = html`<input type="hidden" name="csrf" value="${view.csrf}"><input type="hidden" name="lang" value="${view.lang}">
<input type="hidden" name="show" value="${view.show}"><input type="hidden" name="id" value="${item.id}">`;
  if (view.lang === 'vi' || item.kind === 'danger') {
    return html`<section class="sheet">
<h2>${say('translate.vietnamese')}</h2>${item.kind === 'danger' ? html`<p class="quiet">${say('translate.dangerNote')}</p>` : NOTHING}
<p class="vi said">${item.reads ?? item.lines.map(({ vietnamese }) => vietnamese).join('\n')}</p></section>${voiceSheet(say, view, item, hidden)}`;
  }
  const parts = item.lines.map((line, i) => {
    const name = line.key.split('#')[1];
    const label = name === 'question' || name === 'answer' || name === 'more' ? say(`translate.part.${name}`, { language }) : say('translate.part.text', { language });
    const text = view.typed.get(line.key) ?? line.text ?? '';
    return html`<div class="part"><p class="vi said">${line.vietnamese}</p><label for="t${i}">${label}</label>
<textarea class="field hl" id="t${i}" name="t:${line.key}" data-text rows="${Math.min(12, Math.max(2, Math.ceil(Math.max(text.length, line.vietnamese.length) / 45)))}" lang="${view.lang}" spellcheck="false" maxlength="4000">${text}</textarea>
<div data-doubts aria-live="polite" hidden><p class="small st soon"></p></div><input type="hidden" name="of:${line.key}" value="${line.of}"></div>`;
  });
  const approval = item.lines[0]?.approval ?? null;
  return html`<form class="sheet compose" method="post" action="/staff/translate#soan" data-weighs="/staff/translate/words"><div class="row">
<h2 class="grow">${say('translate.vietnamese')}</h2>${item.standing === null ? NOTHING : mark(say, item.standing)}</div>${hidden}
${view.changed ? html`<p class="tell soon">${icon('alert')}<span>${say('translate.changed')}</span></p>` : NOTHING}${parts}
<div class="keys" role="group" aria-label="${say('translate.keys')}" data-keys hidden>${say('translate.letters').split(' ').map((letter) => html`<button type="button" class="btn" lang="${view.lang}" data-letter="${letter}">${letter}</button>`)}<button type="button" class="btn cap" aria-pressed="false">${say('translate.upper')}</button></div>
<div class="row"><button class="btn main" name="do" value="save">${say('translate.save')}</button><button class="btn" name="do" value="check">${say('translate.check')}</button></div>
<fieldset class="mini sign">
<legend>${say('translate.sign.title', { language })}</legend>${approval === null ? NOTHING : html`<p>${say('translate.sign.was', { by: approval.by, dialect: approval.dialect, on: readableDay(approval.on) })}</p>`}
${view.maySign ? html`<div class="f2"><div>
<label for="by">${say('translate.sign.by')}</label><input class="field" id="by" name="by" maxlength="60" autocomplete="off" value="${view.by.name}"></div><div>
<label for="dialect">${say('translate.sign.dialect')}</label><input class="field" id="dialect" name="dialect" maxlength="60" autocomplete="off" value="${view.by.dialect}"></div></div>
<label class="opt"><input type="checkbox" name="read" value="yes">${say('translate.sign.read', { language })}</label>
<div class="row"><button class="btn main" name="do" value="sign">${say('translate.sign.go', { day: readableDay(dayOf(look.nowMs())) })}</button>${item.standing === 'approved' ? html`<button class="btn stop" name="do" value="undo">${say('translate.sign.undo')}</button>` : NOTHING}${view.changed ? html`<button class="btn" name="do" value="file">${say('translate.file')}</button>` : NOTHING}</div>` : html`<p class="hint">${say('translate.sign.notYou')}</p>`}
<p class="hint">${say('translate.sign.note')}</p></fieldset></form>${voiceSheet(say, view, item, hidden)}`;
}

function voiceSheet(say: Say, view: TranslateView, item: Item, hidden: Html): Html {
  const title = html`<h2>${say('translate.voice.title')}, ${say(`language.${view.lang}`)}</h2>`;
  // A key, a menu or a line of a channel's own is never read aloud: there is nothing to record.
  if (item.reads === null && !item.lines.some(({ vietnamese }) => vietnamese.includes('{{'))) return NOTHING;
  if (item.reads === null) return html`<section class="sheet">${title}<p class="quiet">${say('translate.voice.values')}</p></section>`;
  const holds = hashOf(item.reads);
  const one = (recording: Recording): Html => html`<li>
<p>${say('translate.voice.of', { speaker: recording.speaker, dialect: recording.dialect })} <span class="st ${recording.renders !== holds ? 'late' : recording.state === 'approved' ? 'ok' : 'soon'}">${icon(recording.renders !== holds ? 'clock' : recording.state === 'approved' ? 'diac' : 'dia1')}${say(recording.renders !== holds ? 'translate.voice.old' : `translate.voice.${recording.state}`)}</span></p>
<audio class="play" controls preload="none" src="/staff/translate/voice/${recording.id}" aria-label="${say('voice.listen')}"></audio>
${view.maySign ? html`<form class="row" method="post" action="/staff/translate#soan">${hidden}
<input type="hidden" name="voice" value="${recording.id}">${recording.state === 'draft' && recording.renders === holds ? html`<button class="btn main" name="do" value="approve-voice">${say('translate.voice.approve')}</button>` : NOTHING}<button class="btn stop" name="do" value="drop-voice">${say('translate.voice.drop')}</button></form>` : NOTHING}</li>`;
  return html`<section class="sheet compose">${title}${item.voices.length === 0 ? html`<p class="quiet">${say('translate.voice.none')}</p>` : html`<ul class="people">${item.voices.map(one)}</ul>`}
<form method="post" action="/staff/translate/voice#soan" enctype="multipart/form-data">${hidden}${recorder(say, 'voice')}
<div class="f2"><div>
<label for="speaker">${say('translate.voice.speaker')}</label><input class="field" id="speaker" name="speaker" maxlength="60" autocomplete="off" required value="${view.by.name}"></div>
<div><label for="vd">${say('translate.sign.dialect')}</label><input class="field" id="vd" name="dialect" maxlength="60" autocomplete="off" required value="${view.by.dialect}"></div></div>
${view.maySign ? html`<label class="opt"><input type="checkbox" name="heard" value="yes">${say('translate.voice.heard')}</label>` : NOTHING}
<div class="row"><button class="btn main">${say('translate.voice.save')}</button></div></form></section>`;
}

function aside(look: Look, say: Say, view: TranslateView, item: Item): Html {
  const terms = view.lang === 'vi' || item.kind === 'danger' ? NOTHING : html`<section class="sheet">
<h2>${say('translate.terms')}</h2>${view.terms.length === 0 ? html`<p class="quiet">${say('translate.noTerms')}</p>` : html`<ul class="people">${view.terms.map((term) => html`<li>${term.vi}: <b lang="${view.lang}">${term.term}</b> <span class="st ${term.confidence === 'high' ? 'ok' : 'soon'}">${say(`translate.sure.${term.confidence}`)}</span></li>`)}</ul>
<p class="hint">${say('translate.sureNote')}</p>`}</section>`;
  const line = ({ name, text, atMs }: TextComment): Html => html`<li><span class="quiet small">${say('translate.comments.line', { name: name ?? '', time: when(atMs, look.nowMs()) })}</span>
<p class="said">${text}</p></li>`;
  return html`${terms}<section class="sheet compose">
<h2>${say('translate.comments.title')}</h2>${view.comments.length === 0 ? NOTHING : html`<ul class="people">${view.comments.map(line)}</ul>`}
<form method="post" action="/staff/translate#soan"><input type="hidden" name="csrf" value="${view.csrf}"><input type="hidden" name="lang" value="${view.lang}">
<input type="hidden" name="show" value="${view.show}"><input type="hidden" name="id" value="${item.id}">
<label for="cm">${say('translate.comments.label')}</label><textarea class="field" id="cm" name="comment" rows="2" maxlength="1000"></textarea>
<div class="row"><button class="btn" name="do" value="comment">${say('translate.comments.go')}</button></div></form></section>`;
}

function exchange(say: Say, view: TranslateView): Html {
  return html`<details class="pg"><summary>${say('translate.exchange.title')}</summary>
<div class="row"><a class="btn" href="/staff/translate/export?lang=${view.lang}&amp;form=csv" download>${say('translate.exchange.csv')}</a><a class="btn" href="/staff/translate/export?lang=${view.lang}&amp;form=po" download>${say('translate.exchange.po')}</a></div>
${view.maySign ? html`<form class="compose" method="post" action="/staff/translate/import" enctype="multipart/form-data">
<input type="hidden" name="csrf" value="${view.csrf}"><input type="hidden" name="lang" value="${view.lang}">
<label for="xf">${say('translate.exchange.file')}</label><input class="field" type="file" id="xf" name="file" accept=".csv,.po,.txt" required>
<div class="row"><button class="btn">${say('translate.exchange.go')}</button></div></form>` : NOTHING}</details>`;
}
