import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { addCampaign } from '#bot/store/campaigns.ts';
import { addMissed } from '#bot/store/missed-rounds.ts';
import { putSession } from '#bot/store/sessions.ts';
import { dayOf, addDays, epochOf } from '#knowledge/day.ts';
import { png } from '#test/campaigns/pictures.ts';
import { hasFfmpeg, wav } from '#test/voices/sounds.ts';
import { session } from '#test/vaccination/reminder-house.ts';
import { asks, createClient, joined, openBrowser, openStation, PASSWORD, serious, type Client, type Station } from './house.ts';

/** In the middle of a day, so that no quiet hour comes between. */
const NOW = Date.parse('2026-11-23T09:00:00+07:00');
let house: Station;
let head: Client;
let caster: Client;
let csrf: { head: string; caster: string };
const begunMs = Date.now();

beforeAll(async () => {
  house = await openStation({}, () => NOW + Date.now() - begunMs);
  head = await joined(house, 'Lan', 'head');
  caster = await joined(house, 'Phat', 'broadcaster');
  csrf = { head: csrfIn((await head.get('/staff/campaigns')).text), caster: csrfIn((await caster.get('/staff/campaigns/new')).text) };
  for (let n = 0; n < 3; n += 1) await asks(house.url, 'đăng ký nhận tin');
});
afterAll(() => house.stop());

test('a text becomes a plan that says whom it reaches and how, then is sent, and everybody is in one box', async () => {
  const made = await caster.post('/staff/campaigns', { csrf: csrf.caster, kind: 'disease', title: 'Sởi ở Plei Mẫu', vi: 'Ở Plei Mẫu đang có bệnh sởi.\nGọi trạm 0900 000 000.', when: 'now' });
  expect(made.status).toBe(303);
  const url = made.location ?? '';
  const plan = await caster.get(url);
  expect(plan.text).toContain('Sẽ gửi cho 3 người');
  expect(plan.text).toContain('Trang web');
  expect(plan.text).toContain('Ở Plei Mẫu đang có bệnh sởi.');
  expect(plan.text).toContain('Đừng gửi loại tin này');
  expect(plan.text).toContain('Gọi trạm không chín không không');
  expect((await caster.post(url, { csrf: csrf.caster, do: 'start' })).status).toBe(303);
  await expect.poll(async () => (await caster.get(url)).text, { interval: 200 }).toContain('Đã gửi xong');
  const done = await caster.get(url);
  expect(done.text).toContain('Đã xong 3 trong 3 người.');
  // Nobody is said to have it in hand where the channel does not say so.
  expect(done.text).toContain('“Đã gửi” là nền tảng đã nhận tin. Các kênh này không báo tin đã tới máy bà con hay chưa.');
  expect((await caster.get(`${url}/reach.csv`)).text).toMatch(/Cộng,3/u);
  // The pages' policy takes no styles out of the text: a bar that is drawn by one would always look full.
  for (const page of [plan, done]) expect(page.text).not.toContain('style="');
  expect(done.text).toContain('<rect width="100"');
});

test('one that is stopped says how many have it and why the others have not, and promises nothing', async () => {
  const { location } = await caster.post('/staff/campaigns', { csrf: csrf.caster, kind: 'general', vi: 'Tối nay mất điện.', when: 'now' });
  const url = location ?? '';
  const id = Number(url.split('/').at(-1));
  expect((await caster.get(url)).text).toMatch(/value="stop">Bỏ tin này</u);
  await house.store.write(async (tx) => tx.db.updateTable('campaigns').set({ state: 'paused', started_ms: tx.nowMs }).where('id', '=', id).execute());
  await house.store.write(async (tx) => {
    const people = await tx.db.selectFrom('residents').select('id').where('channel', '=', 'web').execute();
    await tx.db.insertInto('outbox').values(people.slice(0, 3).map(({ id: person }, i) => ({
      person_id: person, channel: 'web' as const, dedupe_key: `campaign:${id}:0:${person}`, kind: 'announcement' as const, priority: 4, state: i === 0 ? 'sent' as const : 'queued' as const, in_call: 0 as const, attempts: i === 0 ? 1 : 0, not_before_ms: 0,
      created_ms: tx.nowMs, settled_ms: i === 0 ? tx.nowMs : null, campaign_id: id, campaign_lang: 'vi' as const, campaign_part: 0, campaign_way: 'web' as const,
    }))).execute();
  });
  expect((await caster.get(url)).text).toContain('<rect width="33"');
  expect((await caster.post(url, { csrf: csrf.caster, do: 'stop' })).status).toBe(303);
  const page = (await caster.get(url)).text;
  expect(page).toContain('Đã gửi 1 trong 3 người, rồi dừng.');
  expect(page).toMatch(/<b class="num">2<\/b> tin đã dừng trước khi gửi/u);
  expect(page).not.toContain('mở lại là gửi tiếp');
});

