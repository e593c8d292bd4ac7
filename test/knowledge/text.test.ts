import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clean, compatible, fold, MAX_CHARS, mayRepeat, sameMarks, words, writtenWords } from '#knowledge/text.ts';

describe('text as people send it', () => {
  test('marks fall away, đ and ƀ too, in composed and decomposed form alike', () => {
    expect(fold('Đường Plei Ƀơi')).toBe('Duong Plei Ƀoi');
    expect(fold('đẻ ở trạm')).toBe('de o tram');
    expect(fold('tiêm'.normalize('NFD'))).toBe('tiem');
  });

  test('the words of a decomposed message are those of the composed one', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
      expect(words(clean(text.normalize('NFD')))).toEqual(words(clean(text.normalize('NFC'))));
    }));
  });

  /** Vietnamese, rare signs and anything at all, in turns. */
  const anyText = fc.array(fc.oneof(
    fc.constantFrom('tiêm', 'chủng', '  ', '\n', '9 tháng', 'ƀơ̆', '…', '–', '39,5', 'qúaaa', 'ĐƯỜNG', '𠀀𠀀𠀀', '\u00a0', 'ﬁ'),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
  ), { maxLength: 20 }).map((parts) => parts.join(''));

  test('the quick ways of reading letters read what their definitions say', () => {
    fc.assert(fc.property(anyText, (text) => {
      expect(writtenWords(text)).toEqual(text.match(/[\p{L}\p{N}]+/gu) ?? []);
      expect(mayRepeat(text) || !/(\p{L})\1\1/u.test(text)).toBe(true);
    }), { numRuns: 400 });
  });

  test('a text that is tidy already is cleaned as any other', () => {
    fc.assert(fc.property(anyText, (text) => {
      const plainly = text.normalize('NFKC').toLowerCase().replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\uFE0F]+/gu, ' ').replace(/\s+/g, ' ').trim();
      expect(clean(text)).toBe(plainly.slice(0, MAX_CHARS + 3));
    }), { numRuns: 400 });
  });

  test('folding twice is folding once', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect(fold(fold(text))).toBe(fold(text));
    }));
  });

  test('whatever is sent, what is read stays short and has no control character', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 5_000 }), (text) => {
      const cleaned = clean(text);
      expect(cleaned.length).toBeLessThanOrEqual(MAX_CHARS + 3);
      expect(/\p{Cc}/u.test(cleaned)).toBe(false);
    }));
  });

  test('the end of a very long message is read as well as its beginning', () => {
    const cleaned = clean(`chào trạm ${'a '.repeat(50_000)} con em co giật`);
    expect(cleaned.startsWith('chào trạm')).toBe(true);
    expect(cleaned.endsWith('co giật')).toBe(true);
  });

  test('a dropped mark is the same word, another mark is another word', () => {
    expect(compatible('kho', 'khó')).toBe(true);
    expect(compatible('thơ', 'thở')).toBe(true);
    expect(compatible('từ', 'tự')).toBe(false);
    expect(compatible('dai', 'đái')).toBe(true);
    expect(compatible('chó', 'cho')).toBe(false);
  });

  test('both places of a tone are the same word', () => {
    expect(sameMarks('hòa', 'hoà')).toBe(true);
    expect(sameMarks('hỏa', 'hoà')).toBe(false);
  });
});
