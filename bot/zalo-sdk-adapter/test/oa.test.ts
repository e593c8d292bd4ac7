import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock, startFakeZalo, type FakePerson, type FakeZalo } from '../fake/index.ts';
import type { LogEntry } from '../errors.ts';
import { ZaloOA } from '../oa/client.ts';
import { listAsText, zaloLength, type Button } from '../oa/messages.ts';
import { ZaloOAuth } from '../oauth/client.ts';
import { TokenKeeper } from '../oauth/keeper.ts';
import { fixedToken } from '../oauth/source.ts';
import { MemoryTokenStorage } from '../oauth/storages.ts';
import { unwrap, ZaloError } from '../result.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ID = '2512523625412515';

let clock: ManualClock;
let zalo: FakeZalo;
let oa: ZaloOA;
/** The same, with less patience than the machine may need. */
let hurried: ZaloOA;
let mai: FakePerson;
let log: LogEntry[];

beforeEach(async () => {
  clock = new ManualClock(Date.parse('2026-11-22T02:00:00Z'));
  zalo = await startFakeZalo({ clock });
  log = [];
  const oauth = new ZaloOAuth({ appId: zalo.app.appId, appSecret: zalo.app.appSecret, oauthRoot: zalo.url, now: () => clock.now() });
  const tokens = new TokenKeeper({ oauth, storage: new MemoryTokenStorage(), now: () => clock.now(), seedRefreshToken: zalo.oauth.issue().refresh_token });
  const options = { tokens, apiRoot: zalo.url, templateRoot: zalo.url, now: () => clock.now(), log: (entry: LogEntry) => log.push(entry) };
  oa = new ZaloOA({ ...options, timeoutMs: 30_000 });
  hurried = new ZaloOA({ ...options, timeoutMs: 500 });
  mai = zalo.person(ID);
  await mai.follows();
});
afterEach(() => zalo.stop());

describe('a consultation message', () => {
  test('arrives once, in NFC, and says what paid for it', async () => {
    const sent = unwrap(await oa.sendText(ID, 'Mai có tiêm không?'.normalize('NFD')));
    expect(sent).toMatchObject({ user_id: ID, quota: { quota_type: 'reply' }, rate: { limit: 4000 } });
    expect(mai.received).toMatchObject([{ kind: 'text', text: 'Mai có tiêm không?', message_id: sent.message_id }]);
  });

  test('of every kind is taken by the strict fake', async () => {
    const image = unwrap(await oa.uploads.image({ bytes: new Uint8Array(10), filename: 'lich.PNG' }));
    const gif = unwrap(await oa.uploads.gif({ bytes: new Uint8Array(10), filename: 'a.gif' }));
    const file = unwrap(await oa.uploads.file({ bytes: new Uint8Array(10), filename: 'to-roi.pdf' }));
    const buttons: Button[] = [
      { title: 'Lịch tiêm', type: 'oa.query.show', payload: '#lich' },
      { title: 'Trang web', type: 'oa.open.url', payload: { url: 'https://tramyte.example' } },
      { title: 'Gọi 115', type: 'oa.open.phone', payload: { phone_code: '115' } },
      { title: 'Nhắn', type: 'oa.open.sms', payload: { phone_code: '84912345678', content: 'TIEM' } },
      { title: 'Ẩn', type: 'oa.query.hide', payload: '#an' },
    ];
    const results = [
      await oa.sendText(ID, 'chữ', { quote_message_id: 'abc' }),
      await oa.sendButtons(ID, 'Chọn:', buttons),
      await oa.sendImage(ID, image, 'Lịch'),
      await oa.sendImage(ID, { url: 'https://tramyte.example/a.png' }),
      await oa.sendGif(ID, gif, { width: 10, height: 10 }),
      await oa.sendFile(ID, file.token),
      await oa.sendList(ID, [{ title: 'Một', subtitle: 'hai', image_url: 'https://x.example/a.png', default_action: { type: 'oa.open.url', url: 'https://x.example' } }]),
      await oa.sendUserInfoRequest(ID, { title: 'Cho trạm biết', subtitle: 'Tên và số', image_url: 'https://x.example/a.png' }),
      await oa.sendAnonymousText({ anonymous_id: 'x', conversation_id: 'y' }, 'chào'),
      await oa.react(ID, 'abc', '/-heart'),
    ];
    expect(results.map((result) => result.ok)).toEqual(results.map(() => true));
    expect(zalo.sent.map(({ kind }) => kind)).toEqual(['text', 'buttons', 'image', 'image', 'gif', 'file', 'list', 'request_user_info', 'anonymous', 'reaction']);
  });

  test('to somebody silent for more than 48 hours is paid from the package, and after 7 days the window is closed', async () => {
    zalo.account.subQuota = 1;
    await clock.advance(48 * HOUR + 1);
    expect(unwrap(await oa.sendText(ID, 'a')).quota).toMatchObject({ quota_type: 'sub_quota', remain: 0 });
    expect(await oa.sendText(ID, 'b')).toMatchObject({ ok: false, failure: { code: -211, remedy: { kind: 'retry', tellStaff: true } } });
    await clock.advance(5 * DAY);
    expect(await oa.sendText(ID, 'c')).toMatchObject({ ok: false, failure: { code: -230, remedy: { kind: 'window', opensAtMs: null } } });
    await mai.writes('tôi đây');
    expect(await oa.sendText(ID, 'd')).toMatchObject({ ok: true });
  });

  test.each([
    ['blocks', -244, { kind: 'permanent', scope: 'person' }],
    ['away', -227, { kind: 'permanent', scope: 'person' }],
  ] as const)('to a person who %s fails with %i', async (state, code, remedy) => {
    mai.user[state] = true;
    expect(await oa.sendText(ID, 'a')).toMatchObject({ failure: { code, remedy } });
  });

  test('to somebody who does not follow and never wrote fails for that person', async () => {
    zalo.person('3333333333333333');
    expect(await oa.sendText('3333333333333333', 'a')).toMatchObject({ failure: { code: -213, remedy: { scope: 'person' } } });
  });
});

