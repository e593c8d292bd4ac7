import { afterEach, expect, test } from 'vitest';
import { readTicket } from '#bot/store/tickets.ts';
import { DOMAINS } from '#bot/store/tables/staff.ts';
import { asks, joined, openStation, type Station } from './house.ts';

/** What the console does with a ticket besides answering it. */

const ASKED = 'trạm có máy siêu âm không vậy';
let station: Station | null = null;
afterEach(async () => {
  await station?.stop();
  station = null;
});

test('whoever asks the same later gets the station’s answer at once, with who said it; another question does not, and it ends on a press', async () => {
  station = await openStation();
  const lan = await joined(station, 'lan');
  await asks(station.url, ASKED);
  const { csrf, version } = await lan.seen(1);
  await lan.post('/staff/ticket/1', { csrf, version, do: 'answer', text: 'Trạm chưa có máy siêu âm. Bà con lên Trung tâm Y tế.' });
  const page = await lan.get('/staff/ticket/1');
  expect(page.text).toContain('Trả lời ngay người hỏi sau');
  await lan.post('/staff/ticket/1/keep', { csrf, do: 'keep', question: ASKED, answer: 'Trạm chưa có máy siêu âm. Bà con lên Trung tâm Y tế.' });
  const { url } = station;
  await expect.poll(async () => (await asks(url, 'cho em hỏi tram co may sieu am khong a')).replies[0], { interval: 1_000 }).toMatch(/^Trạm đã trả lời câu này ngày \d\d\/\d\d\/\d{4}\. Y sĩ lan:\nTrạm chưa có máy siêu âm\./u);
  expect((await asks(station.url, 'trạm có máy chụp phổi không vậy')).replies[0]).not.toContain('siêu âm');
  await lan.post('/staff/ticket/1/keep', { csrf, do: 'end' });
  await expect.poll(async () => (await asks(url, ASKED)).replies[0], { interval: 1_000 }).not.toContain('Trạm đã trả lời');
});

test('a question of rice goes to whoever has food; moving one to another domain is recorded, and who gave it away sees it no more', async () => {
  station = await openStation();
  const lan = await joined(station, 'lan', 'answerer', ['health']);
  const gao = await joined(station, 'gao', 'answerer', ['food']);
  await asks(station.url, ASKED);
  const { csrf, version } = await lan.seen(1);
  expect((await gao.get('/staff/ticket/1')).status).toBe(404);
  expect((await lan.post('/staff/ticket/1/move', { csrf, version, domain: 'food' })).location).toBe('/staff?told=moved&id=1');
  expect((await lan.get('/staff/ticket/1')).status).toBe(404);
  const seen = await gao.get('/staff/ticket/1');
  expect(seen.status).toBe(200);
  expect(seen.text).toContain('chuyển sang Lương thực');
  // With the page as it was before, nothing happens.
  expect((await lan.post('/staff/ticket/1/move', { csrf, version, domain: 'order' })).status).toBe(404);
});

test('a report that the law puts a clock on shows it, is answered and passed on, and can be taken along as a table', async () => {
  station = await openStation();
  const lan = await joined(station, 'lan', 'answerer', ['health']);
  const gao = await joined(station, 'gao', 'answerer', ['food']);
  const { replies } = await asks(station.url, 'tôi nghi mình mắc sởi');
  expect(replies.at(-1)).toContain('Mình đã chuyển lời báo của bà con cho cán bộ y tế.');
  const ticket = await station.store.read((tx) => readTicket(tx, { accountId: '', domains: DOMAINS }, 1));
  expect(ticket).toMatchObject({ kind: 'suspected-case', domain: 'health' });
  expect((ticket?.legalDueMs ?? 0) - (ticket?.createdMs ?? 0)).toBe(24 * 3_600_000);
  expect((await lan.get('/staff/ticket/1')).text).toMatch(/Còn (?:24 giờ|23 giờ \d+ phút), trước/u);
  expect((await lan.get('/staff')).text).toMatch(/Còn (?:24 giờ|23 giờ \d+ phút), trước/u);
  const csv = await lan.get('/staff/reports.csv');
  expect(csv.headers.get('content-type')).toContain('text/csv');
  expect(csv.text.split('\r\n')[1]).toMatch(/^1,Nghi mắc bệnh,.*,tôi nghi mình mắc sởi$/u);
  expect((await gao.get('/staff/reports.csv')).text.trim().split('\r\n')).toHaveLength(1);
});

test('sentences used often are kept, put under what was typed, and dropped', async () => {
  station = await openStation();
  const lan = await joined(station, 'lan');
  await asks(station.url, ASKED);
  const { csrf, version } = await lan.seen(1);
  await lan.post('/staff/canned', { csrf, do: 'add', text: 'Bà con mang theo sổ tiêm nhé.' });
  expect((await lan.get('/staff/canned')).text).toContain('Bà con mang theo sổ tiêm nhé.');
  const filled = await lan.post('/staff/ticket/1', { csrf, version, do: 'canned:1', text: 'Dạ thứ Tư.' });
  expect(filled.text).toContain('Dạ thứ Tư.\nBà con mang theo sổ tiêm nhé.</textarea>');
  await lan.post('/staff/canned', { csrf, do: 'drop:1' });
  expect((await lan.get('/staff/canned')).text).toContain('Chưa có câu nào.');
});

