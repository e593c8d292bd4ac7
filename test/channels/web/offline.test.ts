import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hasChromium } from '#test/machine.ts';
import { ask, createVisitors, heard, inPage, visitorOf, words, write } from './browser.ts';
import { SAMPLES, serveWebChat } from './house.ts';

const phones = createVisitors();
const { visit } = phones;

describe.skipIf(!hasChromium())('with a weak network', () => {
  beforeAll(phones.start);
  afterEach(phones.leave);
  afterAll(phones.stop);

  test('what is written without network is kept and sent once by itself, in order', async () => {
    const { store, page, context } = await visit();
    await ask(page, 'mot');
    await context.setOffline(true);
    await write(page, 'hai');
    await page.getByText('Chưa gửi được vì mạng yếu.').waitFor();
    await write(page, 'ba');
    expect(await page.locator('#net').isVisible()).toBe(true);
    expect(store.heard).toHaveLength(1);
    await context.setOffline(false);
    await page.locator('[data-r]').nth(2).waitFor();
    expect(heard(store)).toEqual(['mot', 'hai', 'ba']);
    await expect.poll(() => page.locator('#log .unsent').count()).toBe(0);
    await page.locator('#net').waitFor({ state: 'hidden' });
    // Each answer stands under its own question.
    expect(await inPage(page, z.string(), "[...document.querySelectorAll('#log > li[data-id], #log > li[data-r]')].map((li) => (li.hasAttribute('data-id') ? 'q' : 'a')).join('')")).toBe('qaqaqa');
  });

  test('what was kept outlives a closed page', async () => {
    const { store, page, context, served } = await visit();
    await ask(page, 'mot');
    await context.setOffline(true);
    await write(page, 'hai');
    await page.getByText('Chưa gửi được vì mạng yếu.').waitFor();
    await page.close();
    await context.setOffline(false);
    const again = await context.newPage();
    await again.goto(served.url);
    await again.locator('[data-r]').nth(1).waitFor();
    expect(await words(again)).toEqual(['mot', 'hai']);
    expect(store.heard).toHaveLength(2);
  });

  test('an answer lost on its way is asked for again and doubles nothing', async () => {
    const { store, page } = await visit();
    let lose = 1;
    await page.route('**/api/chat', async (route) => {
      if (lose-- > 0) {
        await route.fetch();
        await route.abort('connectionreset');
      } else await route.continue();
    });
    await write(page, 'mot');
    await page.locator('[data-r]').first().waitFor();
    expect(store.heard).toHaveLength(1);
    expect(await words(page)).toEqual(['mot']);
    expect(await page.locator('[data-r]').count()).toBe(1);
  });

  test('answers written while the server was down appear when it is back', async () => {
    const { store, page, served } = await visit();
    await ask(page, 'the bao hiem');
    await served.stop();
    store.tell(visitorOf(store), SAMPLES.person);
    const again = await serveWebChat(store, served.port);
    phones.ends(again.stop);
    await page.getByText('Anh Siu Thanh trả lời').waitFor();
    expect(await page.locator('[data-r]').count()).toBe(2);
  });

  test('after 400 ms it says that it asks, after 8 s it offers to try again, and the answer still comes once', async () => {
    const { store, page } = await visit({ clock: true });
    let release: (() => void) | null = null;
    store.before = () => new Promise((resolve) => (release = resolve));
    await write(page, 'mot');
    await expect.poll(() => release).not.toBeNull();
    await page.clock.runFor(500);
    await page.getByText('Đang hỏi…').waitFor();
    await page.clock.runFor(8000);
    await page.getByText('Mạng chậm. Câu hỏi vẫn còn đây.').waitFor();
    await page.getByRole('button', { name: 'Thử lại' }).click();
    open(release);
    await page.locator('[data-r]').first().waitFor();
    expect(store.heard).toHaveLength(1);
    await expect.poll(() => page.locator('#wait').textContent()).toBe('');
  });
});

function open(gate: (() => void) | null): void {
  gate?.();
}
