import type { Reply } from '#bot/conversation/turn.ts';
import type { Card } from '#knowledge/card.ts';
import { dayOf, readableDay, type Day } from '#knowledge/day.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Texts } from '#locales/texts.ts';

/**
 * In an outbreak the head of the station pins a dated notice: the first line of each answer on its subject until it
 * expires. Chosen cards come first in the menu, and the level stands there if the province announced one.
 */
export type Pin = {
  id: number;
  /** A card id, or the group that card ids begin with (`disease.measles`, `covid`). */
  subject: string;
  /** The head's own words, one line. */
  words: string;
  /** As the province announced it; empty: none. */
  level: string;
  /** Whom to call; empty: the station as always. */
  numbers: string;
  /** Ids of the cards that come first in the menu while this stands. */
  cards: string[];
  /** The last day on which it is shown. */
  validUntil: Day;
};

/** Whether an answer belongs to the pin's subject: the card itself, its group, or a card that names it as related. */
function isOn(pin: Pin, card: Pick<Card, 'id' | 'related'>): boolean {
  return card.id === pin.subject || card.id.startsWith(`${pin.subject}.`) || card.related.includes(pin.subject);
}

/** The answer with the notices on its subject above it; unchanged when there are none on that day. */
export function pinnedReply(texts: Texts, lang: Lang, pins: readonly Pin[], card: Card, reply: Reply, nowMs: number): Reply {
  const lines = standing(pins, nowMs).filter((pin) => isOn(pin, card)).map((pin) => sayPin(texts, pin, lang));
  if (lines.length === 0) return reply;
  const lead = lines.join('\n');
  const { layout } = reply;
  return {
    ...reply,
    text: `${lead}\n\n${reply.text}`,
    layout: layout.form === 'answer' ? { ...layout, lead, body: [layout.lead, layout.body].filter((part) => part !== '').join('\n') } : layout,
  };
}

/** Ids of the cards that stand first in the menu, the newest pin's first. */
export function cardsInFront(pins: readonly Pin[], nowMs: number): string[] {
  return [...new Set(standing(pins, nowMs).flatMap((pin) => pin.cards))];
}

/** The line as residents read it; the station's own words are Vietnamese in every language. */
export function sayPin(texts: Texts, pin: Omit<Pin, 'id'>, lang: Lang = 'vi'): string {
  return [
    texts.say(lang, 'chat:pin.line', { until: readableDay(pin.validUntil), words: pin.words }),
    ...(pin.level === '' ? [] : [texts.say(lang, 'chat:pin.level', { level: pin.level })]),
    ...(pin.numbers === '' ? [] : [texts.say(lang, 'chat:pin.numbers', { numbers: pin.numbers })]),
    // Each on its own line where drafts may stand: what has one then stands, and the station's words do not take it along.
  ].join(lang === 'vi' ? ' ' : '\n');
}

function standing(pins: readonly Pin[], nowMs: number): Pin[] {
  const today = dayOf(nowMs);
  return pins.filter((pin) => today <= pin.validUntil);
}
