import type { Card, Source } from '#knowledge/card.ts';
import { isDay, readableDay } from '#knowledge/day.ts';
import { fillPlaceholders } from '#knowledge/place.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { Reply } from './turn.ts';

/** Sources named under an answer; a card may list more, which staff see. */
const SOURCES_SHOWN = 2;

/** A card as a resident reads it: the point first, then the rest, then where it comes from and how long it holds. */
export function answerReply(deps: ConverseDeps, card: Card): Reply {
  const { lead, body } = leadAndBody(fillPlaceholders(card.answer, deps.facts));
  const more = fullText(deps, card);
  const source = sourceLine(deps, card);
  const buttons = [
    ...(more === null ? [] : [{ label: deps.texts.say('vi', 'chat:button.more'), value: `more:${card.id}` }]),
    { label: deps.texts.say('vi', 'chat:button.wrong'), value: 'feedback:wrong' },
  ];
  return {
    text: unmarked([lead, body, source].filter((part) => part !== '').join('\n\n')),
    lang: 'vi',
    cardId: card.id,
    buttons,
    layout: { form: 'answer', lead, body, more, source, notice: null },
    priority: 'reply',
  };
}

/** What stands under "Xem thêm", as a message of its own for channels without folding. */
export function moreReply(deps: ConverseDeps, card: Card): Reply {
  return {
    text: unmarked([fullText(deps, card) ?? fillPlaceholders(card.answer, deps.facts), sourceLine(deps, card)].join('\n\n')),
    lang: 'vi',
    cardId: card.id,
    buttons: [],
    layout: { form: 'plain' },
    priority: 'reply',
  };
}

/** "Xem thêm", with the clinical part only when a health worker of the station has signed it (design, rule 1). */
function fullText(deps: ConverseDeps, card: Card): string | null {
  const parts = [card.more ?? ''];
  if (card.clinical !== null) parts.push(card.review.status === 'signed' ? card.clinical : deps.texts.say('vi', 'chat:answer.unsignedPart', { phone: deps.place.station.phone }));
  const text = parts.filter((part) => part !== '').join('\n\n');
  return text === '' ? null : fillPlaceholders(text, deps.facts);
}

function sourceLine(deps: ConverseDeps, card: Card): string {
  const names = card.sources.slice(0, SOURCES_SHOWN).map((source) => deps.texts.say('vi', 'chat:source.named', { name: source.name, date: sourceDate(source) }));
  const review = card.review.status === 'signed'
    ? deps.texts.say('vi', 'chat:source.signed', { role: card.review.role, by: card.review.by, on: readableDay(card.review.on) })
    : deps.texts.say('vi', 'chat:source.checked', { until: readableDay(card.reviewBy) });
  return `${deps.texts.say('vi', 'chat:source.one', { names: names.join('; ') })}\n${review}`;
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
