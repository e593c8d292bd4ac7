import { afterAll, beforeAll, expect, test } from 'vitest';
import { asks, joined, openStation, type Client, type Station } from './house.ts';

/** The morning inbox of somebody for whom much has come in overnight. */

const MILL = ['máy xay lúa của xã sửa xong chưa', 'Máy xay lúa của xã sửa xong chưa?', 'máy xay lúa của xã sửa xong chưa ạ', 'máy xay lúa của xã sửa xong chưa vậy'];
let house: Station;
let lan: Client;

beforeAll(async () => {
  house = await openStation({});
  for (const words of MILL) await asks(house.url, words);
  const { cookie } = await asks(house.url, 'đeo khẩu trang thế nào');
  await asks(house.url, 'gặp cán bộ', cookie);
  lan = await joined(house, 'Lan');
});
afterAll(() => house.stop());

test('those who surely ask the same stand under the first of them, and one answer is offered for all', async () => {
  const inbox = (await lan.get('/staff')).text;
  expect(inbox.match(/máy xay lúa của xã/giu)).toHaveLength(1);
  expect(inbox).toContain('và 3 người nữa cùng hỏi');
  expect(inbox).toMatch(/Chờ<span class="num">5</u);
  expect((await lan.get('/staff/ticket/1')).text.match(/name="with" value="\d+:\d+" checked/gu)).toHaveLength(3);
});

test('whoever asks for a person after a question is listed with that question', async () => {
  expect((await lan.get('/staff')).text).toMatch(/class="tx">đeo khẩu trang thế nào\s+gặp cán bộ</u);
});

test('after an answer the next question that is free is one press away, until none is left', async () => {
  const chosen = [...(await lan.get('/staff/ticket/1')).text.matchAll(/name="with" value="(\d+:\d+)"/gu)].map(([, value = '']): [string, string] => ['with', value]);
  const sent = await lan.post('/staff/ticket/1', [...Object.entries(await lan.seen(1)), ...chosen, ['do', 'answer'], ['text', 'Thứ Bảy sửa xong.']]);
  const page = (await lan.get(sent.location ?? '')).text;
  expect(page).toContain('cho 4 người');
  const next = /href="(\/staff\/ticket\/\d+)">.*?Sang câu chờ kế tiếp/su.exec(page)?.[1] ?? '';
  const id = Number(next.split('/').at(-1));
  expect((await lan.get(next)).text).toContain('đeo khẩu trang thế nào');
  const last = await lan.post(next, { ...await lan.seen(id), do: 'answer', text: 'Che kín mũi và miệng.' });
  expect((await lan.get(last.location ?? '')).text).not.toContain('Sang câu chờ kế tiếp');
});
