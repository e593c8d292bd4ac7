import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { MARK, TAB_ICON } from '#bot/channels/web/icons.ts';
import type { Place } from '#knowledge/place.ts';
import type { TextKey, Texts, Values } from '#locales/texts.ts';

/** A part of a page, escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What every page of the console is drawn with. */
export type Look = { texts: Texts; place: Pick<Place, 'station' | 'villages'>; css: string; js: string; nowMs: () => number };

type Leaf<K> = K extends `console:${infer Rest}` ? Rest : never;
export type ConsoleKey = Leaf<TextKey>;
export type Say = (key: ConsoleKey, values?: Values) => string;

export function sayer(look: Pick<Look, 'texts'>): Say {
  return (key, values) => look.texts.say('vi', `console:${key}`, values);
}

export const NOTHING: Html = raw('');

const DRAWINGS = {
  chat: '<path d="M3 4h18v12H11l-5 5v-5H3z"/>',
  people: '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20v-2l3-3h7l3 3v2M15 4.8a3.5 3.5 0 0 1 0 6.4M17.5 15l4 3v2"/>',
  back: '<path d="M15 5l-7 7 7 7"/>',
  alert: '<path d="M8 2.5h8l5.5 5.5v8L16 21.5H8L2.5 16V8z"/><path d="M12 7v6.5M12 15.5v2.5"/>',
  clock: '<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z"/><path d="M12 7v5.5l3.5 2"/>',
  dia0: '<path d="M12 3l9 9-9 9-9-9z"/>',
  dia1: '<path d="M12 3l9 9-9 9-9-9z"/><path fill="currentColor" stroke="none" d="M12 3v18l-9-9z"/>',
  dia2: '<path fill="currentColor" d="M12 3l9 9-9 9-9-9z"/>',
  diac: '<path d="M12 2l10 10-10 10L2 12z"/><path d="M7.5 12l3.2 3.2 5.8-6"/>',
  sq: '<path d="M5 5h14v14H5zM9 12h6"/>',
  down: '<path d="M5 9l7 7 7-7"/>',
  x: '<path d="M5 5l14 14M19 5L5 19"/>',
  card: '<path d="M4 3h16v18H4zM8 8h8M8 12h8M8 16h4"/>',
  send: '<path d="M4 4l17 8-17 8 3-8zM7 12h8"/>',
  more: '<path d="M4 7h16M4 12h16M4 17h16"/>',
  horn: '<path d="M3 9.5h4L16 4v16l-9-5.5H3z"/><path d="M6.5 14.5V20h3.5v-3.7"/><path fill="currentColor" stroke="none" d="M20 8.5l3.5 3.5-3.5 3.5-1.5-1.5 2-2-2-2z"/>',
  cal: '<path d="M3 5h18v16H3zM3 10h18M8 2v5M16 2v5"/><path fill="currentColor" stroke="none" d="M12 12l3 3.5-3 3.5-3-3.5z"/>',
  chart: '<path d="M3 3v18h18M8 17v-5M13 17V7M18 17v-8"/>',
  home: '<path d="M3 11l9-8 9 8M6 9v12h12V9M10 21v-6h4v6"/>',
  plus: '<path d="M12 4v16M4 12h16"/>',
  right: '<path d="M9 5l7 7-7 7"/>',
  needle: '<path d="M14 4l6 6M17 7l-9 9-3 .5L3 21l4.5-2 .5-3M12.5 8.5l3 3M20 2l2 2"/>',
  edit: '<path d="M4 20l1-5L16 4l4 4L9 19zM13.5 6.5l4 4"/>',
  load: '<path d="M12 3v12M6 10l6 6 6-6M4 21h16"/>',
  shield: '<path d="M12 2l9 4v6l-4 7-5 3-5-3-4-7V6z"/><path d="M12 8v7M8.5 11.5h7"/>',
  bell: '<path d="M6 17V9l3-4h6l3 4v8M3 17h18M10 21h4"/>',
  print: '<path d="M6 9V3h12v6M6 17H3V9h18v8h-3M6 14h12v7H6z"/>',
  lang: '<path d="M3 4h11v9H8l-3 3v-3H3zM17 9h4v8h-2v3l-3-3h-6v-1"/>',
  mic: '<path d="M9 3h6v10H9zM5 11v3h14v-3M12 17v4M8 21h8"/>',
  play: '<path fill="currentColor" d="M6 4l14 8-14 8z"/>',
  check: '<path d="M4 12.5l5.5 5.5L20 6"/>',
} as const;
export type IconName = keyof typeof DRAWINGS;

/** An icon beside a word; it says nothing by itself. */
export function icon(name: IconName): Html {
  return raw(`<svg class="i" viewBox="0 0 24 24" aria-hidden="true">${DRAWINGS[name]}</svg>`);
}

