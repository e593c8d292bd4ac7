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
  check: '<path d="M4 12.5l5.5 5.5L20 6"/>',
} as const;
export type IconName = keyof typeof DRAWINGS;

/** An icon beside a word; it says nothing by itself. */
export function icon(name: IconName): Html {
  return raw(`<svg class="i" viewBox="0 0 24 24" aria-hidden="true">${DRAWINGS[name]}</svg>`);
}

/** What just happened, or what did not: read out at once when it is a problem. */
export function notice(tone: 'ok' | 'soon' | 'late', words: string): Html {
  return html`<p class="tell ${tone}" role="${tone === 'ok' ? 'status' : 'alert'}">${icon(tone === 'ok' ? 'check' : 'alert')}<span>${words}</span></p>`;
}

/** A whole page for somebody who is logged in, with the bar of pages. */
export function page(look: Look, options: { title: string; at: 'inbox' | 'roster' | 'account' | null; waiting: number | null; body: Html }): Html {
  const say = sayer(look);
  const place = (name: 'inbox' | 'roster' | 'account', href: string, drawing: IconName, count: number | null): Html => html`<li><a href="${href}"${options.at === name ? raw(' aria-current="page"') : NOTHING}>${icon(drawing)}<span>${say(`rail.${name}`)}</span>${count === null || count === 0 ? NOTHING : html`<b>${count}<span class="sr"> ${say('rail.waiting')}</span></b>`}</a></li>`;
  return whole(look, options.title, html`<a class="skip btn" href="#main">${say('skip')}</a>
<nav class="rail on-ground" aria-label="${say('pages')}"><a class="brand" href="/staff">${MARK}<span>${say('brand')}<small>${look.place.station.name}</small></span></a><ul>${place('inbox', '/staff', 'chat', options.waiting)}${place('roster', '/staff/roster', 'clock', null)}${place('account', '/staff/account', 'people', null)}</ul></nav>
<main id="main" tabindex="-1">${options.body}</main>`, 'console');
}

/** A page in front of the door: log in, make an account. */
export function doorPage(look: Look, title: string, body: Html): Html {
  return whole(look, title, html`<div class="band"></div><main class="door" id="main"><p class="quiet">${look.place.station.name}</p><h1>${title}</h1>${body}</main>`, '');
}

function whole(look: Look, title: string, body: Html, style: string): Html {
  return html`<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="theme-color" content="#231b33"><meta name="robots" content="noindex">
<title>${sayer(look)('title', { page: title })}</title><link rel="icon" href="${TAB_ICON}"><link rel="stylesheet" href="${look.css}"><script src="${look.js}" defer></script></head>
<body class="${style}">${body}</body></html>`;
}
