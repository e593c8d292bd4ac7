import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLEAR, createIdentifier, FEW_WORDS, mayAsk, VERY_CLEAR, type Identification } from '#knowledge/identify/identify.ts';
import { heardAs, identifierOnDemand } from '#knowledge/identify/onDemand.ts';
import { telexKeys } from '#knowledge/identify/telexKeys.ts';
import { benchLanguages, FLOOR } from '../../../bench/languages.ts';

const identify = createIdentifier();
const found = (over: Partial<Identification>): Identification => ({ lang: 'jra', near: null, margin: 9, runnerUp: 'vi', words: 8, ...over });

describe('which language a message is written in', () => {
  test('Vietnamese with marks, without, in chat spelling and in raw Telex is Vietnamese', () => {
    for (const text of ['mai làng mình có tiêm không', 'mai lang minh co tiem khong', 'mai lag mih co tiem k z', 'mai lafng mifnh cos tieem khoong', 'con em bị sốt', 'chào']) expect(identify(text), text).toMatchObject({ lang: 'vi', near: null });
  });

  test('Jrai and Bahnar are recognised with their letters, on a Vietnamese keyboard and without marks', () => {
    for (const text of ['kâo kiăng tlâ̆o ia jrao vaccine', 'kâo kiăng tlâo ia jrao', 'kao kiang tlao ia jrao hang sang']) expect(identify(text), text).toMatchObject({ lang: 'jra' });
    for (const text of ['inh vă ƀet vắc xin tơ̆ hnam pơgang', 'inh vă bet tơ hnam pơgang', 'inh va bet to hnam pogang', 'tơ drong jĭ đei tơ̆ pơ lei']) expect(identify(text), text).toMatchObject({ lang: 'bdq' });
  });

  test('a neighbour of the hills is not taken for a language of the house', () => {
    expect(identify('klei suaih pral mnuih hŏng êa drao hlăm ƀuôn')).toMatchObject({ lang: null, near: 'ede' });
    expect(identify('nău geh bah nuĭh ta ƀon lan')).toMatchObject({ lang: null, near: 'mnong' });
  });

  test('names do not decide: a Vietnamese question about a Jrai village stays Vietnamese', () => {
    expect(identify('nhà ở làng Plei Pông, xã Ia Dreh thì tiêm ở đâu').lang).toBe('vi');
    expect(identify('chị Siu H’Prăk ở Krông Pa hỏi lịch tiêm').lang).toBe('vi');
  });

  test('a message without words has no language', () => {
    for (const text of ['', '115', '👍👍', '   ', '!!!']) expect(identify(text)).toEqual({ lang: null, near: null, margin: 0, runnerUp: null, words: 0 });
  });

  test('any text is read without failing, and the margin is never below nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const result = identify(text);
      expect(result.margin).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(result.margin)).toBe(true);
      expect(result).toEqual(identify(text));
    }), { numRuns: 500 });
  });

  test('Telex keys are what an input method takes', () => {
    expect(['tiêm', 'được', 'đường', 'nước'].map(telexKeys)).toEqual(['tieem', 'dduwowcj', 'dduwowngf', 'nuwowcs']);
  });
});

describe('asking before switching', () => {
  test('under five words at most once, and only when very clear', () => {
    expect(mayAsk(found({ words: FEW_WORDS - 1, margin: VERY_CLEAR }), 'vi', 0)).toBe(true);
    expect(mayAsk(found({ words: FEW_WORDS - 1, margin: VERY_CLEAR }), 'vi', 1)).toBe(false);
    expect(mayAsk(found({ words: FEW_WORDS - 1, margin: VERY_CLEAR - 0.1 }), 'vi', 0)).toBe(false);
  });

  test('from five words on when clear; never for the language already spoken, never for a neighbour', () => {
    expect(mayAsk(found({ words: FEW_WORDS, margin: CLEAR }), 'vi', 3)).toBe(true);
    expect(mayAsk(found({ words: FEW_WORDS, margin: CLEAR - 0.1 }), 'vi', 0)).toBe(false);
    expect(mayAsk(found({}), 'jra', 0)).toBe(false);
    expect(mayAsk(found({ lang: null, near: 'ede' }), 'vi', 0)).toBe(false);
  });
});

describe('on text it was not built from', () => {
  test('five words are enough with letters and without, Vietnamese residents are hardly asked in vain, and it takes no time', () => {
    const result = benchLanguages(identifierOnDemand(() => identify));
    const at = (style: string) => result.rows.find((row) => row.style === style && row.words === 5)?.mean ?? 0;
    expect(at('marked')).toBeGreaterThanOrEqual(FLOOR.marked);
    expect(at('bare')).toBeGreaterThanOrEqual(FLOOR.bare);
    for (const row of result.rows.filter(({ words }) => words >= 5)) for (const part of Object.values(row.of)) expect(part).toBeGreaterThanOrEqual(0.9);
    for (const { part } of result.askedInVain) expect(part).toBeLessThan(0.01);
    expect(result.msPerMessage).toBeLessThan(1);
  });
});

describe('an identifier that is built when first needed', () => {
  test('is not built for Vietnamese with its marks, and then for everything else once', () => {
    let built = 0;
    const onDemand = identifierOnDemand(() => {
      built += 1;
      return identify;
    });
    expect(onDemand('mai làng mình có tiêm không ạ')).toMatchObject({ lang: 'vi', near: null, words: 7 });
    expect(built).toBe(0);
    for (const text of ['mai lang minh co tiem khong', 'kâo kiăng tlâ̆o ia jrao', 'inh vă ƀet vắc xin']) expect(onDemand(text)).toEqual(identify(text));
    expect(built).toBe(1);
  });

  test('says surely foreign only when clear, and reports Vietnamese for a word or two that could be anything', () => {
    expect(heardAs(found({ words: 2, margin: 1 }))).toEqual({ lang: 'vi', foreign: false });
    expect(heardAs(found({ words: 2, margin: VERY_CLEAR }))).toEqual({ lang: 'jra', foreign: true });
    expect(heardAs(found({ words: 5, margin: 1 }))).toEqual({ lang: 'jra', foreign: false });
    expect(heardAs(found({ lang: null, near: 'ede' }))).toEqual({ lang: 'vi', foreign: true });
    expect(heardAs(identify('115'))).toEqual({ lang: 'vi', foreign: false });
  });
});
