import { afterEach, expect, test } from 'vitest';
import { asks, joined, openStation, type Station } from './house.ts';

/** Whoever of the station speaks a language: finding the questions of those who speak it, and saying which one speaks. */

let station: Station | null = null;
afterEach(async () => {
  await station?.stop();
  station = null;
});

test('the inbox lists by the language of the resident, and what is urgent whatever it is', async () => {
  const open = await openStation();
  station = open;
  const client = await joined(open, 'nhi');
  await asks(open.url, 'thuốc của bố hết rồi, gặp cán bộ');
  expect((await client.get('/staff')).text).not.toContain('Tiếng của bà con');
  const { cookie } = await asks(open.url, 'tiếng jrai');
  await asks(open.url, 'hơdôm mơnuih ngă hmua amăng plơi pla anai', cookie);
  await asks(open.url, 'con tôi co giật, tím tái');

  const all = (await client.get('/staff')).text;
  expect(all).toContain('href="/staff?shelf=waiting&amp;lang=jra"');
  expect(all).not.toContain('lang=bdq');
  const jrai = (await client.get('/staff?shelf=waiting&lang=jra')).text.normalize('NFC');
  expect(jrai).toContain('hơdôm mơnuih ngă hmua'.normalize('NFC'));
  expect(jrai).toContain('con tôi co giật');
  expect(jrai).not.toContain('thuốc của bố');
  expect((await client.get('/staff?shelf=waiting&lang=xyz')).text).toContain('thuốc của bố');
});

test('who chose Jrai is told in it, too, that a person speaks now and that the machine speaks again', async () => {
  const open = await openStation();
  station = open;
  const client = await joined(open, 'nhi');
  const { cookie } = await asks(open.url, 'tiếng jrai');
  await asks(open.url, 'gặp cán bộ', cookie);
  const read = async (): Promise<string> => (await (await fetch(open.url, { headers: { cookie } })).text()).normalize('NFC');
  expect((await client.post('/staff/ticket/1', { ...await client.seen(1), do: 'take' })).status).toBe(303);
  await expect.poll(read).toContain('hlăk lăi glăi kơ ih. Mơ̆ng ră anai măi ƀu pơhiăp ôh.'.normalize('NFC'));
  expect(await read()).toContain('đang trả lời bà con. Máy im lặng từ bây giờ.');
  expect((await client.post('/staff/ticket/1', { ...await client.seen(1), do: 'return' })).status).toBe(303);
  await expect.poll(read).toContain('Mơ̆ng ră anai măi lăi glăi dong.'.normalize('NFC'));
});

test('somebody of the station says which languages they speak, and no others are kept', async () => {
  const open = await openStation();
  station = open;
  const client = await joined(open, 'nhi');
  const csrf = /name="csrf" value="([^"]+)"/u.exec((await client.get('/staff/account')).text)?.[1] ?? '';
  const kept = async (): Promise<string[]> => [...(await client.get('/staff/account')).text.matchAll(/name="lang" value="(\w+)" checked/gu)].map((hit) => hit[1] ?? '');
  expect(await kept()).toEqual(['vi']);
  expect((await client.post('/staff/account/languages', [['csrf', csrf], ['lang', 'jra'], ['lang', 'vi'], ['lang', 'tlh']])).status).toBe(303);
  expect(await kept()).toEqual(['vi', 'jra']);
  expect((await client.post('/staff/account/languages', [['csrf', 'x'], ['lang', 'bdq']])).status).toBe(403);
  expect(await kept()).toEqual(['vi', 'jra']);
});
