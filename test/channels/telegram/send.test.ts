import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sendable } from '#bot/channels/channel.ts';
import { hasSomethingToSee, sendable } from '#bot/channels/sendable.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';
import { freshFolder } from '#test/store/fresh.ts';
import { until } from '../serve.ts';
import { listen, type Listener } from './listener.ts';
import { openStation } from './station.ts';

const plain = (text: string, more: Partial<Sendable> = {}): Sendable => ({ text, lang: 'vi', cardId: null, buttons: [], layout: { form: 'plain' }, ...more });

let it: Listener;
beforeAll(async () => {
  it = await listen({ mode: 'none' });
});
afterAll(async () => {
  await it[Symbol.asyncDispose]();
});

let nextId = 1000;
const someone = (about: Parameters<Listener['fake']['person']>[1] = {}) => it.fake.person((nextId += 1), about);
const send = (id: number | string, piece: Sendable) => it.telegram.send(String(id), piece);

/** Strings that break formatting, JSON, lengths or letters. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.array(fc.constantFrom('*', '_', '__', '**', '`', '```', '[', ']', '(', ')', '<b>', '</b>', '<', '&', '&lt;', '\\', '~', '||', '#', '\n', '\n\n', ' ', 'ế', 'ơ̆', 'ƀ', '👩‍👩‍👧', '\u0301', '\ud83d', '\0', '\u200d', '\u202e', '. ', '12/9', '@loa_lang_bot', '/start', 'Sốt cao. '), { maxLength: 400 }).map((bits) => bits.join('')),
  fc.tuple(fc.constantFrom('ê\u0323', 'a. ', 'ư\u031b\u0301', '👨‍👩‍👧‍👦', 'Uống nước.\n', 'x'), fc.integer({ min: 1, max: 9000 })).map(([bit, times]) => bit.repeat(times)),
);

describe('any text', () => {
  test('arrives as it is, whatever signs it is made of, with its formatting, in as many messages as it needs', async () => {
    await fc.assert(fc.asyncProperty(hostile, hostile, hostile, async (lead, body, source) => {
      const person = someone();
      const text = `${lead}\n\n${body.replaceAll('**', '')}\n\n${source}`;
      const outcome = await send(person.id, plain(text, { layout: { form: 'answer', lead, body, more: null, source, notice: null }, buttons: [{ label: body, value: `ask:${body}` }] }));
      const arrived = it.fake.received(person.id);
      if (!hasSomethingToSee(sendable(text))) {
        expect(outcome.kind).toBe('refused');
        return;
      }
      expect(outcome).toMatchObject({ kind: 'sent', platformMessageId: String(arrived.at(-1)?.message_id) });
      const seen = (words: string): string => words.replace(/\s+/g, '');
      const joined = seen(arrived.map((message) => message.text).join(''));
      // A part that shows nothing is left out; of everything else each sign arrives, in order.
      expect(hidden(joined)).toBe(hidden(seen(sendable(text))));
      expect(arrived.every((message) => message.text.length <= 4096)).toBe(true);
      expect(arrived.slice(0, -1).every((message) => message.keyboard === null)).toBe(true);
      expect(arrived.at(-1)?.keyboard).not.toBeNull();
    }), { numRuns: 150 });
  });

  test('is tried again without formatting should the API object to it', async () => {
    const person = someone();
    it.fake.faults.add({ method: 'sendMessage', chatId: person.id, fault: { kind: 'error', status: 400, description: 'Bad Request: can\'t parse entities: anything' } });
    expect((await send(person.id, plain('Rửa tay.', { layout: { form: 'choices', lead: 'Rửa tay.' } }))).kind).toBe('sent');
    expect(it.fake.received(person.id)[0]).toMatchObject({ text: 'Rửa tay.', entities: [] });
  });

  test('shows an answer’s first sentence in bold and its source in italics', async () => {
    const person = someone();
    await send(person.id, plain('Không mất tiền.\n\nMang sổ tiêm.\n\nNguồn: Trạm.', { layout: { form: 'answer', lead: 'Không mất tiền.', body: 'Mang **sổ tiêm**.', more: null, source: 'Nguồn: Trạm.', notice: null } }));
    expect(it.fake.received(person.id)[0]?.entities).toEqual([{ type: 'bold', offset: 0, length: 15 }, { type: 'bold', offset: 22, length: 7 }, { type: 'italic', offset: 32, length: 12 }]);
  });
});

describe('what the API answers', () => {
  const cases = [
    { says: 'blocked', about: { blocked: true }, outcome: 'gone' },
    { says: 'deactivated', about: { deactivated: true }, outcome: 'gone' },
    { says: 'never started', about: { started: false }, outcome: 'gone' },
  ] as const;
  for (const { says, about, outcome } of cases) {
    test(`${says}: the person is out of reach, and nobody else is`, async () => {
      const [away, here] = [someone(about), someone()];
      expect((await send(away.id, plain('xin chào'))).kind).toBe(outcome);
      expect((await send(here.id, plain('xin chào'))).kind).toBe('sent');
    });
  }

  test('nobody there: gone', async () => {
    expect((await send(987_654, plain('xin chào'))).kind).toBe('gone');
  });

  test('too fast: everybody waits as long as it says, and nothing is called meanwhile', async () => {
    await using own = await listen({ mode: 'none' });
    const [one, two] = [own.fake.person(1), own.fake.person(2)];
    own.fake.faults.add({ method: 'sendMessage', fault: { kind: 'error', status: 429, description: 'Too Many Requests: retry after 7', parameters: { retry_after: 7 } } });
    const before = Date.now();
    const outcome = await own.telegram.send('1', plain('a'));
    expect(outcome.kind === 'later' && outcome.notBeforeMs).toBeGreaterThanOrEqual(before + 7000);
    expect((await own.telegram.send('2', plain('b'))).kind).toBe('later');
    expect(own.fake.calls.filter((call) => call.method === 'sendMessage')).toHaveLength(1);
    expect([...own.fake.received(one.id), ...own.fake.received(two.id)]).toEqual([]);
    expect(own.troubles).toEqual(['throttled']);
  });

  test('a lost answer is unknown; a connection never made is to be tried again', async () => {
    const person = someone();
    it.fake.faults.add({ chatId: person.id, fault: { kind: 'lost', acted: true } });
    expect((await send(person.id, plain('mất'))).kind).toBe('unknown');
    it.fake.faults.add({ chatId: person.id, fault: { kind: 'gateway', status: 502, acted: true } });
    expect((await send(person.id, plain('cổng'))).kind).toBe('unknown');
    await using nowhere = await listen({ mode: 'none', channel: { apiRoot: 'http://127.0.0.1:9' } });
    expect((await nowhere.telegram.send('1', plain('đâu'))).kind).toBe('later');
  });

  test('a refused token pauses everything and asks for the operator', async () => {
    await using own = await listen({ mode: 'none' });
    own.fake.revokeToken();
    expect((await own.telegram.send('1', plain('a'))).kind).toBe('later');
    expect(own.telegram.health()).toBe('reauth');
  });

  test('a group that moved is followed, and remembered', async () => {
    const group = it.fake.group(-500, { type: 'group' });
    it.fake.groups.set(-100500, { ...group.self, id: -100500, type: 'supergroup' });
    group.self.movedTo = -100500;
    for (let i = 0; i < 2; i += 1) expect((await send('-500/42', plain(`lần ${i}`))).kind).toBe('sent');
    expect(it.fake.received(-100500).map((message) => message.text)).toEqual(['lần 0', 'lần 1']);
    expect(it.fake.calls.filter((call) => call.params['chat_id'] === -500)).toHaveLength(1);
  });

  test('a topic that is closed or gone: the answer goes into the group', async () => {
    const group = it.fake.group(-600, { forum: true, admin: true });
    group.self.topics.set(9, { name: 'Hỏi', closed: true });
    expect((await send('-600/42/9', plain('vẫn tới'))).kind).toBe('sent');
    expect((await send('-600/42/10', plain('cũng tới'))).kind).toBe('sent');
    expect(it.fake.received(-600).map((message) => message.threadId)).toEqual([null, null]);
  });

  test('a message of which half arrived goes on with the other half', async () => {
    const person = someone();
    const text = Array.from({ length: 600 }, (_, i) => `Câu số ${i} của bài dài.`).join(' ');
    it.fake.faults.add({ chatId: person.id, fault: { kind: 'slow', ms: 1 } });
    it.fake.faults.add({ chatId: person.id, fault: { kind: 'lost', acted: false } });
    expect((await send(person.id, plain(text))).kind).toBe('unknown');
    expect((await send(person.id, plain(text))).kind).toBe('sent');
    expect(it.fake.received(person.id).map((message) => message.text).join(' ')).toBe(text);
    expect(it.fake.received(person.id).slice(0, -1).every((message) => message.text.endsWith('.'))).toBe(true);
  });
});

const noteIn = (path: string): NonNullable<Sendable['sound']> => ({ kind: 'voice', bytes: readFileSync(path), filename: 'doc.ogg', personal: false });
const pictureFrom = (path: string): NonNullable<Sendable['image']> => () => Promise.resolve({ bytes: readFileSync(path), filename: 'hinh.jpg' });

describe('pictures and voice notes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loa-telegram-'));
  const path = join(folder, 'doc.ogg');
  writeFileSync(path, new Uint8Array([0x4f, 0x67, 0x67, 0x53, 1, 2, 3]));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('are uploaded once; everybody after that gets them by their id', async () => {
    const people = [someone(), someone(), someone()];
    for (const person of people) expect((await send(person.id, plain('Nghe nhé.', { sound: noteIn(path) }))).kind).toBe('sent');
    expect(it.fake.calls.filter((call) => call.method === 'sendVoice').map((call) => call.uploads)).toEqual([true, false, false]);
    expect(it.fake.received(people[2]?.id ?? 0).map((message) => message.kind)).toEqual(['text', 'voice']);
  });

  test('are uploaded anew when their id is no longer taken', async () => {
    it.fake.files.clear();
    const person = someone();
    expect((await send(person.id, plain('Lại nhé.', { sound: noteIn(path) }))).kind).toBe('sent');
    expect(it.fake.received(person.id)).toHaveLength(2);
  });

  test('whoever forbids voice notes gets the text', async () => {
    const person = someone({ noVoice: true });
    expect((await send(person.id, plain('Đọc nhé.', { sound: noteIn(path) }))).kind).toBe('sent');
    expect(it.fake.received(person.id).map((message) => message.kind)).toEqual(['text']);
  });

  test('a picture carries a short text with its buttons, and stands before a long one', async () => {
    const person = someone();
    await send(person.id, plain('Ngắn.', { image: pictureFrom(path), buttons: [{ label: 'Xem', value: 'more:x' }] }));
    await send(person.id, plain('Dài. '.repeat(300), { image: pictureFrom(path) }));
    expect(it.fake.received(person.id).map(({ kind, text }) => [kind, text.length])).toEqual([['photo', 5], ['photo', 0], ['text', 1499]]);
    expect(it.fake.received(person.id)[0]?.keyboard?.inline_keyboard[0]?.[0]?.text).toBe('Xem');
  });

  test('are known by their id after a restart, and uploaded anew when the platform has forgotten it', async () => {
    const other = join(folder, 'other.ogg');
    writeFileSync(other, new Uint8Array([0x4f, 0x67, 0x67, 0x53, 7, 7, 7]));
    using folderOfStore = freshFolder();
    const fake = await startFakeTelegram();
    const person = fake.person(42);
    const uploads = () => fake.calls.filter((call) => call.method === 'sendVoice').map((call) => [call.uploads, call.status]);
    const once = async (): Promise<void> => {
      const station = await openStation({ dataDir: folderOfStore.path, apiRoot: fake.root, token: fake.token, mode: 'polling', conversation: 'echo' });
      expect((await station.telegram.send(String(person.id), plain('Nghe nhé.', { sound: noteIn(other) }))).kind).toBe('sent');
      await station.stop();
    };
    await once();
    await once();
    expect(uploads()).toEqual([[true, 200], [false, 200]]);
    fake.files.clear();
    await once();
    await once();
    expect(uploads().slice(2)).toEqual([[false, 400], [true, 200], [false, 200]]);
    await fake.stop();
  });

  test('that the platform does not take leave the words, with their buttons, once', async () => {
    const person = someone();
    const broken = { kind: 'error', status: 400, description: 'Bad Request: IMAGE_PROCESS_FAILED' } as const;
    const button = { buttons: [{ label: 'Xem', value: 'more:x' }] };
    it.fake.faults.add({ method: 'sendPhoto', chatId: person.id, fault: broken });
    expect((await send(person.id, plain('Ngắn.', { image: pictureFrom(path), ...button }))).kind).toBe('sent');
    it.fake.faults.add({ method: 'sendVoice', chatId: person.id, fault: { kind: 'error', status: 413, description: 'Request Entity Too Large' } });
    expect((await send(person.id, plain('Đọc nhé.', { sound: noteIn(path), ...button }))).kind).toBe('sent');
    expect(it.fake.received(person.id).map(({ kind, text, keyboard }) => [kind, text, keyboard?.inline_keyboard.length])).toEqual([['text', 'Ngắn.', 1], ['text', 'Đọc nhé.', 1]]);
  });

  test('a person who is out of reach is so for a recording as well', async () => {
    const person = someone();
    it.fake.faults.add({ method: 'sendVoice', chatId: person.id, fault: { kind: 'error', status: 403, description: 'Forbidden: bot was blocked by the user' } });
    expect((await send(person.id, plain('Nghe.', { sound: noteIn(path) }))).kind).toBe('gone');
  });

  test('a file that is gone leaves the text', async () => {
    const person = someone();
    expect((await send(person.id, plain('Vẫn còn chữ.', { image: () => Promise.resolve(null) }))).kind).toBe('sent');
  });
});

test('typing is shown, and never fails', async () => {
  const person = someone();
  await it.telegram.typing(String(person.id));
  await it.telegram.typing('1');
  expect(it.fake.actions.filter(({ chatId }) => chatId === person.id)).toEqual([{ chatId: person.id, action: 'typing' }]);
});

test('what a person sent can be fetched by its id', async () => {
  await using own = await listen();
  own.fake.person(5).sendsVoice(new Uint8Array([9, 8, 7]));
  await until(() => own.stored.length === 1);
  const [said] = own.stored;
  const got = said?.content.kind === 'voice' ? await own.telegram.download(said.content.fileId) : null;
  expect(got).toEqual({ ok: true, result: new Uint8Array([9, 8, 7]) });
});

/** Without the signs that show nothing, which may end a message alone. */
function hidden(words: string): string {
  return words.replace(/[\s\p{Cf}\p{Cc}\u115f\u1160\u3164\uffa0]/gu, '');
}
