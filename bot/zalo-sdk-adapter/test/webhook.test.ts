import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { webhookHandler, ZaloWebhook, type WebhookOptions } from '../webhook/receive.ts';

const APP = '1234567890123456';
const KEY = 'oa-key';
const NOW = 1_790_000_000_000;
const HOUR = 3_600_000;

describe('the signature', () => {
  test('of a known body equals the one that sha256sum computes', () => {
    const body = '{"app_id":"1234567890123456","event_name":"user_send_text","timestamp":"1790000000000","note":"tiêm chủng"}';
    const mac = 'ceee375752bb03f92a8f53301da990a2a4ce7d609a7dcf530414742bf2cdfadf';
    expect(webhook().receive(bytes(body), { 'X-ZEvent-Signature': `mac=${mac}` })).toMatchObject({ status: 200, kind: 'event' });
  });

  test.each(['mac=', '', 'MAC='])('is taken with the prefix "%s" and in either case', (prefix) => {
    const body = text();
    for (const hex of [sign(body), sign(body).toUpperCase()]) {
      expect(webhook().receive(bytes(body), { 'x-zevent-signature': prefix + hex }).status).toBe(200);
    }
  });

  test('is checked over the bytes as received: other spacing of the same JSON is refused', () => {
    const body = text();
    const respaced = JSON.stringify(JSON.parse(body), null, 1);
    expect(webhook().receive(bytes(respaced), { 'x-zevent-signature': sign(body) })).toMatchObject({ status: 401, why: 'wrong_signature' });
  });

  test('is required', () => {
    expect(webhook().receive(bytes(text()), {})).toMatchObject({ status: 401, why: 'no_signature' });
  });

  test('with the key of another app is refused', () => {
    expect(webhook().receive(bytes(text()), { 'x-zevent-signature': sign(text(), 'app-secret') })).toMatchObject({ status: 401, why: 'wrong_signature' });
  });

  test('may be made with the time of the header', () => {
    const body = text();
    const headers = { 'x-zevent-signature': sha(`${APP}${body}1790000000001${KEY}`), 'x-zevent-timestamp': '1790000000001' };
    expect(webhook().receive(bytes(body), headers).status).toBe(200);
  });

  test('made with the id of the account is refused with a hint', () => {
    const body = text();
    const headers = { 'x-zevent-signature': sha(`998${body}${NOW}${KEY}`) };
    const verdict = webhook({ oaId: '998' }).receive(bytes(body), headers);
    expect(verdict).toMatchObject({ status: 401, why: 'wrong_signature', hint: 'the body is signed with the id of the account in place of the id of the app' });
  });

  test('that is right does not help a body of another app', () => {
    const body = text({ app_id: '9' });
    expect(webhook().receive(bytes(body), { 'x-zevent-signature': sign(body) })).toMatchObject({ status: 401, why: 'other_app' });
  });
});

describe('the age of an event', () => {
  test('may be that of the last step of the retry ladder', () => {
    expect(signed(text(), { now: () => NOW + 110.5 * 60_000 }).status).toBe(200);
  });
  test('beyond the replay window is refused', () => {
    expect(signed(text(), { now: () => NOW + 3 * HOUR + 1, replayWindowMs: 3 * HOUR })).toMatchObject({ status: 401, why: 'stale' });
  });
  test('far in the future is refused, with the clock as the first suspect', () => {
    expect(signed(text(), { now: () => NOW - HOUR })).toMatchObject({ status: 401, why: 'ahead_of_clock', hint: 'the event lies in the future; check the clock of this machine' });
  });
  test('is read from seconds too, as old payloads have them', () => {
    const body = text({ timestamp: 1_790_000_000 });
    expect(webhook().receive(bytes(body), { 'x-zevent-signature': sha(`${APP}${body}1790000000${KEY}`) }).status).toBe(200);
  });
  test('cannot be limited to less than the retry ladder needs', () => {
    expect(() => webhook({ replayWindowMs: 5 * 60_000 })).toThrow(/3 hours/);
  });
});

describe('the unsigned test of the address', () => {
  test.each(['', '{}', ' { } ', '\n'])('with the body %j gets 200 and carries nothing', (body) => {
    expect(webhook().receive(bytes(body), {})).toEqual({ status: 200, kind: 'probe' });
  });
  test.each(['[]', 'null', '""', '{', '1'])('is not a body like %s', (body) => {
    expect(webhook().receive(bytes(body), {})).toMatchObject({ status: 400 });
  });
});

describe('a body that is no event', () => {
  test('too large: 400', () => {
    expect(webhook({ maxBytes: 10 }).receive(bytes(text()), {})).toMatchObject({ status: 400, why: 'too_large' });
  });
  test('not UTF-8: 400', () => {
    expect(webhook().receive(new Uint8Array([0x7b, 0xff, 0x7d]), {})).toMatchObject({ status: 400, why: 'not_utf8' });
  });
  test('signed, and without a name: 400', () => {
    expect(signed(JSON.stringify({ app_id: APP, timestamp: String(NOW) }))).toMatchObject({ status: 400, why: 'not_an_event' });
  });
});

