import { describe, expect, test } from 'vitest';
import type { Button, Inbound, Piece } from '#bot/channels/channel.ts';
import { keyboardAfter, writeKeyboard } from '#bot/channels/telegram/keyboard.ts';
import { createIntake } from '#bot/channels/telegram/intake.ts';
import { wallClock, type TelegramPorts } from '#bot/channels/telegram/ports.ts';
import { createRouter, MemoryAway } from '#bot/channels/telegram/router.ts';
import { until } from '../serve.ts';
import { listen, texts, type Listener } from './listener.ts';

const choices = (buttons: Button[]): Piece => ({ text: 'Chọn một câu:', lang: 'vi', cardId: null, buttons, layout: { form: 'choices', lead: 'Chọn một câu:' } });
const answer = (buttons: Button[]): Piece => ({ text: 'Đây là câu trả lời.', lang: 'vi', cardId: null, buttons, layout: { form: 'plain' } });

async function stored(it: Listener, count: number): Promise<Inbound[]> {
  await until(() => it.stored.length >= count);
  await until(() => it.fake.updates.unconfirmed().length === 0);
  return it.stored;
}

describe('what people send', () => {
  test('each kind of message is heard for what it is', async () => {
    await using it = await listen();
    const person = it.fake.person(42);
    person.starts('jra_plei-mau');
    person.starts();
    person.sendsVoice();
    person.forwards('Nghe nói uống giấm khỏi sốt xuất huyết');
    person.sends({ photo: [{ file_id: 'small' }, { file_id: 'large' }], caption: 'sổ tiêm' });
    person.sends({ sticker: { file_id: 's1' } });
    person.sends({ location: { latitude: 13.98, longitude: 108 } });
    person.sends({ document: { file_id: 'd1' } });
    person.sends({ contact: { phone_number: '0900', first_name: 'A' } });
    person.sends({ pinned_message: {} });
    person.says('/dung');
    person.says('/canbo');
    person.says('/lich');
    person.says('/help');
    person.says('/benh sởi');
    person.edits('sốt xuất huyết');
    expect((await stored(it, 15)).map(({ content }) => content)).toEqual([
      { kind: 'start', payload: 'jra_plei-mau' },
      { kind: 'start', payload: null },
      { kind: 'voice', fileId: 'voice-in-0', durationSeconds: 4 },
      { kind: 'text', text: 'Nghe nói uống giấm khỏi sốt xuất huyết', forwarded: true },
      { kind: 'image', fileId: 'large', caption: 'sổ tiêm' },
      { kind: 'sticker', fileId: 's1', caption: null },
      { kind: 'location', fileId: null, caption: '13.98000, 108.00000' },
      { kind: 'file', fileId: 'd1', caption: null },
      { kind: 'file', fileId: null, caption: null },
      { kind: 'stop' },
      { kind: 'button', value: 'human' },
      { kind: 'text', text: 'Lịch tiêm của làng mình', forwarded: false },
      { kind: 'button', value: 'menu' },
      { kind: 'text', text: 'benh sởi', forwarded: false },
      { kind: 'text', text: 'sốt xuất huyết', forwarded: false },
    ]);
  });

  test('a message that trips the reading up still brings a person to look at it; a memory that is away lets it come again', async () => {
    const heard: Inbound[] = [];
    const ports: TelegramPorts = { staff: () => Promise.resolve(null), store: (inbounds) => { heard.push(...inbounds); return Promise.resolve(); }, memory: { get: () => Promise.resolve(null), set: () => Promise.resolve() }, standing: () => Promise.resolve(), report: () => undefined };
    const router = createRouter({ token: '1:x', memory: ports.memory, clock: wallClock, staffChatId: null });
    const update = { update_id: 5, message: { message_id: 1, date: 60, chat: { id: 9, type: 'private' }, from: { id: 9, is_bot: false }, text: 'a' } };
    await createIntake({ ports, act: () => undefined, sayToStaff: () => undefined, router: { ...router, route: () => Promise.reject(new TypeError('tripped')) } }).take([update]);
    expect(heard).toEqual([{ channel: 'telegram', platformId: '1:5', address: '9', atMs: 60_000, content: { kind: 'file', fileId: null, caption: null } }]);
    const away = createIntake({ ports, act: () => undefined, sayToStaff: () => undefined, router: { ...router, route: () => Promise.reject(new MemoryAway('away')) } });
    await expect(away.take([update])).rejects.toThrow('away');
    expect(heard).toHaveLength(1);
  });

  test('blocking and letting in again is noticed', async () => {
    await using it = await listen();
    const person = it.fake.person(42);
    person.blocks();
    person.unblocks();
    await until(() => it.standings.length === 2);
    expect(it.standings).toEqual(['42 gone', '42 back']);
  });

  test('the menu of commands is in Vietnamese for everybody', async () => {
    await using it = await listen();
    await until(() => it.fake.commands.size === 2);
    expect(it.fake.commands.get('{"type":"default"}/')).toContainEqual({ command: 'lich', description: 'Lịch tiêm của làng' });
  });
});