describe('limits are checked before the call, and named', () => {
  test.each([
    ['a text over 2000', () => oa.sendText(ID, 'a'.repeat(2001)), 'text is 2001 characters long; Zalo takes at most 2000'],
    ['an empty text', () => oa.sendText(ID, ' \n'), 'text is empty'],
    ['an id that is none', () => oa.sendText('', 'a'), 'user_id is not an id'],
    ['six buttons', () => oa.sendButtons(ID, 'a', Array.from({ length: 6 }, () => button('x'))), 'buttons are 6; Zalo takes at most 5'],
    ['a long title', () => oa.sendButtons(ID, 'a', [button('t'.repeat(101))]), 'buttons.title is 101 characters long; Zalo takes at most 100'],
    ['a long payload', () => oa.sendButtons(ID, 'a', [{ ...button('x'), type: 'oa.query.show', payload: 'p'.repeat(201) }]), 'buttons.payload is 201 characters long; Zalo takes at most 200'],
    ['a plain http link', () => oa.sendImage(ID, { url: 'http://x.example/a.png' }), 'url has to be an https address'],
    ['six list elements', () => oa.sendList(ID, Array.from({ length: 6 }, () => ({ title: 'x' }))), 'elements are 6; Zalo takes 1 to 5'],
    ['a gif without size', () => oa.sendGif(ID, { attachment_id: 'x' }, { width: 0, height: 1 }), 'width and height have to be above 0 for a gif'],
    ['a large picture', () => oa.uploads.image({ bytes: new Uint8Array(1_048_577), filename: 'a.jpg' }), 'bytes are 1048577; Zalo takes at most 1048576'],
    ['a sound file', () => oa.uploads.file({ bytes: new Uint8Array(1), filename: 'tieng.mp3' }), 'filename has to end in .pdf, .doc, .docx'],
    ['a page of 51', () => oa.users.list({ offset: 0, count: 51 }), 'count is 51; Zalo takes at most 50'],
    ['a phone with 0', () => oa.templates.sendToPhone({ phone: '0912345678', template_id: '1', template_data: { a: 'b' }, tracking_id: 't' }), 'phone has to begin with 84 and hold digits only'],
    ['a long tracking id', () => oa.templates.sendToPhone({ phone: '84912345678', template_id: '1', template_data: { a: 'b' }, tracking_id: 't'.repeat(49) }), 'tracking_id is 49 characters long; Zalo takes at most 48'],
    ['a long article title', () => oa.articles.create({ title: 't'.repeat(151), author: 'a', description: 'd', cover_url: 'https://x.example', body: [] }), 'title is 151 characters long; Zalo takes at most 150'],
  ])('%s', async (_, call, message) => {
    expect(await call()).toMatchObject({ ok: false, failure: { kind: 'limit', message, remedy: { kind: 'permanent' } } });
    expect(zalo.sent).toEqual([]);
    expect(zalo.oauth.asked.refresh_token).toBe(0);
  });

  test('decomposed Vietnamese is counted composed', () => {
    expect(zaloLength('tiêm chủng mở rộng'.normalize('NFD'))).toBe('tiêm chủng mở rộng'.length);
  });
});

