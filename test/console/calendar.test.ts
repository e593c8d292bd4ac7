import { afterEach, expect, test } from 'vitest';
import { asks, joined, openStation, type Station } from './house.ts';

const NOW_MS = Date.parse('2026-11-22T08:00:00+07:00');
const open: Station[] = [];
afterEach(async () => {
  for (const station of open.splice(0)) await station.stop();
});

async function staffed() {
  const house = await openStation({}, () => NOW_MS);
  open.push(house);
  const lan = await joined(house, 'Lan');
  const csrf = /name="csrf" value="([^"]+)"/u.exec((await lan.get('/staff/calendar/new')).text)?.[1] ?? '';
  return { house, lan, csrf };
}

const SESSION = { day: '25/11/2026', from: '7:30', to: '10:30', place: 'Nhà văn hoá làng', villages: 'plei-mau', who: 'Trẻ 2 tháng đến 2 tuổi', vaccines: 'Sởi; OPV', bring: 'Sổ tiêm', left: '60', map: '', note: '' };

test('a session is added, edited and cancelled; before it is cancelled, what residents will be told is shown', async () => {
  const { house, lan, csrf } = await staffed();
  expect((await lan.post('/staff/calendar/session/new', { csrf, ...SESSION, do: 'keep' })).location).toBe('/staff/calendar?month=2026-11&told=kept');
  const month = (await lan.get('/staff/calendar?month=2026-11')).text;
  expect(month).toContain('Nhà văn hoá làng');
  const id = /\/staff\/calendar\/session\/(s-[0-9a-f]+)/u.exec(month)?.[1] ?? '';
  const page = (await lan.get(`/staff/calendar/session/${id}`)).text;
  expect(page).toContain('Huỷ buổi 25/11/2026, 7:30, Nhà văn hoá làng');
  expect(page).toContain('Trạm chưa đăng buổi tiêm nào sắp tới cho Plei Mẫu.');
  expect((await lan.post(`/staff/calendar/session/${id}`, { csrf, ...SESSION, to: '11:00', do: 'keep' })).status).toBe(303);
  await expect.poll(async () => (await asks(house.url, 'bao giờ có buổi tiêm')).replies.join(), { interval: 1_000 }).toContain('từ 7:30 đến 11:00');
  expect((await lan.post(`/staff/calendar/session/${id}`, { csrf, do: 'cancel' })).location).toContain('told=cancelled');
  expect((await lan.get('/staff/calendar')).text).toContain('Đã huỷ');
  await expect.poll(async () => (await asks(house.url, 'bao giờ có buổi tiêm')).replies.join(), { interval: 1_000 }).not.toContain('11:00');
  expect((await lan.post(`/staff/calendar/session/${id}`, { csrf, do: 'revive' })).location).toContain('told=revived');
  expect((await lan.post('/staff/calendar/session/new', { csrf, ...SESSION, do: 'keep' })).status).toBe(409);
});

test('what cannot be read is said beside its field with what is expected, and the typed text stays', async () => {
  const { lan, csrf } = await staffed();
  const refused = await lan.post('/staff/calendar/session/new', { csrf, ...SESSION, from: '7 rưỡi', day: 'thứ tư', do: 'keep' });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain('value="7 rưỡi"');
  expect(refused.text).toMatch(/id="from-h">[^<]*không phải giờ/u);
  expect(refused.text).toMatch(/id="day-h">[^<]*không phải ngày/u);
});

test('a pasted table is looked at without being taken, then taken, with the fate of every line', async () => {
  const { lan, csrf } = await staffed();
  const text = 'Ngày\tTừ\tĐến\tNơi tiêm\tLàng\n25/11/2026\t7h30\t10h30\tNhà văn hoá\tPlei Mẫu\n26/11/2026\t\t10h30\tTrạm\t\n27/11/2026\t7h30\t10h30\tTrạm\tPlei Lạ';
  const looked = (await lan.post('/staff/calendar/import', { csrf, text, do: 'try' })).text;
  expect(looked).toContain('Xem thử, chưa nhập gì. Thêm 1, sửa 0, không đổi 0, đã qua 0, không nhận 2.');
  expect((await lan.get('/staff/calendar')).text).not.toContain('Nhà văn hoá');
  const taken = (await lan.post('/staff/calendar/import', { csrf, text, do: 'take' })).text;
  expect(taken).toContain('Dòng 3: không nhận. Thiếu từ giờ.');
  expect(taken).toContain('Plei Lạ');
  expect((await lan.get('/staff/calendar')).text).toContain('Nhà văn hoá');
  const ics = 'BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:a@b\nDTSTART:20261128T003000Z\nDTEND:20261128T033000Z\nLOCATION:Trạm Y tế\nSUMMARY:Tiêm\nEND:VEVENT\nEND:VCALENDAR\n';
  expect((await lan.post('/staff/calendar/import', { csrf, text: ics, do: 'take' })).text).toContain('Thêm 1');
  expect((await lan.post('/staff/calendar/import', { csrf, text: 'không phải bảng', do: 'take' })).status).toBe(400);
});
