import { beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '#knowledge/card.ts';
import { loadCards } from '#knowledge/load.ts';
import { cardHash, hashOf, loadTranslations, type Translations } from '#knowledge/translation.ts';
import { languageStanding } from '#locales/standing.ts';
import { KIT_LINES, kitLines, takeBack } from '#locales/kit.ts';

let cards: Card[];
let translations: Translations;
beforeAll(async () => {
  cards = (await loadCards('knowledge/cards', '2026-11-22')).filed.map(({ card }) => card);
  translations = await loadTranslations('knowledge/cards', cards);
});

describe('the one-evening kit', () => {
  test.each(['jra', 'bdq'] as const)('holds sixty numbered lines in %s, each with its Vietnamese', (lang) => {
    const lines = kitLines('locales', lang, cards, translations);
    expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: KIT_LINES }, (_, i) => i + 1));
    expect(new Set(lines.map(({ key }) => key)).size).toBe(KIT_LINES);
    for (const { vietnamese, text, standing } of lines) {
      expect(vietnamese).not.toBe('');
      expect(text === null).toBe(standing === 'missing');
    }
    expect(lines.filter(({ text }) => text !== null).length).toBeGreaterThan(45);
  });

  test('takes back what a speaker wrote or let stand, with the Vietnamese that was on the paper', () => {
    const lines = kitLines('locales', 'jra', cards, translations);
    const wrong = lines.find(({ key }) => key === 'chat:button.wrong');
    const mask = lines.find(({ key }) => key === 'card:5k.mask#answer');
    const { taken, refused } = takeBack(lines, [{ number: wrong?.number ?? 0, text: 'Aka djơ̆ ôh ' }, { number: mask?.number ?? 0, text: null }], cards);
    expect(refused).toEqual([]);
    expect(taken[0]).toEqual({ key: 'chat:button.wrong', text: 'Aka djơ̆ ôh'.normalize('NFC'), of: hashOf(wrong?.vietnamese ?? '') });
    const card = cards.find(({ id }) => id === '5k.mask');
    expect(taken[1]?.of).toBe(card ? cardHash(card, { more: null, clinical: null }) : '');
  });

  test('names every line it does not take, and why', () => {
    const lines = kitLines('locales', 'jra', cards, translations);
    const danger = lines.find(({ key }) => key === 'chat:emergency.lead')?.number ?? 0;
    const { taken, refused } = takeBack(lines, [{ number: 99, text: 'x' }, { number: danger, text: null }, { number: 1, text: '  ' }, { number: 2, text: 'Neh met wa {{price}}' }], cards);
    expect(taken).toEqual([]);
    expect(refused).toEqual([{ number: 99, why: 'no-such-number' }, { number: danger, why: 'nothing-to-approve' }, { number: 1, why: 'empty' }, { number: 2, why: 'values-differ' }]);
  });
});

describe('how far a language is', () => {
  test.each(['jra', 'bdq'] as const)('%s: every text and card is counted once, and nothing is approved', (lang) => {
    const { texts, cards: counted, guarded, stale } = languageStanding('locales', lang, cards, translations);
    expect(counted.draft + counted.stale + counted.missing + counted.approved).toBe(cards.length);
    expect([texts.approved, counted.approved]).toEqual([0, 0]);
    expect(texts.draft).toBeGreaterThan(200);
    // What has no draft is nearly all of it what may have none.
    expect(texts.missing - guarded).toBeLessThan(25);
    expect(counted.draft + counted.stale).toBeGreaterThanOrEqual(45);
    expect(stale.length).toBe(texts.stale + counted.stale);
  });
});