describe('buttons', () => {
  test('a press is heard, answered at once, and of the choices only the taken one stays', async () => {
    await using it = await listen();
    const person = it.fake.person(42);
    await it.telegram.send('42', choices([{ label: 'Lịch tiêm', value: 'card:epi.schedule' }, { label: 'Không có câu nào đúng', value: 'none' }]));
    const press = person.presses('Lịch tiêm');
    await until(() => it.fake.pressed(press)?.answered === true);
    expect(it.stored[0]).toMatchObject({ address: '42', content: { kind: 'button', value: 'card:epi.schedule' } });
    await until(() => it.fake.received(42)[0]?.edits === 1);
    expect(it.fake.received(42)[0]?.keyboard?.inline_keyboard.flat().map((button) => button.text)).toEqual(['✓ 1. Lịch tiêm']);
  });

  test('pressed twice before it is gone, it counts once; pressed when taken, it says so', async () => {
    await using it = await listen();
    const person = it.fake.person(42);
    await it.telegram.send('42', choices([{ label: 'Một', value: 'a' }, { label: 'Hai', value: 'b' }]));
    person.presses('Một');
    person.presses('Một');
    await until(() => it.fake.received(42)[0]?.edits === 1);
    const late = person.presses('Một');
    await until(() => it.fake.pressed(late)?.answered === true);
    expect(it.stored).toHaveLength(1);
    expect(it.fake.pressed(late)?.text).toBe('Bà con đã chọn câu này.');
  });

  test('under an answer, a taken offer goes and the others stay', async () => {
    await using it = await listen();
    const person = it.fake.person(42);
    await it.telegram.send('42', answer([{ label: 'Xem thêm', value: 'more:x' }, { label: 'Chưa đúng ý', value: 'feedback:wrong' }]));
    person.presses('Xem thêm');
    await until(() => it.fake.received(42)[0]?.edits === 1);
    expect(it.fake.received(42)[0]?.keyboard?.inline_keyboard.flat().map((button) => button.text)).toEqual(['Chưa đúng ý']);
    person.presses('Chưa đúng ý');
    await until(() => it.stored.length === 2);
    await until(() => it.fake.received(42)[0]?.keyboard === null);
  });

  test('a value longer than Telegram carries comes back whole, also after a restart', async () => {
    await using it = await listen();
    const person = it.fake.person(42);
    const value = `ask:${'Cháu mười tám tháng tiêm mũi nào? '.repeat(4)}`;
    await it.telegram.send('42', choices([{ label: 'Câu dài', value }]));
    person.presses('Câu dài');
    await until(() => it.stored.length === 1);
    expect(it.stored[0]?.content).toEqual({ kind: 'button', value });
  });

  test('a button whose meaning is forgotten asks for the question again', async () => {
    await using it = await listen();
    const person = it.fake.person(42);
    await it.telegram.send('42', choices([{ label: 'Câu dài', value: 'x'.repeat(100) }]));
    it.memory.clear();
    const press = person.presses('Câu dài');
    await until(() => it.fake.pressed(press)?.answered === true);
    expect(it.fake.pressed(press)?.text).toMatch(/nhắn lại/);
    expect(it.stored).toEqual([]);
  });

  test('a late answer to a press, and a message that can no longer be edited, trouble nobody', async () => {
    await using it = await listen();
    const person = it.fake.person(42);
    await it.telegram.send('42', choices([{ label: 'Một', value: 'a' }]));
    it.fake.faults.add({ method: 'answerCallbackQuery', fault: { kind: 'error', status: 400, description: 'Bad Request: query is too old and response timeout expired or query ID is invalid' } });
    it.fake.faults.add({ method: 'editMessageReplyMarkup', fault: { kind: 'error', status: 400, description: 'Bad Request: message can\'t be edited' } });
    person.presses('Một');
    await until(() => it.stored.length === 1);
    person.says('vẫn chạy');
    await until(() => it.stored.length === 2);
    expect(it.troubles).toEqual([]);
  });

  test('a keyboard that is none of ours is left alone', async () => {
    expect(keyboardAfter({ inline_keyboard: [[{ text: 'x', url: 'https://example.vn' }]] }, 'c:a')).toBeUndefined();
    expect(keyboardAfter(undefined, 'c:a')).toBeUndefined();
    expect(await writeKeyboard({ buttons: [], layout: { form: 'plain' } }, { get: () => Promise.resolve(null), set: () => Promise.resolve() })).toBeNull();
  });
});

