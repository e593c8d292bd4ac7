import { html, raw } from 'hono/html';
import { dayOf, weekdayOf } from '#knowledge/day.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Place } from '#knowledge/place.ts';
import type { TextKey, Texts } from '#locales/texts.ts';
import { pageTexts, type PageTexts } from './frame.ts';
import { icon, MARK, SPRITE, TAB_ICON, type IconName } from './icons.ts';
import { markOf } from './input.ts';
import type { Said } from './ports.ts';
import { NOTHING, proseLine, telHref, type Html } from './prose.ts';
import { key, readableClock, replyItem } from './replies.ts';

export type PageState = {
  lang: Lang;
  said: Said[];
  nowMs: number;
  /** The mark that the page's forms carry, so that a form sent twice is one message. */
  mark: string;
  /** Said above the field: what was wrong with the last message, whose text then stands in the field again. */
  fault: { message: string; text: string } | null;
  /** True right after "xoá trên máy này". */
  forgotten: boolean;
};

export type PageParts = { place: Pick<Place, 'station' | 'languages' | 'showDrafts'>; texts: Texts; assets: { css: string; js: string } };

/** A pause longer than this gets a line with the time. */
const PAUSE_MS = 15 * 60 * 1000;

/** The subjects of the menu; what each opens is the conversation's matter. */
const TILES: { icon: IconName; label: TextKey; value: string }[] = [
  { icon: 'cal', label: 'chat:menu.sessions', value: 'menu:sessions' },
  { icon: 'child', label: 'chat:menu.child', value: 'menu:child' },
  { icon: 'temp', label: 'chat:menu.illness', value: 'menu:illness' },
  { icon: 'gift', label: 'chat:menu.support', value: 'menu:support' },
];

/** The whole page: works as it is without JavaScript, and is what `chat.js` builds on. */
export function chatPage(parts: PageParts, state: PageState): Html {
  const texts = pageTexts(parts.texts, state.lang, parts.place.showDrafts);
  const { say } = texts;
  const { station } = parts.place;
  const fresh = state.said.length === 0;
  return html`<!doctype html>
<html lang="${texts.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="theme-color" content="#231b33">
<meta name="format-detection" content="telephone=no">
<title>${say('web:title', { station: station.name })}</title>
<link rel="icon" href="${TAB_ICON}">
<link rel="stylesheet" href="${parts.assets.css}">
<script src="${parts.assets.js}" defer></script>
</head>
<body class="chat">
${SPRITE}<a class="skip btn" href="#q">${texts.label('web:skip')}</a>
<header class="top on-ground"><div class="in">${MARK}
<div class="name"><strong>${say('web:name')}</strong><span>${station.name}</span></div><a class="btn" href="${telHref(station.phone)}">${icon('phone')}<span>${texts.label('web:callStation')}</span></a></div>
<div class="band"></div></header>
<main class="thread"><h1 class="sr">${texts.line('web:heading', { station: station.name })}</h1>
${state.forgotten && fresh ? forgottenNote(texts, station.phone) : NOTHING}
<div role="log" aria-label="${say('web:conversation')}"><ol id="log" data-after="${newestId(state.said)}">
${fresh ? html`<li class="when">${stamp(parts.texts, texts, state.nowMs)}</li>` : NOTHING}${welcome(parts, texts, state)}
${conversation(parts, texts, state.said)}
</ol></div><div id="wait" role="status"></div>
${fresh ? NOTHING : html`<noscript><p class="acts"><a class="btn" href="/?luc=${state.nowMs}#moi">${texts.label('web:refresh')}</a></p></noscript>`}
${menu(parts, texts, state, fresh)}
</main>
${foot(texts, state)}
${templates(texts, station.phone)}
</body>
</html>`;
}

/** The resident's own words as an entry. `data-id` is the mark under which the page sent them. */
function residentItem(texts: PageTexts, text: string, mark: string, anchor: boolean): Html {
  return html`<li class="m" data-id="${mark}"${anchor ? raw(' id="moi"') : NOTHING}><div class="me">
<p><span class="sr">${texts.line('web:said.resident')} </span><span class="t">${text}</span></p></div></li>`;
}

