import type { Button } from '#bot/channels/channel.ts';
import type { Card, Source } from '#knowledge/card.ts';
import { isDay, readableDay } from '#knowledge/day.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Report } from '#knowledge/matters.ts';
import { fillPlaceholders } from '#knowledge/place.ts';
import type { Translation } from '#knowledge/translation.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { Reply } from './turn.ts';

/** Sources named under an answer; a card may list more, which staff see. */
const SOURCES_SHOWN = 2;

/** Cards that tell how to report: the report itself is one press away. */
const REPORT_CARDS: ReadonlyMap<string, Report> = new Map([['report.suspected-case', 'suspected-case'], ['report.vaccine-reaction', 'vaccine-reaction']]);

/**
 * A card as a resident reads it: the point first, then the rest, then where it comes from and how long it holds. In
 * another language it stands alone when a speaker approved it, with a key to the Vietnamese; where there is nothing in
 * that language, the Vietnamese says so and offers a person.
 */
export function answerReply(deps: ConverseDeps, card: Card, lang: Lang = 'vi'): Reply {
  const told = inLanguage(deps, card, lang);
  const { lead, body } = leadAndBody(fillPlaceholders(told.text?.answer ?? card.answer, deps.facts));
  const more = fullText(deps, card, told);
  const source = sourceLine(deps, card, lang);
  const isAlone = told.standing === 'approved';
  const missing = told.standing === 'missing' ? deps.texts.say(lang, 'chat:language.missing', { language: deps.texts.say(lang, `chat:languageName.${lang}`) }) : '';
  const buttons = [
    ...(more === null ? [] : [{ label: deps.texts.say(lang, 'chat:button.more'), value: `more:${card.id}` }]),
    ...(isAlone ? [{ label: deps.texts.say('vi', 'chat:button.vietnamese'), value: `vi:${card.id}` }] : []),
    ...(missing === '' ? [] : [{ label: deps.texts.say(lang, 'chat:button.human'), value: 'human' }]),
    ...(REPORT_CARDS.has(card.id) ? [{ label: deps.texts.say(lang, 'chat:button.report'), value: `report:${REPORT_CARDS.get(card.id) ?? ''}` }] : []),
    { label: deps.texts.say(lang, 'chat:button.wrong'), value: 'feedback:wrong' },
  ];
  const parts = deps.drafts === true ? [...(told.text === null ? [] : [lead, body]), missing] : [lead, body, missing, source];
  return {
    text: unmarked(parts.filter((part) => part !== '').join('\n\n')),
    lang: isAlone ? lang : 'vi',
    cardId: card.id,
    buttons,
    layout: { form: 'answer', lead, body: [body, missing].filter((part) => part !== '').join('\n\n'), more, source, notice: null },
    priority: 'reply',
  };
}

/** A card as a choice: its question, in the resident's language where that may be shown. */
export function cardButton(deps: ConverseDeps, card: Card, lang: Lang): Button {
  return { label: inLanguage(deps, card, lang).text?.question ?? card.question, value: `card:${card.id}` };
}

/** What stands under "Xem thêm", as a message of its own for channels without folding. */
export function moreReply(deps: ConverseDeps, card: Card, lang: Lang = 'vi'): Reply {
  const told = inLanguage(deps, card, lang);
  const isAlone = told.standing === 'approved' && told.text?.more !== null;
  return {
    text: unmarked([fullText(deps, card, told) ?? fillPlaceholders(told.text?.answer ?? card.answer, deps.facts), sourceLine(deps, card, lang)].join('\n\n')),
    lang: isAlone ? lang : 'vi',
    cardId: card.id,
    buttons: [],
    layout: { form: 'plain' },
    priority: 'reply',
  };
}

/** The card in the resident's language as far as it may be told: `text` is null where the Vietnamese stands in its place. */
type Told = { text: Translation | null; standing: 'vietnamese' | 'approved' | 'draft' | 'missing' };

function inLanguage(deps: ConverseDeps, card: Card, lang: Lang): Told {
  if (lang === 'vi') return { text: null, standing: 'vietnamese' };
  const found = deps.knowledge().translation(card.id, lang);
  if (found?.standing === 'approved') return { text: found.text, standing: 'approved' };
  if (found === undefined || !deps.place.showDrafts) return { text: null, standing: 'missing' };
  return { text: deps.drafts === true ? found.text : null, standing: 'draft' };
}

/** "Xem thêm", with the clinical part only when a health worker of the station has signed it (design, rule 1). */
function fullText(deps: ConverseDeps, card: Card, told: Told): string | null {
  const parts = [told.text?.more ?? card.more ?? ''];
  if (card.clinical !== null) parts.push(card.review.status === 'signed' ? (told.standing === 'approved' ? told.text?.clinical : null) ?? card.clinical : deps.texts.say('vi', 'chat:answer.unsignedPart', { phone: deps.place.station.phone }));
  const text = parts.filter((part) => part !== '').join('\n\n');
  return text === '' ? null : fillPlaceholders(text, deps.facts);
}

function sourceLine(deps: ConverseDeps, card: Card, lang: Lang): string {
  const names = card.sources.slice(0, SOURCES_SHOWN).map((source) => deps.texts.say(lang, 'chat:source.named', { name: source.name, date: sourceDate(source) }));
  const review = card.review.status === 'signed'
    ? deps.texts.say(lang, 'chat:source.signed', { role: card.review.role, by: card.review.by, on: readableDay(card.review.on) })
    : deps.texts.say(lang, 'chat:source.checked', { until: readableDay(card.reviewBy) });
  return `${deps.texts.say(lang, 'chat:source.one', { names: names.join('; ') })}\n${review}`;
}

function sourceDate(source: Source): string {
  if (isDay(source.date)) return readableDay(source.date);
  const [year = '', month] = source.date.split('-');
  return month === undefined ? year : `${month}/${year}`;
}

/** The first sentence stands alone, so that the answer is seen before anything is read. */
function leadAndBody(answer: string): { lead: string; body: string } {
  const [first = '', ...rest] = answer.split('\n');
  const end = /^.{8,160}?[.?](?=\s+\p{Lu})/u.exec(first);
  const lead = end === null ? first : end[0];
  return { lead: lead.trim(), body: [first.slice(lead.length).trim(), ...rest].join('\n').trim() };
}

/** Cards use two signs of Markdown, bold and lists. A channel that shows plain text gets neither asterisks nor hyphens. */
function unmarked(text: string): string {
  return text.replace(/\*\*(.+?)\*\*/gs, '$1').replace(/^\s*[-*] /gm, '• ');
}