test.skipIf(!hasFfmpeg())('a picture and a voice are put to an announcement on its page, and whoever opens the chat sees and hears them', async () => {
  const { location } = await caster.post('/staff/campaigns', { csrf: csrf.caster, kind: 'vaccination', vi: 'Mai tiêm sởi ở trạm.', when: 'now' });
  const url = location ?? '';
  const upload = async (path: string, fields: Record<string, string | Blob>, by: Client = caster): Promise<{ status: number; text: string }> => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ csrf: csrf.caster, ...fields })) if (typeof value === 'string') body.append(name, value); else body.append(name, value, 'tep');
    const response = await fetch(`${house.url}${url}/${path}`, { method: 'POST', redirect: 'manual', body, headers: { cookie: by.cookie(), 'sec-fetch-site': 'same-origin' } });
    return { status: response.status, text: await response.text() };
  };
  expect((await upload('picture', { picture: new Blob([png(60, 40)]), alt: '' })).text).toContain('Chưa ghi hình có gì.');
  expect((await upload('picture', { picture: new Blob(['không phải hình']), alt: 'Bảng' })).text).toContain('không đọc được như hình');
  expect((await upload('picture', { picture: new Blob([png(60, 40)]), alt: 'Cô y tá ở trạm' })).status).toBe(303);
  expect((await upload('voice', { voice: new Blob([wav(1)]), lang: 'vi', speaker: 'Cô Mẫu' })).status).toBe(303);
  const page = (await caster.get(url)).text;
  expect(page).toMatch(/<img src="\/hinh\/[^"]+" alt="Cô y tá ở trạm">/u);
  expect(page).toContain('Cô Mẫu');
  const picture = /src="(\/hinh\/[^"]+)"/u.exec(page)?.[1] ?? '';
  expect((await fetch(house.url + picture)).headers.get('content-type')).toBe('image/jpeg');
  // Without a script a file is lost with its login, and the page of the door says so.
  expect((await upload('picture', { picture: new Blob([png(60, 40)]), alt: 'Bảng' }, createClient(house.url))).text).toContain('Tệp hay giọng đã ghi thì không giữ được.');
  const answerer = await joined(house, 'Thong');
  expect((await upload('picture', { csrf: csrfIn((await answerer.get('/staff/account')).text), picture: new Blob([png(60, 40)]), alt: 'Khác' }, answerer)).status).toBe(403);

  const { cookie } = await asks(house.url, 'đăng ký nhận tin');
  await caster.post(url, { csrf: csrf.caster, do: 'start' });
  await expect.poll(async () => (await (await fetch(house.url, { headers: { cookie } })).text()), { interval: 200 }).toContain(picture);
  await expect.poll(async () => (await (await fetch(house.url, { headers: { cookie } })).text()), { interval: 200 }).toMatch(/href="\/nghe\/[0-9a-f]{24}"/u);
});

test('above the head’s number one person asks and another starts', async () => {
  expect((await caster.post('/staff/campaigns/settings', { csrf: csrf.caster, confirmAbove: '1' })).status).toBe(403);
  expect((await head.post('/staff/campaigns/settings', { csrf: csrf.head, confirmAbove: '1', zaloPaid: '0' })).text).toContain('Đã lưu quy định');
  const { location } = await caster.post('/staff/campaigns', { csrf: csrf.caster, kind: 'general', vi: 'Chiều nay trạm nghỉ.', when: 'now' });
  const url = location ?? '';
  expect((await caster.get(url)).text).toContain('Cần người thứ hai đồng ý.');
  expect((await caster.post(url, { csrf: csrf.caster, do: 'start' })).status).toBe(303);
  expect((await caster.get(url)).text).toContain('Cần một người khác mở trang này');
  expect((await caster.post(url, { csrf: csrf.caster, do: 'start' })).status).toBe(409);
  expect((await head.get(url)).text).toContain('Phat đã bấm gửi.');
  expect((await head.post(url, { csrf: csrf.head, do: 'start' })).status).toBe(303);
  await expect.poll(async () => (await head.get(url)).text, { interval: 200 }).toContain('Đã gửi xong');
  await head.post('/staff/campaigns/settings', { csrf: csrf.head, confirmAbove: '', zaloPaid: '0' });
});

