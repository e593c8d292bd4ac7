import { html } from 'hono/html';
import { sayFacts } from '#bot/conversation/assemble.ts';
import { answerDueMs } from '#bot/conversation/handover.ts';
import type { Part } from '#bot/place/form.ts';
import type { Card } from '#knowledge/card.ts';
import { clockOf, dayOf, readableDay } from '#knowledge/day.ts';
import { fillPlaceholders, standingVillages, type Place } from '#knowledge/place.ts';
import type { Texts } from '#locales/texts.ts';
import { NOTHING, type Html, type Say } from '../frame.ts';

/** What residents would read were the place as it is typed: in the very words that the bot would use. */

const EXAMPLES = 2;

export type PreviewView = { texts: Texts; say: Say; part: Part; now: Place; next: Place; cards: readonly Card[]; nowMs: number };

export function placePreview(view: PreviewView): Html {
  const { say } = view;
  const told = [...inCards(view), ...besides(view)];
  return told.length === 0 ? NOTHING : html`<section class="sheet gap"><h2>${say('place.preview')}</h2>${told}</section>`;
}

/** Cards whose words change with the place. */
function inCards({ texts, say, now, next, cards }: PreviewView): Html[] {
  const [before, after] = [sayFacts(now, texts), sayFacts(next, texts)];
  const changed = cards.filter(({ answer, more }) => [answer, more ?? ''].some((text) => fillPlaceholders(text, before) !== fillPlaceholders(text, after)));
  if (changed.length === 0) return [];
  // The one that shows the change in its first lines says most.
  const best = [...changed].sort((a, b) => Number(fillPlaceholders(b.answer, before) !== fillPlaceholders(b.answer, after)) - Number(fillPlaceholders(a.answer, before) !== fillPlaceholders(a.answer, after)));
  return [html`<p>${say('place.previewCards', { count: changed.length })}</p>`, ...best.slice(0, EXAMPLES).map((card) => html`<blockquote class="seen said"><b>${card.question}</b>
${fillPlaceholders(card.answer, after)}</blockquote>`)];
}

function besides({ texts, say, part, next, nowMs }: PreviewView): Html[] {
  switch (part) {
    case 'station':
    case 'numbers':
      return [html`<blockquote class="seen said">${texts.say('vi', 'web:welcome.emergency', { phone: next.station.phone })}</blockquote>`];
    case 'villages':
      return [html`<p>${say('place.previewVillages', { villages: standingVillages(next).map(({ name }) => name).join(', ') })}</p>`];
    case 'answers': {
      const dueMs = answerDueMs(next.answerHours, nowMs, next.targets);
      const { hour, minute } = clockOf(dueMs);
      const by = texts.say('vi', 'chat:passed.by', { time: `${hour}:${String(minute).padStart(2, '0')}`, day: readableDay(dayOf(dueMs)) });
      return [html`<p>${say('place.previewPassed')}</p><blockquote class="seen said">${by} ${texts.say('vi', 'chat:passed.meanwhile', { phone: next.station.phone })}</blockquote>`];
    }
    case 'rules':
      return [html`<p>${say('place.previewRules', { from: next.dayHours.from })}</p>`];
  }
}
