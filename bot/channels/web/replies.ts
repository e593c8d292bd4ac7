import { html, raw } from 'hono/html';
import type { Button, Layout, Piece } from '#bot/channels/channel.ts';
import { clockOf } from '#knowledge/day.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { PageTexts } from './frame.ts';
import { icon } from './icons.ts';
import type { StoredReply } from './ports.ts';
import { NOTHING, prose, proseLine, telHref, type Html } from './prose.ts';


export type ReplyOptions = {
  /** Whether the reply still answers the last thing the resident wrote, so that "not what I meant" means this one. */
  latest: boolean;
};

/**
 * A reply as an entry of the conversation. Its id lets a page that has it already leave it out; the time belongs to it
 * because numbers begin anew when a resident has everything about them erased.
 */
export function replyItem(texts: PageTexts, reply: StoredReply, options: ReplyOptions): Html {
  const { piece } = reply;
  const who = piece.layout.form === 'person' ? NOTHING : html`<span class="sr">${texts.line('web:said.machine')}</span>`;
  return html`<li class="m fade" id="r${reply.id}-${reply.atMs}" data-r="${reply.id}">${who}${replyBody(texts, reply, options)}</li>`;
}

/** A key that posts `{ button: value }`, with or without JavaScript. */
export function key(value: string, classes: string, inside: Html, extra: Html = NOTHING): Html {
  return html`<button class="btn ${classes}" form="press" name="button" value="${value}"${extra}>${inside}</button>`;
}

/** `7:42`, in Vietnam. */
export function readableClock(atMs: number): string {
  const { hour, minute } = clockOf(atMs);
  return `${hour}:${String(minute).padStart(2, '0')}`;
}

function replyBody(texts: PageTexts, reply: StoredReply, options: ReplyOptions): Html {
  const { piece } = reply;
  const { layout } = piece;
  const lang = langAttr(texts, piece.lang);
  switch (layout.form) {
    case 'answer':
      return answer(texts, piece, layout, options);
    case 'choices':
      return choices(texts, piece, layout.lead, lang);
    case 'passed':
      return html`<div class="say"><p class="lead"${lang}>${proseLine(layout.lead)}</p>
<ol class="path"><li>${icon('dia2')}<b>${texts.line('web:passedAt', { time: readableClock(reply.atMs) })}</b></li>
<li class="yet">${icon('dia0')}<div>${told(texts, layout.body, piece, lang)}</div></li></ol>${players(texts, piece)}${row(texts, piece.buttons, piece.lang)}</div>`;
    case 'emergency':
      return emergency(texts, piece, layout);
    case 'person':
      return html`<div class="say person">
<p class="who"><span class="face" aria-hidden="true">${initials(layout.name)}</span><span>${texts.line('web:person.answers', { name: layout.name })}<small>${texts.line('web:person.real', { role: layout.role, time: readableClock(reply.atMs) })}</small></span></p>
${told(texts, layout.body, piece, lang)}${players(texts, piece)}${row(texts, piece.buttons, piece.lang)}</div>`;
    case 'plain':
      return html`<div class="say">${picture(piece)}${told(texts, withoutNumberedLines(piece), piece, lang)}${players(texts, piece)}${numbered(texts, piece)}</div>`;
  }
}

/** What is read, and apart from it, marked as its language, what stands below it in another. */
function told({ noticed }: PageTexts, text: string, { beside }: Piece, lang: Html): Html {
  if (beside === undefined || beside.text === '' || !text.endsWith(beside.text)) return prose(text, lang);
  const own = beside.text.endsWith(noticed) ? beside.text.slice(0, -noticed.length) : beside.text;
  const notice = own === beside.text ? NOTHING : html`<p class="quiet small">${proseLine(noticed.replace('\n', ' '))}</p>`;
  return html`${prose(text.slice(0, -beside.text.length), lang)}<div class="beside" lang="${beside.lang}">${prose(own)}${notice}</div>`;
}

/** The picture of an announcement, above its words. */
function picture({ picture: it }: Piece): Html {
  return it === undefined ? NOTHING : html`<img class="pic" src="/hinh/${it.id}" alt="${it.alt}" loading="lazy">`;
}

/** A recording as one big key. With script it plays where it stands; without, the key opens the page on which it can be heard. */
function player(texts: PageTexts, id: string, words: string): Html {
  return html`<div class="aloud"><a class="btn main" href="/nghe/${id}" data-aloud data-stop="${texts.say('web:listen.stop')}">${icon('horn')}<span class="t">${words}</span></a>
<audio preload="none"><source src="/nghe/${id}/giong"><source src="/nghe/${id}/giong.mp3" type="audio/mpeg"></audio></div>`;
}

const LISTEN = 'listen:';