/** `Thứ Hai 23/11, 7:36`. */
export function stamp(all: Texts, texts: PageTexts, atMs: number): string {
  const [, month = '', day = ''] = dayOf(atMs).split('-');
  return texts.say('web:stamp', { weekday: all.say(texts.lang, WEEKDAYS[weekdayOf(dayOf(atMs)) - 1] ?? WEEKDAYS[0]), day: Number(day), month: Number(month), time: readableClock(atMs) });
}

const WEEKDAYS = [
  'chat:place.weekdays.1', 'chat:place.weekdays.2', 'chat:place.weekdays.3', 'chat:place.weekdays.4',
  'chat:place.weekdays.5', 'chat:place.weekdays.6', 'chat:place.weekdays.7',
] as const satisfies TextKey[];

function welcome(parts: PageParts, texts: PageTexts, state: PageState): Html {
  return html`<li class="m"><div class="say">
<p class="lead">${texts.line('web:welcome.lead')}</p>
<p class="note">${icon('horn')}<span>${texts.line('web:welcome.machine')}</span></p>
<p class="note sos">${icon('alert')}<span>${proseLine(texts.say('web:welcome.emergency', { phone: parts.place.station.phone }))}</span></p>
${languages(parts, texts, state.lang)}
</div></li>`;
}

function languages(parts: PageParts, texts: PageTexts, current: Lang): Html {
  if (parts.place.languages.length < 2) return NOTHING;
  const keys = parts.place.languages.map((lang) => {
    const own = texts.say(`web:language.own.${lang}`);
    const name = texts.say(`web:language.name.${lang}`);
    const label = html`${icon('check')}<span class="t"><span lang="${lang}">${own}</span>${own === name ? NOTHING : html`<small>${name}</small>`}</span>`;
    return html`<li>${key(`lang:${lang}`, '', label, html` aria-pressed="${String(lang === current)}" data-label="${name}"`)}</li>`;
  });
  return html`<h2>${texts.line('web:language.ask')}</h2><ul class="pick langs">${keys}</ul>${texts.notice}`;
}

function conversation(parts: PageParts, texts: PageTexts, said: Said[]): Html {
  const lastMine = said.findLastIndex((entry) => entry.by === 'resident');
  const labels = new Map(TILES.map((tile) => [tile.value, texts.say(tile.label)]));
  let previousMs = 0;
  const items: Html[] = [];
  for (const [i, entry] of said.entries()) {
    const atMs = entry.by === 'resident' ? entry.atMs : entry.reply.atMs;
    if (atMs - previousMs > PAUSE_MS) items.push(html`<li class="when">${dayOf(atMs) === dayOf(previousMs) ? readableClock(atMs) : stamp(parts.texts, texts, atMs)}</li>`);
    previousMs = atMs;
    if (entry.by === 'station') {
      for (const button of entry.reply.piece.buttons) labels.set(button.value, button.label);
      items.push(replyItem(texts, entry.reply, { latest: i > lastMine }));
    } else {
      const words = wordsOf(texts, entry, labels);
      if (words !== '') items.push(residentItem(texts, words, markOf(entry.platformId), i === lastMine));
    }
  }
  return html`${items}`;
}

/** What the resident wrote, or the label of what they pressed. */
function wordsOf(texts: PageTexts, entry: Extract<Said, { by: 'resident' }>, labels: Map<string, string>): string {
  const { content } = entry;
  switch (content.kind) {
    case 'text':
      return content.text;
    case 'button':
      return labels.get(content.value) ?? frameLabel(texts, content.value);
    case 'image':
    case 'sticker':
    case 'location':
    case 'file':
      return content.caption ?? '';
    case 'voice':
    case 'start':
    case 'stop':
      return '';
  }
}

/** Labels of the keys that belong to the page itself. */
function frameLabel(texts: PageTexts, value: string): string {
  switch (value) {
    case 'human':
      return texts.say('web:person.key');
    case 'lang:vi':
    case 'lang:jra':
    case 'lang:bdq':
    case 'lang:en':
      return texts.say(`web:language.name.${LANG_OF[value]}`);
    default:
      return value;
  }
}

