import { afterEach, describe, expect, test } from 'vitest';
import { laidTexts } from '#bot/store/translating.ts';
import { listRecordings } from '#bot/store/recordings.ts';
import type { Role } from '#bot/store/tables/staff.ts';
import { wav, ZIP } from '#test/voices/sounds.ts';
import { asks, createClient, joined, openStation, type Client, type Station } from './house.ts';

/** The translator's desk over HTTP: drafts, signatures, voices, and tables that come back. */

let station: Station | null = null;
afterEach(async () => {
  await station?.stop();
  station = null;
});

async function desk(role: Role = 'editor'): Promise<{ open: Station; client: Client; at: (id: string, lang?: string) => string }> {
  const open = await openStation();
  station = open;
  const client = await joined(open, 'kpa', role);
  return { open, client, at: (id, lang = 'jra') => `/staff/translate?lang=${lang}&id=${encodeURIComponent(id)}` };
}

const hidden = (text: string, name: string): string => new RegExp(`name="${name.replace(/[.*+?^$()|[\]\\]/gu, '\\$&')}" value="([^"]*)"`, 'u').exec(text)?.[1] ?? '';
const plain = (text: string): string => text.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');

async function upload(station: Station, client: Client, path: string, fields: Record<string, string>, file: Uint8Array, name = 'ghi-am.ogg', field = 'voice'): Promise<{ status: number; text: string }> {
  const body = new FormData();
  for (const [key, value] of Object.entries(fields)) body.set(key, value);
  body.set(field, new File([new Uint8Array(file)], name));
  const response = await fetch(new URL(path, station.url), { method: 'POST', body, redirect: 'manual', headers: { cookie: client.cookie(), 'sec-fetch-site': 'same-origin' } });
  return { status: response.status, text: await response.text() };
}

const KEY = 'chat:stop.done';

