import { html, raw } from 'hono/html';
import type { Highland } from '#knowledge/identify/orthography.ts';
import type { KitLine } from '#locales/kit.ts';
import type { Texts, TextKey } from '#locales/texts.ts';

/**
 * The one-evening booklet: one page of HTML that prints on A4. Each sentence has its number, the Vietnamese, the draft in
 * large letters, a box for "right" and lines to write on; the last page is signed.
 */
export async function booklet(lines: readonly KitLine[], lang: Highland, texts: Texts): Promise<string> {
  const language = texts.say('vi', `chat:languageName.${lang}`);
  const say = (name: KitText, values: Record<string, string | number> = {}) => texts.say('vi', `cli:languages.kit.${name}`, { language, ...values });
  const rules = html`<div class="lines">${raw('<i></i>'.repeat(WRITING_LINES))}</div>`;
  const items = lines.map((line) => html`<li value="${line.number}"><p class="vi" lang="vi">${line.vietnamese}</p>
<p class="own" lang="${lang}">${line.text ?? say('nothing')}</p>
<p class="right"><span class="box"></span> ${say(line.text === null ? 'toWrite' : 'right')}</p>${rules}</li>`);
  const page = await html`<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>${say('title')}</title><style>${raw(STYLE)}</style></head>
<body><header><h1>${say('title')}</h1><p>${say('lead', { count: lines.length })}</p><p>${say('how', { kept: '{{…}}' })}</p></header>
<ol>${items}</ol>
<section class="sign"><h2>${say('sign')}</h2><p>${say('name')} <u></u></p><p>${say('dialect')} <u></u></p><p>${say('on')} <u></u></p>
<p>${say('signature')} <u></u></p><p>${say('back')}</p></section>
</body></html>`;
  return `${page.toString()}\n`;
}

type KitText = Extract<TextKey, `cli:languages.kit.${string}`> extends `cli:languages.kit.${infer Name}` ? Name : never;

const WRITING_LINES = 2;

const STYLE = `
@page { size: A4; margin: 16mm 14mm; }
body { font: 12pt/1.45 "Noto Sans", "Segoe UI", Arial, sans-serif; color: #111; max-width: 180mm; margin: 0 auto; }
h1 { font-size: 20pt; margin: 0 0 4mm; } ol { padding-left: 10mm; }
li { break-inside: avoid; border-top: 1px solid #999; padding: 3mm 0 2mm 2mm; }
li::marker { font-weight: 700; } p { margin: 0 0 1.5mm; white-space: pre-line; }
.vi { color: #444; font-size: 11pt; } .own { font-size: 14pt; } .box { display: inline-block; width: 5mm; height: 5mm; border: 1.5px solid #111; vertical-align: -1mm; }
.lines i { display: block; height: 9mm; border-bottom: 1px solid #bbb; }
.sign { break-before: page; } .sign u { display: inline-block; width: 90mm; height: 10mm; border-bottom: 1px solid #111; text-decoration: none; }
`;