test('a page that is older than the words starts nothing: whoever pressed reads the new ones first', async () => {
  const { location } = await caster.post('/staff/campaigns', { csrf: csrf.caster, kind: 'general', vi: 'Chiều nay họp ở nhà rông.', when: 'now' });
  const url = location ?? '';
  const seen = async (): Promise<string> => /name="seen" value="([\w-]{22})"/u.exec((await head.get(url)).text)?.[1] ?? '';
  const old = await seen();
  expect((await caster.post(`${url}/edit`, { csrf: csrf.caster, kind: 'general', vi: 'Sáng mai họp ở nhà rông.', when: 'now' })).status).toBe(303);
  const refused = await head.post(url, { csrf: csrf.head, seen: old, do: 'start' });
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('Tin này vừa có người sửa nên chưa gửi.');
  expect(refused.text).toContain('Sáng mai họp ở nhà rông.');
  expect((await head.post(url, { csrf: csrf.head, seen: await seen(), do: 'start' })).status).toBe(303);
});

test('a round that was missed is said in the inbox, in the list and on its page, and one press sends it', async () => {
  const { location } = await caster.post('/staff/campaigns', { csrf: csrf.caster, kind: 'general', title: 'Bản tin tuần', vi: 'Tuần này trạm mở cả chiều.', when: 'weekly', weekday: '1', time: '08:00' });
  const url = location ?? '';
  expect((await caster.post(url, { csrf: csrf.caster, do: 'start' })).status).toBe(303);
  expect((await caster.get(url)).text).not.toContain('Lần gửi bị lỡ');
  const id = Number(url.split('/').at(-1));
  // Three weeks ago it was due, and nothing has run since the Tuesday after the last of them.
  const mondays = ['2026-11-02', '2026-11-09', '2026-11-16'] as const;
  await house.store.write((tx) => addMissed(tx, id, mondays.map((day) => epochOf(day, 8))));
  const page = (await caster.get(url)).text;
  expect(page).toContain('3 lần gửi không tới ai, từ 8:00, 02/11/2026 đến 8:00, 16/11/2026.');
  expect(page).toContain('Lần kế tiếp: 8:00, 30/11/2026.');
  for (const place of ['/staff/campaigns', '/staff']) expect((await head.get(place)).text).toContain('Tin “Bản tin tuần” bị lỡ 3 lần gửi.');
  expect((await caster.post(url, { csrf: csrf.caster, do: 'make-up' })).status).toBe(303);
  // While rounds go out, the page of one that repeats says how far they are and whom they reached.
  await expect.poll(async () => (await caster.get(url)).text, { interval: 200 }).toMatch(/Đã xong (\d+) trong \1 người\./u);
  const after = (await caster.get(url)).text;
  expect(after).not.toContain('Lần gửi bị lỡ');
  expect(after).toContain('Tin đã đi tới đâu');
  expect((await caster.post(url, { csrf: csrf.caster, do: 'stop' })).status).toBe(303);
});

test('a session of the calendar is an announcement with its day, hours, place and villages in it', async () => {
  const day = addDays(dayOf(NOW), 2);
  await house.store.write((tx) => putSession(tx, session(day, { villages: ['plei-mau'], bring: ['sổ tiêm chủng'] })));
  const list = await caster.get('/staff/campaigns');
  const href = /href="(\/staff\/campaigns\/new\?session=[^"]+)"/u.exec(list.text)?.[1] ?? '';
  const form = await caster.get(href);
  expect(form.text).toContain('từ 7:30 đến 10:30, có tiêm chủng tại Trạm Y tế.');
  expect(form.text).toMatch(/name="village" value="plei-mau" checked/u);
});

