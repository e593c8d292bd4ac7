import { expect, test } from 'vitest';
import { z } from 'zod';
import { booklet, valuesIn } from '#bot/languages/booklet.ts';
import { loadCards } from '#knowledge/load.ts';
import { loadTranslations } from '#knowledge/translation.ts';
import { kitLines } from '#locales/kit.ts';
import { createTexts } from '#locales/texts.ts';
import { openBrowser } from '#test/console/house.ts';

/** The booklet as paper. */

const cards = (await loadCards('knowledge/cards', '2026-11-22')).filed.map(({ card }) => card);
const translations = await loadTranslations('knowledge/cards', cards);
const texts = await createTexts();
const MEASURE = `[...document.querySelectorAll('ol > li')].map((item) => ({
  height: item.getBoundingClientRect().height, over: item.scrollWidth - item.clientWidth, lines: item.querySelectorAll('.lines i').length,
  last: item.getBoundingClientRect().bottom - (item.querySelector('.lines i:last-child')?.getBoundingClientRect().bottom ?? 0),
}))`;
const measures = z.array(z.object({ height: z.number(), over: z.number(), lines: z.number(), last: z.number() }));
/** Between the margins of an A4 sheet, in the 96 points to the inch of a browser. */
const SHEET = { width: 688, height: 1009 };

test.each(['jra', 'bdq'] as const)('on paper no sentence of %s is wider than a sheet or falls apart over two, and each has room to be written anew', async (lang) => {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: SHEET });
    await page.emulateMedia({ media: 'print' });
    await page.setContent(await booklet(kitLines('locales', lang, cards, translations), lang, texts));
    const items = measures.parse(await page.evaluate(MEASURE));
    expect(items).toHaveLength(60);
    for (const { height, over, lines, last } of items) {
      expect(height).toBeLessThan(SHEET.height);
      expect(over).toBeLessThanOrEqual(0);
      expect(lines).toBeGreaterThan(0);
      // The last line does not run into the rule of the next sentence.
      expect(last).toBeGreaterThan(15);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(SHEET.width);
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(0);
  } finally {
    await browser.close();
  }
});

test.each(['jra', 'bdq'] as const)('whatever the machine fills in is explained on the first page of %s', (lang) => {
  const lines = kitLines('locales', lang, cards, translations);
  const names = new Set(lines.flatMap(({ vietnamese }) => vietnamese.match(/\{\{[^}]+\}\}/gu) ?? []));
  expect(new Set(valuesIn(lines).map(({ name }) => name))).toEqual(names);
});
