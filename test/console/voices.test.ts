import { describe, expect, test } from 'vitest';
import { hasChromium } from '#test/machine.ts';
import { destroyPerson } from '#bot/store/erasure.ts';
import { listRecordings } from '#bot/store/recordings.ts';
import { hasFfmpeg } from '#test/voices/sounds.ts';
import { joinIn, serious } from './house.ts';
import { inBrowser, SIZES } from './in-browser.ts';

/** Voices in a real browser: staff answer aloud, a speaker records, a resident presses and hears. */

describe.skipIf(!hasChromium() || !hasFfmpeg())('voices in a real browser', () => {
  const desk = inBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required']);

  test.each(SIZES)('on %s: a question is answered aloud, heard in the chat, and gone with its person', async (_name, viewport) => {
    const open = await desk.station();
    const resident = await (await desk.browser().newContext({ viewport: SIZES[0][1], reducedMotion: 'reduce' })).newPage();
    await resident.goto(open.url);
    await resident.fill('#q', 'thuốc huyết áp của mế hết rồi, gặp cán bộ');
    await resident.press('#q', 'Enter');
    await resident.locator('[data-r]').first().waitFor();
    const { page } = await joinIn(desk.browser(), open, 'hlan', viewport, { bypassCSP: true });
    await page.goto(`${open.url}/staff/ticket/1`);
    expect(await serious(page)).toEqual([]);
    await page.locator('summary', { hasText: 'Trả lời bằng giọng nói' }).click();
    await page.getByRole('button', { name: 'Ghi giọng nói' }).click();
    await page.waitForFunction('/^0:0[1-9]$/.test(document.querySelector("[data-clock]").textContent)');
    await page.getByRole('button', { name: 'Dừng ghi' }).click();
    await page.getByText('Đã ghi xong').waitFor();
    await page.getByRole('button', { name: 'Gửi giọng nói' }).click();
    await page.getByText('Đã ghi lời của anh chị').waitFor();
    const key = resident.locator('.person [data-aloud]');
    await key.waitFor();
    expect(await key.innerText()).toMatch(/Bấm để nghe \(\d giây\)/u);
    const address = await key.getAttribute('href') ?? '';
    // It says so for as long as it sounds, a second: what it said is written down where it says it.
    await resident.evaluate(`{
      const key = document.querySelector('.person [data-aloud]');
      key.labels = [];
      new MutationObserver(() => key.labels.push(key.textContent)).observe(key, { childList: true, characterData: true, subtree: true });
    }`);
    // On a busy machine the sound may not be there at the first press; pressing again is what a person does.
    await expect.poll(async () => {
      await key.click();
      return resident.evaluate('document.querySelector(".person [data-aloud]").labels.join(" | ")');
    }, { interval: 1_000 }).toContain('Dừng nghe');
    expect((await fetch(`${open.url}${address}`)).headers.get('cache-control')).toBe('no-store');
    const personId = await open.store.read(async ({ db }) => (await db.selectFrom('spoken').select('person_id').executeTakeFirstOrThrow()).person_id);
    await open.store.write((tx) => destroyPerson(tx, personId));
    expect((await fetch(`${open.url}${address}`)).status).toBe(404);
  });

  test.each(SIZES)('on %s: the translator\'s desk has nothing that axe-core finds serious, and writes the letters that phones lack', async (_name, viewport) => {
    const open = await desk.station();
    const { page } = await joinIn(desk.browser(), open, 'hlan', viewport, { bypassCSP: true });
    await page.goto(`${open.url}/staff/translate?lang=jra&id=chat%3Astop.done`);
    expect(await serious(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    const field = page.locator('textarea[data-text]').first();
    await field.fill('');
    await page.locator('[data-letter]', { hasText: 'ơ̆' }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Chữ hoa' }).click();
    await page.locator('[data-keys] button').first().click();
    expect(await field.inputValue()).toBe('ơ̆Ƀ');
    // A word that nobody attested is named while somebody types, and the name goes with the word.
    await field.fill('Hơmâo xyzzy laih.');
    await page.locator('[data-doubts]', { hasText: 'xyzzy' }).waitFor();
    await field.fill('Hơmâo pơdơi laih.');
    await page.locator('[data-doubts]').first().waitFor({ state: 'hidden' });
    // The recorder fills the form's own field; without a tick it waits for somebody to approve it.
    await page.goto(`${open.url}/staff/translate?lang=jra&id=danger%3Amedical`);
    await page.getByRole('button', { name: 'Ghi giọng nói' }).click();
    await page.waitForFunction('/^0:0[1-9]$/.test(document.querySelector("[data-clock]").textContent)');
    await page.getByRole('button', { name: 'Dừng ghi' }).click();
    await page.getByText('Đã ghi xong').waitFor();
    await page.fill('#speaker', 'Ksor H’Nhi');
    await page.fill('#vd', 'Pleiku');
    await page.getByRole('button', { name: 'Lưu giọng đọc' }).click();
    await page.getByText('Đã lưu giọng đọc').waitFor();
    expect(await open.store.read(listRecordings)).toMatchObject([{ subject: 'danger:medical', lang: 'jra', state: 'draft', speaker: 'Ksor H’Nhi', noteType: 'audio/ogg' }]);
  });
});
