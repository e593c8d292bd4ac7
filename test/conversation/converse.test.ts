import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerDueMs } from '#bot/conversation/handover.ts';
import { isOpen, loadPlace, type Place } from '#knowledge/place.ts';
import { card, SUNDAY_MS, talk, talkAt } from './world.ts';

const MINUTE_MS = 60_000;
const first = <T>(list: T[]): T => {
  const item = list[0];
  if (item === undefined) throw new Error('nothing there');
  return item;
};

describe('an answer', () => {
  test('puts the point first, then its source and date, and fills in the numbers of the place', async () => {
    const { say } = await talk({ 'có mất tiền không': { outcome: 'answer', cardId: 'epi.free' } });
    const reply = first(say('có mất tiền không').replies);
    expect(reply.text.split('\n')[0]).toBe('Không mất tiền.');
    expect(reply.text).toContain('Gọi trạm 0900 000 000');
    expect(reply.text).toContain('Nguồn: Nghị định mẫu (05/2026).');
    expect(reply).toMatchObject({ cardId: 'epi.free', lang: 'vi', layout: { form: 'answer', lead: 'Không mất tiền.' } });
  });

  test('carries the two lines of notice below it, once and never again', async () => {
    const { say } = await talk({ q: { outcome: 'answer', cardId: 'epi.free' } });
    const text = first(say('q').replies).text;
    expect(text.split('\n').slice(-2)).toEqual([
      'Đây là máy trả lời tự động của Trạm Y tế xã Ia Mẫu, không phải người. Mình nói tiếng Việt, tiếng Jrai, tiếng Bahnar.',
      'Nguy cấp: gọi ngay 115 hoặc trạm 0900 000 000.',
    ]);
    expect(first(say('q').replies).text).not.toContain('máy trả lời tự động');
  });

  test('keeps the clinical part back until a health worker has signed it', async () => {
    const body = 'Cho cháu uống nhiều nước.\n\n## Xem thêm\n\nGiữ phòng thoáng.\n\n## Chuyên môn\n\nParacetamol theo cân nặng.';
    const unsigned = await talk({ q: { outcome: 'answer', cardId: 'epi.reaction' } }, [card('epi.reaction', body)]);
    unsigned.say('q');
    const held = first(unsigned.press('more:epi.reaction').replies).text;
    expect(held).toContain('Giữ phòng thoáng.');
    expect(held).not.toContain('Paracetamol');
    expect(held).toContain('0900 000 000');

    const signed = await talk({ q: { outcome: 'answer', cardId: 'epi.reaction' } }, [card('epi.reaction', body, '{ status: signed, by: Bác sĩ Mẫu, role: bác sĩ, on: 2026-11-20 }')]);
    signed.say('q');
    expect(first(signed.press('more:epi.reaction').replies).text).toContain('Paracetamol theo cân nặng.');
  });

  test('is not given when the card has run out meanwhile: the question goes to the station', async () => {
    const { say } = await talk({ q: { outcome: 'answer', cardId: 'gone.card' } });
    const turn = say('q');
    expect(turn.effects).toContainEqual(expect.objectContaining({ kind: 'ticket' }));
    expect(first(turn.replies).layout.form).toBe('passed');
  });

  test('that was not what was meant becomes a ticket with what was offered', async () => {
    const { say, press } = await talk({ 'câu hỏi thật': { outcome: 'answer', cardId: 'epi.free' } });
    say('câu hỏi thật');
    expect(press('feedback:wrong').effects).toContainEqual({ kind: 'ticket', ticket: { kind: 'question', domain: 'health', priority: 'normal', question: 'câu hỏi thật', offered: ['epi.free'], reasons: ['not-what-was-meant'], dueMs: Date.parse('2026-11-23T09:00:00+07:00') } });
  });
});

describe('when unsure', () => {
  const verdicts = { q: { outcome: 'clarify', options: ['epi.free', 'epi.late'] } } as const;

  test('it offers numbered choices that can also be typed', async () => {
    const { say } = await talk({ q: { outcome: 'clarify', options: ['epi.free', 'epi.late'] } });
    const reply = first(say('q').replies);
    expect(reply.text).toContain('1. Câu hỏi của thẻ epi.free?\n2. Câu hỏi của thẻ epi.late?\n3. Không có câu nào đúng');
    expect(first(say('2').replies).cardId).toBe('epi.late');
  });

  test.each([['1', 'epi.free'], [' 2. ', 'epi.late'], ['số 2', 'epi.late'], ['cau 1', 'epi.free'], ['Câu hỏi của thẻ epi.late?', 'epi.late']])('"%s" chooses', async (typed, id) => {
    const { say } = await talk({ q: { outcome: 'clarify', options: [...verdicts.q.options] } });
    say('q');
    expect(first(say(typed).replies).cardId).toBe(id);
  });

  test('"none of these" hands the question over with what was offered', async () => {
    const { say } = await talk({ q: { outcome: 'clarify', options: ['epi.free', 'epi.late'] } });
    say('q');
    expect(say('3').effects).toContainEqual(expect.objectContaining({ kind: 'ticket', ticket: expect.objectContaining({ question: 'q', offered: ['epi.free', 'epi.late'], reasons: ['none-of-these'] }) }));
  });

  test('a number means nothing half an hour later', async () => {
    const { say, wait } = await talk({ q: { outcome: 'clarify', options: ['epi.free', 'epi.late'] } });
    say('q');
    wait(31 * MINUTE_MS);
    expect(first(say('2').replies).cardId).toBeNull();
  });
});

