import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium } from '#test/machine.ts';
import { createVisitors, visitorOf, words, write } from './browser.ts';
import { SAMPLES } from './house.ts';

const phones = createVisitors();
const { visit } = phones;

describe.skipIf(!hasChromium())('without JavaScript', () => {
  beforeAll(phones.start);
  afterEach(phones.leave);
  afterAll(phones.stop);

  test('works without JavaScript', async () => {
    const { store, page } = await visit({ javaScriptEnabled: false });
    await page.fill('#q', 'be sot co chich dc k');
    await page.getByRole('button', { name: 'Gửi' }).click();
    await page.getByText('Mình chưa chắc bà con hỏi câu nào.').waitFor();
    expect(page.url()).toMatch(/#moi$/);
    await page.getByRole('button', { name: 'Lỡ lịch tiêm vì bé bệnh thì sao?' }).click();
    await page.locator('.lead', { hasText: 'Không mất tiền.' }).waitFor();
    await page.getByRole('button', { name: 'Gặp cán bộ' }).click();
    await page.getByText('nên đã chuyển cho cán bộ trạm').waitFor();
    expect(await words(page)).toEqual(['be sot co chich dc k', 'Lỡ lịch tiêm vì bé bệnh thì sao?', 'Gặp cán bộ']);

    store.tell(visitorOf(store), SAMPLES.person);
    await page.getByRole('link', { name: 'Xem có câu trả lời mới chưa' }).click();
    await page.getByText('Anh Siu Thanh trả lời').waitFor();

    await page.getByRole('link', { name: 'Danh mục' }).click();
    await page.getByRole('button', { name: 'Xoá trên máy này' }).click();
    await page.getByText('Đã xoá trên máy này.').waitFor();
    expect(await words(page)).toEqual([]);
    expect(store.heard).toHaveLength(3);
  });

  test('Enter in the field sends the field, not the first key of the page', async () => {
    const { store, page } = await visit({ javaScriptEnabled: false });
    await write(page, 'tiem');
    await page.locator('.lead', { hasText: 'Không mất tiền.' }).waitFor();
    expect(store.heard).toEqual([{ kind: 'text', text: 'tiem', forwarded: false }]);
  });
});
