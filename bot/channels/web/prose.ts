import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export const NOTHING: Html = raw('');

/** The text of a template. */
export async function rendered(template: Html): Promise<string> {
  return (await template).toString();
}

/** A web address, bold words, or a telephone number that can be pressed: ten digits, 1800/1900 lines, 115. */
const SPECIAL = /(?<url>https:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:])|\*\*(?<bold>[^*\n]+)\*\*|(?<![\d.,/])(?<phone>0\d{9}|0\d{3}[ .]\d{3}[ .]\d{3}|0\d{2}[ .]\d{3}[ .]\d{4}|1[89]00[ .]?\d{4}|115)(?![\d/%]|[.,]\d)/gu;

const BULLET = /^\s*[-•*]\s+/u;

/** Plain text as paragraphs and lists. Blank lines part paragraphs, `- ` begins a list entry, numbers can be called. */
export function prose(text: string, lang: Html = NOTHING): Html {
  const blocks = text.split(/\n\s*\n/u).map((block) => block.trim()).filter((block) => block !== '');
  return html`${blocks.map((block) => proseBlock(block.split('\n'), lang))}`;
}

/** One line of text with its addresses, bold words and numbers marked up. */
export function proseLine(text: string): Html {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(SPECIAL)) {
    parts.push(html`${text.slice(end, match.index)}`);
    parts.push(special(match[0], match.groups ?? {}));
    end = match.index + match[0].length;
  }
  parts.push(html`${text.slice(end)}`);
  return html`${parts}`;
}

/** What a telephone is asked to dial. */
export function telHref(number: string): string {
  return `tel:${number.replace(/[^\d+]/gu, '')}`;
}

function special(whole: string, groups: Record<string, string | undefined>): Html {
  if (groups['url'] !== undefined) return html`<a href="${whole}" rel="noreferrer">${new URL(whole).hostname}</a>`;
  if (groups['bold'] !== undefined) return html`<b>${proseLine(groups['bold'])}</b>`;
  return html`<a class="num" href="${telHref(whole)}">${whole}</a>`;
}

function proseBlock(lines: string[], lang: Html): Html {
  const out: Html[] = [];
  let i = 0;
  while (i < lines.length) {
    const listed = BULLET.test(lines[i] ?? '');
    const from = i;
    while (i < lines.length && BULLET.test(lines[i] ?? '') === listed) i++;
    const run = lines.slice(from, i);
    out.push(listed
      ? html`<ul class="list"${lang}>${run.map((line) => html`<li>${proseLine(line.replace(BULLET, ''))}</li>`)}</ul>`
      : html`<p${lang}>${run.map((line, n) => html`${n === 0 ? NOTHING : raw('<br>')}${proseLine(line.trim())}`)}</p>`);
  }
  return html`${out}`;
}
