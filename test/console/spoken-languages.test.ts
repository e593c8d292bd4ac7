import { afterEach, expect, test } from 'vitest';
import { keepRetention } from '#bot/residents/retention.ts';
import { listRecordings } from '#bot/store/recordings.ts';
import { wav } from '#test/voices/sounds.ts';
import { asks, joined, openStation, type Client, type Station } from './house.ts';

/** What staff write and say to somebody who chose Jrai, and whom a spoken answer serves later. */

const PATIENCE = { timeout: 60_000, interval: 500 };
const QUESTION = 'hơdôm mơnuih ngă hmua amăng plơi pla anai';
const NO_JRAI = 'Hơmâo tơlơi aka ƀu hơmâo tơlơi Jrai ôh.'.normalize('NFC');

let station: Station | null = null;
afterEach(async () => {
  await station?.stop();
  station = null;
});

/** A resident who chose a language; gives the cookie they are known by. */
async function choosing(url: string, words: string): Promise<string> {
  return (await asks(url, words)).cookie;
}

/** The conversation as the page shows it. */
async function conversation(url: string, cookie: string): Promise<string> {
  return (await (await fetch(url, { headers: { cookie } })).text()).normalize('NFC');
}

async function says(at: Station, staff: Client, path: string, fields: Record<string, string>): Promise<number> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set('voice', new File([new Uint8Array(wav(1))], 'ghi-am.wav'));
  return (await fetch(new URL(path, at.url), { method: 'POST', body, redirect: 'manual', headers: { 'cookie': staff.cookie(), 'sec-fetch-site': 'same-origin' } })).status;
}

test('a Vietnamese answer to who chose Jrai says in Jrai that it is Vietnamese; one in Jrai does not', async () => {
  station = await openStation();
  const { url } = station;
  const lan = await joined(station, 'lan');
  const cookie = await choosing(url, 'tiếng jrai');
  await asks(url, QUESTION, cookie);
  const first = await lan.seen(1);
  await lan.post('/staff/ticket/1', { ...first, do: 'answer', text: 'Trạm chưa đếm, bà con hỏi trưởng thôn.' });
  await expect.poll(() => conversation(url, cookie), PATIENCE).toContain('Trạm chưa đếm');
  const page = await conversation(url, cookie);
  expect(page.slice(page.indexOf('Trạm chưa đếm'))).toContain(NO_JRAI);
  // What is offered to be kept for others is what was written.
  expect((await lan.get('/staff/ticket/1')).text).toContain('>Trạm chưa đếm, bà con hỏi trưởng thôn.</textarea>');

  const again = await lan.seen(1);
  await lan.post('/staff/ticket/1', { ...again, do: 'answer', text: 'Rơkâo ih tơña kơ khua plơi. Kâo aka ƀu thâo ôh tơlơi anai.' });
  await expect.poll(() => conversation(url, cookie), PATIENCE).toContain('Rơkâo ih tơña kơ khua plơi'.normalize('NFC'));
  const after = await conversation(url, cookie);
  expect(after.slice(after.indexOf('Rơkâo ih tơña kơ khua plơi'.normalize('NFC')))).not.toContain(NO_JRAI);
});

test('a spoken answer has the language of its question unless staff say otherwise; kept, it serves who chose that language and nobody else', async () => {
  station = await openStation();
  const { url, store } = station;
  const lan = await joined(station, 'lan');
  const cookie = await choosing(url, 'tiếng jrai');
  await asks(url, QUESTION, cookie);
  expect((await lan.get('/staff/ticket/1')).text).toContain('<option value="jra" selected>');
  expect(await says(station, lan, '/staff/ticket/1/voice', await lan.seen(1))).toBe(303);
  expect(await says(station, lan, '/staff/ticket/1/voice', { ...await lan.seen(1), lang: 'vi' })).toBe(303);
  expect(await says(station, lan, '/staff/ticket/1/voice', { ...await lan.seen(1), lang: 'jra' })).toBe(303);
  const spoken = await store.read(({ db }) => db.selectFrom('spoken').select(['token', 'lang']).orderBy('made_ms').execute());
  expect(spoken.map(({ lang }) => lang)).toEqual(['jra', 'vi', 'jra']);

  const voice = /name="voice" value="(s-[\w-]+)"/u.exec((await lan.get('/staff/ticket/1')).text)?.[1] ?? '';
  expect(voice).toBe(spoken.at(-1)?.token);
  const { csrf } = await lan.seen(1);
  expect((await lan.post('/staff/ticket/1/keep', { csrf, do: 'keep', question: QUESTION, answer: 'Kâo pơhiăp pơ anai.', voice })).status).toBe(303);

  const neighbour = await choosing(url, 'tiếng jrai');
  await expect.poll(async () => (await asks(url, QUESTION, neighbour)).replies[0]?.normalize('NFC'), PATIENCE).toContain('Kâo pơhiăp pơ anai.'.normalize('NFC'));
  const [kept] = await store.read(listRecordings);
  expect(kept).toMatchObject({ subject: 'answer:1', lang: 'jra', state: 'approved' });
  expect(await conversation(url, neighbour)).toContain(`/nghe/${kept?.address ?? ''}`);
  expect((await fetch(`${url}/nghe/${kept?.address ?? ''}/giong`)).status).toBe(200);
  const other = await choosing(url, 'tiếng Bahnar');
  expect((await asks(url, QUESTION, other)).replies.join('\n').normalize('NFC')).not.toContain('Kâo pơhiăp pơ anai.'.normalize('NFC'));

  // When the answer serves nobody any more its voice goes: by the clock, or by a press.
  await store.write(({ db }) => db.updateTable('station_answers').set({ until_ms: 1 }).execute());
  expect((await keepRetention(store, { textDays: 90, nowMs: Date.now() })).answerVoices).toBe(1);
  expect(await store.read(listRecordings)).toEqual([]);
  await lan.post('/staff/ticket/1/keep', { csrf, do: 'keep', question: QUESTION, answer: 'Kâo pơhiăp pơ anai.', voice });
  expect(await store.read(listRecordings)).toHaveLength(1);
  await lan.post('/staff/ticket/1/keep', { csrf, do: 'end' });
  expect(await store.read(listRecordings)).toEqual([]);
}, 180_000);