describe('signing', () => {
  test('a signed text is what residents read at once; taking the signature back makes it a draft again', async () => {
    const { open, client, at } = await desk();
    const page = await client.get(at(KEY));
    expect(page.status).toBe(200);
    expect(page.text).toContain('bản nháp');
    const text = /<textarea[^>]*name="t:chat:stop\.done"[^>]*>([^<]*)</u.exec(page.text)?.[1] ?? '';
    const fields = { 'csrf': hidden(page.text, 'csrf'), 'lang': 'jra', 'show': 'all', 'id': KEY, [`t:${KEY}`]: plain(text), [`of:${KEY}`]: hidden(page.text, `of:${KEY}`) };
    expect((await client.post('/staff/translate', { ...fields, do: 'sign', by: 'Ksor H’Nhi', dialect: 'Pleiku' })).status).toBe(400);
    const signed = await client.post('/staff/translate', { ...fields, do: 'sign', by: 'Ksor H’Nhi', dialect: 'Pleiku', read: 'yes' });
    expect(signed).toMatchObject({ status: 303 });
    const { cookie } = await asks(open.url, 'tiếng jrai');
    const { replies } = await asks(open.url, 'dừng', cookie);
    expect(replies[0]?.startsWith(plain(text))).toBe(true);
    expect(replies[0]).not.toContain('bản nháp');
    expect((await client.post('/staff/translate', { ...fields, do: 'undo' })).status).toBe(303);
    expect((await asks(open.url, 'dừng', cookie)).replies[0]).toContain('Đã dừng');
  });

  test('who only answers may draft and comment, and may not sign', async () => {
    const { client, at } = await desk('answerer');
    const page = await client.get(at(KEY));
    const fields = { csrf: hidden(page.text, 'csrf'), lang: 'jra', show: 'all', id: KEY };
    expect((await client.post('/staff/translate', { ...fields, do: 'sign', by: 'Ksor H’Nhi', dialect: 'Pleiku', read: 'yes' })).status).toBe(403);
    expect((await client.post('/staff/translate', { ...fields, do: 'comment', comment: 'Câu này nói với người già sao?' })).status).toBe(303);
    expect((await client.get(at(KEY))).text).toContain('Câu này nói với người già sao?');
  });

  test('a draft with a word that nobody attested is not taken, and stays in the field', async () => {
    const { open, client, at } = await desk();
    const page = await client.get(at(KEY));
    const refused = await client.post('/staff/translate', { 'csrf': hidden(page.text, 'csrf'), 'lang': 'jra', 'show': 'all', 'id': KEY, [`t:${KEY}`]: 'Zxqwv khŏm', [`of:${KEY}`]: hidden(page.text, `of:${KEY}`), 'do': 'save' });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('zxqwv');
    expect(refused.text).toContain('Zxqwv khŏm');
    expect(await open.store.read(laidTexts)).toEqual([]);
  });

  test('another site\'s form, or one without its mark, changes nothing', async () => {
    const { open, client } = await desk();
    expect((await client.post('/staff/translate', { lang: 'jra', id: KEY, do: 'undo' })).status).toBe(403);
    expect((await client.post('/staff/translate', { lang: 'jra', id: KEY, do: 'undo' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await createClient(open.url).get('/staff/translate')).status).toBe(401);
  });
});

test('a signed card comes back from a table, and what is not taken is named with its reason', async () => {
  const { open, client, at } = await desk();
  const csv = (await client.get('/staff/translate/export?lang=jra&form=csv')).text;
  expect(csv).toContain('card:5k.mask#answer');
  const page = await client.get(at(KEY));
  const table = 'key,text,by,dialect,on\nchat:stop.done,Pơdơi laih.,Ksor H’Nhi,Pleiku,2026-11-20\nchat:khong-co,abc,,,\n';
  const result = await upload(open, client, '/staff/translate/import', { csrf: hidden(page.text, 'csrf'), lang: 'jra' }, Buffer.from(table), 'jra.csv', 'file');
  expect(result.text).toContain('Nhận 1 câu');
  expect(result.text).toContain('không có câu này');
  expect((await open.store.read(laidTexts)).map(({ key, approval }) => [key, approval?.by])).toEqual([['chat:stop.done', 'Ksor H’Nhi']]);
  expect((await client.get('/staff/translate/export?lang=jra&form=po')).text).toContain('msgctxt "chat:stop.done"');
});

describe('a translator', () => {
  test('has the one desk: drafts, signs and is told of strange words; residents and what they wrote stay closed', async () => {
    const { open, client, at } = await desk('translator');
    await asks(open.url, 'thuốc huyết áp của mế hết rồi, gặp cán bộ');
    for (const path of ['/staff', '/staff/ticket/1', '/staff/base', '/staff/report']) expect((await client.get(path)).headers.get('location')).toBe('/staff/translate');
    const page = await client.get(at(KEY));
    expect(page.status).toBe(200);
    const csrf = hidden(page.text, 'csrf');
    const weighed = await client.post('/staff/translate/words', { csrf, lang: 'jra', text: 'Hơmâo xyzzy laih.' });
    expect(weighed.text).toContain('xyzzy');
    expect((await client.post('/staff/translate/words', { csrf, lang: 'jra', text: 'Hơmâo pơdơi laih.' })).text).toBe('{"say":null}');
    const fields = { csrf, 'lang': 'jra', 'show': 'all', 'id': KEY, [`of:${KEY}`]: hidden(page.text, `of:${KEY}`) };
    expect((await client.post('/staff/translate', { ...fields, [`t:${KEY}`]: 'Hơmâo pơdơi laih.', do: 'save' })).status).toBe(303);
    expect((await client.post('/staff/translate', { ...fields, [`t:${KEY}`]: 'Hơmâo pơdơi laih.', do: 'sign', by: 'Ksor H’Nhi', dialect: 'Pleiku', read: 'yes' })).status).toBe(303);
    expect((await client.post('/staff/ticket/1', { csrf, version: '1', do: 'take' })).status).toBe(403);
  });

  test('whoever only sends announcements has no desk for words', async () => {
    const { client, at } = await desk('broadcaster');
    expect((await client.get(at(KEY))).status).toBe(403);
  });
});

describe('voices', () => {
  test('an approved recording is offered with its card, heard on a page without script, and gone when it is taken away', async () => {
    const { open, client, at } = await desk();
    const page = await client.get(at('card:5k.mask', 'vi'));
    const fields = { csrf: hidden(page.text, 'csrf'), lang: 'vi', show: 'all', id: 'card:5k.mask', speaker: 'H’Lan', dialect: 'Pleiku' };
    expect((await upload(open, client, '/staff/translate/voice', { ...fields, heard: 'yes' }, wav(1))).status).toBe(303);
    const [recording] = await open.store.read(listRecordings);
    expect(recording).toMatchObject({ subject: 'card:5k.mask', state: 'approved', speaker: 'H’Lan' });
    const listen = await fetch(`${open.url}/nghe/${recording?.address ?? ''}`);
    expect(listen.status).toBe(200);
    const body = await listen.text();
    expect(body).toContain('Bấm để nghe');
    expect(body).not.toContain('<script');
    const sound = await fetch(`${open.url}/nghe/${recording?.address ?? ''}/giong`, { headers: { range: 'bytes=0-3' } });
    expect(sound.status).toBe(206);
    expect((await client.get(at('card:5k.mask', 'vi'))).text).toContain('Bà con đang nghe được');
    expect((await client.post('/staff/translate', { ...fields, voice: String(recording?.id), do: 'drop-voice' })).status).toBe(303);
    expect((await fetch(`${open.url}/nghe/${recording?.address ?? ''}`)).status).toBe(404);
  });

  test.each([
    ['nothing', new Uint8Array(), 400, 'Chưa có giọng nói nào'],
    ['an archive', ZIP, 400, 'không phải tệp ghi âm'],
    ['fifty megabytes', new Uint8Array(50 * 1024 * 1024), 413, 'quá lớn'],
  ])('%s that calls itself sound is refused plainly', async (_name, bytes, status, words) => {
    const { open, client, at } = await desk();
    const page = await client.get(at('danger:medical'));
    expect(page.text).toContain('Lời nguy hiểm luôn bằng tiếng Việt');
    const refused = await upload(open, client, '/staff/translate/voice', { csrf: hidden(page.text, 'csrf'), lang: 'jra', show: 'all', id: 'danger:medical', speaker: 'H’Lan', dialect: 'Pleiku' }, bytes);
    expect(refused.status).toBe(status);
    expect(refused.text).toContain(words);
    expect(await open.store.read(listRecordings)).toEqual([]);
  });
});
