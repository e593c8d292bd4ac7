import { expect, test } from 'vitest';
import { ManualClock, startFakeZalo } from 'zalo-sdk-adapter/fake';
import { freshFolder, plainPiece } from '#test/store/fresh.ts';
import { until } from './serve.ts';
import { openStation, wireOf } from './station.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A fake and a station that live in one time, which the test moves. */
async function inOneTime(dataDir: string, options: { conversation?: 'echo' | 'real'; replyWindowHours?: 48 | 168 } = {}) {
  const clock = new ManualClock(Date.parse('2026-11-23T08:00:00+07:00'));
  const fake = await startFakeZalo({ clock });
  const station = await openStation({
    dataDir, zalo: wireOf(fake), seedRefreshToken: fake.oauth.issue().refresh_token, conversation: options.conversation ?? 'echo',
    ...(options.replyWindowHours === undefined ? {} : { channel: { replyWindowHours: options.replyWindowHours } }),
  }, () => clock.now());
  await fake.webhook.register(station.webhook);
  const mai = fake.person('2512523625412515');
  const texts = () => mai.received.map(({ text }) => text ?? '');
  return { clock, fake, station, mai, texts, end: async () => {
    await station.stop();
    await fake.stop();
  } };
}

test('a person of the station answers in Zalo’s manager: the program is silent there, says so, and says when it listens again', async () => {
  using folder = freshFolder();
  const { clock, station, mai, texts, end } = await inOneTime(folder.path);
  await mai.writes('một');
  await until(() => texts().length === 1);

  await mai.isAnsweredByHand('Chào chị, em là y sĩ trạm');
  await until(() => texts().length === 2);
  expect(texts()[1]).toMatch(/Cán bộ trạm đang trả lời/);
  await mai.writes('hai');
  await clock.advance(20 * MINUTE_MS);
  // Each message of theirs lengthens it, and the change is told once.
  await mai.isAnsweredByHand('Chị cho em biết tuổi cháu');
  await mai.writes('ba');
  await clock.advance(29 * MINUTE_MS);
  await station.zalo.keepHouse();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(texts()).toHaveLength(2);

  await clock.advance(MINUTE_MS);
  await station.zalo.keepHouse();
  await until(() => texts().length === 3);
  expect(texts()[2]).toMatch(/đã nghe lại/);
  await mai.writes('bốn');
  await until(() => texts().length === 4);
  expect(texts()[3]).toBe('đáp: bốn');
  await end();
});

test('the silence ends when they say that they are done, and a repeated delivery does not bring it back', async () => {
  using folder = freshFolder();
  const { clock, fake, mai, texts, end } = await inOneTime(folder.path);
  await mai.writes('một');
  await until(() => texts().length === 1);
  const byHand = {
    app_id: fake.app.appId, event_name: 'oa_send_text', timestamp: String(clock.now()), sender: { id: fake.app.oaId, admin_id: '11' }, recipient: { id: mai.id }, message: { msg_id: 'm-1', text: 'Dạ' },
  };
  await fake.webhook.send(byHand, { copies: 2 });
  await clock.advance(1000);
  await mai.isAnsweredByHand('Chúc chị khoẻ. #xong');
  await until(() => texts().length === 3);
  await fake.webhook.send(byHand);
  expect(texts()[2]).toMatch(/đã nghe lại/);
  await mai.writes('hai', { copies: 3 });
  await until(() => texts().length === 4);
  expect(texts()[3]).toBe('đáp: hai');
  await end();
});

test('danger is answered in the middle of a silence, and so is the wish to be erased', async () => {
  using folder = freshFolder();
  const { station, mai, texts, end } = await inOneTime(folder.path, { conversation: 'real' });
  await mai.writes('chào trạm');
  await until(() => texts().length === 1);
  await mai.isAnsweredByHand('Dạ chào chị');
  await until(() => texts().length === 2);
  await mai.writes('mai làng mình có tiêm không');
  await mai.writes('con tôi co giật, gọi không dậy');
  await until(() => texts().length === 3);
  expect(texts()[2]).toMatch(/115/);
  await mai.writes('xoá dữ liệu của tôi');
  await until(() => texts().length === 4);
  expect(texts()[3]).toMatch(/1\. /);
  await mai.writes('1');
  await until(() => station.store.read(async ({ db }) => (await db.selectFrom('residents').select('id').where('state', '=', 'erased').execute()).length === 1));
  await end();
});

test('an answer of staff that comes after 48 hours is kept, and given when the person writes again', async () => {
  using folder = freshFolder();
  const { clock, station, mai, texts, end } = await inOneTime(folder.path);
  await mai.writes('một');
  await until(() => texts().length === 1);
  await clock.advance(49 * HOUR_MS);
  await station.writes(mai.id, 'staff-answer', plainPiece('Trạm trả lời chị'));
  const state = () => station.store.read(async ({ db }) => db.selectFrom('outbox').select(['state', 'reason']).where('kind', '=', 'staff-answer').executeTakeFirst());
  await until(async () => (await state())?.reason === 'window-closed');
  await clock.advance(MINUTE_MS);
  expect(texts()).toHaveLength(1);
  await mai.writes('hai');
  await until(() => texts().length === 3);
  expect(texts().toSorted()).toEqual(['đáp: hai', 'đáp: một', 'Trạm trả lời chị'].toSorted());
  await end();
});

test('with a package the answer goes out until the seventh day, then waits', async () => {
  using folder = freshFolder();
  const { clock, fake, station, mai, texts, end } = await inOneTime(folder.path, { replyWindowHours: 168 });
  await mai.writes('một');
  await until(() => texts().length === 1);
  await clock.advance(6 * 24 * HOUR_MS);
  await station.writes(mai.id, 'staff-answer', plainPiece('ngày thứ sáu'));
  await until(() => texts().length === 2);
  fake.account.subQuota = 0;
  await station.writes(mai.id, 'staff-answer', plainPiece('hết gói'));
  await until(() => station.troubles.includes('quota'));
  // The quota of the day: tomorrow, not never.
  fake.account.subQuota = 5;
  await clock.advance(17 * HOUR_MS);
  await until(() => texts().length === 3);
  await end();
});
