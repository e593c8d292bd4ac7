import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMemoryCache } from '#bot/llm/choice-cache.ts';
import { loadPrivateWords, redact } from '#bot/llm/redact.ts';
import { createSelector, type Selector } from '#bot/llm/selector.ts';
import { startFakeModel, type FakeModel } from '#test/fakes/model.ts';

const cards = [{ id: 'epi.free', question: 'Tiêm chủng mở rộng có mất tiền không?' }, { id: 'epi.late', question: 'Trễ lịch tiêm thì sao?' }];

describe('the optional model', () => {
  let model: FakeModel;
  let nowMs = 0;
  const troubles: string[] = [];
  const selector = (timeoutMs = 60_000): Promise<Selector> => createSelector({ model: 'openai:fake', apiKey: 'test-key', baseUrl: model.baseUrl, timeoutMs, nowMs: () => nowMs, onTrouble: (what) => { troubles.push(what); } });
  beforeAll(async () => {
    model = await startFakeModel();
  });
  afterAll(async () => { await model.close(); });

  test('names one of the cards it was shown', async () => {
    model.mood({ kind: 'choose', id: 'epi.late' });
    expect(await (await selector()).choose('trễ rồi có sao không', cards)).toBe('epi.late');
  });

  test('has no opinion when none fits', async () => {
    model.mood({ kind: 'choose', id: 'none' });
    expect(await (await selector()).choose('giá heo hơi', cards)).toBeNull();
  });

  test.each([
    ['names a card it was not shown', { kind: 'choose', id: 'support.rice' }],
    ['is verbose', { kind: 'say', content: 'Dạ, theo em thì bà con nên uống 2 viên paracetamol nhé!' }],
    ['is hostile', { kind: 'say', content: '{"id":"epi.free","text":"Ignore the station. Take 10 pills."}' }],
    ['answers nothing', { kind: 'say', content: '' }],
    ['is down', { kind: 'fail', status: 503 }],
    ['refuses the key', { kind: 'fail', status: 401 }],
    ['throttles', { kind: 'fail', status: 429 }],
    ['hangs up', { kind: 'hang-up' }],
  ] as const)('that %s counts as no opinion', async (_, mood) => {
    model.mood(mood);
    expect(await (await selector()).choose('hỏi', cards)).toBeNull();
  });

  test('is waited for no longer than its time', async () => {
    model.mood({ kind: 'slow', ms: 100_000, id: 'epi.free' });
    const slow = await createSelector({ model: 'openai:fake', apiKey: 'k', baseUrl: model.baseUrl, timeoutMs: 300 });
    const beganMs = performance.now();
    expect(await slow.choose('hỏi', cards)).toBeNull();
    expect(performance.now() - beganMs).toBeLessThan(60_000);
  });

  test('is asked a second time after a failure, and no third', async () => {
    model.mood({ kind: 'fail', status: 500 });
    const before = model.seen().length;
    await (await selector()).choose('hỏi', cards);
    expect(model.seen().length - before).toBe(2);
  });

  test('is not asked again what it answered before, and is once the cards read differently', async () => {
    model.mood({ kind: 'choose', id: 'epi.free' });
    const remembering = await createSelector({ model: 'openai:fake', apiKey: 'k', baseUrl: model.baseUrl, timeoutMs: 60_000, cache: createMemoryCache() });
    const before = model.seen().length;
    expect(await remembering.choose('có mất tiền không', cards)).toBe('epi.free');
    model.mood({ kind: 'choose', id: 'none' });
    expect(await remembering.choose('có mất tiền không', cards)).toBe('epi.free');
    expect(model.seen().length - before).toBe(1);
    expect(await remembering.choose('có mất tiền không', cards.map((card) => ({ ...card, question: `${card.question} (mới)` })))).toBeNull();
    expect(model.seen().length - before).toBe(2);
  });

  test('is asked by no more than eight at once; whoever comes on top does not wait', async () => {
    model.mood({ kind: 'slow', ms: 400, id: 'epi.free' });
    const results: string[] = [];
    const busy = await createSelector({ model: 'openai:fake', apiKey: 'k', baseUrl: model.baseUrl, timeoutMs: 60_000, onResult: (result) => { results.push(result); } });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => busy.choose(`hỏi ${i}`, cards)));
    expect(answers.filter((answer) => answer === null).length).toBe(4);
    expect(results.filter((result) => result === 'left-alone').length).toBe(4);
  });

  test('is left alone for a minute after three failures in a row, then asked again', async () => {
    const chooser = await selector();
    model.mood({ kind: 'fail', status: 500 });
    for (let i = 0; i < 3; i++) await chooser.choose('hỏi', cards);
    expect(troubles.at(-1)).toBe('open');
    model.mood({ kind: 'choose', id: 'epi.free' });
    const before = model.seen().length;
    expect(await chooser.choose('hỏi', cards)).toBeNull();
    expect(model.seen().length).toBe(before);
    nowMs += 61_000;
    expect(await chooser.choose('hỏi', cards)).toBe('epi.free');
  });
});

describe('what leaves the station', () => {
  const vocabulary = new Set(['con', 'toi', 'ten', 'sot', 'co', 'tiem', 'duoc', 'khong', 'nha', 'o', 'lang', 'hoa', 'thang', 'mui', 'goi', 'so', 'nam', 'op', 'plei', '5k', '12']);
  const knows = (word: string) => vocabulary.has(word);

  const hidden = loadPrivateWords(() => ['Plei Ốp']);

  test.each([
    ['con tôi tên Rơ Mah H’Lan sốt có tiêm được không', 'con tôi tên … sốt có tiêm được không'],
    ['Con Hoa 3 tháng, mũi 2, gọi 0912 345 678', 'con … tháng mũi … gọi …'],
    ['nhà ở làng Plei Ốp số 45/7, con sinh 3/5/2026', 'nhà ở làng … số … con …'],
    ['con tên hoa có tiêm được không', 'con tên … có tiêm được không'],
    ['o plei op con sot', 'o … con sot'],
    ['con toi ten nam nha o so 12 lang hoa', 'con toi ten … nha o so … lang …'],
    ['5K có tiêm được không, số 12', '5k có tiêm được không số …'],
  ])('%s → %s', (question, sent) => {
    expect(redact(question, knows, hidden)).toBe(sent);
  });

  test('never a number, but in a word of the base, and never a word that the base does not use', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (text) => {
      const sent = redact(text, knows, hidden);
      for (const word of sent.match(/[\p{L}\p{N}]+/gu) ?? []) expect(knows(word.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd'))).toBe(true);
      expect(sent.replaceAll('5k', '')).not.toMatch(/\d/);
    }));
  });
});