describe('a token that Zalo refuses', () => {
  test.each([-216, -220])('with %i is renewed and the call repeated once: one message', async (code) => {
    await warm();
    zalo.faults.add('/message/cs', { kind: 'code', code });
    expect(await oa.sendText(ID, 'a')).toMatchObject({ ok: true });
    expect(zalo.sent).toHaveLength(1);
    expect(zalo.oauth.asked.refresh_token).toBe(2);
  });

  test('again and again ends with a person, not with a circle', async () => {
    await warm();
    zalo.faults.add('/message/cs', { kind: 'code', code: -216 }, 100);
    for (let times = 0; times < 10; times += 1) {
      expect(await oa.sendText(ID, 'a')).toMatchObject({ failure: { code: -216, remedy: { kind: 'human' } } });
    }
    expect(zalo.oauth.asked.refresh_token).toBe(2);
  });

  test('by its age is renewed beforehand', async () => {
    await warm();
    await clock.advance(30 * HOUR);
    expect(await oa.getOa()).toMatchObject({ ok: true, value: { oaid: zalo.app.oaId, oa_type: 4 } });
  });
});

describe('what went wrong on the way', () => {
  test.each([
    [{ kind: 'code', code: -32 }, { kind: 'refused', code: -32, remedy: { kind: 'retry', afterMs: 60_000 } }, 0],
    [{ kind: 'status', status: 500 }, { kind: 'unreached', acted: 'no', remedy: { kind: 'retry' } }, 0],
    [{ kind: 'status', status: 502 }, { kind: 'unreached', acted: 'unknown', remedy: { kind: 'unknown' } }, 0],
    [{ kind: 'lost_reply' }, { kind: 'unreached', acted: 'unknown', remedy: { kind: 'unknown' } }, 1],
    [{ kind: 'not_json' }, { kind: 'unreached', acted: 'unknown', remedy: { kind: 'unknown' } }, 1],
    [{ kind: 'slow', delayMs: 900 }, { kind: 'unreached', acted: 'unknown', message: 'no answer in time', remedy: { kind: 'unknown' } }, 1],
  ] as const)('a send that met %o says so', async (fault, failure, arrived) => {
    await warm();
    zalo.faults.add('/message/cs', fault);
    expect(await (fault.kind === 'slow' ? hurried : oa).sendText(ID, 'a')).toMatchObject({ ok: false, failure });
    await expect.poll(() => zalo.sent.length).toBe(arrived);
  });

  test('a question that met the same may simply be asked again', async () => {
    await warm();
    zalo.faults.add('/getoa', { kind: 'lost_reply' });
    expect(await oa.getOa()).toMatchObject({ failure: { acted: 'no', remedy: { kind: 'retry' } } });
  });

  test('nobody listens: it was surely not sent', async () => {
    const gone = await startFakeZalo();
    await gone.stop();
    const nowhere = new ZaloOA({ tokens: fixedToken('t'), apiRoot: gone.url });
    expect(await nowhere.sendText(ID, 'a')).toMatchObject({ failure: { kind: 'unreached', acted: 'no' } });
  });

  test('more than the rate in a minute is refused, and taken again in the next', async () => {
    zalo.oa.ratePerMinute = 3;
    for (let times = 0; times < 3; times += 1) await oa.getOa();
    expect(await oa.getOa()).toMatchObject({ failure: { code: -32 } });
    await clock.advance(60_000);
    expect(await oa.getOa()).toMatchObject({ ok: true });
  });

  test('an unknown code is logged', async () => {
    await warm();
    zalo.faults.add('/message/cs', { kind: 'code', code: -777, message: 'mới' });
    expect(await oa.sendText(ID, 'a')).toMatchObject({ failure: { known: false, remedy: { kind: 'permanent' } } });
    expect(log).toContainEqual({ event: 'zalo_unknown_code', call: 'oa.sendText', code: -777, message: 'mới' });
  });

  test('can be had as an exception', async () => {
    const failed = await oa.sendText(ID, '');
    expect(() => unwrap(failed)).toThrow(ZaloError);
    expect(() => unwrap(failed)).toThrow('oa.sendText: text is empty');
  });
});

