import { beforeAll, describe, expect, test } from 'vitest';
import { booklet } from '#bot/languages/booklet.ts';
import type { Card } from '#knowledge/card.ts';
import { loadCards } from '#knowledge/load.ts';
import { loadTranslations, type Translations } from '#knowledge/translation.ts';
import { checkLanguages } from '#locales/checkCards.ts';
import { cells, table } from '#locales/exchangeFormats.ts';
import { kitLines, type KitLine } from '#locales/kit.ts';
import { kitForm, readKitForm } from '#locales/kitForm.ts';
import { createTexts } from '#locales/texts.ts';

const approval = { by: 'H’ Nga', dialect: 'Hơdrung', on: '2026-11-22' } as const;
let cards: Card[];
let translations: Translations;
let lines: KitLine[];
beforeAll(async () => {
  cards = (await loadCards('knowledge/cards', '2026-11-22')).cards;
  translations = await loadTranslations('knowledge/cards', cards);
  lines = kitLines('locales', 'jra', cards, translations);
});

/** The form with some cells filled in, by the number of the sentence. */
function filled(change: Record<number, Partial<Record<'right' | 'text' | 'of', string>>>): string {
  const [head = [], ...rows] = cells(kitForm(lines, cards)) ?? [];
  return table([head, ...rows.map((row) => head.map((name, i) => {
    const own = change[Number(row[0])];
    return (name === 'right' || name === 'text' || name === 'of' ? own?.[name] : undefined) ?? row[i] ?? '';
  }))]);
}

const numberOf = (key: string) => lines.find((line) => line.key === key)?.number ?? 0;

describe('the form that comes back from an evening', () => {
  test('empty leaves everything as it is', () => {
    expect(readKitForm(filled({}), lines, cards, approval)).toEqual({ ok: true, taken: [], left: lines.length, refused: [] });
  });

  test('takes what was marked right and what was written anew, signed; a card in its two parts', () => {
    const more = numberOf('chat:button.more');
    const mask = numberOf('card:5k.mask#answer');
    const result = readKitForm(filled({ [more]: { right: 'x' }, [mask]: { text: 'Hơbin khŏm gôm ƀô̆?\nRơkâo ih gôm ƀô̆.' } }), lines, cards, approval);
    expect(result).toMatchObject({ ok: true, refused: [], left: lines.length - 2 });
    expect(result.ok ? result.taken.map(({ key, approval: signed }) => [key, signed]) : []).toEqual([['chat:button.more', approval], ['card:5k.mask#question', approval], ['card:5k.mask#answer', approval]]);
  });

  test('names what it did not take: the Vietnamese changed since it was printed, values lost, nothing to approve', () => {
    const by = numberOf('chat:passed.by');
    const danger = numberOf('chat:emergency.lead');
    const result = readKitForm(filled({ [numberOf('chat:button.more')]: { right: 'x', of: '0123456789abcdef' }, [by]: { text: 'Amra hơmâo' }, [danger]: { right: 'x' } }), lines, cards, approval);
    expect(result.ok ? result.refused : []).toEqual([
      { number: numberOf('chat:button.more'), why: 'vietnamese-changed' }, { number: by, why: 'values-differ' }, { number: danger, why: 'nothing-to-approve' },
    ]);
  });

  test('that is no form is refused whole', () => {
    expect(readKitForm('a,b\n1,2\n', lines, cards, approval)).toEqual({ ok: false, why: 'headings' });
  });
});

test('the booklet holds every sentence with its number, its Vietnamese, a box, and nothing that a browser would run', async () => {
  const page = await booklet(lines, 'jra', await createTexts());
  expect(page.match(/<li value="/g)?.length).toBe(lines.length);
  expect(page.match(/class="box"/g)?.length).toBe(lines.length);
  expect(page).toContain('Sáu mươi câu tiếng Jrai');
  expect(page).toContain('lang="jra"');
  expect(page).not.toMatch(/<script|onerror|cli:/);
});

test('buttons fit with their Vietnamese, cards ask for no strange value, every text has its status', () => {
  expect(checkLanguages('locales', cards, translations)).toEqual([]);
});
