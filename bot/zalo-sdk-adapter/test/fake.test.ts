import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock, RETRY_LADDER_MS, startFakeZalo, type FakeZalo } from '../fake/index.ts';
import { ZaloOA } from '../oa/client.ts';
import { fixedToken } from '../oauth/source.ts';
import { ZaloWebhook, type WebhookVerdict } from '../webhook/receive.ts';

const ID = '2512523625412515';

let clock: ManualClock;
let zalo: FakeZalo;
let server: Server;
let verdicts: WebhookVerdict[];
let headers: IncomingHttpHeaders[];
/** Overrides the status, for a bot that is ill. */
let ill: number | null;

beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-22T02:00:00Z'));
  zalo = await startFakeZalo({ clock });
  verdicts = [];
  headers = [];
  ill = null;
  const webhook = new ZaloWebhook({ appId: zalo.app.appId, oaSecretKey: zalo.app.oaSecretKey, oaId: zalo.app.oaId, now: () => clock.now() });
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const verdict = webhook.receive(Buffer.concat(parts), request.headers);
      verdicts.push(verdict);
      headers.push(request.headers);
      response.writeHead(ill ?? verdict.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  expect(await zalo.webhook.register(`http://127.0.0.1:${address.port}/`)).toBe(true);
});
afterEach(async () => {
  await zalo.stop();
  server.closeAllConnections();
  server.close();
});

test('registering tests the address with an unsigned empty object', () => {
  expect(verdicts).toEqual([{ status: 200, kind: 'probe' }]);
  expect(headers[0]?.['x-zevent-signature']).toBeUndefined();
});

test('what a person sends can be fetched from where Zalo keeps it, under the address in the event', async () => {
  await zalo.person(ID).sendsVoice(zalo.keeps(new Uint8Array([35, 33, 65, 77, 82, 10]), 'audio/amr'));
  const [event] = events();
  const attachment = event?.event_name === 'user_send_audio' ? event.message.attachments[0] : undefined;
  const kept = await fetch(attachment?.type === 'audio' ? attachment.payload.url : '');
  expect([kept.status, kept.headers.get('content-type'), await kept.text()]).toEqual([200, 'audio/amr', '#!AMR\n']);
  expect((await fetch(`${zalo.url}/media/99`)).status).toBe(404);
});

test('what a person does reaches the webhook, and the program knows the person', async () => {
  const mai = zalo.person(ID);
  await mai.follows();
  await mai.writes('Mai có tiêm không?');
  await mai.sendsImage('https://z.example/a.jpg', 'cháu nổi ban');
  await mai.sendsVoice('https://z.example/a.amr');
  await mai.sendsSticker('1', 'https://z.example/s');
  await mai.sendsLocation({ latitude: 13.98, longitude: 108 });
  await mai.sendsLocation({ latitude: 13.98, longitude: 108 }, 'beside');
  await mai.submitsInfo({ name: 'Mai', phone: '84912345678', city: 'Gia Lai', ward: 'Ia Phí', address: 'Plei Ốp' }, 'old');
  await mai.isAnsweredByHand('Chị ra trạm nhé');
  await mai.sees(['1']);
  await mai.withdraws();
  await mai.unfollows();
  expect(events().map(({ event_name }) => event_name)).toEqual([
    'follow', 'user_send_text', 'user_send_image', 'user_send_audio', 'user_send_sticker', 'user_send_location', 'user_send_location', 'user_submit_info',
    'oa_send_text', 'user_seen_message', 'user_withdraw', 'unfollow',
  ]);
  expect(events().every((event) => 'user_id' in event && event.user_id === ID)).toBe(true);
  expect(new Set(events().map(({ key }) => key)).size).toBe(12);
});

describe('the retry ladder', () => {
  test('repeats at its steps, with the number of the try, and then switches the subscription off', async () => {
    ill = 503;
    const startMs = clock.now();
    await zalo.person(ID).writes('chào');
    const times: number[] = [];
    for (const waitMs of RETRY_LADDER_MS) {
      await clock.advance(waitMs - 1);
      const before = zalo.webhook.deliveries.length;
      await clock.advance(1);
      expect(zalo.webhook.deliveries.length).toBe(before + 1);
      times.push(clock.now() - startMs);
    }
    expect(headers.slice(1).map((each) => each['num_retry'])).toEqual([undefined, '1', '2', '3', '4', '5']);
    expect(times.at(-1)).toBe(6_630_000);
    expect(zalo.webhook.subscribed).toBe(false);
    // Even the last try is inside the replay window: all were authentic.
    expect(verdicts.slice(1).every(({ status }) => status === 200)).toBe(true);
  });

  test('ends when the program is well again', async () => {
    ill = 503;
    await zalo.person(ID).writes('chào');
    ill = null;
    await clock.advance(3 * 3_600_000);
    expect(zalo.webhook.deliveries.map(({ status }) => status)).toEqual([503, 200]);
    expect(zalo.webhook.subscribed).toBe(true);
  });
});

test.each([
  [{ signature: 'bare' }, 200],
  [{ signature: 'upper' }, 200],
  [{ signature: 'header_time' }, 200],
  [{ signature: 'wrong_secret' }, 401],
  [{ signature: 'missing' }, 401],
  [{ body: 'changed' }, 401],
  [{ body: 'reordered' }, 401],
] as const)('a delivery with %o is answered %i', async (twist, status) => {
  await zalo.person(ID).writes('chào', twist);
  expect(zalo.webhook.deliveries.map((delivery) => delivery.status)).toEqual([status]);
});