describe('danger', () => {
  const danger = { outcome: 'emergency', danger: 'medical', sign: 'seizure' } as const;

  test('is answered with whom to call, before anything else and with nothing after it', async () => {
    const { say } = await talk({ 'co giật': danger });
    const { replies, effects } = say('co giật');
    expect(replies.map((reply) => reply.text)).toEqual(['Nguy hiểm. Gọi 115 hoặc trạm ngay.\nGọi 115\nGọi trạm 0900 000 000\nGọi Trung tâm Y tế Mẫu 0900 000 005\nỞ bên người bệnh, đừng để một mình.\nGọi người ở gần tới giúp.\nTin này đã chuyển tới trạm. Đừng đợi ở đây, hãy gọi.']);
    expect(replies[0]?.priority).toBe('emergency');
    expect(effects).toContainEqual({ kind: 'ticket', ticket: { kind: 'danger', domain: 'health', priority: 'urgent', question: 'co giật', offered: [], reasons: ['test'], dueMs: SUNDAY_MS + 5 * MINUTE_MS } });
  });

  test('names the nearest hospital only where the place has confirmed one', async () => {
    const loaded = await loadPlace('knowledge/places/mau');
    if (!loaded.ok) throw new Error(loaded.file);
    const without: Place = { ...loaded.place };
    delete without.hospital;
    const { say } = await talkAt(without, { 'co giật': danger }, []);
    expect(first(say('co giật').replies).layout).toMatchObject({ calls: [{ number: '115' }, { number: '0900 000 000' }] });
  });

  test('is seen also in the middle of choosing', async () => {
    const { say } = await talk({ q: { outcome: 'clarify', options: ['epi.free', 'epi.late'] }, '2': danger });
    say('q');
    expect(say('2').judgement?.outcome).toBe('emergency');
  });

  test('of the sensitive kind goes to the health duty person alone and asks no why', async () => {
    const { say } = await talk({ 'muốn chết': { outcome: 'emergency', danger: 'suicide', sign: 'wish' } });
    const { replies, effects } = say('muốn chết');
    expect(effects).toContainEqual(expect.objectContaining({ kind: 'ticket', ticket: expect.objectContaining({ kind: 'sensitive', domain: 'health', priority: 'urgent' }) }));
    expect(replies[0]?.text).not.toMatch(/vì sao|tại sao|lý do/i);
    expect(replies[0]?.text).toContain('115');
  });

  test('of violence says that whose life is in danger will be protected, and promises no secret against that', async () => {
    const { say } = await talk({ 'bị đánh': { outcome: 'emergency', danger: 'violence', sign: 'violence' } });
    const text = first(say('bị đánh').replies).text;
    expect(text).toContain('Đây không phải lỗi của bà con');
    expect(text).toContain('Nếu tính mạng ai đang nguy, cán bộ phải báo');
  });
});

describe('a resident’s rights', () => {
  test('"dừng" stops announcements at once', async () => {
    const { say } = await talk({ 'dừng': { outcome: 'answer', cardId: 'bot.unsubscribe' } });
    expect(say('dừng').effects).toContainEqual({ kind: 'stop' });
  });

  test('erasing is asked once, then done', async () => {
    const { say, press } = await talk({ 'xoá hết tin của tui': { outcome: 'answer', cardId: 'bot.delete-data' } });
    expect(say('xoá hết tin của tui').effects).not.toContainEqual({ kind: 'erase' });
    expect(press('erase:yes').effects).toContainEqual({ kind: 'erase' });
  });

  test('an old or hand-made button erases nobody', async () => {
    const { press, say, wait } = await talk({ x: { outcome: 'answer', cardId: 'bot.delete-data' } });
    expect(press('erase:yes').effects).not.toContainEqual({ kind: 'erase' });
    say('x');
    wait(31 * MINUTE_MS);
    expect(press('erase:yes').effects).not.toContainEqual({ kind: 'erase' });
  });

  test('a language is changed by naming it, and otherwise offered', async () => {
    const { say, resident } = await talk({ 'nói tiếng Jrai': { outcome: 'answer', cardId: 'bot.language' }, 'đổi tiếng': { outcome: 'answer', cardId: 'bot.language' } });
    expect(first(say('đổi tiếng').replies).buttons.map((button) => button.value)).toEqual(['lang:vi', 'lang:jra', 'lang:bdq']);
    say('nói tiếng Jrai');
    expect(resident().lang).toBe('jra');
  });
});

