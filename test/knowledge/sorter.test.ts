import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { NEVER_SURE } from '#knowledge/calibration.ts';
import { createOpenJudge } from '#knowledge/judge.ts';
import { loadCards } from '#knowledge/load.ts';
import { learnSorter, sort } from '#knowledge/sorter.ts';
import { loadSorter, saveSorter } from '#knowledge/sorterFile.ts';
import { loadUnderstanding } from '#knowledge/understanding.ts';
import { KNOWLEDGE_DIR, TODAY } from './base.ts';

const dir = mkdtempSync(join(tmpdir(), 'loa-sorter-'));
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

const examples = ['tiem soi may thang', 'mui soi khi nao', 'soi tiem o dau'].map((text) => ({ label: 'soi', words: text.split(' '), weight: 1 }))
  .concat(['cho can lam sao', 'bi cho can', 'meo can co tiem khong'].map((text) => ({ label: 'dai', words: text.split(' '), weight: 1 })));

describe('the sorter', () => {
  test('learns what tells two cards apart, and the same examples teach the same', () => {
    const sorter = learnSorter(examples);
    const chances = sort(sorter, 'tiem soi o dau'.split(' '));
    expect(chances[sorter.labels.indexOf('soi')]).toBeGreaterThan(0.5);
    expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1);
    expect(learnSorter(examples)).toEqual(sorter);
  });

  test('a message of which only is known what it is not for is pushed away from just that', () => {
    const words = 'cho be di cho'.split(' ');
    const chance = (sorter: ReturnType<typeof learnSorter>) => sort(sorter, words)[sorter.labels.indexOf('dai')] ?? 0;
    expect(chance(learnSorter([...examples, { not: ['dai'], words, weight: 1 }]))).toBeLessThan(chance(learnSorter(examples)));
  });

  test('comes back from its file as it was, and only for the base it was learnt from', async () => {
    const sorter = learnSorter(examples);
    await saveSorter(dir, 'this-base', sorter);
    expect(await loadSorter(dir, 'this-base')).toEqual(sorter);
    expect(await loadSorter(dir, 'another')).toBeNull();
    writeFileSync(join(dir, 'sorter.json'), '{"of":"this-base","labels":[');
    expect(await loadSorter(dir, 'this-base')).toBeNull();
  });
});

describe('a base that is edited after its measurement', () => {
  test('keeps its direct answers; a new card answers to its own phrasings and is only offered for others', async () => {
    const [understanding, base] = await Promise.all([loadUnderstanding(KNOWLEDGE_DIR), loadCards(`${KNOWLEDGE_DIR}/cards`, TODAY)]);
    const [first] = base.cards;
    if (!first) throw new Error('no card');
    const added = { ...first, id: 'disease.scabies', question: 'Bệnh ghẻ ngứa là gì, chữa ở đâu?', variants: ['bị ghẻ ngứa làm sao hết', 'cái ghẻ lây kiểu gì', 'ghẻ ngứa cả nhà', 'con bị ghẻ bôi gì', 'ghẻ có lây không'], answer: 'Bà con đưa người bị ghẻ ngứa tới trạm.', more: null };
    const open = createOpenJudge([...base.cards, added], understanding);
    expect(open.judge('mấy tháng thì tiêm sởi', { nowMs: 0 })).toMatchObject({ outcome: 'answer', cardId: 'epi.measles' });
    expect(open.judge('bệnh ghẻ ngứa là gì, chữa ở đâu', { nowMs: 0 })).toMatchObject({ outcome: 'answer', cardId: added.id });
    expect(open.judge('con bi ghe boi gi', { nowMs: 0 })).toMatchObject({ outcome: 'answer', cardId: added.id });
    const judgement = open.judge('nhà tôi ai cũng bị ghẻ ngứa, giờ làm sao cho hết', { nowMs: 0 });
    expect(judgement.outcome).not.toBe('answer');
    expect(judgement.reasons).toContain('unmeasured');
    const unmeasured = createOpenJudge(base.cards, { ...understanding, sorter: null, calibration: NEVER_SURE });
    expect(unmeasured.judge('mấy tháng thì tiêm sởi', { nowMs: 0 })).toMatchObject({ outcome: 'clarify' });
  });
});
