import { afterEach, describe, expect, test } from 'vitest';
import { asks, joined, openStation, type Client, type Station } from './house.ts';

const open: Station[] = [];
afterEach(async () => {
  for (const station of open.splice(0)) await station.stop();
});

async function station(): Promise<Station> {
  const opened = await openStation();
  open.push(opened);
  return opened;
}

/** What an editor's page would send, with some fields changed. */
async function fieldsOf(client: Client, id: string): Promise<Record<string, string>> {
  const { text } = await client.get(`/staff/base/card/${id}`);
  const form = text.slice(text.indexOf('id="edit"'));
  const plain = (html: string): string => html.replaceAll('&quot;', '"').replaceAll('&#39;', '\'').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  const areas = [...form.matchAll(/<textarea[^>]* name="(\w+)"[^>]*>([^<]*)<\/textarea>/gu)];
  const inputs = [...form.matchAll(/<input[^>]* name="(\w+)" value="([^"]*)"/gu)];
  return Object.fromEntries([...areas, ...inputs].map((match) => [match[1] ?? '', plain(match[2] ?? '')]));
}

const MASK = '/staff/base/card/5k.mask';

describe('the base', () => {
  test('a published change is what residents read at once, and going back is a revision too', async () => {
    const house = await station();
    const editor = await joined(house, 'Hoa', 'editor');
    const fields = await fieldsOf(editor, '5k.mask');
    const done = await editor.post(MASK, { ...fields, answer: 'Bà con đeo khẩu trang khi ho, sốt. Lời này trạm mới sửa.', do: 'publish' });
    expect(done).toMatchObject({ status: 303, location: `${MASK}?told=published` });
    expect((await asks(house.url, 'khi nào cần đeo khẩu trang')).replies.join()).toContain('Lời này trạm mới sửa.');
    expect((await editor.get(`${MASK}/revisions`)).text).toContain('Hoa');
    const again = await editor.post(MASK, { ...await fieldsOf(editor, '5k.mask'), do: 'file' });
    expect(again.location).toBe(`${MASK}?told=file`);
    expect((await asks(house.url, 'khi nào cần đeo khẩu trang')).replies.join()).not.toContain('Lời này trạm mới sửa.');
    const former = /\?rev=(\d+)/u.exec((await editor.get(`${MASK}/revisions`)).text)?.[1] ?? '';
    expect((await editor.get(`${MASK}?rev=${former}`)).text).toContain('Lời này trạm mới sửa.');
  });

  test('what breaks a rule of the base is said beside the field, is not published, and stays typed', async () => {
    const house = await station();
    const editor = await joined(house, 'Hoa', 'editor');
    const fields = await fieldsOf(editor, '5k.mask');
    const refused = await editor.post(MASK, { ...fields, answer: 'Gọi ông Ba 0905 123 456 để hỏi.', variants: 'một câu', validUntil: '7h rưỡi', do: 'publish' });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('Gọi ông Ba 0905 123 456 để hỏi.</textarea>');
    expect(refused.text).toContain('7h rưỡi');
    expect(refused.text).toMatch(/id="validUntil-e"/u);
    expect(refused.text).toMatch(/id="variants-e"/u);
    const phone = await editor.post(MASK, { ...fields, answer: 'Gọi ông Ba 0905 123 456 để hỏi.', do: 'publish' });
    expect(phone.status).toBe(400);
    expect(phone.text).toMatch(/id="answer-e"[^>]*>[^<]*0905 123 456/u);
  });

  test('two editors at once: the second hears who was faster and keeps their words', async () => {
    const house = await station();
    const [hoa, mai] = [await joined(house, 'Hoa', 'editor'), await joined(house, 'Mai', 'head')];
    const seen = await fieldsOf(mai, '5k.mask');
    await hoa.post(MASK, { ...await fieldsOf(hoa, '5k.mask'), more: 'Lời của Hoa.', do: 'publish' });
    const late = await mai.post(MASK, { ...seen, more: 'Lời của Mai.', do: 'publish' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('Hoa vừa đăng một bản khác');
    expect(late.text).toContain('Lời của Mai.</textarea>');
  });

  test('a clinical part is shown once somebody of the station has signed it, with name and role; an edit takes the signature away', async () => {
    const house = await station();
    const editor = await joined(house, 'Lan', 'editor', ['health']);
    const list = (await editor.get('/staff/base?show=unsigned')).text;
    const id = /\/staff\/base\/card\/(epi\.[\w-]+)/u.exec(list)?.[1] ?? '';
    const path = `/staff/base/card/${id}`;
    const before = (await editor.get(path)).text;
    expect(before).toContain('Phần chuyên môn chưa ai ký');
    const seen = /name="seen" value="([^"]+)"/u.exec(before)?.[1] ?? '';
    const csrf = /name="csrf" value="([^"]+)"/u.exec(before)?.[1] ?? '';
    expect((await (await joined(house, 'Gạo', 'editor', ['food'])).post(`${path}/sign`, { csrf, seen, read: 'yes' })).status).toBe(403);
    expect((await editor.post(`${path}/sign`, { csrf, seen, read: 'yes' })).location).toBe(`${path}?told=signed`);
    const fields = await fieldsOf(editor, id);
    const look = await editor.post(path, { ...fields, variants: `${fields['variants'] ?? ''}\nmột cách hỏi hoàn toàn mới về chuyện này`, do: 'look' });
    expect(look.text).toContain('Y sĩ Lan');
    const changed = await editor.post(path, { ...fields, more: 'Lời khác.', do: 'look' });
    expect(changed.text.slice(changed.text.indexOf('id="xem"'))).not.toContain('Y sĩ Lan');
  });

  test('who only answers may draft, not publish; a draft is nobody\'s answer yet', async () => {
    const house = await station();
    const lan = await joined(house, 'Lan');
    const fields = await fieldsOf(lan, '5k.mask');
    expect((await lan.get(MASK)).text).not.toContain('Đăng cho bà con');
    expect((await lan.post(MASK, { ...fields, answer: 'Lời nháp của Lan.', do: 'publish' })).status).toBe(403);
    expect((await lan.post(MASK, { ...fields, answer: 'Lời nháp của Lan.', do: 'save' })).location).toBe(`${MASK}?told=saved`);
    expect((await lan.get(MASK)).text).toContain('Lời nháp của Lan.</textarea>');
    expect((await lan.get('/staff/base?show=draft')).text).toContain('khẩu trang');
    expect((await asks(house.url, 'khi nào cần đeo khẩu trang')).replies.join()).not.toContain('Lời nháp của Lan.');
  });

  test('a question is tried with decision and reasons, also on what is being typed', async () => {
    const house = await station();
    const editor = await joined(house, 'Hoa', 'editor');
    const live = (await editor.get(`/staff/base/try?try=${encodeURIComponent('khi nào cần đeo khẩu trang')}`)).text;
    expect(live).toContain('Máy sẽ trả lời ngay');
    expect(live).toContain('Đủ giống một thẻ để trả lời ngay');
    const typed = await fieldsOf(editor, '5k.mask');
    const question = 'bịt cái mồm kiểu gì khi lên rẫy mùa khói';
    const tried = await editor.post(MASK, { ...typed, variants: `${typed['variants'] ?? ''}\n${question}`, try: question, do: 'try' });
    expect(tried.text).toContain('Máy sẽ trả lời ngay');
    const added = await editor.post(MASK, { ...typed, try: question, do: 'add-variant' });
    expect(added.text).toContain(`${question}</textarea>`);
  });
});

