import type { Page } from 'playwright-core';
import { describe, expect, test, vi } from 'vitest';
import { hasChromium } from '#test/machine.ts';
import { hasFfmpeg, wav } from '#test/voices/sounds.ts';
import { createClient, joinIn, PASSWORD, serious, type Station } from './house.ts';
import { inBrowser, SIZES } from './in-browser.ts';

/** From a resident's question in the web chat to a person's answer there, in a real browser on both sides. */

const QUESTION = 'thuốc huyết áp của mế hết rồi, gặp cán bộ';
const ANSWER = 'Dạ, sáng mai trạm phát lại, bà con mang sổ theo.';

describe.skipIf(!hasChromium())('the desk in a real browser', () => {
  const desk = inBrowser();

  /** A resident who has just asked, and somebody of the station at their inbox. */
  async function asked(viewport: { width: number; height: number }, more: { javaScriptEnabled?: boolean; bypassCSP?: boolean } = {}) {
    const open = await desk.station();
    const resident = await (await desk.browser().newContext({ viewport: SIZES[0][1], reducedMotion: 'reduce' })).newPage();
    await resident.goto(open.url);
    await resident.fill('#q', QUESTION);
    await resident.press('#q', 'Enter');
    await resident.locator('[data-r]').first().waitFor();
    const { page } = await joinIn(desk.browser(), open, 'H’Lan', viewport, more);
    return { resident, page, open };
  }

  test.each(SIZES)('on %s: a question arrives, is taken and answered, and the answer arrives by itself in the chat', async (_name, viewport) => {
    const { resident, page } = await asked(viewport);
    await page.getByRole('link', { name: /thuốc huyết áp/u }).click();
    await page.getByRole('button', { name: 'Nhận câu này' }).click();
    await resident.getByText('H’Lan, Y sĩ, đang trả lời bà con').waitFor();
    await page.fill('#a', ANSWER);
    await page.getByRole('button', { name: 'Gửi cho bà con' }).click();
    await resident.locator('.person').getByText(ANSWER).waitFor();
    expect(await resident.locator('.person').innerText()).toContain('H’Lan');
    await page.getByText('Đã ghi lời của anh chị').waitFor();
    await expect.poll(async () => {
      await page.goto(page.url());
      return page.locator('.head .st').innerText();
    }).toBe('Bà con đã nhận');
    await page.getByRole('button', { name: 'Đóng câu này' }).click();
    await page.getByText('Đã đóng câu số 1').waitFor();
    await resident.getByText('Máy trả lời lại từ bây giờ').waitFor();
  });

  test('by keyboard alone, from the inbox to the answer in the chat', async () => {
    const { resident, page } = await asked(SIZES[1][1]);
    const until = async (holds: string): Promise<void> => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(`(document.activeElement.innerText || document.activeElement.id || '').includes(${JSON.stringify(holds)})`)) return;
      }
      throw new Error(`no way by Tab to ${holds}`);
    };
    await until('Tới nội dung');
    await page.keyboard.press('Enter');
    await until('thuốc huyết áp');
    await page.keyboard.press('Enter');
    await page.waitForURL(/ticket\/1/u);
    for (let presses = 0; presses < 40 && await page.evaluate("document.activeElement.id !== 'a'"); presses += 1) await page.keyboard.press('Tab');
    await page.keyboard.type(ANSWER);
    await until('Gửi cho bà con');
    await page.keyboard.press('Enter');
    await resident.locator('.person').getByText(ANSWER).waitFor();
  });

  test('without JavaScript everything works all the same', async () => {
    const { resident, page } = await asked(SIZES[0][1], { javaScriptEnabled: false });
    await page.getByRole('link', { name: /thuốc huyết áp/u }).click();
    await page.fill('#a', 'Dạ chào cô.');
    await page.getByRole('button', { name: /^Dùng thẻ này/u }).first().click();
    expect(await page.inputValue('#a')).toMatch(/^Dạ chào cô\.\n\S/u);
    await page.fill('#a', ANSWER);
    await page.getByRole('button', { name: 'Gửi cho bà con' }).click();
    await resident.locator('.person').getByText(ANSWER).waitFor();
  });

  /** One more question, from somebody else. */
  async function another(open: Station, text = 'gặp cán bộ'): Promise<void> {
    await fetch(`${open.url}/api/chat`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) });
  }

  test('a new question shows as a key and in the title by itself, and what is being typed outlives a reload', async () => {
    const { page, open } = await asked(SIZES[0][1]);
    await expect.poll(() => page.title()).toBe('(1) Hộp thư, Loa Làng');
    await another(open);
    const key = page.getByRole('link', { name: 'Có 1 câu mới, bấm để xem' });
    await key.waitFor();
    await expect.poll(() => page.title()).toBe('(2) Hộp thư, Loa Làng');
    expect(await page.locator('.list li').count()).toBe(1);
    await key.click();
    await page.locator('.list li').nth(1).waitFor();
    await page.goto(`${open.url}/staff/ticket/1`);
    await page.fill('#a', 'đang viết dở');
    await page.reload();
    await expect.poll(() => page.inputValue('#a')).toBe('đang viết dở');
  });

  test('a danger sign is told to open pages as such, whichever page it is', async () => {
    const { page, open } = await asked(SIZES[1][1]);
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(`${open.url}/staff/roster`);
    await another(open, 'con tôi co giật, tím tái');
    await page.getByRole('link', { name: /^Có câu khẩn, 1 câu mới/u }).waitFor();
    await expect.poll(() => elsewhere.title()).toBe('(2) Lịch trực, Loa Làng');
    await elsewhere.locator('#waiting').getByText('2').waitFor();
  });

  test('a colleague who takes the question is seen while one is still writing', async () => {
    const { page, open } = await asked(SIZES[0][1]);
    await page.goto(`${open.url}/staff/ticket/1`);
    await page.fill('#a', 'đang viết');
    const colleague = await joinIn(desk.browser(), open, 'Byưh', SIZES[1][1]);
    await colleague.page.goto(`${open.url}/staff/ticket/1`);
    await colleague.page.getByRole('button', { name: 'Nhận câu này' }).click();
    await page.getByRole('link', { name: /Chữ anh chị đang viết vẫn còn|thay đổi/u }).waitFor();
    expect(await page.inputValue('#a')).toBe('đang viết');
  });

  test('where the stream dies on its way, the page asks again and again', async () => {
    const { page, open } = await asked(SIZES[0][1]);
    await page.route('**/staff/events*', (route) => route.abort());
    await page.clock.install();
    await page.goto(`${open.url}/staff`);
    await page.clock.fastForward(9_000);
    await another(open);
    await expect.poll(async () => {
      await page.clock.fastForward(11_000);
      return page.getByRole('link', { name: 'Có 1 câu mới, bấm để xem' }).isVisible();
    }).toBe(true);
  });

  test('a login that was ended elsewhere says so at once, and the way back leads to the same page', async () => {
    const { page, open } = await asked(SIZES[0][1]);
    await page.goto(`${open.url}/staff/ticket/1`);
    await page.fill('#a', 'chữ chưa gửi');
    await open.store.write((tx) => tx.db.updateTable('staff_sessions').set({ expires_ms: 0 }).execute());
    await another(open);
    await page.getByRole('alert').getByText('Phiên đăng nhập đã hết').waitFor();
    expect(await page.inputValue('#a')).toBe('chữ chưa gửi');
    await page.getByRole('link', { name: 'Đăng nhập' }).click();
    await page.fill('#login', 'H’Lan');
    await page.fill('#password', PASSWORD);
    await page.press('#password', 'Enter');
    await page.waitForURL(/ticket\/1$/u);
    await expect.poll(() => page.inputValue('#a')).toBe('chữ chưa gửi');
  });

  /** Ends every login, as twelve quiet hours do. */
  const endLogins = (open: Station): Promise<unknown> => open.store.write((tx) => tx.db.updateTable('staff_sessions').set({ seen_ms: 1 }).execute());
  const logIn = async (page: Page, name = 'H’Lan'): Promise<void> => {
    await page.fill('#login', name);
    await page.fill('#password', PASSWORD);
    await page.press('#password', 'Enter');
  };

  test.each<[string, string, (page: Page) => Promise<void>, (page: Page) => Promise<void>]>([
    ['the sentences used often', '/staff/canned', async (page) => {
      await page.fill('#text', 'Dạ, cô ra trạm giúp em.');
      await page.getByRole('button', { name: 'Thêm' }).first().click();
    }, async (page) => { expect(await page.inputValue('#text')).toBe('Dạ, cô ra trạm giúp em.'); }],
    ['a session of the calendar', '/staff/calendar/new', async (page) => {
      await page.fill('#day', '27/11/2026');
      await page.fill('#place', 'Nhà văn hoá Plei Mẫu');
      await page.getByLabel('Thôn Thử').check();
      await page.locator('button[value=keep]').click();
    }, async (page) => {
      expect(await page.inputValue('#place')).toBe('Nhà văn hoá Plei Mẫu');
      expect(await page.inputValue('#day')).toBe('27/11/2026');
      expect(await page.getByLabel('Thôn Thử').isChecked()).toBe(true);
      expect(await page.getByLabel('Plei Mẫu', { exact: true }).isChecked()).toBe(false);
    }],
    ['a card of the base', '/staff/base/card/5k.mask', async (page) => {
      await page.fill('#answer', 'Câu trả lời đang viết dở.');
      await page.getByRole('button', { name: /^Lưu/u }).first().click();
    }, async (page) => { expect(await page.inputValue('#answer')).toBe('Câu trả lời đang viết dở.'); }],
  ])('a login that ran out while writing %s: back at the form with what was typed', async (_name, path, write, expects) => {
    const { page, open } = await asked(SIZES[0][1]);
    await page.goto(`${open.url}${path}`);
    await endLogins(open);
    await write(page);
    await page.getByText('Chữ anh chị viết được giữ kín').waitFor();
    await logIn(page);
    await page.getByText('Đã đăng nhập lại').waitFor();
    await vi.waitFor(() => expects(page), { timeout: 60_000 });
    await expect.poll(() => page.locator('#kept').count()).toBe(0);
  });

  test.skipIf(!hasFfmpeg())('a recording over a login that ran out stays on the page until it is logged in again, and goes to nobody else’s name', { timeout: 240_000 }, async () => {
    const { page, open } = await asked(SIZES[0][1]);
    await open.link('Hùng').then(async (link) => { await createClient(open.url).post(link, { name: 'Hùng', title: 'Y sĩ', login: 'Hùng', password: PASSWORD }); });
    await page.goto(`${open.url}/staff/ticket/1`);
    await page.locator('summary', { hasText: 'Trả lời bằng giọng nói' }).click();
    await page.setInputFiles('#voice', { name: 'ghi-am.wav', mimeType: 'audio/wav', buffer: Buffer.from(wav(1)) });
    const form = page.locator('form[action$="/voice"]');
    const send = async (): Promise<void> => { await form.getByRole('button', { name: 'Gửi giọng nói' }).click(); };
    const files = (): Promise<unknown> => page.evaluate('document.getElementById("voice").files.length');
    await endLogins(open);
    await send();
    await form.getByRole('alert').getByText('còn ở trang này').waitFor();
    expect(await files()).toBe(1);

    const other = await page.context().newPage();
    await other.goto(`${open.url}/staff/login`);
    await logIn(other, 'Hùng');
    await other.waitForURL(/\/staff$/u);
    await send();
    await form.getByRole('alert').getByText('tài khoản khác').waitFor();
    expect(await files()).toBe(1);

    await endLogins(open);
    await other.goto(`${open.url}/staff/login`);
    await logIn(other);
    await other.waitForURL(/\/staff$/u);
    await send();
    await page.waitForURL(/told=answered/u);
    expect(await page.locator('.talk audio').count()).toBeGreaterThan(0);
  });

  test('what one person was writing is not there for the next who logs in in the same tab', async () => {
    const { page, open } = await asked(SIZES[0][1]);
    await joinIn(desk.browser(), open, 'Byưh', SIZES[1][1]);
    await page.goto(`${open.url}/staff/ticket/1`);
    await page.fill('#a', 'chuyện riêng đang viết dở');
    await endLogins(open);
    await page.getByRole('button', { name: 'Gửi cho bà con' }).click();
    await page.getByText('Chữ anh chị viết được giữ kín').waitFor();
    expect(await page.content()).not.toContain('chuyện riêng');
    await logIn(page, 'Byưh');
    await page.goto(`${open.url}/staff/ticket/1`);
    expect(await page.inputValue('#a')).toBe('');
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('chuyện riêng');
  });

  test.each(SIZES)('on %s: axe-core finds nothing serious, nothing scrolls sideways, keys are large enough', async (_name, viewport) => {
    const { page, open } = await asked(viewport, { bypassCSP: true });
    for (const path of ['/staff', '/staff?shelf=done', '/staff/ticket/1', '/staff/account', '/staff/roster', '/staff/canned']) {
      await page.goto(`${open.url}${path}`);
      expect(await serious(page), path).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), path).toBe(true);
      expect(await page.evaluate("[...document.querySelectorAll('.btn, .tabs a, .rail a, .field')].filter((e) => e.offsetParent !== null || getComputedStyle(e).position === 'fixed').filter((e) => e.getBoundingClientRect().height < 47.5 && !e.classList.contains('skip')).map((e) => e.outerHTML)"), path).toEqual([]);
    }
    await page.context().clearCookies();
    await page.goto(`${open.url}/staff`);
    expect(await serious(page)).toEqual([]);
    await page.goto(await open.link('Thanh'));
    expect(await serious(page)).toEqual([]);
  });
});
