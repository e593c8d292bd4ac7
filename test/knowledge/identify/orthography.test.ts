import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutWhole, letterCount } from '#knowledge/letters.ts';
import { fromLegacyLetters, hasLegacyLetters, keysOf, loadOrthography, spellingKey, toHouse, composed, type Highland } from '#knowledge/identify/orthography.ts';
import { bare, onVietnameseKeyboard } from '#knowledge/identify/words.ts';
import { loadTermbase } from '#locales/words.ts';

const table = loadOrthography();
const jra = loadTermbase('locales/glossary', 'jra');
const bdq = loadTermbase('locales/glossary', 'bdq');
const house = (text: string, lang: Highland) => toHouse(text, lang, table, lang === 'jra' ? jra.weigh : bdq.weigh);

const letter = fc.constantFrom(...'abdeghijklmnoprstuwyăâđêôơư'.split(''), 'ƀ', 'č', 'ñ', 'ĕ', 'ĭ', 'ŏ', 'ŭ', 'ơ\u0306', 'ư\u0306', 'â\u0306', "'", ' ', ' ', '[', ']', '\\', '^', '{', 'á', 'ã');
const scribble = fc.array(letter, { maxLength: 60 }).map((letters) => letters.join(''));
const attested = (lang: Highland) => fc.constantFrom(...(lang === 'jra' ? jra : bdq).terms.filter(({ confidence }) => confidence === 'high').map(({ term }) => term));

describe('one spelling for all hands', () => {
  test('radio pages in the old font become letters', () => {
    expect(fromLegacyLetters('[ơi plơi do\\ mơ^t ]ar ta`', 'jra', table)).toBe('ƀơi plơi dŏ mơĭt čar tañ');
    expect(fromLegacyLetters('tơ drong j^ đơ\\ng [ok', 'bdq', table)).toBe('tơ drong jĭ đơ\u0306ng ƀok');
    expect(fromLegacyLetters('sang ano# [o#', 'jra', table)).toBe('sang anô\u0306 ƀô\u0306');
  });

  test('brackets and values that a person typed are left alone', () => {
    for (const text of ['gọi {{station.phone}} ngay', 'tiêm [bấm ở đây] nhé', 'Rơkâo ih tơguăn (2 mông)']) expect(hasLegacyLetters(text)).toBe(false);
    expect(fromLegacyLetters('[ơi {{name}}', 'jra', table)).toBe('ƀơi {{name}}');
  });

  test('Bible, school and older radio spellings of Jrai meet the house spelling', () => {
    expect(house('Anŭn laĭ thŭn glaĭ', 'jra')).toBe('Anun lăi thun glăi');
    expect(house("m'nuih h'dôm nhu", 'jra')).toBe('mơnuih hơdôm ñu');
  });

  test('Bahnar presyllables that stand apart are joined, w and x and old b become the house letters', () => {
    expect(house('tơ drong bơ ngai pơ gang', 'bdq')).toBe('tơdrong bơngai pơgang');
    expect(house('wă wih', 'bdq')).toBe('vă vih');
    expect(house("'bok 'dei", 'bdq')).toBe('ƀok đei');
    expect(house('tơ hnam kơ ih', 'bdq')).toBe('tơ hnam kơ ih');
  });

  test('look-alike letters become the house letters', () => {
    expect(composed('ɓơi č\u0301', table)).toContain('ƀơi');
    expect(composed('ă\u0302', table)).toBe('â\u0306');
    expect(composed('‘nâu', table)).toBe("'nâu");
  });

  test('whatever is typed comes out composed, and a second time unchanged', () => {
    for (const lang of ['jra', 'bdq'] as const) {
      fc.assert(fc.property(fc.oneof(scribble, fc.string({ unit: 'grapheme', maxLength: 60 })), (text) => {
        const clean = composed(text, table);
        expect(clean).toBe(clean.normalize('NFC'));
        expect(composed(clean, table)).toBe(clean);
      }), { numRuns: 500 });
      fc.assert(fc.property(fc.array(attested(lang), { minLength: 1, maxLength: 8 }), (terms) => {
        const once = house(terms.join(' '), lang);
        expect(house(once, lang)).toBe(once);
        expect(once).toBe(once.normalize('NFC'));
      }), { numRuns: 300 });
    }
  });

  test('a dropped breve, a Vietnamese keyboard or no marks at all lead to the same key', () => {
    for (const lang of ['jra', 'bdq'] as const) {
      fc.assert(fc.property(attested(lang), (term) => {
        const key = spellingKey(term, lang, table);
        expect(spellingKey(bare(term), lang, table)).toBe(key);
        expect(spellingKey(onVietnameseKeyboard(term), lang, table)).toBe(key);
        expect(spellingKey(term.normalize('NFD'), lang, table)).toBe(key);
      }), { numRuns: 500 });
    }
  });

  test('a Bahnar sentence typed with presyllables apart has the keys of the joined one', () => {
    expect(keysOf('tơ drong jĭ đei tơ̆ pơ lei', 'bdq', table, bdq.weigh)).toEqual(keysOf('tơdrong jĭ đei tơ̆ pơlei', 'bdq', table, bdq.weigh));
  });

  test('cutting never splits a letter, never exceeds the limit, and keeps a short text whole', () => {
    fc.assert(fc.property(scribble, fc.nat(80), (raw, max) => {
      const text = raw.normalize('NFC');
      const cut = cutWhole(text, max);
      expect(cut.length).toBeLessThanOrEqual(max);
      expect(text.startsWith(cut)).toBe(true);
      expect(/^\p{M}/u.test(text.slice(cut.length))).toBe(cut.length === 0 && /^\p{M}/u.test(text));
      if (text.length <= max) expect(cut).toBe(text);
    }), { numRuns: 2000 });
    expect(letterCount('đơ\u0306ng')).toBe(4);
  });
});
