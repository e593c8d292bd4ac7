import { describe, expect, test } from 'vitest';
import { countInbox } from '#bot/store/inbox.ts';
import { freshFolder } from '#test/store/fresh.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';
import { until } from '../serve.ts';
import { openStation } from './station.ts';

describe.each(['polling', 'webhook'] as const)('a resident talks to the station by %s', (mode) => {
  test('from the poster’s link to the answer, a choice, a number, a person, and a goodbye', async () => {
    using folder = freshFolder();
    const fake = await startFakeTelegram();
    const station = await openStation({ dataDir: folder.path, apiRoot: fake.root, token: fake.token, mode, conversation: 'real' });
    try {
      const person = fake.person(42);
      /** The first message after `act` that says so. */
      const hears = async (words: RegExp, act: () => unknown) => {
        const before = fake.received(42).length;
        act();
        const found = () => fake.received(42).slice(before).find((message) => words.test(message.text));
        await until(() => found() !== undefined);
        return found();
      };

      const greeting = await hears(/Chào bà con/, () => person.starts('vi_plei-mau'));
      expect(greeting?.text).toContain('Đây là máy trả lời tự động');
      // The code on the poster says where it hangs and in which language; the village is kept when they say so.
      await until(() => fake.received(42).some(({ text }) => text.includes('để lần sau khỏi hỏi')));
      const placed = (): Promise<{ lang: string; village_id: string | null } | undefined> => station.store.read(({ db }) => db.selectFrom('residents').select(['lang', 'village_id']).orderBy('created_ms').executeTakeFirst());
      expect(await placed()).toEqual({ lang: 'vi', village_id: null });
      person.presses('Nhớ giúp tôi');
      await until(async () => (await placed())?.village_id === 'plei-mau');
      fake.person(43).starts('jra_plei-mau');
      await until(() => station.store.read(async ({ db }) => (await db.selectFrom('residents').select('id').where('lang', '=', 'jra').execute()).length === 1));

      // Sure, or one press away from it.
      const first = await hears(/Nguồn: |1\. /, () => person.says('Tiêm vắc xin COVID-19 có mất tiền không?'));
      const answer = /Nguồn: /.test(first?.text ?? '') ? first : await hears(/Nguồn: /, () => person.presses('1. '));
      expect(answer?.entities[0]).toMatchObject({ type: 'bold', offset: 0 });
      expect(answer?.entities.at(-1)?.type).toBe('italic');
      let press = '';
      await hears(/chuyển câu hỏi cho cán bộ/, () => {
        press = person.presses('Chưa đúng ý');
      });
      await until(() => fake.pressed(press)?.answered === true);

      const choice = await hears(/1\. /, () => person.says('/tieng'));
      const byPress = await hears(/mình nói|nói tiếng/i, () => person.presses('1. '));
      await until(() => choice?.keyboard?.inline_keyboard.length === 1);
      await hears(/1\. /, () => person.says('/tieng'));
      const byNumber = await hears(/mình nói|nói tiếng/i, () => person.says('1'));
      expect(byNumber?.text).toBe(byPress?.text);

      await hears(/115/, () => person.says('con tôi co giật, gọi không dậy'));

      const passedOn = await hears(/Bà con muốn làm gì với tin này/, () => person.forwards('Uống giấm là khỏi sốt xuất huyết, chia sẻ gấp cho mọi người'));
      expect(passedOn?.keyboard?.inline_keyboard.flat().map(({ text }) => text).join(' | ')).toContain('Kiểm tra tin này');
      await hears(/./, () => person.presses('Kiểm tra tin này'));
      await hears(/./, () => person.sends({ sticker: { file_id: 's1' } }));
      await hears(/chuyển|trạm/, () => person.sends({ location: { latitude: 13.98, longitude: 108 } }));
      await hears(/chuyển/, () => person.sendsVoice());
      await hears(/chuyển|trạm/, () => person.sends({ photo: [{ file_id: 'large' }], caption: 'sổ tiêm' }));
      await hears(/Đã dừng/, () => person.says('/dung'));
      await until(async () => (await station.store.read(countInbox)).done === fake.updates.history().length);
      expect(station.troubles).toEqual([]);
    } finally {
      await station.stop();
      await fake.stop();
    }
  });
});

test('thirty people at once: each gets their own answers, in the order in which they asked', async () => {
  using folder = freshFolder();
  const fake = await startFakeTelegram();
  for (const mode of ['polling', 'webhook'] as const) {
    const station = await openStation({ dataDir: folder.path, apiRoot: fake.root, token: fake.token, mode, conversation: 'echo' });
    const base = mode === 'polling' ? 100 : 200;
    const people = Array.from({ length: 30 }, (_, i) => fake.person(base + i));
    for (let turn = 0; turn < 5; turn += 1) for (const person of people) person.says(`${person.id} câu ${turn}`);
    await until(() => people.every(({ id }) => fake.received(id).length === 5), 50_000);
    for (const { id } of people) expect(fake.received(id).map((message) => message.text)).toEqual([0, 1, 2, 3, 4].map((turn) => `đáp: ${id} câu ${turn}`));
    await station.stop();
  }
  await fake.stop();
});

test('one person who blocked the bot stops nobody, and is welcome when they come back', async () => {
  using folder = freshFolder();
  const fake = await startFakeTelegram();
  const station = await openStation({ dataDir: folder.path, apiRoot: fake.root, token: fake.token, mode: 'polling', conversation: 'echo' });
  const [away, ...others] = Array.from({ length: 10 }, (_, i) => fake.person(300 + i));
  if (away === undefined) throw new Error('nobody');
  away.says('một');
  away.self.blocked = true;
  for (const person of others) person.says('hai');
  await until(() => others.every(({ id }) => fake.received(id).length === 1));
  expect(fake.received(away.id)).toEqual([]);
  away.unblocks();
  away.says('ba');
  await until(() => fake.received(away.id).length === 1);
  expect(fake.received(away.id)[0]?.text).toBe('đáp: ba');
  await station.stop();
  await fake.stop();
});

test('the wire at its worst: lost and slow answers, gateways and floods lose no question and double no answer that was heard of', async () => {
  using folder = freshFolder();
  const fake = await startFakeTelegram({ rates: { chatPerSecond: 50, perSecond: 200 } });
  const station = await openStation({ dataDir: folder.path, apiRoot: fake.root, token: fake.token, mode: 'polling', conversation: 'echo', receiptGraceMs: 300, sendTimeoutMs: 30_000 });
  const people = Array.from({ length: 10 }, (_, i) => fake.person(400 + i));
  const lost = new Set<number>();
  for (const [i, person] of people.entries()) {
    if (i % 4 === 0) {
      fake.faults.add({ method: 'sendMessage', chatId: person.id, fault: { kind: 'lost', acted: true } });
      lost.add(person.id);
    }
    if (i % 4 === 1) fake.faults.add({ method: 'sendMessage', chatId: person.id, fault: { kind: 'slow', ms: 300 } });
    if (i % 4 === 2) fake.faults.add({ method: 'sendMessage', chatId: person.id, fault: { kind: 'lost', acted: false } });
    if (i < 2) fake.faults.add({ method: 'getUpdates', fault: { kind: 'lost', acted: true } });
    person.says('a');
    person.says('b');
  }
  const answers = (id: number) => fake.received(id).map((message) => message.text);
  await until(() => people.every(({ id }) => new Set(answers(id)).size === 2), 50_000);
  for (const { id } of people) if (!lost.has(id)) expect(answers(id).toSorted()).toEqual(['đáp: a', 'đáp: b']);
  await station.stop();
  await fake.stop();
});