describe('template messages', () => {
  beforeEach(() => {
    zalo.addTemplate({ id: '101', keys: ['ten', 'ngay'], tag: 1, status: 'ENABLE' });
    zalo.addTemplate({ id: '103', keys: ['ten'], tag: 3, status: 'ENABLE' });
  });

  test('by person reach somebody whose window is closed', async () => {
    await clock.advance(30 * DAY);
    expect(await oa.templates.sendToUser({ user_id: ID, template_id: '101', template_data: { ten: 'Mai', ngay: '25/11' } })).toMatchObject({ ok: true, value: { quota: { type: 'purchase_quota' } } });
  });

  test('by phone carry the tracking id and count the quota', async () => {
    const sent = unwrap(await oa.templates.sendToPhone({ phone: '84912345678', template_id: '101', template_data: { ten: 'Mai', ngay: '25/11' }, tracking_id: 'hen-1' }));
    expect(sent.quota.remain).toBe(499);
    expect(unwrap(await oa.templates.quota())).toEqual({ daily: 500, remaining: 499 });
  });

  test('with a parameter missing, or unapproved, or unpaid, fail with the code of their host', async () => {
    const send = (template: string, data: Record<string, string>) => oa.templates.sendToPhone({ phone: '84912345678', template_id: template, template_data: data, tracking_id: 't' });
    expect(await send('101', { ten: 'Mai' })).toMatchObject({ failure: { area: 'template', code: -1122, remedy: { kind: 'permanent' } } });
    expect(await send('999', { ten: 'Mai' })).toMatchObject({ failure: { code: -109 } });
    zalo.account.money = false;
    expect(await send('103', { ten: 'Mai' })).toMatchObject({ failure: { code: -115, remedy: { kind: 'human' } } });
  });

  test('of promotion wait for the morning in Vietnam', async () => {
    await clock.advance(14 * HOUR);
    const answer = await oa.templates.sendToUser({ user_id: ID, template_id: '103', template_data: { ten: 'Mai' } });
    expect(answer).toMatchObject({ failure: { code: -234, remedy: { kind: 'window', opensAtMs: Date.parse('2026-11-22T23:00:00Z') } } });
  });

  test('can be listed and looked at', async () => {
    expect(unwrap(await oa.templates.list()).map(({ template_id }) => template_id)).toEqual(['101', '103']);
    expect(unwrap(await oa.templates.get('103'))).toMatchObject({ status: 'ENABLE', tag: 'PROMOTION' });
  });
});

