import { html, raw } from 'hono/html';
import type { Highland } from '#knowledge/identify/orthography.ts';
import type { KitLine } from '#locales/kit.ts';
import type { Texts, TextKey } from '#locales/texts.ts';

/**
 * The one-evening booklet: one page of HTML that prints on A4. Each sentence has its number, the Vietnamese, the draft in
 * large letters with room between the lines to correct a word, a box for "right", and lines to write it anew; the last
 * page is signed. What the machine fills in stands in a frame, and the first page says what each will be.
 */
export async function booklet(lines: readonly KitLine[], lang: Highland, texts: Texts): Promise<string> {
  const language = texts.say('vi', `chat:languageName.${lang}`);
  const say = (name: KitText, values: Record<string, string | number> = {}) => texts.say('vi', `cli:languages.kit.${name}`, { language, ...values });
  const items = lines.map((line) => {
    const written = (text: string) => inFrames(text, line.key.startsWith('card:'));
    return html`<li value="${line.number}"><p class="vi" lang="vi">${written(line.vietnamese)}</p>
<p class="${line.text === null ? 'vi' : 'own'}" lang="${line.text === null ? 'vi' : lang}">${line.text === null ? say('nothing') : written(line.text)}</p>
<p class="right"><span class="box"></span> ${say(line.text === null ? 'toWrite' : 'right')}</p><div class="lines">${raw('<i></i>'.repeat(writingLines(line.text ?? line.vietnamese)))}</div></li>`;
  });
  const page = await html`<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>${say('title')}</title><style>${raw(STYLE)}</style></head>
<body><header><h1>${say('title')}</h1><p>${say('lead', { count: lines.length })}</p><p>${say('how')}</p>
<dl>${valuesIn(lines).map(({ name, means }) => html`<div><dt><span class="val">${name}</span></dt><dd>${say(means)}</dd></div>`)}</dl></header>
<ol>${items}</ol>
<section class="sign"><h2>${say('sign')}</h2><p><span>${say('name')}</span> <u></u></p><p><span>${say('dialect')}</span> <u></u></p><p><span>${say('on')}</span> <u></u></p>
<p><span>${say('signature')}</span> <u></u></p><p>${say('back')}</p></section>
</body></html>`;
  return `${page.toString()}\n`;
}

type KitText = Extract<TextKey, `cli:languages.kit.${string}`> extends `cli:languages.kit.${infer Name}` ? Name : never;

/** What the machine writes in the place of each name. */
const MEANS: Readonly<Record<string, KitText>> = {
  'station': 'value.station', 'station.name': 'value.station', 'station.phone': 'value.phone', 'phone': 'value.phone', 'station.address': 'value.address', 'station.hours': 'value.hours', 'answer.hours': 'value.answerHours',
  'hospital.name': 'value.hospital', 'hospital.phone': 'value.hospitalPhone', 'duty.health': 'value.dutyHealth', 'duty.social': 'value.dutySocial', 'duty.food': 'value.dutyFood', 'duty.order': 'value.dutyOrder',
  'time': 'value.time', 'day': 'value.day', 'language': 'value.language', 'languages': 'value.languages',
};

/** The names that stand in the booklet, each with what it will be. */
export function valuesIn(lines: readonly KitLine[]): { name: string; means: KitText }[] {
  const names = new Set(lines.flatMap(({ vietnamese }) => [...vietnamese.matchAll(VALUE)].map(([, name = '']) => name)));
  return Object.entries(MEANS).flatMap(([name, means]) => (names.has(name) ? [{ name: `{{${name}}}`, means }] : []));
}

const VALUE = /\{\{\s*([\w.]+)\s*\}\}/gu;

/** The text with a frame round what the machine fills in; of a card, the question above the answer is bold. */
function inFrames(text: string, isCard: boolean) {
  const framed = (part: string) => part.split(/(\{\{[^}]*\}\})/u).map((piece, i) => (i % 2 === 1 ? html`<span class="val">${piece}</span>` : piece));
  const paragraphs = (part: string) => part.split(/\n{2,}/u).map((one) => html`<span class="par">${framed(one)}</span>`);
  const [question = '', ...answer] = text.split('\n');
  return isCard ? html`<b class="par">${framed(question)}</b>${paragraphs(answer.join('\n'))}` : html`${paragraphs(text)}`;
}

/** Letters of handwriting on one line of the paper. */
const ON_A_LINE = 60;
/** A long text is corrected between its lines. */
const MOST_LINES = 3;

/** Room to write a sentence anew. */
function writingLines(text: string): number {
  return Math.min(MOST_LINES, Math.ceil(text.length / ON_A_LINE));
}

const STYLE = `
@page { size: A4; margin: 14mm 14mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font: 9pt sans-serif; color: #555; } }
body { font: 12pt/1.45 "Noto Sans", "Segoe UI", Arial, sans-serif; color: #111; max-width: 180mm; margin: 0 auto; }
h1 { font-size: 20pt; margin: 0 0 4mm; } ol { padding-left: 10mm; margin: 0; }
li { break-inside: avoid; border-top: 1px solid #999; padding: 3mm 0 6mm 2mm; }
li::marker { font-weight: 700; } p { margin: 0 0 1.5mm; white-space: pre-line; overflow-wrap: anywhere; }
.vi { color: #444; font-size: 11pt; } .own { font-size: 14pt; line-height: 1.8; } .par { display: block; } .box { display: inline-block; width: 5mm; height: 5mm; border: 1.5px solid #111; vertical-align: -1mm; }
.val { border: 1px solid #777; border-radius: 2px; padding: 0 1mm; font-size: .8em; white-space: nowrap; }
dl { columns: 2; margin: 3mm 0 5mm; font-size: 10pt; } dl div { break-inside: avoid; display: flex; gap: 2mm; } dd { margin: 0; }
.lines i { display: block; height: 9mm; border-bottom: 1px solid #bbb; }
.sign { break-before: page; } .sign p { margin-bottom: 4mm; } .sign span { display: inline-block; width: 45mm; } .sign u { display: inline-block; width: 90mm; height: 10mm; border-bottom: 1px solid #111; text-decoration: none; }
`;