const LANG_OF = { 'lang:vi': 'vi', 'lang:jra': 'jra', 'lang:bdq': 'bdq', 'lang:en': 'en' } as const;

/** "Danh mục": open on the first visit, afterwards behind its key (and `#muc`, which needs no JavaScript). */
function menu(parts: PageParts, texts: PageTexts, state: PageState, fresh: boolean): Html {
  const tiles = TILES.map((tile) => key(tile.value, '', html`${icon(tile.icon)}<span class="t">${texts.label(tile.label)}</span>`));
  return html`<section id="muc" class="m say${fresh ? '' : ' fold'}" aria-labelledby="muc-h"><h2 id="muc-h" tabindex="-1">${texts.line('web:menu.lead')}</h2>
<div class="tiles">${tiles}</div>
<p class="quiet">${texts.line('web:menu.ease')}</p>
<div class="again">${languages(parts, texts, state.lang)}
<form id="xoa" method="post" action="/xoa">
<p class="quiet">${texts.line('web:forget.about')}</p><button class="btn stop">${icon('x')}<span>${texts.label('web:forget.key')}</span></button></form></div></section>`;
}

function forgottenNote(texts: PageTexts, phone: string): Html {
  return html`<p class="note done" role="status">${icon('check')}<span><b>${texts.say('web:forget.done')}</b> ${proseLine(texts.say('web:forget.after', { phone }))}</span></p>`;
}

function foot(texts: PageTexts, state: PageState): Html {
  const { say } = texts;
  const invalid = state.fault === null ? NOTHING : raw(' aria-invalid="true" aria-describedby="err"');
  return html`<footer class="foot"><div class="in">
<p id="net" class="net" role="status" hidden>${icon('offline')}<span>${texts.line('web:offline.bar')}</span></p>
<a id="new" class="btn main" href="#moi" hidden></a>
<div class="row quick">${key('human', '', html`${icon('person')}<span class="t">${texts.label('web:person.key')}</span>`)}<a class="btn" id="muc-key" href="#muc">${icon('more')}<span>${texts.label('web:menu.key')}</span></a></div>
<p id="err" class="err" role="alert">${state.fault?.message ?? ''}</p>
<form id="say" class="row" method="post" action="/#moi"><input type="hidden" name="id" value="${state.mark}">
<label class="sr" for="q">${say('web:ask.label')}</label><input class="field" id="q" name="text" placeholder="${say('web:ask.placeholder')}" value="${state.fault?.text ?? ''}" autocomplete="off" enterkeyhint="send"${invalid}><button class="btn main"><span>${texts.label('web:ask.send')}</span></button></form>
</div></footer><form id="press" method="post" action="/#moi"><input type="hidden" name="id" value="${state.mark}"></form>`;
}

/** What `chat.js` shows by itself; it holds no words of its own. */
function templates(texts: PageTexts, phone: string): Html {
  const { say } = texts;
  return html`<template id="t-me">${residentItem(texts, '', '', false)}</template>
<template id="t-unsent"><p class="note unsent">${icon('offline')}<span><b>${texts.line('web:offline.unsent')}</b> ${texts.line('web:offline.kept')}</span></p></template>
<template id="t-asking"><p class="quiet">${texts.line('web:wait.asking')}</p><div class="warp"></div></template>
<template id="t-slow">
<p class="note">${icon('offline')}<span>${texts.line('web:wait.slow')}</span></p><button type="button" class="btn" id="retry"><span>${texts.label('web:wait.retry')}</span></button></template>
<template id="t-stored"><p class="quiet">${texts.line('web:wait.stored')}</p></template>
<template id="t-arrived">${say('web:arrived', { number: '#' })}</template>
<template id="t-failed">${say('web:error.unavailable', { phone })}</template>
<template id="t-not-erased">${say('web:offline.notErased')}</template>`;
}

function newestId(said: Said[]): string {
  return said.reduce((newest, entry) => (entry.by === 'station' && BigInt(entry.reply.id) > BigInt(newest) ? entry.reply.id : newest), '0');
}
