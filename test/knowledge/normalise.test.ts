import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '#knowledge/card.ts';
import type { OpenJudge } from '#knowledge/judge.ts';
import { normalise } from '#knowledge/normalise.ts';
import { telexReadings } from '#knowledge/telex.ts';
import { workMs } from '#test/work.ts';
import { STYLES } from '../../bench/typing.ts';
import { loadCards } from '#knowledge/load.ts';
import { KNOWLEDGE_DIR, openBase, TODAY } from './base.ts';

let open: OpenJudge;
let cards: Card[];
beforeAll(async () => {
  open = await openBase();
  ({ cards } = await loadCards(`${KNOWLEDGE_DIR}/cards`, TODAY));
});

const read = (text: string) => normalise(text, open.reader).syllables.map((syllable) => syllable.folded).join(' ');

describe('from what was typed to what was meant', () => {
  test.each([
    ['k dc tiêm j v', 'khong duoc tiem gi vay'],
    ['covid-19 có lây k', 'covid co lay khong'],
    ['5 K là gì', '5k la gi'],
    ['F 0 ở nhà', 'f0 o nha'],
    ['tieem vawcs xin', 'tiem vac xin'],
    ['ddeo khaaru trang', 'deo khau trang'],
    ['tie6m chu3ng', 'tiem chung'],
    ['xét nghieemj', 'xet nghiem'],
    ['khau trng', 'khau trang'],
    ['mấy bữa nữa', 'may ngay nua'],
    ['chích ngừa ở mô', 'tiem o dau'],
    ['quáaaaa', 'qua'],
    ['bé 9th', 'be 9 thang'],
    ['mui3', 'mui 3'],
    ['tiêm vacxin', 'tiem vac xin'],
    ['tiemchung', 'tiem chung'],
    ['nóng quá ha', 'nong qua ha'],
    ['đo HA cao', 'do huyet ap cao'],
    ['dị ứng penicillin', 'di ung penicillin'],
    ['đắt quá dị', 'dat qua vay'],
    ['viem hong', 'viem hong'],
    ['tiêm hong', 'tiem khong'],
  ])('%s is read as %s', (typed, meant) => {
    expect(read(typed)).toBe(meant);
  });

  test('raw Telex keys keep their unmarked reading', () => {
    expect(telexReadings('dduowcj')).toContain('duoc');
    expect(telexReadings('tieme')).toContain('tiem');
  });

  test('letters after a number count what they usually count', () => {
    const [, unit] = normalise('3t', open.reader).syllables;
    expect(unit?.folded).toBe('tuoi');
    expect(unit?.others.map((other) => other.folded)).toContain('thang');
  });

  test('clauses are told apart, also without a space after the comma', () => {
    const { spoken } = normalise('hết sốt rồi,giờ co giật', open.reader);
    expect(new Set(spoken.map((syllable) => syllable.clause)).size).toBe(2);
  });

  test('a message without marks is searched for as the same message with them', () => {
    const plain = STYLES.find(({ name }) => name === 'no marks');
    const typed = cards.flatMap((card) => [card.question, ...card.variants]).filter((text) => plain?.type(text) !== text);
    const changed = typed.filter((text) => read(plain?.type(text) ?? '') !== read(text));
    // Chat spelling is words without marks: a few are another word with them ("mun" is pimples, and "muốn").
    expect(changed.length / typed.length).toBeLessThan(0.01);
  });

  test('any text at all is read, in bounded work', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      expect(normalise(text, open.reader).syllables.length).toBeLessThanOrEqual(800);
    }), { numRuns: 300 });
    expect(workMs(() => {
      open.judge('đ'.repeat(100_000), { nowMs: 0 });
      open.judge('con em sốt '.repeat(10_000), { nowMs: 0 });
    })).toBeLessThan(2_000);
  });
});
