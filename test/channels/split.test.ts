import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitText } from '#bot/channels/split.ts';
import { workMs } from '#test/work.ts';

const parts = (text: string, limit: number): string[] => splitText(text, limit).map(({ from, to }) => text.slice(from, to));
const graphemes = new Intl.Segmenter('vi', { granularity: 'grapheme' });

describe('a long text is cut', () => {
  test('at the end of a paragraph that fills the better part of a message', () => {
    expect(parts('Một hai ba.\n\nBốn năm sáu bảy.', 20)).toEqual(['Một hai ba.', 'Bốn năm sáu bảy.']);
  });

  test('otherwise at the end of a sentence', () => {
    expect(parts('Sốt thì uống nước. Đi trạm ngay. Gọi 115 nếu khó thở.', 36)).toEqual(['Sốt thì uống nước. Đi trạm ngay.', 'Gọi 115 nếu khó thở.']);
  });

  test('otherwise between words', () => {
    expect(parts('một hai ba bốn năm sáu bảy tám', 12)).toEqual(['một hai ba', 'bốn năm sáu', 'bảy tám']);
  });

  test('not at all when it fits', () => {
    expect(parts('  Rửa tay.\n', 8)).toEqual(['Rửa tay.']);
    expect(parts(' \n ', 8)).toEqual([]);
  });

  test('never inside a letter with its marks, and nothing but white space is lost', () => {
    const bits = fc.constantFrom('e\u0323\u0302', 'ư', 'o\u031b\u0306', '👨‍👩‍👧', '🇻🇳', 'ƀ', 'ô̆', ' ', '. ', '\n', '\r\n', 'a', 'Đ', ' \u0301', '\u0301', '1', ',');
    fc.assert(fc.property(fc.array(bits, { maxLength: 200 }), fc.integer({ min: 12, max: 40 }), (letters, limit) => {
      const text = letters.join('');
      const edges = new Set([...graphemes.segment(text)].map(({ index }) => index).concat(text.length));
      const longest = Math.max(0, ...[...graphemes.segment(text)].map(({ segment }) => segment.length));
      const cuts = splitText(text, limit);
      for (const { from, to } of cuts) {
        expect(to - from).toBeLessThanOrEqual(limit);
        if (longest <= limit) expect(edges.has(from) && edges.has(to)).toBe(true);
      }
      expect(cuts.map(({ from, to }) => text.slice(from, to)).join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
    }), { numRuns: 2000 });
  });

  test('even one letter under more marks than a message holds is sent, and no pair of halves is broken', () => {
    const monster = `a${'\u0301'.repeat(50)}`;
    expect(parts(monster, 20).join('')).toBe(monster);
    expect(parts(`x${'\u{1f3fb}'.repeat(40)}`, 10).every((part) => part.isWellFormed())).toBe(true);
  });

  test('quickly, however long it is', () => {
    expect(workMs(() => {
      splitText('Sốt cao. '.repeat(100_000), 4096);
      splitText('\u0301'.repeat(300_000), 4096);
    })).toBeLessThan(3000);
  });
});
