import { beforeAll, describe, expect, test } from 'vitest';
import { LIKENESS, loadDanger } from '#knowledge/danger.ts';
import type { OpenJudge } from '#knowledge/judge.ts';
import { fold } from '#knowledge/text.ts';
import { cases, KNOWLEDGE_DIR, openBase } from './base.ts';

let open: OpenJudge;
beforeAll(async () => {
  open = await openBase();
});

const judge = (text: string) => open.judge(text, { nowMs: 0 });

describe('danger signs come before everything', async () => {
  const signs = await cases('danger-signs.tsv');
  const nearMisses = await cases('danger-near-misses.tsv');

  test('there are at least 150 cases and 150 near-misses', () => {
    expect(signs.length).toBeGreaterThanOrEqual(150);
    expect(nearMisses.length).toBeGreaterThanOrEqual(150);
  });

  test.each(signs)('%s: %s', (_, text) => {
    expect(judge(text).outcome).toBe('emergency');
  });

  test.each(nearMisses)('no alarm: %s', (text) => {
    expect(judge(text).outcome).not.toBe('emergency');
  });

  test('suicide is known as such, so that the right words are used', () => {
    for (const [name, text = ''] of signs) {
      if (name !== 'suicide') continue;
      const judgement = judge(text);
      // Poison taken or wanted may be named first; both lead to a person at once.
      expect(judgement.outcome === 'emergency' && ['suicide', 'poisoning'].includes(judgement.danger), text).toBe(true);
    }
  });

  test('without marks nearly nothing is lost', () => {
    const missed = signs.filter(([, text = '']) => judge(fold(text)).outcome !== 'emergency');
    expect(missed.length / signs.length).toBeLessThanOrEqual(0.02);
  });

  test('hidden in small talk, a sign that a line names is still found', () => {
    const named = signs.filter(([name, text = '']) => {
      const judgement = judge(text);
      return name === 'medical' && judgement.outcome === 'emergency' && judgement.sign !== LIKENESS;
    });
    const lost = ['chào trạm ạ, ', 'cảm ơn hôm trước nha. ', 'dạ em hỏi lịch tiêm, à mà '].flatMap((greeting) => named.map(([, text = '']) => greeting + text)).filter((text) => judge(text).outcome !== 'emergency');
    expect(lost).toEqual([]);
  });

  test('capitals, a shout and invisible characters change nothing', () => {
    expect(judge('CON EM CO GIẬT!!!').outcome).toBe('emergency');
    expect(judge('co\u200B giật rồi 😭😭').outcome).toBe('emergency');
    expect(judge('con em co giật'.normalize('NFD')).outcome).toBe('emergency');
  });

  test.each([
    ['SpO2 88', true], ['SpO2 98', false], ['bé 2 tuổi thở 45 lần một phút', true], ['bé 2 tuổi thở 28 lần một phút', false],
    ['con 1 tháng sốt 38 độ', true], ['con 4 tuổi sốt 38 độ', false], ['sốt 41 độ', true], ['huyết áp 80/50', true], ['huyết áp 120/80', false],
    ['con 3t thở 42 lần/phút', true], ['ba đo 92% có cần nhập viện không', true], ['đo được 98%', false], ['nhiệt kế báo 40,5', true],
  ])('values have units and ages: %s', (text, alarms) => {
    expect(judge(text).outcome === 'emergency').toBe(alarms);
  });

  test('complaints, jokes and goodbyes that share words with a danger sign do not ring', () => {
    for (const text of ['con làm rớt điện thoại xuống giếng vớt sao', 'uống thuốc tẩy giun xong ăn cơm liền được không', 'thôi tui ngủ đây, mai nói tiếp', 'khiếu nại lần đầu không chịu thì khiếu nại tiếp lên cấp nào', 'chảy máu chân răng khi đánh răng, có cần lấy cao răng', 'đau dạ dày lâu năm, bữa nay đau lại chút']) {
      expect(judge(text).outcome, text).not.toBe('emergency');
    }
  });

  test('a farewell is heard as one', () => {
    for (const text of ['em đi trước, hai bác đừng buồn, ở lại mạnh giỏi', 'ngoài chết ra em không thấy đường nào khác', 'tui để dành thuốc uống một lần cho xong']) {
      expect(judge(text), text).toMatchObject({ outcome: 'emergency', danger: 'suicide' });
    }
  });

  test('what is over is told from what goes on', () => {
    expect(judge('hết khó thở rồi, cảm ơn trạm nha')).toMatchObject({ outcome: 'smalltalk', smalltalk: 'recovered' });
    expect(judge('hết khó thở rồi mà giờ co giật').outcome).toBe('emergency');
  });

  test('the questions of the base itself hardly ever alarm', () => {
    const phrasings = open.index.letters.filter((_, at) => open.index.ids[open.index.phrasings.owner[at] ?? 0]?.includes('.'));
    const texts = phrasings.map((letters) => letters.replaceAll('_', ' '));
    const alarms = texts.filter((text) => open.danger(text).state === 'alarm' && judge(text).outcome === 'emergency');
    expect(alarms.length / phrasings.length).toBeLessThanOrEqual(0.01);
  });

  test('a file that a health worker broke is refused with the place of the fault', async () => {
    const result = await loadDanger(`${KNOWLEDGE_DIR}/cards`);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.faults.map((fault) => fault.file)).toEqual(expect.arrayContaining(['signs.yaml', 'frames.yaml', 'values.yaml']));
  });
});
