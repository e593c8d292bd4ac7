import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { joined, openStation, type Client, type Station } from './house.ts';

const NOW = Date.parse('2026-11-22T08:00:00+07:00');
const time = { nowMs: NOW };
let house: Station;
let head: Client;
beforeAll(async () => {
  house = await openStation({}, () => time.nowMs);
  head = await joined(house, 'Lan', 'head');
});
afterAll(() => house.stop());

test('the head pins a notice: it is the first line of each answer on the subject, at once, until its day is over', async () => {
  const before = await answerTo('disease.measles');
  expect(before).not.toContain('Tin của trạm');
  const page = await head.get('/staff/outbreak');
  expect(page.text).toContain('Chưa ghim tin nào.');
  const csrf = csrfIn(page.text);
  const pin = { csrf, subject: 'disease.measles', words: 'Xã có 3 ca sởi ở Plei Mẫu. Trẻ chưa tiêm đưa tới trạm.', until: '2026-11-29', numbers: '0900 000 000', level: '', cards: 'disease.measles' };
  const look = await head.post('/staff/outbreak', { ...pin, do: 'look' });
  expect(look.text).toContain('Tin của trạm, đến 29/11/2026: Xã có 3 ca sởi ở Plei Mẫu. Trẻ chưa tiêm đưa tới trạm. Gọi: 0900 000 000.');
  expect(await answerTo('disease.measles')).toBe(before);
  expect(await head.post('/staff/outbreak', { ...pin, do: 'add' })).toMatchObject({ status: 303 });
  expect(await answerTo('disease.measles')).toBe(`Tin của trạm, đến 29/11/2026: Xã có 3 ca sởi ở Plei Mẫu. Trẻ chưa tiêm đưa tới trạm. Gọi: 0900 000 000.\n\n${before}`);
  expect(await answerTo('5k.mask')).not.toContain('Tin của trạm');
  expect((await menu('illness'))[0]).toContain('sởi');
  time.nowMs = Date.parse('2026-11-30T00:01:00+07:00');
  expect(await answerTo('disease.measles')).toBe(before);
  // A clock that had only jumped ahead brings it back.
  time.nowMs = NOW;
  expect(await answerTo('disease.measles')).toContain('Tin của trạm, đến 29/11/2026');
});

test('it is taken down with a press, and a second press says that it was gone', async () => {
  const { text } = await head.get('/staff/outbreak');
  const csrf = csrfIn(text);
  const id = /value="end:(\d+)"/u.exec(text)?.[1] ?? '';
  expect(await head.post('/staff/outbreak', { csrf, do: `end:${id}` })).toMatchObject({ status: 303 });
  expect(await answerTo('disease.measles')).not.toContain('Tin của trạm');
  expect(await head.post('/staff/outbreak', { csrf, do: `end:${id}` })).toMatchObject({ status: 409 });
});

test('what is missing is said, with the typed words still there; only the head may pin', async () => {
  const csrf = csrfIn((await head.get('/staff/outbreak')).text);
  for (const [wrong, says] of [[{ subject: 'no.such' }, 'Chưa chọn việc gì'], [{ words: 'sởi' }, 'từ 5 đến 200'], [{ until: '2027-11-22' }, 'từ hôm nay đến 21/01/2027'], [{ until: '22/11' }, 'từ hôm nay'], [{ cards: 'no.card' }, 'không còn trong kho']] as const) {
    const answer = await head.post('/staff/outbreak', { csrf, subject: 'disease.measles', words: 'Lời đang viết dở.', until: '2026-11-29', numbers: '', level: '', ...wrong, do: 'add' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(says);
    if (!('words' in wrong)) expect(answer.text).toContain('Lời đang viết dở.');
  }
  const answerer = await joined(house, 'Thanh');
  const page = await answerer.get('/staff/outbreak');
  expect(page.text).not.toContain('<textarea');
  expect(await answerer.post('/staff/outbreak', { csrf: csrfIn(page.text) || 'x', subject: 'disease.measles', words: 'Lời của ai đó.', until: '2026-11-29', do: 'add' })).toMatchObject({ status: 403 });
});

function csrfIn(text: string): string {
  return /name="csrf" value="([^"]+)"/u.exec(text)?.[1] ?? '';
}

async function answerTo(cardId: string): Promise<string> {
  const [, first] = await said({ text: 'xin chào' }, { button: `card:${cardId}` });
  return first?.[0]?.text ?? '';
}

async function menu(subject: string): Promise<string[]> {
  const [replies] = await said({ button: `menu:${subject}` });
  return (replies ?? []).flatMap((reply) => (reply.buttons ?? []).map((button) => button.label));
}

const replySchema = z.object({ replies: z.array(z.object({ text: z.string(), buttons: z.array(z.object({ label: z.string() })).optional() })) });

/** What one new resident reads, message by message. */
async function said(...bodies: ({ text: string } | { button: string })[]): Promise<z.infer<typeof replySchema>['replies'][]> {
  const all = [];
  let cookie = '';
  for (const body of bodies) {
    const response = await fetch(`${house.url}/api/chat`, { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: JSON.stringify(body) });
    cookie ||= response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    all.push(replySchema.parse(await response.json()).replies);
  }
  return all;
}
