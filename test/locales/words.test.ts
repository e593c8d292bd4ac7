import { describe, expect, test } from 'vitest';
import { faultsOfText, loadTermbase, wordingOf } from '#locales/words.ts';

const jra = loadTermbase('locales/glossary', 'jra');
const bdq = loadTermbase('locales/glossary', 'bdq');

describe('words of a Jrai or Bahnar text', () => {
  test('attested words, values, numbers, names and listed loans pass', () => {
    expect(faultsOfText('Rơkâo ih iâu sang ia jrao să: {{phone}}, 8 mông.', jra)).toEqual([]);
    expect(faultsOfText('Apinh ih năm tơ̆ hnam pơgang xăh, 8 jơ pơgê. Zalo, BHYT.', bdq)).toEqual([]);
  });

  test('a word that nobody attested is found by name', () => {
    expect(faultsOfText('Rơkâo ih blabơla kơ sang', jra)).toEqual([{ rule: 'not-attested', word: 'blabơla' }]);
    expect(faultsOfText('Apinh ih mơnao pơgang', bdq)).toContainEqual({ rule: 'not-attested', word: 'mơnao' });
  });

  test('a Vietnamese word that is no listed loan is found, tones or not', () => {
    expect(faultsOfText('Rơkâo ih nghỉ ngơi', jra).map(({ word }) => word)).toEqual(['nghỉ', 'ngơi']);
  });

  test('a term of low confidence attests nothing', () => {
    expect(bdq.terms.filter(({ confidence }) => confidence === 'low').length).toBeGreaterThan(10);
    expect(bdq.weigh('dơdrơ\u0306u')).toBe(0);
    expect(jra.weigh('sởi')).toBe(0);
    expect(faultsOfText('tơdrong nơ̆r hơlĕnh', bdq)).toEqual([{ rule: 'unsure-term', word: 'nơ̆r hơlĕnh' }]);
  });

  test('a breve more or less is the same Jrai word, and another Bahnar word', () => {
    expect(faultsOfText('djŏp mơnuih', jra)).toEqual([]);
    expect(jra.weigh('pơgăng')).toBeGreaterThan(0);
    expect(bdq.weigh('pơgăng')).toBe(0);
    expect(bdq.weigh('pơgang')).toBeGreaterThan(0);
  });

  test('a text of which more than 35 % is Vietnamese is refused, loans or not', () => {
    expect(faultsOfText('Hrơi tlâ̆o bảo hiểm y tế', jra)).toEqual([{ rule: 'too-vietnamese', word: '67 %' }]);
    expect(wordingOf('Zalo 115 {{phone}}', jra).vietnamese).toBe(0);
  });
});