/** The recordings of a reply: its own, and those that one of its keys would bring. */
function players(texts: PageTexts, piece: Piece): Html {
  const offered = piece.buttons.filter((button) => button.value.startsWith(LISTEN)).map((button) => player(texts, button.value.slice(LISTEN.length), button.label));
  const { voice } = piece;
  return html`${voice === undefined ? NOTHING : player(texts, voice.id, voice.seconds === null ? texts.say('web:listen.key') : texts.say('web:listen.keyFor', { seconds: voice.seconds }))}${offered}`;
}

function answer(texts: PageTexts, piece: Piece, layout: Extract<Layout, { form: 'answer' }>, options: ReplyOptions): Html {
  const lang = langAttr(texts, piece.lang);
  // "Xem thêm" is folded open here, so the key that asks for it as a message is not needed.
  const buttons = piece.buttons.filter((button) => !(layout.more !== null && button.value.startsWith('more:')) && (options.latest || !button.value.startsWith('feedback:')));
  const more = layout.more === null ? NOTHING : html`<details class="more"><summary>${icon('down')}<span>${texts.label('web:more')}</span></summary>
<div>${prose(layout.more, lang)}</div></details>`;
  const notice = layout.notice === null ? NOTHING : html`<div class="note">${icon('horn')}<div>${prose(layout.notice, lang)}</div></div>`;
  return html`<div class="say"><p class="lead"${lang}>${proseLine(layout.lead)}</p>
${told(texts, layout.body, piece, lang)}${players(texts, piece)}${more}
<div class="src"${lang}>${prose(layout.source)}</div>${notice}${row(texts, buttons, piece.lang)}</div>`;
}

function emergency(texts: PageTexts, piece: Piece, layout: Extract<Layout, { form: 'emergency' }>): Html {
  const lang = langAttr(texts, piece.lang);
  const calls = layout.calls.map((call, i) => html`<a class="btn ${i === 0 ? 'call' : 'stop'}" href="${telHref(call.number)}"${lang}>${icon('phone')}<span>${unbroken(call.label)}</span></a>`);
  return html`<div role="alert"><section class="sos-card" aria-label="${texts.say('web:emergency')}">
<header><h2${lang}>${icon('alert')}<span>${layout.lead}</span></h2></header>
<div class="in">${calls}${players(texts, piece)}
<ul class="steps"${lang}>${layout.steps.map((step) => html`<li>${proseLine(step)}</li>`)}</ul>${row(texts, piece.buttons, piece.lang)}</div></section></div>`;
}

/** The question in large letters; what stands below it in another language is plain text. */
function choices(texts: PageTexts, piece: Piece, lead: string, lang: Html): Html {
  const [question = '', ...below] = lead.split('\n\n');
  return html`<div class="say"><h2${lang}>${proseLine(question)}</h2>${below.length === 0 ? NOTHING : told(texts, below.join('\n\n'), piece, NOTHING)}${numbered(texts, piece)}</div>`;
}

/** Keys under one another; the number is what the resident may type instead. */
function numbered(texts: PageTexts, piece: Piece): Html {
  const lang = langAttr(texts, piece.lang);
  // A recording is a player of its own; the others keep the numbers that they have in the text.
  const keys = piece.buttons.flatMap((button, i) => {
    if (button.value.startsWith(LISTEN)) return [];
    const mark = button.value === 'none' ? icon('x') : html`<span class="n">${i + 1}</span>`;
    return [html`<li>${key(button.value, '', html`${mark}<span class="t"${lang}>${button.label}</span>`)}</li>`];
  });
  return keys.length === 0 ? NOTHING : html`<ul class="pick">${keys}</ul>`;
}

function row(texts: PageTexts, all: Button[], lang: Lang): Html {
  const buttons = all.filter((button) => !button.value.startsWith(LISTEN));
  if (buttons.length === 0) return NOTHING;
  return html`<div class="acts">${buttons.map((button) => key(button.value, button.value.startsWith('feedback:') ? 'wrong' : '', html`<span class="t"${langAttr(texts, lang)}>${button.label}</span>`))}</div>`;
}

/** Channels without keys read the choices as numbered lines of the text; here the keys say it. */
function withoutNumberedLines(piece: Piece): string {
  const lines = new Set(piece.buttons.map((button, i) => `${i + 1}. ${button.label}`));
  return piece.text.split('\n').filter((line) => !lines.has(line.trim())).join('\n');
}

function langAttr(texts: PageTexts, lang: Lang): Html {
  return lang === texts.lang ? NOTHING : raw(` lang="${lang}"`);
}

/** A telephone number stays on one line. */
function unbroken(label: string): string {
  return label.replace(/(?<=\d) (?=\d)/gu, '\u00A0');
}

function initials(name: string): string {
  return name.split(/\s+/u).slice(-2).map((word) => word.charAt(0).toUpperCase()).join('');
}
