import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { OpenJudge } from '#knowledge/judge.ts';
import { cases, openBase } from './base.ts';

const NOW_MS = Date.parse('2026-11-22T08:00:00+07:00');
let open: OpenJudge;
beforeAll(async () => { open = await openBase(); });

test.each(['README.md', 'README.vi.md'])('the question that %s asks is answered at once', async (page) => {
  const [, question] = /npm run --silent ask -- "([^"]+)"/.exec(await readFile(new URL(`../../${page}`, import.meta.url), 'utf8')) ?? [];
  expect(question).toBeDefined();
  expect(open.judge(question ?? '', { nowMs: NOW_MS }).outcome).toBe('answer');
});

describe('what most people would type first', () => {
  /** Of the plainest questions so many are answered at once; what is meant by the others can only be asked. */
  const AT_ONCE = 0.9;

  test('is answered, or at worst is the first choice', async () => {
    let atOnce = 0;
    const plain = await cases('plain.tsv');
    for (const [cards = '', question = ''] of plain) {
      const judgement = open.judge(question, { nowMs: NOW_MS });
      if (judgement.outcome !== 'answer' && judgement.outcome !== 'clarify') {
        // A session, a child's schedule and a person are given, not described.
        expect(GIVEN[cards], question).toBe(judgement.outcome);
        atOnce += 1;
        continue;
      }
      const [first] = judgement.outcome === 'answer' ? [judgement.cardId] : judgement.options;
      expect(cards.split('|'), question).toContain(first);
      if (judgement.outcome === 'answer') atOnce += 1;
    }
    expect(atOnce / plain.length).toBeGreaterThanOrEqual(AT_ONCE);
  });

  const GIVEN: Partial<Record<string, string>> = { 'epi.newborn': 'child-schedule', 'epi.where': 'session', 'bot.human': 'human' };

  test('a fever is not taken for one after a vaccination, nor letters for a question', () => {
    const fever = open.judge('bé nhà em nóng 38 độ chơi bình thường', { nowMs: NOW_MS });
    expect(fever.outcome).not.toBe('answer');
    for (const text of ['asdkjh qwe zzz', 'qwe', '...']) expect(open.judge(text, { nowMs: NOW_MS }), text).toMatchObject({ outcome: 'smalltalk', smalltalk: 'noise' });
    expect(open.judge('chikungunya là gì', { nowMs: NOW_MS }).outcome).toBe('escalate');
  });

  test('a medicine in pregnancy is asked of a person, with what is safe', () => {
    expect(open.judge('mẹ bầu uống thuốc cảm được không', { nowMs: NOW_MS })).toMatchObject({ outcome: 'escalate', reasons: expect.arrayContaining(['dose']) as unknown[] });
  });
});
