import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startFakeZalo, type FakePerson, type FakeZalo } from 'zalo-sdk-adapter/fake';
import { recordConsent } from '#bot/store/consents.ts';
import { countInbox } from '#bot/store/inbox.ts';
import { findPerson } from '#bot/store/people.ts';
import { mondayClock, mondayMs } from '#test/monday.ts';
import { freshFolder } from '#test/store/fresh.ts';
import { until } from '../serve.ts';
import { openStation, wireOf, type Station, type StationOptions } from './station.ts';

/** A fake and a station that is authorised and subscribed. */
async function together(dataDir: string, options: Partial<StationOptions> = {}): Promise<{ fake: FakeZalo; station: Station; end: () => Promise<void> }> {
  const fake = await startFakeZalo({ clock: mondayClock });
  const station = await openStation({ dataDir, zalo: wireOf(fake), seedRefreshToken: fake.oauth.issue().refresh_token, conversation: 'real', ...options }, mondayMs);
  expect(await fake.webhook.register(station.webhook)).toBe(true);
  return { fake, station, end: async () => {
    await station.stop();
    await fake.stop();
  } };
}

/** What the person reads after `act`, once it says so. */
async function hears(person: FakePerson, words: RegExp, act: () => Promise<unknown>): Promise<{ text: string; message: unknown }> {
  const before = person.received.length;
  await act();
  const found = () => person.received.slice(before).find(({ text }) => words.test(text ?? ''));
  await until(() => found() !== undefined);
  const { text, message } = found() ?? { text: '', message: null };
  return { text: text ?? '', message };
}

describe.each([true, false])('a resident talks to the station, buttons %s', (buttons) => {
  test('from following to the answer, a choice by tap or number, a person, danger and a goodbye', async () => {
    using folder = freshFolder();
    const { fake, station, end } = await together(folder.path, { channel: { buttons } });
    const mai = fake.person('2512523625412515');
    try {
      const greeting = await hears(mai, /Chào bà con/, () => mai.follows());
      expect(greeting.text).toContain('Đây là máy trả lời tự động');

      const first = await hears(mai, /Nguồn: |1\. /, () => mai.writes('Tiêm vắc xin COVID-19 có mất tiền không?'));
      const answer = /Nguồn: /.test(first.text) ? first : await hears(mai, /Nguồn: /, () => mai.writes('1'));
      // Without a button to tap there is always a number to send.
      expect(answer.text).toMatch(/Nhắn 1: /);
      const wrong = /Nhắn (\d): Chưa đúng ý/.exec(answer.text)?.[1] ?? '';
      await hears(mai, /chuyển câu hỏi cho cán bộ/, () => mai.writes(wrong));

      const choice = await hears(mai, /1\. /, () => mai.writes('đổi tiếng'));
      const byNumber = await hears(mai, /mình nói|nói tiếng/i, () => mai.writes('1'));
      const again = await hears(mai, /1\. /, () => mai.writes('đổi tiếng'));
      const payloads = [...JSON.stringify(again.message).matchAll(/"payload":"([^"]+)"/g)].map(([, payload]) => payload ?? '');
      expect(payloads.length > 0).toBe(buttons);
      if (buttons) {
        const byTap = await hears(mai, /mình nói|nói tiếng/i, () => mai.taps(payloads[0] ?? ''));
        expect(byTap.text).toBe(byNumber.text);
      }
      expect(choice.text).toBe(again.text);

      await hears(mai, /115/, () => mai.writes('con tôi co giật, gọi không dậy'));
      await hears(mai, /chuyển/, () => mai.sendsVoice('https://zalo.example/voice.amr'));
      await hears(mai, /chuyển/, () => mai.sendsLocation({ latitude: 13.98, longitude: 108.0 }, 'beside'));
      const stickers = mai.received.length;
      await mai.sendsSticker('4', 'https://zalo.example/4.png');
      await until(() => mai.received.length > stickers);
      await hears(mai, /Đã dừng/, () => mai.unfollows());
      expect(await station.store.read(countInbox)).toMatchObject({ new: 0, failed: 0 });
      expect(station.troubles).toEqual([]);
      expect(station.zalo.health()).toBe('up');
    } finally {
      await end();
    }
  });
});

test('the data of one conversation: "xoá dữ liệu" erases, and so does the wish at Zalo', async () => {
  using folder = freshFolder();
  const { fake, station, end } = await together(folder.path);
  const mai = fake.person('2512523625412515');
  const count = (state: 'active' | 'erased' | 'leaving') => station.store.read(async ({ db }) => (await db.selectFrom('residents').select('id').where('state', '=', state).execute()).length);
  await hears(mai, /1\. /, () => mai.writes('xoá dữ liệu của tôi'));
  // The last word reaches them although nothing of them is left.
  await hears(mai, /^Đã xoá/, () => mai.writes('1'));
  await until(async () => await count('erased') === 1);
  await hears(mai, /./, () => mai.writes('chào trạm'));
  await until(async () => await count('active') === 1);
  await mai.withdraws();
  expect(await count('erased')).toBe(2);
  expect(await count('active')).toBe(0);
  await end();
});

test('contact data that a person shares: the village is kept when they had agreed to that, and nothing else ever', async () => {
  using folder = freshFolder();
  const { fake, station, end } = await together(folder.path, { conversation: 'echo' });
  const village = { name: 'Làng Plei Mẫu', id: 'plei-mau' };
  const shared = { name: 'H’Bia Canary', phone: '84900000099', city: 'Gia Lai', ward: 'Ia Mẫu', address: village.name };
  const remembered = () => station.store.read(async ({ db }) => (await db.selectFrom('residents').select('village_id').where('state', '=', 'active').execute()).map((row) => row.village_id));
  const mai = fake.person('2512523625412515');
  await mai.writes('a');
  await mai.submitsInfo(shared);
  expect(await remembered()).toEqual([null]);
  await station.store.write(async (tx) => {
    const person = await findPerson(tx, 'zalo', mai.id);
    if (person !== null) await recordConsent(tx, person.id, { purpose: 'village', given: true, textVersion: 'test' });
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await mai.submitsInfo(shared, 'old');
  expect(await remembered()).toEqual([village.id]);
  const file = readFileSync(join(folder.path, 'loa.db')).toString('latin1') + readFileSync(join(folder.path, 'loa.db-wal')).toString('latin1');
  for (const secret of ['Canary', '84900000099', mai.id]) expect(file).not.toContain(secret);
  await end();
});
