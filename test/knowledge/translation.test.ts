import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '#knowledge/card.ts';
import { loadCards } from '#knowledge/load.ts';
import { cardHash, hashOf, loadTranslations, parseTranslation, standingOf, textStanding, type Translations } from '#knowledge/translation.ts';
import { cardTexts, checkWords } from '#locales/words.ts';

const CARDS = 'knowledge/cards';
let cards: Card[];
let shipped: Translations;

beforeAll(async () => {
  cards = (await loadCards(CARDS, '2026-11-22')).filed.map(({ card }) => card);
  shipped = await loadTranslations(CARDS, cards);
});

const cardOf = (id: string): Card => {
  const card = cards.find((one) => one.id === id);
  if (card === undefined) throw new Error(`no card ${id}`);
  return card;
};

describe('a card in another language', () => {
  const text = '---\nstatus: draft\nof: "0123456789abcdef"\nquestion: Rao tơngan hiư\u0306m pă?\nvariants:\n  - rao tơngan\n---\nRơkâo ih rao tơngan.\n';

  test('is read with its status, its label and its phrasings', () => {
    expect(parseTranslation(text, '5k.disinfect', 'jra')).toEqual({
      ok: true,
      translation: { id: '5k.disinfect', lang: 'jra', status: { status: 'draft', of: '0123456789abcdef' }, question: 'Rao tơngan hiư\u0306m pă?', variants: ['rao tơngan'], answer: 'Rơkâo ih rao tơngan.', more: null, clinical: null },
    });
  });

  test('an approval without a name, a dialect and a day is refused, and says what is missing', () => {
    const result = parseTranslation(text.replace('status: draft', 'status: approved\nby: H’ Nga'), '5k.disinfect', 'jra');
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.faults.map(({ field }) => field).sort()).toEqual(['dialect', 'on']);
  });

  test('turns stale when the Vietnamese it renders changes, not when only spaces or an untranslated part do', () => {
    const card = cardOf('5k.disinfect');
    const translation = shipped.get('5k.disinfect', 'jra');
    expect(standingOf(translation, card)).toBe('draft');
    expect(standingOf(translation, { ...card, answer: `${card.answer} ` })).toBe('draft');
    expect(standingOf(translation, { ...card, more: 'khác' })).toBe('draft');
    expect(standingOf(translation, { ...card, answer: `${card.answer} Thêm.` })).toBe('stale');
    expect(standingOf(translation, { ...card, question: 'Khác hẳn?' })).toBe('stale');
    expect(standingOf(undefined, card)).toBe('missing');
    if (translation) expect(cardHash(card, { ...translation, more: 'x' })).not.toBe(cardHash(card, translation));
  });

  test('for no card, or asking for a value no card has, is left out and named', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'loa-translations-'));
    await mkdir(join(dir, '5k'));
    await writeFile(join(dir, '5k', '5k.nothing.jra.md'), text);
    await writeFile(join(dir, '5k', '5k.mask.jra.md'), text.replace('Rơkâo', '{{station.secret}} Rơkâo'));
    const { all, faults } = await loadTranslations(dir, cards);
    expect(all).toEqual([]);
    expect(faults.map(({ file, field }) => `${file} ${field}`)).toEqual(['5k/5k.mask.jra.md body', '5k/5k.nothing.jra.md file']);
  });
});

describe('the translations that ship', () => {
  test('are drafts without a fault, mostly of the Vietnamese of today, and none renders a clinical part', () => {
    expect(shipped.faults).toEqual([]);
    expect(shipped.all.length).toBeGreaterThanOrEqual(60);
    for (const { clinical, status } of shipped.all) expect([clinical, status.status]).toEqual([null, 'draft']);
    const ofToday = shipped.all.filter((translation) => standingOf(translation, cardOf(translation.id)) === 'draft');
    expect(ofToday.length).toBeGreaterThan(shipped.all.length * 0.8);
  });

  test('say every number and telephone of the place only as the Vietnamese does', () => {
    const numbers = (text: string) => text.match(/\d+/g) ?? [];
    for (const { id, lang, answer } of shipped.all) {
      const card = cardOf(id);
      const vietnamese = `${card.question} ${card.answer} ${card.more ?? ''}`;
      const spoken = new Set(numbers(vietnamese));
      // "5K" is explained by its five measures.
      spoken.add('5');
      expect(numbers(answer).filter((number) => !spoken.has(number)), `${id}.${lang}`).toEqual([]);
      const values = (text: string) => [...text.matchAll(/\{\{([\w.]+)\}\}/g)].map((hit) => hit[1] ?? '');
      expect(values(answer).filter((value) => !values(vietnamese).includes(value)), `${id}.${lang}`).toEqual([]);
    }
  });

  test('hold attested words only, and so do the interface texts', () => {
    expect(checkWords('locales', cardTexts(shipped.all))).toEqual([]);
  });
});

describe('the standing of one interface text', () => {
  test('is missing, draft, approved or stale', () => {
    const of = hashOf('Gọi trạm');
    expect(textStanding(undefined, 'Gọi trạm', undefined)).toBe('missing');
    expect(textStanding('Iâu', 'Gọi trạm', { status: 'draft', of })).toBe('draft');
    expect(textStanding('Iâu', 'Gọi  trạm ', { status: 'approved', of, by: 'H Nga', dialect: 'Hơdrung', on: '2026-11-22' })).toBe('approved');
    expect(textStanding('Iâu', 'Gọi 115', { status: 'approved', of, by: 'H Nga', dialect: 'Hơdrung', on: '2026-11-22' })).toBe('stale');
  });
});
