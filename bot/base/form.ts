import { z } from 'zod';
import { parseCard, type Card } from '#knowledge/card.ts';
import { formatCard } from '#knowledge/card-file.ts';
import { dayOf, isDay, readableDay } from '#knowledge/day.ts';
import type { FieldFault } from '#knowledge/wanted.ts';

/** A card as it stands in the fields of the editor: lists are lines, days are written as people write them. */
export const cardFormSchema = z.strictObject({
  id: z.string(), topic: z.string(), question: z.string(), variants: z.string(), answer: z.string(), more: z.string(), clinical: z.string(),
  sources: z.string(), validFrom: z.string(), validUntil: z.string(), reviewBy: z.string(), related: z.string(),
});
export type CardForm = z.infer<typeof cardFormSchema>;
export type CardField = keyof CardForm;
export const CARD_FIELDS = ['id', 'topic', 'question', 'variants', 'answer', 'more', 'clinical', 'sources', 'validFrom', 'validUntil', 'reviewBy', 'related'] as const satisfies readonly CardField[];

/** The topic of cards that a station adds by itself. */
export const OWN_TOPIC = 'station';

export function formOf(card: Card): CardForm {
  return {
    id: card.id, topic: card.topic, question: card.question, variants: card.variants.join('\n'), answer: card.answer, more: card.more ?? '', clinical: card.clinical ?? '',
    sources: card.sources.map(({ name, date, url }) => [name, sourceDay(date), ...(url === undefined ? [] : [url])].join(' | ')).join('\n'),
    validFrom: readableDay(card.validFrom), validUntil: readableDay(card.validUntil), reviewBy: readableDay(card.reviewBy), related: card.related.join(', '),
  };
}

/** An empty card of the station's own, valid for a year from today, to be looked at two months before. */
export function emptyForm(nowMs: number, id: string): CardForm {
  const [today, year] = [dayOf(nowMs), 365];
  const later = (days: number): string => readableDay(dayOf(nowMs + days * 86_400_000));
  return { id, topic: OWN_TOPIC, question: '', variants: '', answer: '', more: '', clinical: '', sources: '', validFrom: readableDay(today), validUntil: later(year), reviewBy: later(year - 60), related: '' };
}

/**
 * The card that the fields make. A signature stays where nothing that was signed has changed; otherwise the card is
 * `sourced` again and its clinical part waits.
 */
export function cardFrom(form: CardForm, before: Card | undefined): { ok: true; card: Card } | { ok: false; faults: FieldFault[] } {
  const typed = {
    id: form.id.trim(), topic: form.topic.trim(), question: oneLine(form.question), variants: linesOf(form.variants),
    answer: form.answer.trim(), more: form.more.trim() === '' ? null : form.more.trim(), clinical: form.clinical.trim() === '' ? null : form.clinical.trim(),
    sources: linesOf(form.sources).map(sourceOf), validFrom: dayIn(form.validFrom), validUntil: dayIn(form.validUntil), reviewBy: dayIn(form.reviewBy),
    review: { status: 'sourced' as const }, related: form.related.split(/[\s,;]+/u).filter((id) => id !== ''),
  };
  const read = parseCard(formatCard(typed));
  if (!read.ok) return read;
  return { ok: true, card: before !== undefined && signedAlike(before, read.card) ? { ...read.card, review: before.review } : read.card };
}

/** The field of the editor in which a fault of the card lies. */
export function fieldOf(fault: string): CardField | null {
  const [name = ''] = fault.split('.');
  return name === 'body' ? 'answer' : CARD_FIELDS.find((field) => field === name) ?? null;
}

function signedAlike(before: Card, now: Card): boolean {
  const of = ({ question, answer, more, clinical, sources }: Card): string => JSON.stringify([question, answer, more ?? '', clinical ?? '', sources.map(({ name, date, url }) => [name, date, url ?? ''])]);
  return of(before) === of(now);
}

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

/** `Quyết định 1575 | 27/03/2023 | https://…`; only the name is needed to be kept as it was typed. */
function sourceOf(line: string): { name: string; date: string; url?: string } {
  const [name = '', date = '', url] = line.split('|').map((part) => part.trim());
  return { name, date: sourceDayIn(date), ...(url === undefined || url === '' ? {} : { url }) };
}

function sourceDay(date: string): string {
  if (isDay(date)) return readableDay(date);
  const [year = '', month] = date.split('-');
  return month === undefined ? year : `${month}/${year}`;
}

function sourceDayIn(text: string): string {
  const month = /^(\d{1,2})[/.-](\d{4})$/u.exec(text);
  return month === null ? dayIn(text) : `${month[2] ?? ''}-${(month[1] ?? '').padStart(2, '0')}`;
}

/** `25/11/2026` as `2026-11-25`; anything else as it is, for the check to speak of. */
function dayIn(text: string): string {
  const [, date = '', month = '', year = ''] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/u.exec(text.trim()) ?? [];
  return year === '' ? text.trim() : `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
}
