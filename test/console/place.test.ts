import { afterEach, expect, test } from 'vitest';
import { PassThrough } from 'node:stream';
import { start } from '#bot/app.ts';
import { readConfig } from '#bot/config.ts';
import { createLog } from '#bot/log.ts';
import { verb } from '#bot/verbs/place.ts';
import { createTexts } from '#locales/texts.ts';
import { asks, joined, openStation, type Client, type Station } from './house.ts';

/** The station's own page: what the head changes is told by every process, can be taken back, and loses nothing typed. */

let station: Station | null = null;
afterEach(async () => {
  await station?.stop();
  station = null;
});

async function withHead(): Promise<{ open: Station; head: Client; change: (part: string, changed: Record<string, string>, wish?: string) => Promise<{ status: number; text: string; location: string | null }> }> {
  const open = await openStation({}, () => Date.parse('2026-11-25T08:00:00+07:00'));
  station = open;
  const head = await joined(open, 'Hoa', 'head');
  return { open, head, change: (part, changed, wish = 'keep') => submit(head, part, changed, wish) };
}

/** What a browser sends of a form: every field as it stands, some changed. */
async function submit(client: Client, part: string, changed: Record<string, string>, wish: string, page?: string) {
  const fields = fieldsIn(page ?? (await client.get(`/staff/place/${part}`)).text);
  for (const [name, value] of Object.entries(changed)) fields.set(name, value);
  return client.post(`/staff/place/${part}`, [...fields, ['do', wish]]);
}

function fieldsIn(page: string): URLSearchParams {
  const unescaped = (text: string): string => text.replaceAll('&quot;', '"').replaceAll('&#39;', '\'').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  return new URLSearchParams([...page.matchAll(/<input [^>]*>/gu)].flatMap(([tag]): [string, string][] => {
    const of = (name: string): string => unescaped(new RegExp(`${name}="([^"]*)"`, 'u').exec(tag)?.[1] ?? '');
    return /type="(?:checkbox|radio)"/u.test(tag) && !tag.includes(' checked') ? [] : [[of('name'), of('value')]];
  }));
}

test('a new phone number is told at once, also by another process on the same store', async () => {
  const { open, change } = await withHead();
  const config = readConfig({ PORT: '0', DATA_DIR: open.dataDir, LOG_LEVEL: 'silent' });
  if (!config.ok) throw new Error('no settings');
  const second = await start(config.config, { clock: () => Date.parse('2026-11-25T08:00:00+07:00'), log: createLog('silent') });
  if (!second.ok) throw new Error(second.say);
  try {
    expect((await asks(open.url, 'số điện thoại trạm y tế')).replies.join()).toContain('0900 000 000');
    const looked = await change('station', { 'station.phone': '0262 3 888 999' }, 'look');
    expect(looked.text).toContain('Trước: 0900 000 000');
    expect(looked.text).toContain('Bà con sẽ thấy');
    expect((await asks(open.url, 'số điện thoại trạm y tế')).replies.join()).toContain('0900 000 000');
    expect(await change('station', { 'station.phone': '0262 3 888 999' })).toMatchObject({ status: 303, location: '/staff/place?told=kept' });
    expect((await asks(open.url, 'số điện thoại trạm y tế')).replies.join()).toContain('0262 3 888 999');
    await expect.poll(async () => (await asks(second.app.url, 'số điện thoại trạm y tế')).replies.join(), { interval: 500 }).toContain('0262 3 888 999');
    expect(await open.store.read((tx) => tx.db.selectFrom('audit').select('detail').where('what', '=', 'place-changed').execute())).toEqual([{ detail: 'station' }]);
  } finally {
    await second.app.stop();
  }
});

test('what does not hold is said beside its field, with what was read and what is wanted, and everything typed is still there', async () => {
  const { change } = await withHead();
  const refused = await change('station', { 'station.name': 'Trạm "mới" & tốt', 'station.hours.0.from': '7h rưỡi', 'station.phone': 'không có' });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain('Máy đọc là “7h rưỡi”. Cần một giờ như 7:30.');
  expect(refused.text).toContain('Máy đọc là “không có”. Cần số điện thoại gồm chữ số và dấu cách');
  expect(fieldsIn(refused.text).get('station.name')).toBe('Trạm "mới" & tốt');
  expect(fieldsIn(refused.text).get('station.hours.0.from')).toBe('7h rưỡi');
});