test('what is wrong is said with everything still typed; what nobody would get may not start; others may not send', async () => {
  const wrong = await caster.post('/staff/campaigns', { csrf: csrf.caster, kind: 'general', vi: 'Lời đang viết.', when: 'at', day: '', time: '' });
  expect(wrong).toMatchObject({ status: 400 });
  expect(wrong.text).toContain('Chưa đủ ngày giờ gửi.');
  expect(wrong.text).toContain('Lời đang viết.</textarea>');
  const { location } = await caster.post('/staff/campaigns', { csrf: csrf.caster, kind: 'general', vi: 'Cho làng không ai ở.', when: 'now', village: 'thon-thu' });
  const page = await caster.get(location ?? '');
  expect(page.text).toContain('Không có ai trong danh sách nhận tin này.');
  expect((await caster.post(location ?? '', { csrf: csrf.caster, do: 'start' })).status).toBe(409);
  expect((await caster.post(location ?? '', { csrf: csrf.caster, do: 'constructor' })).status).toBe(400);
  const answerer = await joined(house, 'Thanh');
  expect((await answerer.get('/staff/campaigns/new')).status).toBe(403);
  expect((await answerer.get(location ?? '')).text).not.toContain('value="start"');
  expect((await answerer.get('/staff/campaign/999999')).status).toBe(404);
});

test('one that is written anew keeps whom it was for, also what the form did not choose and a village that is gone', async () => {
  const id = await house.store.write((tx) => addCampaign(tx, { kind: 'general', title: 'Cũ', urgent: false, audience: 'village=plei-cu seen>30d', content: { vi: 'Tin cũ.' }, schedule: { kind: 'now' }, createdBy: null, expiresMs: null, parentId: null }));
  const form = (await caster.get(`/staff/campaigns/new?copy=${id}`)).text;
  expect(form).toMatch(/name="village" value="plei-cu" checked>plei-cu \(không còn trong hồ sơ xã\)/u);
  expect(form).toMatch(/name="unseen"[^>]*value="30"/u);
  const refused = await caster.post('/staff/campaigns', { csrf: csrf.caster, kind: 'general', vi: 'Tin cũ.', when: 'now', village: 'plei-cu', unseen: '30' });
  expect(refused).toMatchObject({ status: 400 });
  expect(refused.text).toContain('Không có làng này');
});

test('the loudspeaker text and the sheet for the wall are printed alone, and who read it where is kept', async () => {
  const { location } = await caster.post('/staff/campaigns', { csrf: csrf.caster, kind: 'vaccination', vi: 'Sáng 25/11 tiêm sởi.', when: 'now' });
  const url = location ?? '';
  expect((await caster.get(`${url}/print?what=loud`)).text).toContain('Sáng ngày hai mươi lăm tháng mười một tiêm sởi.');
  expect((await caster.get(`${url}/print?what=poster`)).text).toContain('Sáng 25/11 tiêm sởi.');
  expect((await caster.post(url, { csrf: csrf.caster, do: 'read', reader: 'Y Mẫu', where: 'plei-mau' })).status).toBe(303);
  expect((await caster.get(url)).text).toMatch(/Y Mẫu, Plei Mẫu/u);
});

for (const width of [390, 1280]) {
  test(`in a browser at ${width} px, by keyboard alone, without anything serious for whoever cannot see`, async () => {
    const browser: Browser = await openBrowser();
    try {
      const context = await browser.newContext({ viewport: { width, height: 800 }, reducedMotion: 'reduce', locale: 'vi-VN', bypassCSP: true });
      const page = await context.newPage();
      await page.goto(await house.link(`Cast${width}`, 'head'));
      await page.fill('#title', 'Trưởng trạm');
      await page.fill('#login', `cast${width}`);
      await page.fill('#password', PASSWORD);
      await page.press('#password', 'Enter');
      await page.waitForURL(/\/staff$/u);
      await page.goto(`${house.url}/staff/campaigns/new`);
      expect(await serious(page)).toEqual([]);
      await page.focus('#vi');
      await page.keyboard.type('Mai trạm phát thuốc giun.');
      await page.focus('form.compose button.main');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/staff\/campaign\/\d+$/u);
      expect(await serious(page)).toEqual([]);
      await page.focus('button[value=start]');
      await page.keyboard.press('Enter');
      await page.getByText('Đã gửi xong').first().waitFor({ timeout: 30_000 });
      expect(await serious(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    } finally {
      await browser.close();
    }
  });
}

function csrfIn(text: string): string {
  return /name="csrf" value="([^"]+)"/u.exec(text)?.[1] ?? '';
}
