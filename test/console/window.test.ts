import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startFakeZalo, type FakeZalo } from 'zalo-sdk-adapter/fake';
import { applyEffects } from '#bot/residents/effects.ts';
import { changePerson, personAt } from '#bot/store/people.ts';
import { windowOf } from '#bot/tickets/window.ts';
import { joined, openStation, type Client, type Station } from './house.ts';

/** A station with Zalo, which takes answers of staff for 48 hours after a person's last word. */

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-11-23T09:00:00+07:00');
let zalo: FakeZalo;
let house: Station;
let lan: Client;

beforeAll(async () => {
  zalo = await startFakeZalo({});
  house = await openStation({ ZALO_APP_ID: zalo.app.appId, ZALO_APP_SECRET: zalo.app.appSecret, ZALO_OA_SECRET_KEY: zalo.app.oaSecretKey, ZALO_API_ROOT: zalo.url, ZALO_OAUTH_ROOT: zalo.url }, () => NOW);
  lan = await joined(house, 'Lan');
});
afterAll(async () => {
  await house.stop();
  await zalo.stop();
});

/** The question of somebody who wrote so many hours ago. */
async function ticketOf(address: string, hoursAgo: number, channel: 'zalo' | 'web' = 'zalo', question = `Cháu ho ba hôm, ${address}`, { store }: Pick<Station, 'store'> = house): Promise<number> {
  return store.write(async (tx) => {
    const person = await personAt(tx, channel, address);
    await changePerson(tx, person.id, { lastInboundMs: NOW - hoursAgo * HOUR_MS });
    await applyEffects(tx, person, [{ kind: 'ticket', ticket: { kind: 'question', domain: 'health', priority: 'normal', question, offered: [], reasons: ['score'] } }], null);
    const row = await tx.db.selectFrom('tickets').select('id').where('person_id', '=', person.id).executeTakeFirstOrThrow();
    return row.id;
  });
}

/** The page of a question of somebody who wrote so many hours ago. */
async function page(address: string, hoursAgo: number, channel: 'zalo' | 'web' = 'zalo'): Promise<string> {
  return (await lan.get(`/staff/ticket/${await ticketOf(address, hoursAgo, channel)}`)).text;
}

test('before anything is written the page says until when Zalo takes an answer, and that a later one waits for the person', async () => {
  expect(await page('z1', 2)).toContain('Zalo nhận lời của trạm tới 7:00 25/11/2026: 48 giờ từ lúc bà con nhắn lần cuối.');
  expect(await page('z2', 44)).toMatch(/class="tell soon" id="arrives".*tới 13:00: 48 giờ/su);
  const shut = await page('z3', 49);
  expect(shut).toMatch(/class="tell late" id="arrives".*Zalo không nhận lời của trạm nữa.*Viết bây giờ thì máy giữ lời.*gọi điện/su);
  expect(shut.indexOf('id="arrives"')).toBeLessThan(shut.indexOf('<textarea'));
  expect(await page('w1', 400, 'web')).not.toContain('id="arrives"');
});

test('a station whose package pays for late answers is shown the longer window', async () => {
  const paying = await openStation({ ZALO_REPLY_WINDOW_HOURS: '168', ZALO_APP_ID: zalo.app.appId, ZALO_APP_SECRET: zalo.app.appSecret, ZALO_OA_SECRET_KEY: zalo.app.oaSecretKey, ZALO_API_ROOT: zalo.url, ZALO_OAUTH_ROOT: zalo.url }, () => NOW);
  onTestFinished(() => paying.stop());
  const mai = await joined(paying, 'Mai');
  const late = await ticketOf('z4', 49, 'zalo', 'Cháu ho ba hôm', paying);
  expect((await mai.get(`/staff/ticket/${late}`)).text).toContain('Zalo nhận lời của trạm tới 8:00 28/11/2026: 168 giờ từ lúc bà con nhắn lần cuối.');
});

test('in an answer to many the page says beforehand how many of them it will not reach, and afterwards who they are', async () => {
  const question = 'máy xay lúa của xã sửa xong chưa';
  const first = await ticketOf('m1', 2, 'zalo', question);
  const shut = [await ticketOf('m2', 49, 'zalo', question), await ticketOf('m3', 90, 'zalo', question)];
  const gone = await ticketOf('m4', 3, 'zalo', question);
  await house.store.write((tx) => tx.db.updateTable('residents').set({ state: 'gone' }).where('id', 'in', tx.db.selectFrom('tickets').select('person_id').where('id', '=', gone)).execute());
  const open = await ticketOf('m5', 400, 'web', question);
  const before = (await lan.get(`/staff/ticket/${first}`)).text;
  expect(before.indexOf('2 trong 4 người cùng hỏi chưa nhận được ngay: quá 48 giờ không nhắn, Zalo không cho gửi.')).toBeGreaterThan(0);
  expect(before.indexOf('id="shut"')).toBeLessThan(before.indexOf('<textarea'));
  expect(before).toContain('1 người đã chặn trạm hoặc đã rời đi');
  expect(before.match(/name="with" value="\d+:\d+" checked data-kept/gu)).toHaveLength(2);
  expect(before).toMatch(new RegExp(`value="${gone}:\\d+" disabled`, 'u'));

  const chosen = [...before.matchAll(/name="with" value="(\d+:\d+)" checked/gu)].map(([, value = '']): [string, string] => ['with', value]);
  expect(chosen).toHaveLength(3);
  const sent = await lan.post(`/staff/ticket/${first}`, [...Object.entries(await lan.seen(first)), ...chosen, ['do', 'answer'], ['text', 'Thứ Bảy sửa xong.']]);
  const after = (await lan.get(sent.location ?? '')).text;
  const told = /id="arrivals".*?<\/section>/su.exec(after)?.[0] ?? '';
  expect(told).toContain('Lời này gửi cho 4 người');
  expect(told).toContain('Máy giữ lời, gửi khi họ nhắn lại: 2 người');
  expect([...told.matchAll(/href="\/staff\/ticket\/(\d+)"/gu)].map(([, id]) => Number(id))).toEqual(expect.arrayContaining(shut));
  expect(told).not.toContain(`/staff/ticket/${open}"`);
});

test('an answer to one whose window is shut is not said to be on its way', async () => {
  const id = await ticketOf('s1', 60);
  const sent = await lan.post(`/staff/ticket/${id}`, { ...await lan.seen(id), do: 'answer', text: 'Đưa cháu ra trạm.' });
  const after = (await lan.get(sent.location ?? '')).text;
  expect(after).toContain('Đã ghi lời của anh chị. Zalo chưa cho gửi');
  expect(after).not.toContain('đang trên đường tới bà con');
});

test('the window ends at the very hour at which the delivery stops sending', () => {
  expect(windowOf(48, NOW - 48 * HOUR_MS + 1, NOW)).toMatchObject({ open: true });
  expect(windowOf(48, NOW - 48 * HOUR_MS, NOW)).toMatchObject({ open: false, untilMs: NOW });
  expect(windowOf(48, null, NOW)).toMatchObject({ open: false });
  expect(windowOf(null, null, NOW)).toBeNull();
});