test('two who change the same part: the second sees who was faster, and keeps what they typed', async () => {
  const { open, head, change } = await withHead();
  const other = await joined(open, 'Lan', 'head');
  const page = (await other.get('/staff/place/numbers')).text;
  expect((await change('numbers', { 'police.phone': '0900 111 222' })).status).toBe(303);
  const late = await submit(other, 'numbers', { 'duty.food': '0900 555 666' }, 'keep', page);
  expect(late.status).toBe(409);
  expect(late.text).toContain('Hoa vừa sửa phần này');
  expect(fieldsIn(late.text).get('duty.food')).toBe('0900 555 666');
  expect((await head.get('/staff/place')).text).not.toContain('0900 555 666');
});

test('a village that is retired is offered to nobody, and who lives there keeps it; the renamed one is known by both names', async () => {
  const { open, change } = await withHead();
  expect((await change('villages', { 'villages.2.retired': 'yes', 'villages.0.name': 'Plei Mẫu Mới', 'villages.3.name': 'Plei Thêm' })).status).toBe(303);
  const client = await joined(open, 'Lan', 'head');
  const session = { csrf: fieldsIn((await client.get('/staff/calendar/new')).text).get('csrf') ?? '', do: 'keep', day: '27/11/2026', from: '7:30', to: '10:00', place: 'Nhà văn hoá', who: 'trẻ em' };
  expect((await client.post('/staff/calendar/session/new', session)).status).toBe(303);
  const asked = async (): Promise<string> => (await fetch(`${open.url}/api/chat`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text: 'mai có tiêm không' }) })).text();
  await expect.poll(asked, { interval: 500 }).toContain('village:plei-mau');
  expect(await asked()).toContain('Plei Thêm');
  expect(await asked()).not.toContain('thon-thu');
  const calendar = (await client.get('/staff/calendar/new')).text;
  expect(calendar).toContain('Plei Mẫu Mới');
  expect(calendar).not.toContain('Thôn Thử');
  expect((await client.get('/staff/place')).text).toContain('Thôn Thử (không dùng nữa)');
});

test('every change can be taken back and brought again, down to what the file says', async () => {
  const { head, change } = await withHead();
  await change('numbers', { 'police.phone': '0900 111 222' });
  await change('numbers', { 'police.phone': '0900 333 444' });
  const press = async (words: string, at = 0): Promise<void> => {
    const { text } = await head.get('/staff/place/history');
    const keys = [...text.matchAll(new RegExp(`value="([a-z]+:[a-z0-9]+)">${words}`, 'gu'))];
    const wish = keys[at]?.[1] ?? '';
    expect((await head.post('/staff/place/history', { csrf: fieldsIn(text).get('csrf') ?? '', do: wish })).location).toBe('/staff/place/history?told=back');
  };
  const phone = async (): Promise<string> => (await head.get('/staff/place/numbers')).text.match(/name="police.phone"[^>]*value="([^"]*)"/u)?.[1] ?? '';
  await press('Hoàn lại lần sửa này');
  expect(await phone()).toBe('0900 111 222');
  await press('Dùng lại bản này');
  expect(await phone()).toBe('0900 333 444');
  await press('Lấy lại như trong tệp');
  expect(await phone()).toBe('0900 000 004');
});

test('only the head changes the place; others read it', async () => {
  const { open, head } = await withHead();
  const nurse = await joined(open, 'Lan', 'answerer');
  expect((await nurse.get('/staff/place')).text).toContain('Trưởng trạm sửa trang này.');
  const fields = [...fieldsIn((await head.get('/staff/place/numbers')).text)];
  const csrf = fieldsIn((await nurse.get('/staff/roster')).text).get('csrf') ?? fieldsIn((await nurse.get('/staff/account')).text).get('csrf') ?? '';
  expect((await nurse.post('/staff/place/numbers', [...fields.filter(([name]) => name !== 'csrf'), ['csrf', csrf], ['do', 'keep']])).status).toBe(403);
  expect((await nurse.get('/staff/place/place.yaml')).status).toBe(403);
});

test('the changed place goes into a file by one command', async () => {
  const { open, head, change } = await withHead();
  await change('rules', { 'dayHours.from': '6:30', staffGroup: 'notify' });
  const config = readConfig({ DATA_DIR: open.dataDir });
  if (!config.ok) throw new Error('no settings');
  const out = new PassThrough();
  expect(await verb.run(['export'], { config: config.config, texts: await createTexts(), out, err: out, input: out })).toBe(0);
  const text = String(out.read());
  expect(text).toContain('staffGroup: notify');
  expect(text).toContain('6:30');
  expect((await head.get('/staff/place/place.yaml')).text).toBe(text);
});