describe('a hand-over says by when', () => {
  const hours = [{ weekdays: [1, 2, 3, 4, 5], from: '7:00', to: '17:00' }];
  test.each([
    ['on a working morning: within two hours', '2026-11-23T08:00:00+07:00', '2026-11-23T10:00:00+07:00'],
    ['late in the afternoon: the next morning', '2026-11-23T16:30:00+07:00', '2026-11-24T09:00:00+07:00'],
    ['before opening: this morning', '2026-11-23T05:00:00+07:00', '2026-11-23T09:00:00+07:00'],
    ['on Friday evening: Monday morning', '2026-11-27T20:00:00+07:00', '2026-11-30T09:00:00+07:00'],
    ['on Sunday: Monday morning', '2026-11-22T08:00:00+07:00', '2026-11-23T09:00:00+07:00'],
  ])('%s', (_, asked, due) => {
    expect(answerDueMs(hours, Date.parse(asked))).toBe(Date.parse(due));
  });

  test('always in the future and in working hours', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 400 * 24 * 60 }), (minutes) => {
      const nowMs = SUNDAY_MS + minutes * MINUTE_MS;
      const dueMs = answerDueMs(hours, nowMs);
      expect(dueMs).toBeGreaterThan(nowMs);
      expect(isOpen(hours, dueMs)).toBe(true);
    }));
  });

  test('and which number to call meanwhile', async () => {
    const { say } = await talk({ q: { outcome: 'escalate' } });
    expect(first(say('q').replies).text).toContain('Câu này mình chưa có lời chắc chắn, nên đã chuyển cho cán bộ trạm.\nCó trả lời trước 9:00 ngày 23/11/2026. Cần ngay thì gọi trạm: 0900 000 000.');
  });
});

describe('any message at all', () => {
  test('gets a reply', async () => {
    const { say } = await talk({});
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(say(text).replies.length).toBeGreaterThan(0);
    }));
  });

  test('a voice note or a picture goes to a person', async () => {
    const { act } = await talk({});
    expect(act({ kind: 'voice', fileId: 'f', durationSeconds: 4 }).effects).toContainEqual(expect.objectContaining({ kind: 'ticket', ticket: expect.objectContaining({ kind: 'media' }) }));
  });

  test('a button that nobody made is heard as words', async () => {
    const { press } = await talk({});
    expect(press('__proto__:x').replies.length).toBeGreaterThan(0);
  });
});

describe('a resident who chose Jrai', () => {
  test('the bare name of a language of the place changes to it, with or without the word for speaking it', async () => {
    for (const words of ['Jrai', 'tiếng Jrai', 'nói tiếng jrai', 'Đổi sang tiếng Jarai']) {
      const { say, resident } = await talk({});
      say(words);
      expect(resident().lang).toBe('jra');
    }
    const { say, resident } = await talk({ 'trạm có ai nói tiếng jrai không': { outcome: 'escalate' } });
    say('trạm có ai nói tiếng jrai không');
    expect(resident().lang).toBe('vi');
  });

  test('reads the Vietnamese first, and the draft below it with the word that no speaker has checked it', async () => {
    const { say, press } = await talk({ chào: { outcome: 'smalltalk', smalltalk: 'greeting' } });
    press('lang:jra');
    const text = first(say('chào').replies).text;
    expect(text.split('\n\n')[0]).toBe('Chào bà con! Mình là Loa Làng. Bà con cần hỏi gì về phòng bệnh, tiêm chủng, hỗ trợ?');
    expect(text).toContain('Neh met wa');
    expect(text).toContain('chưa có người nói tiếng này kiểm tra');
  });

  test('is told of danger in Vietnamese, never by a draft', async () => {
    const { say, press } = await talk({ 'co giật': { outcome: 'emergency', danger: 'medical', sign: 'seizure' } });
    press('lang:jra');
    const reply = first(say('co giật').replies);
    expect(reply).toMatchObject({ lang: 'vi' });
    expect(reply.text).not.toContain('bản nháp');
  });
});

describe('a forwarded message', () => {
  const forwarded = (text: string) => ({ kind: 'text', text, forwarded: true }) as const;

  test('is offered for checking, and becomes a ticket of that kind on one press', async () => {
    const { act, say } = await talk({});
    expect(first(act(forwarded('uống rượu tỏi là khỏi hết bệnh')).replies).buttons.map((button) => button.label)).toEqual(['Kiểm tra tin này', 'Trả lời như câu của tôi']);
    expect(say('1').effects).toContainEqual(expect.objectContaining({ kind: 'ticket', ticket: expect.objectContaining({ kind: 'rumour', question: 'uống rượu tỏi là khỏi hết bệnh' }) }));
  });

  test('that a card is about is answered at once', async () => {
    const { act } = await talk({ 'tiêm là có chip': { outcome: 'answer', cardId: 'rumour.chip' } }, [card('rumour.chip')]);
    expect(first(act(forwarded('tiêm là có chip')).replies).cardId).toBe('rumour.chip');
  });

  test('that is a cry for help is heard as one', async () => {
    const { act } = await talk({ 'con tôi co giật': { outcome: 'emergency', danger: 'medical', sign: 'seizure' } });
    expect(first(act(forwarded('con tôi co giật')).replies).priority).toBe('emergency');
  });
});