test('duplicates have one key, and what was held back can come in another order', async () => {
  const mai = zalo.person(ID);
  await mai.writes('một', { copies: 3 });
  expect(new Set(events().map(({ key }) => key)).size).toBe(1);
  verdicts.length = 0;
  zalo.webhook.hold();
  await mai.writes('hai');
  await mai.writes('ba');
  await zalo.webhook.release('reversed');
  expect(events().map((event) => (event.event_name === 'user_send_text' ? event.message.text : null))).toEqual(['ba', 'hai']);
});

test('the account\'s own message comes back as an echo without admin_id, and as a receipt', async () => {
  const mai = zalo.person(ID);
  await mai.follows();
  const oa = new ZaloOA({ tokens: fixedToken(zalo.oauth.issue().access_token), apiRoot: zalo.url });
  const sent = await oa.sendText(ID, 'Dạ');
  while (events().length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(events().slice(1)).toMatchObject([
    { event_name: 'oa_send_text', user_id: ID, sender: { admin_id: null } },
    { event_name: 'user_received_message', user_id: ID, message: { msg_id: sent.ok ? sent.value.message_id : '' } },
  ]);
});

describe('what the real hosts refuse, the fake refuses', () => {
  const call = async (path: string, body: unknown, token = zalo.oauth.issue().access_token) => {
    const response = await fetch(zalo.url + path, { method: 'POST', headers: { access_token: token, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    const answer: unknown = await response.json();
    return { status: response.status, answer };
  };

  test.each([
    ['the closed transaction call', '/v3.0/oa/message/transaction', {}, -240],
    ['the closed promotion call', '/v3.0/oa/message/promotion', {}, -240],
    ['a version 2 text', '/v2.0/oa/message', { recipient: { user_id: ID }, message: { text: 'a' } }, -240],
    ['a numeric id', '/v3.0/oa/message/cs', { recipient: { user_id: 251 }, message: { text: 'a' } }, -201],
    ['an image without a template', '/v3.0/oa/message/cs', { recipient: { user_id: ID }, message: { attachment: { type: 'image', payload: { url: 'https://x' } } } }, -201],
    ['an unknown upload', '/v3.0/oa/message/cs', { recipient: { user_id: ID }, message: { attachment: { type: 'file', payload: { token: 'x' } } } }, -201],
    ['2001 characters', '/v3.0/oa/message/cs', { recipient: { user_id: ID }, message: { text: 'ệ'.repeat(2001) } }, -210],
    ['six buttons', '/v3.0/oa/message/cs', { recipient: { user_id: ID }, message: { text: 'a', attachment: { type: 'template', payload: { buttons: Array.from({ length: 6 }, () => ({ title: 'x', type: 'oa.query.show', payload: 'x' })) } } } }, -201],
    ['a broadcast of text', '/v2.0/oa/message', { recipient: { target: {} }, message: { text: 'a' } }, -201],
  ])('%s', async (_, path, body, code) => {
    expect(await call(path, body)).toMatchObject({ status: 200, answer: { error: code } });
  });

  test('a wrong token with -216 and one whose life is over with -220, both with status 200', async () => {
    expect(await call('/v3.0/oa/message/cs', {}, 'x')).toMatchObject({ status: 200, answer: { error: -216 } });
    const { access_token } = zalo.oauth.issue();
    await clock.advance(25 * 3_600_000);
    expect(await call('/v3.0/oa/message/cs', {}, access_token)).toMatchObject({ status: 200, answer: { error: -220 } });
  });

  test('an upload after 7 days', async () => {
    const token = zalo.oauth.issue().access_token;
    const oa = new ZaloOA({ tokens: fixedToken(token), apiRoot: zalo.url });
    const image = await oa.uploads.image({ bytes: new Uint8Array(1), filename: 'a.png' });
    await clock.advance(8 * 24 * 3_600_000);
    await zalo.person(ID).writes('chào');
    const later = new ZaloOA({ tokens: fixedToken(zalo.oauth.issue().access_token), apiRoot: zalo.url });
    expect(await later.sendImage(ID, image.ok ? image.value : { url: '' })).toMatchObject({ failure: { code: -100 } });
  });

  test('a token request that is JSON, or without the secret, or with another callback', async () => {
    const post = async (body: string, more: Record<string, string>) => {
      const response = await fetch(`${zalo.url}/v4/oa/access_token`, { method: 'POST', body, headers: more });
      const answer: unknown = await response.json();
      return answer;
    };
    const form = `app_id=${zalo.app.appId}&grant_type=refresh_token&refresh_token=x`;
    const formType = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect(await post('{}', { 'Content-Type': 'application/json', secret_key: zalo.app.appSecret })).toMatchObject({ error: -118 });
    expect(await post(form, formType)).toMatchObject({ error: -14002 });
    expect(await post(form, { ...formType, secret_key: zalo.app.appSecret })).toMatchObject({ error: -14014 });
    const link = `${zalo.url}/v4/oa/permission?app_id=${zalo.app.appId}&redirect_uri=${encodeURIComponent('https://bot.example/zalo/callback/')}`;
    const answer: unknown = await (await fetch(link)).json();
    expect(answer).toMatchObject({ error: -14003 });
  });
});

function events() {
  return verdicts.flatMap((verdict) => (verdict.kind === 'event' ? [verdict.event] : []));
}