describe('from a question to the base', () => {
  test('one press makes a draft card without the name and number that the question held, or a way of asking, or a question that stays with staff', async () => {
    const house = await station();
    await asks(house.url, 'con Rơ Châm Hnhứt số 0905123456 hỏi trạm có cho mượn xe lăn không, gặp cán bộ');
    const lan = await joined(house, 'Lan');
    const { csrf } = await lan.seen(1);
    const page = (await lan.get('/staff/ticket/1')).text;
    expect(page).toContain('Để lần sau máy biết');
    const drafted = await lan.post('/staff/base/from-ticket/1', { csrf, do: 'card' });
    expect(drafted.location).toBe('/staff/base/card/station.q1?told=drafted');
    const card = (await lan.get('/staff/base/card/station.q1')).text;
    expect(card).toContain('xe lăn');
    expect(card).not.toMatch(/0905123456|Hnhứt/u);
    const near = /value="variant:([^"]+)"/u.exec(page)?.[1] ?? '';
    expect((await lan.post('/staff/base/from-ticket/1', { csrf, do: `variant:${near}` })).location).toBe(`/staff/base/card/${near}?told=variant`);
    expect((await lan.post('/staff/base/from-ticket/1', { csrf, do: 'outside' })).location).toBe('/staff/base?show=outside&told=outsideWaits');
    const editor = await joined(house, 'Hoa', 'editor');
    expect((await editor.get('/staff/base?show=outside')).text).toContain('Chờ duyệt');
    const own = /name="csrf" value="([^"]+)"/u.exec((await editor.get('/staff/base?show=outside')).text)?.[1] ?? '';
    await editor.post('/staff/base/outside', { csrf: own, id: '1', do: 'publish' });
    expect((await editor.get('/staff/base?show=outside')).text).toContain('Đang dùng');
  });

  test('danger and the sensitive class are never made into cards', async () => {
    const house = await station();
    await asks(house.url, 'tôi muốn chết');
    const lan = await joined(house, 'Lan');
    expect((await lan.get('/staff/ticket/1')).text).not.toContain('Để lần sau máy biết');
    expect((await lan.post('/staff/base/from-ticket/1', { csrf: (await lan.seen(1)).csrf, do: 'card' })).status).toBe(404);
  });
});
