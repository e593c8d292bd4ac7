import { expect, test } from 'vitest';
import { ManualClock, startFakeZalo } from 'zalo-sdk-adapter/fake';
import { freshFolder, plainPiece } from '#test/store/fresh.ts';
import { DOMAINS } from '#bot/store/tables/staff.ts';
import { countTickets, listTickets } from '#bot/store/tickets.ts';
import { answer, settleTickets, take } from '#bot/tickets/desk.ts';
import { member } from '#test/tickets/house.ts';
import { until } from '../serve.ts';
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

test('a person of the station answers in Zalo’s manager: that answers and closes the ticket, the program is silent there, says so, and says when it listens again', async () => {
  using folder = freshFolder();
  const { clock, station, mai, texts, end } = await inOneTime(folder.path, { conversation: 'real' });
  const tickets = () => station.store.read((tx) => listTickets(tx, { accountId: '', domains: DOMAINS }, 'waiting', 10));
  await mai.writes('thuốc của mế hết rồi');
  await until(() => texts().length === 1);
  expect(await tickets()).toMatchObject([{ state: 'open' }]);

  await clock.advance(1000);
  await mai.isAnsweredByHand('Chào chị, thứ Tư trạm phát thuốc');
  await until(() => texts().length === 2);
  expect(texts()[1]).toMatch(/Cán bộ trạm đang trả lời/);
  expect(await tickets()).toEqual([]);
  expect(await station.store.read(countTickets)).toMatchObject({ closed: 1 });
  // What they write meanwhile waits in the inbox, where whoever is at the desk sees it; another answer by hand closes it again.
  await clock.advance(10 * MINUTE_MS);
  await mai.writes('mấy giờ vậy em');
  await until(async () => (await tickets()).length === 1);
  expect(await tickets()).toMatchObject([{ id: 1, state: 'open', holder: null }]);
  await clock.advance(10 * MINUTE_MS);
  await mai.isAnsweredByHand('Dạ 8 giờ');
  await until(async () => (await tickets()).length === 0);
  await clock.advance(29 * MINUTE_MS);
  await station.store.write((tx) => settleTickets(tx, station.words));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(texts()).toHaveLength(2);

  await clock.advance(MINUTE_MS);
  await station.store.write((tx) => settleTickets(tx, station.words));
  await until(() => texts().length === 3);
  expect(texts()[2]).toMatch(/Máy trả lời lại/);
  await mai.writes('cảm ơn');
  await until(() => texts().length === 4);
  await end();
});

test('the silence ends when they say that they are done, and a repeated delivery does not bring it back', async () => {
  using folder = freshFolder();
  const { clock, fake, mai, texts, end } = await inOneTime(folder.path, { conversation: 'real' });
  await mai.writes('chào trạm');
  await until(() => texts().length === 1);
  const byHand = {
    app_id: fake.app.appId, event_name: 'oa_send_text', timestamp: String(clock.now()), sender: { id: fake.app.oaId, admin_id: '11' }, recipient: { id: mai.id }, message: { msg_id: 'm-1', text: 'Dạ' },
  };
  await fake.webhook.send(byHand, { copies: 2 });
  await until(() => texts().length === 2);
  await clock.advance(1000);
  await mai.isAnsweredByHand('Chúc chị khoẻ. #xong');
  await until(() => texts().length === 3);
  await fake.webhook.send(byHand);
  expect(texts()[2]).toMatch(/Máy trả lời lại/);
  await mai.writes('cảm ơn', { copies: 3 });
  await until(() => texts().length === 4);
  expect(texts()[3]).not.toBe('');
  await end();
});

test('an answer by hand, a colleague at the desk: one silence, told once, and the colleague’s page is no longer the latest', async () => {
  using folder = freshFolder();
  const { clock, station, mai, texts, end } = await inOneTime(folder.path, { conversation: 'real' });
  const lan = await member(station.store, 'Lan');
  await mai.writes('thuốc của mế hết rồi');
  await until(() => texts().length === 1);
  const [asked] = await station.store.read((tx) => listTickets(tx, lan, 'waiting', 10));
  await station.store.write((tx) => take(tx, station.words, lan, { ticketId: asked?.id ?? 0, version: asked?.version ?? 0 }));
  await clock.advance(1000);
  await mai.isAnsweredByHand('Thứ Tư trạm phát');
  await until(async () => (await station.store.read(countTickets)).closed === 1);
  expect(await station.store.write((tx) => answer(tx, station.words, lan, { ticketId: asked?.id ?? 0, version: (asked?.version ?? 0) + 1 }, 'Thứ Năm'))).toMatchObject({ ok: false, why: 'closed' });
  expect(texts().join('\n')).not.toContain('Cán bộ trạm đang trả lời bà con ở đây');
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