test.each([
  ['a string without end, full of quotes', `{"a":1234567890123456789,"b":"${'\\"'.repeat(499_000)}`],
  ['brackets without end', '['.repeat(999_000)],
  ['objects without end', '{"a":'.repeat(190_000)],
  ['numbers without end', `{"a":[${'1234567890123456789,'.repeat(49_000)}0]}`],
])('a megabyte of %s is judged in a moment', (_, body) => {
  const before = process.cpuUsage();
  expect([400, 401]).toContain(webhook().receive(bytes(body), { 'x-zevent-signature': 'a'.repeat(64) }).status);
  // Processor time: whatever else the machine does meanwhile is not this package's matter.
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(3_000);
});

test('the number of the repetition and the service are told', () => {
  const body = text();
  const headers = { 'x-zevent-signature': sign(body), num_retry: '3', 'X-ZEvent-Server': 'ZNS' };
  expect(webhook().receive(bytes(body), headers)).toMatchObject({ attempt: 3, fromTemplateService: true });
});

test('as a web handler it does not read on when a body is too large', async () => {
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (stream) => {
      pulled += 1;
      stream.enqueue(new Uint8Array(100_000));
    },
  });
  const request = new Request('http://bot.example/', { method: 'POST', body: endless, duplex: 'half' });
  expect((await webhookHandler(webhook(), () => Promise.resolve())(request)).status).toBe(400);
  expect(pulled).toBeLessThan(20);
});

test('as a web handler it answers 200 after storing, and 503 when storing failed', async () => {
  const stored: string[] = [];
  const post = () => new Request('http://bot.example/', { method: 'POST', body: text(), headers: { 'X-ZEvent-Signature': sign(text()) } });
  const good = await webhookHandler(webhook(), (event) => Promise.resolve(void stored.push(event.key)))(post());
  const full = await webhookHandler(webhook(), () => Promise.reject(new Error('disk full')))(post());
  expect([good.status, full.status, stored]).toEqual([200, 503, ['user_send_text:m1']]);
});

test('ten thousand generated bodies get 200, 400 or 401, and nothing else', () => {
  const names = fc.constantFrom('user_send_text', 'user_send_image', 'follow', 'user_seen_message', 'user_submit_info', 'constructor', '__proto__', 'oa_send_text', 'remove_tag');
  const field = fc.oneof(fc.jsonValue(), fc.bigInt().map(String), fc.constantFrom(String(NOW), APP, '1'));
  const event = fc.record(
    { app_id: fc.oneof(fc.constant(APP), field), event_name: fc.oneof(names, field), timestamp: fc.oneof(fc.constant(String(NOW)), fc.constant(NOW), field), sender: field, recipient: field, message: field, follower: field, info: field, tag: field, user_id: field },
    { requiredKeys: [] },
  );
  const body = fc.oneof(event.map((value) => JSON.stringify(value)), fc.json(), fc.string({ unit: 'binary' }), fc.uint8Array().map((raw) => Buffer.from(raw).toString('latin1')));
  const seen = new Map<number, number>();
  fc.assert(
    fc.property(body, fc.boolean(), fc.string(), (content, honest, header) => {
      const stamp = /"timestamp":"?(-?\d+)/.exec(content)?.[1] ?? String(NOW);
      const headers: Record<string, string> = honest ? { 'x-zevent-signature': sha(`${APP}${content}${stamp}${KEY}`) } : { 'x-zevent-signature': header, num_retry: header };
      const { status } = webhook().receive(bytes(content), headers);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      return [200, 400, 401].includes(status);
    }),
    { numRuns: 10_000 },
  );
  // All three answers were met, so the bodies were not all of one kind.
  expect([...seen.keys()].sort()).toEqual([200, 400, 401]);
});

function webhook(options: Partial<WebhookOptions> = {}) {
  return new ZaloWebhook({ appId: APP, oaSecretKey: KEY, now: () => NOW, ...options });
}

function signed(body: string, options: Partial<WebhookOptions> = {}) {
  return webhook(options).receive(bytes(body), { 'x-zevent-signature': sign(body) });
}

function text(change: Record<string, unknown> = {}): string {
  return JSON.stringify({ app_id: APP, event_name: 'user_send_text', timestamp: String(NOW), sender: { id: '7' }, recipient: { id: '998' }, message: { msg_id: 'm1', text: 'mai có tiêm không' }, ...change });
}

function sign(body: string, key = KEY): string {
  return sha(`${APP}${body}${NOW}${key}`);
}

function sha(of: string): string {
  return createHash('sha256').update(of).digest('hex');
}

function bytes(of: string): Uint8Array {
  return new TextEncoder().encode(of);
}
