import { html, raw } from 'hono/html';
import type { StoredRevision, OutsideQuestion } from '#bot/store/revisions.ts';
import type { Card } from '#knowledge/card.ts';
import { addDays, readableDay, type Day } from '#knowledge/day.ts';
import type { LaidBase } from '#knowledge/revisions.ts';
import { clean, fold } from '#knowledge/text.ts';
import { NOTHING, type Html, type Say } from '../frame.ts';
import { mark } from '../inbox.ts';
import type { Mark } from '../words.ts';

/** The cards as a list with filters. */

export const SHELVES = ['look', 'all', 'expiring', 'unsigned', 'conflict', 'draft', 'outside'] as const;
export type BaseShelf = (typeof SHELVES)[number];

/** A card is called expiring so many days before its last one. */
const SOON_DAYS = 30;
const SHOWN = 60;

export type ListedCard = { id: string; question: string; topic: string; mark: Mark; shelves: readonly BaseShelf[]; text: string };

/** Every card and draft, with what is to be done about it; those that need a look first. */
export function listCards(say: Say, base: LaidBase, drafts: readonly StoredRevision[], titleOfDraft: (draft: StoredRevision) => string, today: Day): ListedCard[] {
  const drafted = new Set(drafts.map(({ cardId }) => cardId));
  const conflicts = new Set(base.conflicts.map(({ cardId }) => cardId));
  const fromCards = base.filed.map(({ card }): ListedCard => {
    const { mark: state, shelves } = stateOf(say, card, { conflict: conflicts.has(card.id), draft: drafted.has(card.id), today });
    return { id: card.id, question: card.question, topic: card.topic, mark: state, shelves, text: plainly(`${card.question} ${card.variants.join(' ')} ${card.answer} ${card.id}`) };
  });
  const fresh = drafts.filter(({ cardId }) => !base.filed.some(({ card }) => card.id === cardId)).map((draft): ListedCard => (
    { id: draft.cardId, question: titleOfDraft(draft), topic: say('base.topic.station'), mark: { tone: 'free', icon: 'dia0', words: say('base.state.draft') }, shelves: ['look', 'all', 'draft'], text: plainly(`${draft.cardId} ${titleOfDraft(draft)}`) }
  ));
  return [...fresh, ...fromCards].sort((a, b) => Number(b.shelves.includes('look')) - Number(a.shelves.includes('look')) || (a.question < b.question ? -1 : 1));
}

function stateOf(say: Say, card: Card, { conflict, draft, today }: { conflict: boolean; draft: boolean; today: Day }): { mark: Mark; shelves: BaseShelf[] } {
  const shelves: BaseShelf[] = ['all'];
  const soon = card.validUntil <= addDays(today, SOON_DAYS);
  const unsigned = card.clinical !== null && card.review.status !== 'signed';
  if (soon) shelves.push('expiring');
  if (unsigned) shelves.push('unsigned');
  if (conflict) shelves.push('conflict');
  if (draft) shelves.push('draft');
  if (shelves.length > 1) shelves.push('look');
  const is = (tone: Mark['tone'], drawing: Mark['icon'], words: string): { mark: Mark; shelves: BaseShelf[] } => ({ mark: { tone, icon: drawing, words }, shelves });
  if (card.validUntil < today) return is('late', 'alert', say('base.state.expired', { day: readableDay(card.validUntil) }));
  if (card.validFrom > today) return is('', 'clock', say('base.state.begins', { day: readableDay(card.validFrom) }));
  if (conflict) return is('soon', 'people', say('base.state.conflict'));
  if (draft) return is('free', 'dia0', say('base.state.drafted'));
  if (soon) return is('soon', 'clock', say('base.state.expiring', { day: readableDay(card.validUntil) }));
  if (unsigned) return is('soon', 'dia1', say('base.state.unsigned'));
  return is('ok', 'diac', say(card.review.status === 'signed' ? 'base.state.signed' : 'base.state.live'));
}

/** The list itself, with the field to search and the filters. */
export function cardList(say: Say, options: { cards: readonly ListedCard[]; shelf: BaseShelf; words: string; current: string | null; outside: number }): Html {
  const { cards, shelf, words, current } = options;
  const asked = plainly(words).split(' ').filter((word) => word !== '');
  const found = cards.filter((card) => card.shelves.includes(shelf) && asked.every((word) => card.text.includes(word)));
  const count = (each: BaseShelf): number => (each === 'outside' ? options.outside : cards.filter((card) => card.shelves.includes(each)).length);
  const chip = (each: BaseShelf): Html => html`<a class="btn" href="/staff/base?show=${each}"${each === shelf ? raw(' aria-current="true"') : NOTHING}>${say(`base.shelf.${each}`)} <span class="num">${count(each)}</span></a>`;
  return html`<form class="find" method="get" action="/staff/base" role="search"><label class="sr" for="find">${say('base.find')}</label>
<div class="row nowrap"><input class="field grow" id="find" name="q" type="search" value="${words}" placeholder="${say('base.findIn', { count: cards.length })}">
<input type="hidden" name="show" value="${words === '' && shelf === 'look' ? 'all' : shelf}"><button class="btn">${say('base.findGo')}</button></div>
<div class="row chips">${SHELVES.filter((each) => each === shelf || each === 'look' || each === 'all' || count(each) > 0).map(chip)}</div></form>
${found.length === 0 ? html`<div class="empty">
<p><b>${say(words === '' ? 'base.none' : 'base.notFound')}</b></p></div>` : html`<ul class="list">${found.slice(0, SHOWN).map((card) => html`<li><a class="it" href="/staff/base/card/${card.id}"${card.id === current ? raw(' aria-current="true"') : NOTHING}><b>${card.question === '' ? card.id : card.question}</b><span class="row">${mark(card.mark)}<span class="quiet small">${topicWord(say, card.topic)}</span></span></a></li>`)}</ul>`}
${found.length > SHOWN ? html`<p class="find quiet">${say('base.more', { count: found.length - SHOWN })}</p>` : NOTHING}`;
}

/** Questions that staff keep for themselves, with the keys to publish one or take it back. */
export function outsideList(say: Say, csrf: string, questions: readonly OutsideQuestion[], publishes: boolean): Html {
  if (questions.length === 0) return html`<p class="quiet">${say('base.outside.none')}</p>`;
  return html`<ul class="people">${questions.map(({ id, question, state }) => html`<li><b>${question}</b>
<div class="row">${mark(state === 'draft' ? { tone: 'free', icon: 'dia0', words: say('base.outside.waits') } : { tone: 'ok', icon: 'diac', words: say('base.outside.holds') })}${publishes ? html`<form method="post" action="/staff/base/outside" class="row">
<input type="hidden" name="csrf" value="${csrf}">
<input type="hidden" name="id" value="${id}">${state === 'draft' ? html`<button class="btn" name="do" value="publish" aria-label="${say('base.outside.publishLabel', { question })}">${say('base.outside.publish')}</button>` : NOTHING}<button class="btn stop" name="do" value="drop" aria-label="${say('base.outside.dropLabel', { question })}">${say('base.outside.drop')}</button></form>` : NOTHING}</div></li>`)}</ul>`;
}

const TOPICS = ['5k', 'bot', 'contact', 'covid', 'disease', 'epi', 'report', 'rule', 'rumour', 'station', 'support', 'vaccine'] as const;

export function topicWord(say: Say, topic: string): string {
  const known = TOPICS.find((each) => each === topic);
  return known === undefined ? topic : say(`base.topic.${known}`);
}

export function plainly(text: string): string {
  return fold(clean(text.normalize('NFC')).toLowerCase()).replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