describe('in a group', () => {
  test('it speaks only when spoken to: by name, by command, or by a reply to it', async () => {
    await using it = await listen();
    const group = it.fake.group(-100);
    it.fake.person(7);
    group.says(7, 'mọi người ơi mai họp');
    group.says(7, '/start@other_bot');
    group.says(7, '@loa_lang_bot mai có tiêm không?');
    group.says(7, '/lich@loa_lang_bot');
    group.says(7, '@LOA_lang_bot', { entities: [{ type: 'mention', offset: 0, length: 13 }] });
    await until(() => it.stored.length === 3);
    expect((await it.telegram.send(it.stored[0]?.address ?? '', answer([]))).kind).toBe('sent');
    const said = it.fake.received(-100)[0];
    group.repliesTo(7, said?.message_id ?? 0, 'còn trẻ em thì sao');
    await stored(it, 4);
    expect(texts(it.stored)).toEqual(['mai có tiêm không?', 'Lịch tiêm của làng mình', '', 'còn trẻ em thì sao']);
    expect(it.stored.map((each) => each.address)).toEqual(['-100/7', '-100/7', '-100/7', '-100/7']);
    expect(said?.replyTo).not.toBeNull();
  });

  test('in a topic it answers in the topic, and does not take the topic’s first message for a question to it', async () => {
    await using it = await listen();
    const group = it.fake.group(-200, { forum: true, admin: true });
    it.fake.person(7);
    group.self.topics.set(11, { name: 'Hỏi đáp', closed: false });
    const opening = { message_id: 11, from: it.fake.bot, chat: { id: -200, type: 'supergroup' }, date: 1, forum_topic_created: { name: 'Hỏi đáp', icon_color: 1 } };
    group.says(7, 'nói chuyện với nhau', { message_thread_id: 11, is_topic_message: true, reply_to_message: opening });
    group.says(7, '@loa_lang_bot sởi là gì', { message_thread_id: 11, is_topic_message: true, reply_to_message: opening });
    await stored(it, 1);
    expect(it.stored.map((each) => each.address)).toEqual(['-200/7/11']);
    expect((await it.telegram.send('-200/7/11', answer([]))).kind).toBe('sent');
    expect(it.fake.received(-200)[0]?.threadId).toBe(11);
  });

  test('what one neighbour presses is theirs', async () => {
    await using it = await listen();
    const group = it.fake.group(-300);
    it.fake.person(7);
    it.fake.person(8);
    await it.telegram.send('-300/7', answer([{ label: 'Xem thêm', value: 'more:x' }]));
    group.presses(8, 'Xem thêm', it.fake.received(-300)[0]?.message_id ?? 0);
    await stored(it, 1);
    expect(it.stored[0]?.address).toBe('-300/8');
  });

  test('a group that becomes a supergroup is written to under its new id', async () => {
    await using it = await listen();
    const group = it.fake.group(-400, { type: 'group' });
    it.fake.person(7);
    group.migrates(-100400);
    await until(() => it.memory.has('moved:-400'));
    expect((await it.telegram.send('-400/7', answer([]))).kind).toBe('sent');
    expect(it.fake.received(-100400)).toHaveLength(1);
  });

  test('the staff’s own group is nobody’s question, and other bots are not answered', async () => {
    await using it = await listen({ channel: { staffChatId: -900 } });
    const [staff, other] = [it.fake.group(-900), it.fake.group(-901)];
    it.fake.person(7);
    staff.says(7, '@loa_lang_bot trả lời đi');
    other.says(7, '@loa_lang_bot a', { from: { id: 1, is_bot: true, first_name: 'Bot' } });
    it.fake.person(8).says('xong');
    await stored(it, 1);
    expect(texts(it.stored)).toEqual(['xong']);
  });
});
