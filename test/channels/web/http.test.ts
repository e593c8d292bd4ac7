import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cleanText } from '#bot/channels/web/input.ts';
import { networkOf } from '#bot/channels/web/address.ts';
import { createBuckets } from '#bot/channels/web/flood.ts';
import { cookieOf, house, JSON_TYPE } from './front.ts';
import { answerBy, memoryStore, MORNING_MS, SAMPLES, serveWebChat } from './house.ts';

describe('a message through POST /api/chat', () => {
  test('brings the replies in the fixed form, and a cookie that is nobody else’s', async () => {
    const { post, store } = await house();
    const res = await post({ text: 'tiem co mat tien khong' });
    expect(res.status).toBe(200);
    expect(await res.json()).toEqual({
      replies: [{ id: '101', text: SAMPLES.answer.text, lang: 'vi', cardId: 'epi.free', buttons: SAMPLES.answer.buttons, layout: SAMPLES.answer.layout }],
    });
    expect(res.headers.get('set-cookie')).toMatch(/^loa_chat=[A-Za-z0-9_-]{22}; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(store.heard).toEqual([{ kind: 'text', text: 'tiem co mat tien khong', forwarded: false }]);
  });

  test('of the same cookie belongs to the same conversation, and the store never sees the cookie', async () => {
    const { post, store } = await house();
    const cookie = cookieOf(await post({ text: 'a' }));
    await post({ text: 'b' }, { Cookie: cookie });
    expect(store.visitors()).toHaveLength(1);
    expect(store.visitors()[0]).not.toContain(cookie.split('=')[1]);
  });

  test('sets a Secure cookie when the public address is https', async () => {
    const { post } = await house({ publicUrl: 'https://loa.example' });
    expect((await post({ text: 'a' })).headers.get('set-cookie')).toContain('; Secure');
  });

  test('a button is heard by its value', async () => {
    const { post, store } = await house();
    expect((await post({ button: 'card:epi.free' })).status).toBe(200);
    expect(store.heard).toEqual([{ kind: 'button', value: 'card:epi.free' }]);
  });

  test('sent twice under one mark is handled once and answered twice', async () => {
    const { post, store } = await house();
    const cookie = cookieOf(await post({ text: 'a' }));
    const message = { text: 'be sot', id: 'abcdef012345' };
    const [one, two] = await Promise.all([post(message, { Cookie: cookie }), post(message, { Cookie: cookie })]);
    expect(await one.json()).toEqual(await two.json());
    expect(store.heard).toHaveLength(2);
  });

  test('under an old mark but with other words is a message of its own', async () => {
    const { post, store } = await house();
    const cookie = cookieOf(await post({ text: 'a', id: 'abcdef012345' }));
    await post({ text: 'b', id: 'abcdef012345' }, { Cookie: cookie });
    expect(store.heard).toHaveLength(2);
  });

  test('emoji only is passed on: the conversation has an answer to it', async () => {
    const { post, store } = await house();
    expect((await post({ text: '👨‍👩‍👧👍🏽' })).status).toBe(200);
    expect(store.heard).toEqual([{ kind: 'text', text: '👨‍👩‍👧👍🏽', forwarded: false }]);
  });

  test('that cannot be stored is answered 503 in plain words, and reported', async () => {
    const reported: unknown[] = [];
    const { post, store } = await house({ report: (error) => reported.push(error) });
    store.before = () => Promise.reject(new Error('disk full'));
    const res = await post({ text: 'a' });
    expect(res.status).toBe(503);
    const error = await errorOf(res);
    expect(error.code).toBe('unavailable');
    expect(error.message).toContain('0900 000 000');
    expect(reported).toHaveLength(1);
  });
});

describe('bad input is answered in Vietnamese and reaches nobody', () => {
  const bad: [name: string, body: string, headers: Record<string, string>, status: number, code: string][] = [
    ['empty text', '{"text":""}', JSON_TYPE, 400, 'empty'],
    ['blank text', '{"text":" \\n\\t "}', JSON_TYPE, 400, 'empty'],
    ['control characters only', '{"text":"\\u0000\\u0007\\u202e"}', JSON_TYPE, 400, 'empty'],
    ['invisible joiners only', '{"text":"\\u200b\\u200d"}', JSON_TYPE, 400, 'empty'],
    ['2,001 characters', JSON.stringify({ text: 'ô'.repeat(2001) }), JSON_TYPE, 400, 'too_long'],
    ['100,000 characters', JSON.stringify({ text: 'ộ'.repeat(100_000) }), JSON_TYPE, 400, 'too_long'],
    ['5 MB', JSON.stringify({ text: 'a'.repeat(5_000_000) }), JSON_TYPE, 413, 'too_large'],
    ['broken JSON', '{"text":', JSON_TYPE, 400, 'broken_json'],
    ['no body', '', JSON_TYPE, 400, 'broken_json'],
    ['a list', '["text"]', JSON_TYPE, 400, 'bad_form'],
    ['neither text nor button', '{}', JSON_TYPE, 400, 'bad_form'],
    ['both text and button', '{"text":"a","button":"b"}', JSON_TYPE, 400, 'bad_form'],
    ['text that is a number', '{"text":5}', JSON_TYPE, 400, 'bad_form'],
    ['an empty button', '{"button":""}', JSON_TYPE, 400, 'bad_form'],
    ['a mark of the wrong form', '{"text":"a","id":"../../x"}', JSON_TYPE, 400, 'bad_form'],
    ['text/plain', '{"text":"a"}', { 'Content-Type': 'text/plain' }, 400, 'wrong_content_type'],
    ['a form', 'text=a', { 'Content-Type': 'application/x-www-form-urlencoded' }, 400, 'wrong_content_type'],
    ['another site’s page', '{"text":"a"}', { ...JSON_TYPE, Origin: 'https://evil.example' }, 403, 'cross_site'],
    ['another site’s page, by fetch metadata', '{"text":"a"}', { ...JSON_TYPE, 'Sec-Fetch-Site': 'cross-site' }, 403, 'cross_site'],
    ['a page without origin', '{"text":"a"}', { ...JSON_TYPE, Origin: 'null' }, 403, 'cross_site'],
  ];

  test.each(bad)('%s', async (_name, body, headers, status, code) => {
    const { app, store } = await house();
    const res = await app.request('/api/chat', { method: 'POST', body, headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) } });
    expect(res.status).toBe(status);
    const error = await errorOf(res);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/[ạảấầẩậắằẵặẹẻẽếềểệịỉĩọỏốồổộớờởợụủứừửựỳỵỷ]/u);
    expect(error.message).not.toMatch(/\{\{|web:/);
    expect(store.heard).toEqual([]);
  });

  test('a missing content type', async () => {
    const { app } = await house();
    const res = await app.request('/api/chat', { method: 'POST', body: new Uint8Array(Buffer.from('{"text":"a"}')) });
    expect((await errorOf(res)).code).toBe('wrong_content_type');
  });

  test('2,000 characters are read, however many bytes they take', async () => {
    const { post, store } = await house();
    expect((await post({ text: '😀'.repeat(2000) })).status).toBe(200);
    expect(store.heard).toHaveLength(1);
  });

  test('a body that goes on for ever is cut off and answered, over a real connection', async () => {
    const served = await serveWebChat(memoryStore(answerBy));
    let sent = 0;
    const chunk = new Uint8Array(64 * 1024).fill(97);
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += chunk.length;
        if (sent > 50_000_000) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const outcome = await fetch(`${served.url}/api/chat`, { method: 'POST', body: endless, headers: JSON_TYPE, duplex: 'half' }).then((res) => res.status, () => 'cut');
    expect([413, 'cut']).toContain(outcome);
    expect(sent).toBeLessThan(20_000_000);
    // And the server goes on serving.
    expect((await fetch(served.url)).status).toBe(200);
    await served.stop();
  });

  test('5 MB of declared length is answered 413 before it is read, over a real connection', async () => {
    const served = await serveWebChat(memoryStore(answerBy));
    const res = await fetch(`${served.url}/api/chat`, { method: 'POST', body: JSON.stringify({ text: 'a'.repeat(5_000_000) }), headers: JSON_TYPE });
    expect(res.status).toBe(413);
    expect((await errorOf(res)).code).toBe('too_large');
    await served.stop();
  });
});