test('an article is made, waited for, and sent to all', async () => {
  const { token } = unwrap(await oa.articles.create({ title: 'Lịch tiêm', author: 'Trạm y tế', description: 'Tháng 12', cover_url: 'https://x.example/a.png', body: [{ type: 'text', content: 'Nội dung' }] }));
  expect(await oa.articles.verify(token)).toMatchObject({ failure: { code: -214, remedy: { kind: 'retry', afterMs: 30_000 } } });
  await clock.advance(30_000);
  const { article_id } = unwrap(await oa.articles.verify(token));
  unwrap(await oa.articles.broadcast(article_id, { gender: [2] }));
  expect(zalo.sent).toMatchObject([{ kind: 'article', to: '*', text: 'Lịch tiêm' }]);
  zalo.account.broadcastsLeft = 0;
  expect(await oa.articles.broadcast(article_id)).toMatchObject({ failure: { code: -223, remedy: { kind: 'human' } } });
});

describe('people', () => {
  test('have a profile, tags, quotas and a past', async () => {
    await mai.writes('chào');
    unwrap(await oa.users.tag(ID, 'Plei Ốp'));
    expect(unwrap(await oa.users.listTags())).toEqual(['Plei Ốp']);
    expect(unwrap(await oa.users.get(ID))).toMatchObject({ user_id: ID, user_is_follower: true, tag_names: ['Plei Ốp'], user_last_interaction_date: '22/11/2026' });
    unwrap(await oa.users.untag(ID, 'Plei Ốp'));
    expect(unwrap(await oa.users.get(ID)).tag_names).toEqual([]);
    unwrap(await oa.users.removeTag('Plei Ốp'));
    expect(unwrap(await oa.users.listTags())).toEqual([]);
    expect(unwrap(await oa.users.quota(ID))).toMatchObject({ last_interaction_ms: clock.now() });
    expect(unwrap(await oa.users.accountQuota({ quota_owner: 'OA', product_type: 'cs', quota_type: 'sub_quota' }))).toMatchObject([{ remain: 2000 }]);
    unwrap(await oa.sendText(ID, 'dạ'));
    expect(unwrap(await oa.users.conversation(ID))).toMatchObject([{ src: 'oa', message: 'dạ', to_id: ID }]);
    expect(unwrap(await oa.users.recentChats())).toHaveLength(1);
    unwrap(await oa.users.update(ID, { user_alias: 'Chị Mai', shared_info: { phone: '84912345678' } }));
    unwrap(await oa.users.eraseInfo(ID));
    expect(unwrap(await oa.users.get(ID))).toMatchObject({ user_alias: 'Chị Mai', shared_info: {} });
  });

  test('are listed page after page, with what stopped the list at its end', async () => {
    for (let number = 0; number < 120; number += 1) zalo.person(`4000000000000${String(number).padStart(3, '0')}`).user.follows = true;
    const ids: string[] = [];
    for await (const user of oa.users.all({ is_follower: true })) ids.push(unwrap(user));
    expect(new Set(ids).size).toBe(121);
    zalo.account.paidPackage = false;
    const free = [];
    for await (const user of oa.users.all()) free.push(user);
    expect(free).toMatchObject([{ ok: false, failure: { code: -224, remedy: { kind: 'human' } } }]);
  });
});

test('a list can be told as numbered text', () => {
  expect(listAsText('Chọn:', [{ title: 'Lịch' }, { title: 'Sốt', subtitle: 'ở trẻ' }])).toBe('Chọn:\n1. Lịch\n2. Sốt – ở trẻ');
});

test('the shut-down calls do not exist in the client', () => {
  const names = [oa, oa.users, oa.templates, oa.articles, oa.uploads].flatMap((part) => Object.getOwnPropertyNames(Object.getPrototypeOf(part)));
  expect(names.filter((name) => /transaction|promotion/i.test(name))).toEqual([]);
});

function button(title: string): Button {
  return { title, type: 'oa.query.show', payload: '#x' };
}

/** A first call, after which the token is more than a minute old. */
async function warm(): Promise<void> {
  unwrap(await oa.getOa());
  await clock.advance(2 * 60_000);
}
