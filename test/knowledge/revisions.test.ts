import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCard, type Card } from '#knowledge/card.ts';
import { formatCard } from '#knowledge/card-file.ts';
import { loadCards } from '#knowledge/load.ts';
import { cardPrint, layRevisions } from '#knowledge/revisions.ts';

const CARDS = fileURLToPath(new URL('../../knowledge/cards', import.meta.url));
const TODAY = '2026-11-22';

const base = await loadCards(CARDS, TODAY);
const first = base.filed.find(({ card }) => card.id === '5k.mask')?.card ?? raise();

function raise(): never {
  throw new Error('the base has no such card');
}

function lay(...revisions: { cardId: string; text: string | null; of: string | null }[]) {
  return layRevisions(base, revisions, TODAY);
}

describe('a card written as its file', () => {
  test('every card that ships is written as its author wrote it', () => {
    for (const { card, file } of base.filed) expect(formatCard(card), file).toBe(readFileSync(join(CARDS, file), 'utf8'));
  });

  test('whatever is typed comes back as it was', () => {
    const line = fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' }).map((text) => text.normalize('NFC').replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, ' ').trim()).filter((text) => Array.from(text).length >= 6);
    fc.assert(fc.property(line, fc.array(line, { minLength: 5, maxLength: 7 }), line, (question, variants, name) => {
      const card: Card = { ...first, question, variants, sources: [{ name, date: '2021' }] };
      const read = parseCard(formatCard(card));
      expect(read.ok && cardPrint(read.card)).toBe(cardPrint(card));
    }), { numRuns: 300 });
  });
});

describe('revisions over files', () => {
  const changed = formatCard({ ...first, answer: 'Lời mới của trạm.' });

  test('a revision wins over the file it was made from', () => {
    const laid = lay({ cardId: first.id, text: changed, of: cardPrint(first) });
    expect(laid.cards.find(({ id }) => id === first.id)?.answer).toBe('Lời mới của trạm.');
    expect(laid.conflicts).toEqual([]);
    expect([...laid.revised]).toEqual([first.id]);
    expect(laid.fromFiles.get(first.id)?.card.answer).toBe(first.answer);
  });

  test('when the file has changed since, the revision still holds and the conflict is named with what the file says', () => {
    const laid = lay({ cardId: first.id, text: changed, of: 'another file' });
    expect(laid.cards.find(({ id }) => id === first.id)?.answer).toBe('Lời mới của trạm.');
    expect(laid.conflicts).toEqual([{ cardId: first.id, file: first }]);
  });

  test('a file that now says the same as the revision is no conflict', () => {
    expect(lay({ cardId: first.id, text: formatCard(first), of: 'another file' }).conflicts).toEqual([]);
  });

  test('a card without a file is the station\'s own; one whose file is gone is a conflict', () => {
    const own = formatCard({ ...first, id: 'station.own', topic: 'station' });
    expect(lay({ cardId: 'station.own', text: own, of: null })).toMatchObject({ conflicts: [], cards: expect.arrayContaining([expect.objectContaining({ id: 'station.own' })]) });
    expect(lay({ cardId: 'station.own', text: own, of: 'a file that was' }).conflicts).toEqual([{ cardId: 'station.own', file: null }]);
  });

  test('without a text the file holds again; a text that is no card harms nothing and is named', () => {
    expect(lay({ cardId: first.id, text: null, of: 'another file' })).toMatchObject({ conflicts: [], cards: base.cards });
    const broken = lay({ cardId: first.id, text: 'không phải thẻ', of: null });
    expect(broken.cards).toEqual(base.cards);
    expect(broken.faults).toEqual(expect.arrayContaining([expect.objectContaining({ file: '5k/5k.mask.md', severity: 'error' })]));
  });

  test('a card that has run out is not offered, revised or not', () => {
    const laid = lay({ cardId: first.id, text: formatCard({ ...first, validUntil: '2026-11-22', validFrom: '2026-11-01' }), of: cardPrint(first) });
    expect(laid.expired).not.toContain(first.id);
    expect(layRevisions(base, [{ cardId: first.id, text: formatCard({ ...first, validFrom: '2026-11-01', validUntil: '2026-11-21' }), of: null }], TODAY).expired).toContain(first.id);
  });
});