describe('text arrives as the rest of the program may expect it', () => {
  test('NFD becomes NFC, controls and turning marks go, line breaks stay', async () => {
    const { post, store } = await house();
    await post({ text: ' tie\u0302\u0309m\u0000 \u202eơ̆\r\nở đâu\u0007 ' });
    expect(store.heard).toEqual([{ kind: 'text', text: 'tiểm ơ̆\nở đâu', forwarded: false }]);
  });

  test('cleaning twice is cleaning once, and leaves nothing unseen behind', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = cleanText(text);
        expect(cleanText(clean)).toBe(clean);
        expect(clean.normalize('NFC')).toBe(clean);
        expect(clean).not.toMatch(/[\p{Cc}--[\n\t]]|[\u202A-\u202E]/v);
        expect(clean.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('a flood', () => {
  test('from one visitor is told to wait, and may go on after that', async () => {
    let now = MORNING_MS;
    const { post } = await house({ limits: { visitorBurst: 3, visitorPerSecond: 0.5 }, nowMs: () => now });
    const cookie = cookieOf(await post({ text: 'a' }));
    for (let i = 0; i < 3; i++) expect((await post({ text: 'a' }, { Cookie: cookie })).status).toBe(200);
    const res = await post({ text: 'a' }, { Cookie: cookie });
    expect(res.status).toBe(429);
    expect(res.headers.get('retry-after')).toBe('2');
    expect(await errorOf(res)).toMatchObject({ code: 'too_many', message: 'Bà con gửi hơi nhanh. Đợi 2 giây rồi gửi lại.' });
    now += 2000;
    expect((await post({ text: 'a' }, { Cookie: cookie })).status).toBe(200);
  });

  test('from one address without cookies is told to wait, while other addresses are served', async () => {
    let address = '192.0.2.7';
    const { post } = await house({ limits: { addressBurst: 5, addressPerSecond: 1 }, addressOf: () => address });
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await post({ text: 'a' })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    address = '192.0.2.8';
    expect((await post({ text: 'a' })).status).toBe(200);
  });

  test('within the shipped limits 200 quick messages of one visitor are not all taken', async () => {
    const { post } = await house();
    const cookie = cookieOf(await post({ text: 'a' }));
    const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await post({ text: 'a' }, { Cookie: cookie })).status));
    expect(statuses).toContain(429);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(10);
  });

  test('from a million keys stays in bounded memory, and what is allowed never exceeds burst and rate', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { maxLength: 200 }), (pausesMs) => {
        const take = createBuckets(5, 1, 10);
        let now = 0;
        let taken = 0;
        for (const pause of pausesMs) {
          now += pause;
          if (take('k', now) === 0) taken++;
        }
        expect(taken).toBeLessThanOrEqual(5 + now / 1000);
      }),
    );
    const take = createBuckets(1, 1, 100);
    for (let i = 0; i < 1000; i++) expect(take(`key ${i}`, 0)).toBe(0);
    // The hundred touched last are remembered, the others forgotten.
    expect(take('key 999', 0)).toBeGreaterThan(0);
    expect(take('key 0', 0)).toBe(0);
  });

  test('counts an IPv6 caller’s whole network as one', () => {
    expect(networkOf('2001:db8:1:2:aaaa::1')).toBe(networkOf('2001:db8:1:2::ffff'));
    expect(networkOf('2001:db8:1:3::1')).not.toBe(networkOf('2001:db8:1:2::1'));
    expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0');
    expect(networkOf('::ffff:192.0.2.1')).toBe('::ffff:192.0.2.1');
    expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
  });
});

async function errorOf(res: Response): Promise<{ code: string; message: string }> {
  return z.object({ error: z.strictObject({ code: z.string(), message: z.string() }) }).parse(await res.json()).error;
}
