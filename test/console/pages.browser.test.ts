import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hasChromium } from '#test/machine.ts';
import { asks, joinIn, serious } from './house.ts';
import { inBrowser, SIZES } from './in-browser.ts';

/** The base, the calendar and the report in a real browser, on a phone and on the old PC. */

const PATHS = [
  '/staff/place', '/staff/place/station', '/staff/place/numbers', '/staff/place/villages', '/staff/place/answers', '/staff/place/rules', '/staff/place/history',
  '/staff/campaigns', '/staff/campaigns/new?kind=general', '/staff/documents', '/staff/outbreak', '/staff/roster', '/staff/account', '/staff/canned', '/staff/translate', '/staff/base?show=outside',
  '/staff/base', '/staff/base/card/5k.mask', '/staff/base/try?try=be+nha+em+ho+nhe+chich+duoc+hong', '/staff/base/new', '/staff/calendar', '/staff/calendar/new', '/staff/calendar/import', '/staff/report?kind=week&of=2026-11-25', '/staff/report?kind=day', '/staff/more',
];

describe.skipIf(!hasChromium())('the pages in a real browser', () => {
  const desk = inBrowser();

  async function head(viewport: { width: number; height: number }, more: { javaScriptEnabled?: boolean; bypassCSP?: boolean } = {}) {
    const open = await desk.station({}, () => Date.parse('2026-11-25T08:00:00+07:00'));
    const { page } = await joinIn(desk.browser(), { ...open, link: (name) => open.link(name, 'head') }, 'Hoa', viewport, more);
    return { open, page };
  }

  test.each(SIZES)('on %s: axe-core finds nothing serious, nothing scrolls sideways, keys are large enough', async (_name, viewport) => {
    const { open, page } = await head(viewport, { bypassCSP: true });
    for (let n = 0; n < 6; n++) await asks(open.url, 'khi nào cần đeo khẩu trang');
    for (const path of PATHS) {
      await page.goto(`${open.url}${path}`);
      await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
      expect(await serious(page), path).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), path).toBe(true);
      expect(await page.evaluate("[...document.querySelectorAll('.btn, .tabs a, .rail a, .field')].filter((e) => e.offsetParent !== null || getComputedStyle(e).position === 'fixed').filter((e) => e.getBoundingClientRect().height < 47.5 && !e.classList.contains('skip')).map((e) => e.outerHTML)"), path).toEqual([]);
    }
  });

  test('by keyboard alone, without JavaScript: a card is changed, looked at and published', async () => {
    const { open, page } = await head(SIZES[1][1], { javaScriptEnabled: false });
    await page.goto(`${open.url}/staff/base/card/5k.mask`);
    await page.locator('#answer').focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Bà con đeo khẩu trang khi ho, sốt. Trạm mới sửa câu này.');
    const until = async (name: string): Promise<void> => {
      for (let presses = 0; presses < 20; presses += 1) {
        await page.keyboard.press('Tab');
        if (await page.locator(':focus').getByText(name, { exact: true }).count() > 0 || await page.locator(':focus', { hasText: name }).count() > 0) return;
      }
      throw new Error(`no way by Tab to ${name}`);
    };
    await until('Xem như bà con thấy');
    await page.keyboard.press('Enter');
    await page.getByText('Bà con sẽ đọc').waitFor();
    await page.locator('#reviewBy').focus();
    await until('Đăng cho bà con');
    await page.keyboard.press('Enter');
    await page.getByText('Đã đăng.').waitFor();
    expect((await asks(open.url, 'khi nào cần đeo khẩu trang')).replies.join()).toContain('Trạm mới sửa câu này.');
  });

  test('by keyboard alone: a session is added to the calendar, and the report’s figures are opened as a table', async () => {
    const { open, page } = await head(SIZES[1][1]);
    const until = async (holds: string): Promise<void> => {
      for (let presses = 0; presses < 70; presses += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(`(document.activeElement.innerText || document.activeElement.id || '').includes(${JSON.stringify(holds)})`)) return;
      }
      throw new Error(`no way by Tab to ${holds}`);
    };
    await page.goto(`${open.url}/staff`);
    await until('Lịch tiêm');
    await page.keyboard.press('Enter');
    await page.waitForURL(/calendar$/u);
    await until('Buổi mới');
    await page.keyboard.press('Enter');
    await page.waitForURL(/calendar\/new/u);
    for (const [field, words] of [['day', '27/11/2026'], ['from', '7:30'], ['to', '10:00'], ['place', 'Nhà văn hoá Plei Mẫu']] as const) {
      for (let presses = 0; presses < 40 && await page.evaluate(`document.activeElement.id !== '${field}'`); presses += 1) await page.keyboard.press('Tab');
      await page.keyboard.press('Control+A');
      await page.keyboard.type(words);
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/told=kept/u);
    await page.getByText('Nhà văn hoá Plei Mẫu').first().waitFor();
    for (let n = 0; n < 6; n++) await asks(open.url, 'khi nào cần đeo khẩu trang');
    await page.goto(`${open.url}/staff/report?kind=week&of=2026-11-25`);
    await until('Xem bằng bảng');
    await page.keyboard.press('Enter');
    await page.locator('details[open] table').first().waitFor();
  });

  test('on a phone: a phone number is corrected where the page says it is wrong, looked at, and told to residents', async () => {
    const { open, page } = await head(SIZES[0][1]);
    await page.goto(`${open.url}/staff/place`);
    await page.getByRole('link', { name: 'Sửa: Trạm', exact: true }).click();
    await page.getByLabel('Điện thoại trạm').fill('gọi cô Lan');
    await page.getByLabel('Địa chỉ', { exact: true }).fill('Làng Plei Mẫu, cạnh trường');
    await page.getByRole('button', { name: 'Xem trước' }).click();
    await page.getByText('Máy đọc là “gọi cô Lan”').waitFor();
    expect(await page.getByLabel('Địa chỉ', { exact: true }).inputValue()).toBe('Làng Plei Mẫu, cạnh trường');
    await page.getByLabel('Điện thoại trạm').fill('0262 3 888 999');
    await page.getByRole('button', { name: 'Xem trước' }).click();
    await page.getByText('Trước: 0900 000 000').waitFor();
    await page.getByRole('button', { name: 'Lưu, nói với bà con từ bây giờ' }).click();
    await page.getByText('Đã lưu. Bà con hỏi là thấy ngay.').waitFor();
    const resident = await (await desk.browser().newContext({ viewport: SIZES[0][1] })).newPage();
    await resident.goto(open.url);
    await resident.getByText('0262 3 888 999').first().waitFor();
  });

  test('at the translator’s desk on a phone: a letter comes where the cursor is, a capital stands for one, a signature that lacks something says what, and a table taken out comes back signed', async () => {
    const { open, page } = await head(SIZES[0][1]);
    await page.goto(`${open.url}/staff/translate?lang=jra&id=${encodeURIComponent('chat:menu.sessions')}`);
    const text = page.locator('textarea[data-text]');
    const key = (letter: string) => page.locator(`[data-letter="${letter}"]`);
    await text.fill('Hri');
    await text.press('Home');
    for (let n = 0; n < 2; n += 1) await text.press('ArrowRight');
    await key('ơ').click();
    expect(await text.inputValue()).toBe('Hrơi');
    await page.getByRole('button', { name: 'Chữ hoa' }).click();
    await key('č').click();
    await key('č').click();
    expect(await text.inputValue()).toBe('HrơČči');
    await text.fill('Hrơi tlâ̆o pơgang');
    await page.getByRole('button', { name: /^Duyệt, ngày/u }).click();
    await page.getByText('Ghi đủ họ tên và giọng vùng, rồi đánh dấu ô').waitFor();
    expect(await text.inputValue()).toBe('Hrơi tlâ̆o pơgang');

    await page.goto(`${open.url}/staff/translate?lang=jra`);
    await page.locator('details.pg > summary').click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('a[href$="form=csv"]').click()]);
    const table = readFileSync(await download.path(), 'utf8');
    const line = /^chat:button\.wrong,([^,]*),([^,]*),draft,,,,/mu;
    await page.setInputFiles('#xf', { name: 'jra.csv', mimeType: 'text/csv', buffer: Buffer.from(table.replace(line, 'chat:button.wrong,$1,$2,draft,Nay Nga,Hơdrung,2026-11-20,')) });
    await page.locator('form[action="/staff/translate/import"] button').click();
    await page.getByText('Nhận 1 câu.').waitFor();
    await page.goto(`${open.url}/staff/translate?lang=jra&id=${encodeURIComponent('chat:button.wrong')}`);
    await page.getByText('Nay Nga duyệt ngày 20/11/2026, giọng Hơdrung.').waitFor();
  });

  test('the report prints on one sheet of A4', async () => {
    const { open, page } = await head(SIZES[1][1]);
    for (let n = 0; n < 6; n++) await asks(open.url, 'khi nào cần đeo khẩu trang');
    await page.goto(`${open.url}/staff/report?kind=week&of=2026-11-25`);
    const pdf = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b/gu)).toHaveLength(1);
  });
});
