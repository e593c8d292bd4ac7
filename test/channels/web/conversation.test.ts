import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hasChromium } from '#test/machine.ts';
import { ask, createVisitors, expectInSight, focused, heard, inPage, PHONE, SMALL, visitorOf, words, write } from './browser.ts';
import { SAMPLES } from './house.ts';

const phones = createVisitors();
const { visit } = phones;

describe.skipIf(!hasChromium())('a conversation on the page', () => {
  beforeAll(phones.start);
  afterEach(phones.leave);
  afterAll(phones.stop);

  test('asks, answers, and shows the question at the top with its answer below it', async () => {
    const { page } = await visit();
    await ask(page, 'chich ngua co mat tien hong');
    await ask(page, 'be sot co chich dc k');
    await expect.poll(async () => {
      const question = await page.locator('#moi').boundingBox();
      const header = await page.locator('.top').boundingBox();
      return question !== null && question.y >= (header?.height ?? 0) - 1 && question.y + question.height < PHONE.height / 2;
    }).toBe(true);
    await expectInSight(page, '.pick >> text=Tiêm về bé bị sốt thì làm sao?');
  });

  test('a pressed choice stands as the resident’s words, also after the page was opened again', async () => {
    const { store, page } = await visit();
    await ask(page, 'be sot');
    await page.getByRole('button', { name: 'Tiêm về bé bị sốt thì làm sao?' }).click();
    await page.locator('.lead', { hasText: 'Không mất tiền.' }).waitFor();
    expect(store.heard.at(-1)).toEqual({ kind: 'button', value: 'card:epi.reaction' });
    expect(await words(page)).toEqual(['be sot', 'Tiêm về bé bị sốt thì làm sao?']);
    await page.reload();
    expect(await words(page)).toEqual(['be sot', 'Tiêm về bé bị sốt thì làm sao?']);
  });

  test('a person’s words never look like the machine’s', async () => {
    const { store, page } = await visit();
    await ask(page, 'the bao hiem');
    store.tell(visitorOf(store), SAMPLES.person);
    const person = page.locator('.person');
    await person.waitFor();
    expect(await person.locator('.face').textContent()).toBe('ST');
    expect(await inPage(page, z.string(), "getComputedStyle(document.querySelector('.person')).borderLeftColor")).toBe('rgb(23, 80, 47)');
    expect(await page.locator('.say:not(.person) .who').count()).toBe(0);
    expect(await person.textContent()).toContain('người thật');
  });

  test('danger is announced at once, with numbers to press', async () => {
    const { page } = await visit();
    await ask(page, 'chau co giat');
    const card = page.getByRole('alert').filter({ hasText: 'Nguy hiểm' });
    expect(await card.getByRole('link', { name: 'Gọi 115' }).getAttribute('href')).toBe('tel:115');
    expect(await card.getByRole('link', { name: 'Gọi trạm 0900 000 000' }).getAttribute('href')).toBe('tel:0900000000');
    const call = await card.getByRole('link', { name: 'Gọi 115' }).boundingBox();
    expect(call?.height).toBeGreaterThanOrEqual(64);
  });

  test('a refused message gives its words back, with the reason announced', async () => {
    const { page } = await visit();
    await write(page, 'ô'.repeat(2001));
    await page.getByRole('alert').filter({ hasText: 'Câu này dài 2001 chữ cái.' }).waitFor();
    expect(await page.inputValue('#q')).toHaveLength(2001);
    expect(await words(page)).toEqual([]);
    await ask(page, 'ngan thoi');
    await expect.poll(() => page.locator('#err').textContent()).toBe('');
  });

  test('a flood waits by itself and loses nothing', async () => {
    const { store, page } = await visit({ limits: { visitorBurst: 2, visitorPerSecond: 2 } });
    for (const text of ['mot', 'hai', 'ba', 'bon']) {
      await write(page, text);
    }
    await page.locator('[data-r]').nth(3).waitFor();
    expect(heard(store)).toEqual(['mot', 'hai', 'ba', 'bon']);
  });

  test('a later answer below the screen is announced by a key, and nothing moves under the finger', async () => {
    const { store, page } = await visit({ viewport: SMALL });
    for (const text of ['mot', 'be sot']) await ask(page, text);
    await page.evaluate('scrollTo(0, 0)');
    store.tell(visitorOf(store), SAMPLES.person);
    const key = page.getByRole('link', { name: 'Có 1 câu mới, bấm để xem' });
    await key.waitFor();
    expect(await inPage(page, z.number(), 'scrollY')).toBe(0);
    await key.click();
    await expectInSight(page, '.person .who');
    await key.waitFor({ state: 'hidden' });
  });

  test('two tabs show the same conversation', async () => {
    const { page, context, served, store } = await visit();
    await ask(page, 'mot');
    const other = await context.newPage();
    await other.goto(served.url);
    await ask(page, 'hai');
    await other.locator('[data-r]').nth(1).waitFor();
    expect(await words(other)).toEqual(['mot', 'hai']);
    expect(store.heard).toHaveLength(2);
  });

  test('“xoá trên máy này” leaves nothing on this phone, in no tab, and not behind the back key', async () => {
    const { store, page, context, served } = await visit();
    await ask(page, 'chuyen rieng');
    const other = await context.newPage();
    await other.goto(served.url);
    await page.locator('#muc-key').click();
    await page.getByRole('button', { name: 'Xoá trên máy này' }).click();
    await page.getByText('Đã xoá trên máy này.').waitFor();
    await other.getByText('Chào bà con!').waitFor();
    await expect.poll(async () => words(other)).toEqual([]);
    expect(store.forgotten).toHaveLength(1);
    expect(await inPage(page, z.number(), 'localStorage.length')).toBe(0);
    await page.goBack();
    await page.getByText('Chào bà con!').waitFor();
    expect(await page.getByText('chuyen rieng').count()).toBe(0);
    expect((await context.cookies()).filter((cookie) => cookie.name === 'loa_chat')).toHaveLength(1);
  });

  test('when a resident has everything erased, no tab goes on showing what was', async () => {
    const { store, page, context, served } = await visit();
    await ask(page, 'chuyen rieng');
    const other = await context.newPage();
    await other.goto(served.url);
    store.before = () => {
      store.erase();
      return Promise.resolve();
    };
    await write(page, 'xoa het');
    await expect.poll(async () => words(page)).toEqual(['xoa het']);
    await expect.poll(async () => words(other)).toEqual(['xoa het']);
    await expect.poll(() => page.locator('[data-r]').count()).toBe(1);
    store.tell(visitorOf(store), SAMPLES.person);
    await other.getByText('Anh Siu Thanh trả lời').waitFor();
  });

  test('a chosen language is said by its Vietnamese name, marked on every key, and on the page\'s own keys at once', async () => {
    const { page } = await visit();
    await page.locator('.langs [value="lang:jra"]').first().click();
    await page.locator('#say .btn [lang="jra"]').waitFor();
    expect(await page.locator('[value="lang:jra"][aria-pressed=true]').count()).toBe(2);
    expect(await words(page)).toEqual(['Tiếng Jrai']);
    expect(await page.locator('#say .btn').innerText()).toMatch(/^Mơ-it\s+\(Gửi\)$/u);
    expect(await page.locator('#q').getAttribute('placeholder')).toBe('Čih tơlơi tơña (Viết câu hỏi)');
    await page.reload();
    expect(await words(page)).toEqual(['Tiếng Jrai']);
  });

  test('can be used by keyboard alone', async () => {
    const { store, page } = await visit();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Tới ô viết câu hỏi');
    await page.keyboard.press('Enter');
    await page.keyboard.type('be sot');
    await page.keyboard.press('Enter');
    await page.locator('.pick .n').first().waitFor();
    // Back from the field over the foot's keys to the last choice offered.
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+Tab');
    expect(await focused(page)).toBe('Không có câu nào đúng');
    expect(await inPage(page, z.string(), 'getComputedStyle(document.activeElement).outlineWidth')).toBe('3px');
    await page.keyboard.press('Enter');
    await page.locator('[data-r]').nth(1).waitFor();
    expect(store.heard.at(-1)).toEqual({ kind: 'button', value: 'none' });

    await page.locator('#muc-key').focus();
    await page.keyboard.press('Enter');
    await page.locator('#muc').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#muc').waitFor({ state: 'hidden' });
    await expect.poll(() => focused(page)).toBe('Danh mục');
  });

  test('the page says nothing in the browser’s console', async () => {
    const { page } = await visit();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    await page.reload();
    await ask(page, 'tiem mat tien');
    expect(said).toEqual([]);
  });
});