/** What just happened, or what did not: read out at once when it is a problem. */
export function notice(tone: 'ok' | 'soon' | 'late', words: string | Html): Html {
  return html`<p class="tell ${tone}" role="${tone === 'ok' ? 'status' : 'alert'}">${icon(tone === 'ok' ? 'check' : 'alert')}<span>${words}</span></p>`;
}

/** The pages of the bar, in the order in which they stand. On a phone only those in front show; the others lie behind "more". */
const PAGES = [
  { at: 'inbox', href: '/staff', icon: 'chat', inFront: true },
  { at: 'campaigns', href: '/staff/campaigns', icon: 'horn', inFront: true },
  { at: 'calendar', href: '/staff/calendar', icon: 'cal', inFront: true },
  { at: 'base', href: '/staff/base', icon: 'card', inFront: true },
  { at: 'translate', href: '/staff/translate', icon: 'lang', inFront: false },
  { at: 'report', href: '/staff/report', icon: 'chart', inFront: false },
  { at: 'roster', href: '/staff/roster', icon: 'clock', inFront: false },
  { at: 'outbreak', href: '/staff/outbreak', icon: 'alert', inFront: false },
  { at: 'place', href: '/staff/place', icon: 'home', inFront: false },
  { at: 'documents', href: '/staff/documents', icon: 'load', inFront: false },
  { at: 'account', href: '/staff/account', icon: 'people', inFront: false },
] as const satisfies readonly { at: string; href: string; icon: IconName; inFront: boolean }[];
export type At = (typeof PAGES)[number]['at'];

/** The pages that a phone reaches through "more". */
const BEHIND = PAGES.filter(({ inFront }) => !inFront);

/** A whole page for somebody who is logged in, with the bar of pages. */
export function page(look: Look, options: { title: string; at: At | 'more' | null; waiting: number | null; body: Html }): Html {
  const say = sayer(look);
  const current = raw(' aria-current="page"');
  const waiting = options.waiting ?? 0;
  const place = ({ at, href, icon: drawing, inFront }: (typeof PAGES)[number]): Html => html`<li${inFront ? NOTHING : raw(' class="wide"')}><a href="${href}"${options.at === at ? current : NOTHING}>${icon(drawing)}<span>${say(`rail.${at}`)}</span>${at !== 'inbox' ? NOTHING : html`<b id="waiting"${waiting === 0 ? raw(' hidden') : NOTHING}><span>${waiting}</span><span class="sr"> ${say('rail.waiting')}</span></b>`}</a></li>`;
  const isBehind = options.at === 'more' || BEHIND.some(({ at }) => at === options.at);
  return whole(look, waiting === 0 ? options.title : say('titleWaiting', { count: waiting, page: options.title }), html`<a class="skip btn" href="#main">${say('skip')}</a>
<nav class="rail on-ground no-print" aria-label="${say('pages')}"><a class="brand" href="/staff">${MARK}<span>${say('brand')}<small>${look.place.station.name}</small></span></a>
<ul>${PAGES.map(place)}
<li class="narrow"><a href="/staff/more"${isBehind ? current : NOTHING}>${icon('more')}<span>${say('rail.more')}</span></a></li></ul></nav>
<main id="main" tabindex="-1">${options.body}</main>`, 'console');
}

/** What a phone's bar has no room for. */
export function morePage(look: Look, waiting: number): Html {
  const say = sayer(look);
  return page(look, { title: say('rail.more'), at: 'more', waiting, body: html`<div class="head"><h1>${say('rail.more')}</h1></div>
<div class="sheet pad0 inbox">
<ul class="list">${BEHIND.map(({ at, href, icon: drawing }) => html`<li><a class="it" href="${href}">${icon(drawing)} ${say(`rail.${at}`)}</a></li>`)}</ul></div>` });
}

/** A page in front of the door: log in, make an account. */
export function doorPage(look: Look, title: string, body: Html): Html {
  return whole(look, title, html`<div class="band"></div><main class="door" id="main"><p class="quiet">${look.place.station.name}</p>
<h1>${title}</h1>${body}</main>`, '');
}

/** What is printed: nothing but the words, large. */
export function paperPage(look: Look, title: string, body: Html): Html {
  return whole(look, title, html`<main class="paper" id="main">${body}</main>`, '');
}

function whole(look: Look, title: string, body: Html, style: string): Html {
  return html`<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="theme-color" content="#231b33">
<meta name="robots" content="noindex">
<title>${sayer(look)('title', { page: title })}</title><link rel="icon" href="${TAB_ICON}"><link rel="stylesheet" href="${look.css}">
<script src="${look.js}" defer></script></head>
<body class="${style}">${body}</body></html>`;
}
