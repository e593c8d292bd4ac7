import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hasChromium } from '#test/machine.ts';
import { ask, createVisitors, expectInSight, inPage, PHONE, SMALL, visitorOf } from './browser.ts';
import { SAMPLES } from './house.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axeSchema = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

const phones = createVisitors();
const { visit } = phones;

describe.skipIf(!hasChromium())('how the page looks', () => {
  beforeAll(phones.start);
  afterEach(phones.leave);
  afterAll(phones.stop);

  describe.each([
    ['390 px', PHONE, 1],
    ['320 px', SMALL, 1],
    ['390 px at 200 % zoom', { width: 195, height: 422 }, 2],
    ['390 px with text at 200 %', PHONE, 1],
    ['320 px with text at 200 %', SMALL, 1],
    ['a phone on its side', { width: 740, height: 360 }, 1],
  ])('at %s', (name, viewport, deviceScaleFactor) => {
    test('holds every form of reply, nothing sticks out, no mark is cut, and the keys to people stay', async () => {
      const { store, page } = await visit({ viewport, deviceScaleFactor });
      if (name.includes('text at')) await page.evaluate("document.documentElement.style.fontSize = '200%'");
      await ask(page, 'chich ngua cho be o tram co mat tien hong');
      await page.locator('summary').click();
      for (const text of ['be sot co chich dc k', 'thẻ bảo hiểm của mẹ hết hạn, đang nằm viện ở tỉnh khác', 'chau nha toi dang co giat', 'menu', 'u'.repeat(200)]) {
        await ask(page, text);
        await expectInSight(page, '.top a[href^="tel:"]');
        await expectInSight(page, '.foot [value=human]');
      }
      store.tell(visitorOf(store), SAMPLES.person);
      await page.getByText('Anh Siu Thanh trả lời').waitFor();
      await page.locator('#muc-key').click();
      expect(await inPage(page, z.number(), 'document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBeLessThanOrEqual(0);
      expect(await inPage(page, z.array(z.string()), TEXTS_THAT_ARE_CUT)).toEqual([]);
    });
  });

  test('everything to press is big enough: 48 px, choices 56', async () => {
    const { page } = await visit({ viewport: SMALL });
    await ask(page, 'be sot');
    await ask(page, 'tiem mat tien');
    await page.locator('#muc-key').click();
    const small = await inPage(page, z.array(z.unknown()), KEYS_TOO_SMALL);
    expect(small).toEqual([]);
  });

  test.each([['390 px', PHONE], ['320 px', SMALL], ['1280 px', { width: 1280, height: 800 }]])('axe finds no fault at %s, contrast AAA included', async (_name, viewport) => {
    const { store, page } = await visit({ viewport, bypassCSP: true });
    expect(await axe(page)).toEqual([]);
    for (const text of ['tiem mat tien', 'be sot', 'the human', 'co giat', 'menu', 'lang:jra']) await ask(page, text);
    store.tell(visitorOf(store), SAMPLES.person);
    await page.getByText('Anh Siu Thanh trả lời').waitFor();
    await page.locator('#muc-key').click();
    expect(await axe(page)).toEqual([]);
  });

  test('the first page weighs under 15 kB and asks for nothing twice', async () => {
    const { served } = await visit();
    const context = await phones.browser().newContext({ viewport: PHONE });
    phones.ends(() => context.close());
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    let bytes = 0;
    const asked: string[] = [];
    devtools.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength));
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(served.url, { waitUntil: 'networkidle' });
    expect(asked.map((path) => path.replace(/[0-9a-f]{12}/, '*'))).toEqual(['/', '/chat.*.css', '/chat.*.js']);
    await expect.poll(() => bytes).toBeGreaterThan(3_000);
    expect(bytes).toBeLessThan(15_000);
    process.stdout.write(`first page, headers included: ${bytes} bytes\n`);

    bytes = 0;
    await page.reload({ waitUntil: 'networkidle' });
    expect(bytes).toBeLessThan(6_000);
  });
});

/** Keys under 48 px, choices under 56. */
const KEYS_TOO_SMALL = `[...document.querySelectorAll('.btn, .field, summary')]
  .filter((el) => el.getClientRects().length > 0 && !el.classList.contains('skip'))
  .map((el) => ({ words: el.textContent, height: el.getBoundingClientRect().height, least: el.closest('.pick') ? 56 : 48 }))
  .filter((el) => el.height < el.least - 0.5)`;

/** Elements whose text does not fit into them, or whose lines are too tight for stacked marks. */
const TEXTS_THAT_ARE_CUT = `[...document.querySelectorAll('body *')]
  .filter((el) => el.getClientRects().length > 0 && !el.closest('.sr, .skip, svg'))
  .filter((el) => [...el.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .filter((el) => {
    const style = getComputedStyle(el);
    const tight = parseFloat(style.lineHeight) < parseFloat(style.fontSize) * 1.345;
    return tight || (style.overflow !== 'visible' && (el.scrollWidth > el.clientWidth || el.scrollHeight > el.clientHeight));
  })
  .map((el) => el.tagName + '.' + el.className + ': ' + el.textContent)`;

async function axe(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const violations = await inPage(page, axeSchema, 'axe.run(document, { rules: { "color-contrast-enhanced": { enabled: true } } }).then((result) => result.violations)');
  return violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`);
}
