import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openKnowledge } from '#bot/conversation/open-knowledge.ts';
import type { Knowledge } from '#bot/conversation/knowledge.ts';
import { createVocabularies } from '#bot/conversation/readings.ts';
import { readFileSync } from 'node:fs';
import { createPhrasings } from '#knowledge/gloss/phrasings.ts';
import { loadTermbase, wordingOf } from '#locales/words.ts';

const NOW_MS = Date.parse('2026-11-22T08:00:00+07:00');
let knowledge: Knowledge;
beforeAll(async () => {
  knowledge = (await openKnowledge('knowledge/places/mau', NOW_MS)).current();
});
const judged = (text: string, lang: 'vi' | 'jra' | 'bdq' = 'vi') => knowledge.judge(text, { nowMs: NOW_MS, lang });

describe('a question in Jrai, Bahnar or English', () => {
  test.each([
    ['jra', 'hrơi pơgi ƀơi plơi kâo hơmâo tlâ̆o pơgang mơ̆n hă'], ['jra', 'hơbin tlâ̆o pơgang kơ čơđai'], ['jra', 'hobin tlao pogang'], ['jra', 'lơ 25/11 plơi kâo hơmâo tlâ̆o mơ̆n hă'],
    ['jra', 'sang ia jrao tlâ̆o hrơi hơpă'], ['jra', 'rơwang hrơi tơjuh anai hơmâo tlâ̆o pơgang mơ̆n hă'], ['jra', 'hrơi anai tlâ̆o ƀơi pơpă'],
    ['bdq', 'dơning pơlei inh hăm đei ƀet vắc xin ưh'], ['bdq', 'layơ ƀet bơ̆ng ăn hơioh'], ['bdq', 'dơmônh hăm đei ƀet bơ̆ng ưh'], ['bdq', 'giĕng \'nâu pơlei nhôn hăm ƀet ưh'],
    ['bdq', 'năr \'nâu hăm đei ƀet vắc xin tơ̆ hnam pơgang xăh ưh'], ['bdq', 'nar nau ham dei bet bong uh'], ['bdq', 'năr 25/11 pơlei inh hăm đei ƀet ưh'],
    ['en', 'is there a vaccination session tomorrow in our village?'], ['en', 'when is the next vaccination day at the health station'], ['en', 'Are you vaccinating this week?'], ['en', 'are there vaccinations on 25/11'],
  ])('%s: "%s" asks for the sessions', (lang, text) => {
    expect(judged(text)).toMatchObject({ lang, outcome: 'session' });
  });

  test.each([
    ['jra', 'ană kâo 2 blan tlâ̆o hơgĕt'], ['jra', 'ană kâo tơkeng lơ 3/5/2026 khŏm tlâ̆o hơgĕt'], ['bdq', 'kon inh rơneh năr 3/5/2026 athei ƀet kiơ'], ['bdq', 'kon inh 2 khei ƀet kiơ'],
    ['en', 'my baby was born on 3/5/2026, which vaccines are due?'], ['en', 'My daughter was born on May 3, 2026. Which shots does she need now?'],
  ])('%s: "%s" asks what a child needs next', (lang, text) => {
    expect(judged(text)).toMatchObject({ lang, outcome: 'child-schedule' });
  });

  test.each([
    ['jra', 'ană kâo kơtư̆ drơi jăn'], ['jra', 'kâo tơnap suă jua'], ['bdq', 'inh pơmat kơ dui jơhngơ̆m'], ['bdq', 'kon inh lôch mol'], ['en', 'my child is having a seizure'], ['en', 'a snake bit my son'], ['en', 'my mother can’t breathe'],
  ])('%s: "%s" is danger', (lang, text) => {
    expect(judged(text)).toMatchObject({ lang, outcome: 'emergency' });
  });

  test.each([
    ['rao tơngan hiư̆m pă', '5k.disinfect'], ['asâo kĕ ană kâo', 'disease.rabies'], ['kŏ kăp kon inh', 'disease.rabies'], ['ôp ti hăm kiơ', '5k.disinfect'], ['tơdơi kơ tlâ̆o ană kâo duam pơ-iă', 'epi.reaction'],
    ['rao tongan hium pa', '5k.disinfect'], ['tơ drong jĭ grŭn lĕch pham', 'disease.dengue'],
  ])('"%s" is answered, in whatever spelling', (text, cardId) => {
    expect(judged(text)).toMatchObject({ outcome: 'answer', cardId });
  });

  test.each([
    ['duam pơ-iă', 'jra', 'disease.dengue'], ['čơđai pơtuk', 'jra', 'epi.postpone'], ['kon inh hiĕn', 'bdq', 'epi.postpone'],
  ] as const)('"%s" could mean several things and is asked back, with the likeliest among them', (text, lang, cardId) => {
    const judgement = judged(text, lang);
    expect(judgement.outcome).toBe('clarify');
    expect(judgement.outcome === 'clarify' ? judgement.options : []).toContain(cardId);
    expect(judgement.outcome === 'clarify' ? judgement.options.length : 9).toBeLessThanOrEqual(3);
  });

  test('what stays unsure goes to staff, and the reasons name the language', () => {
    expect(judged('hơdôm mơnuih ngă hmua amăng plơi pla anai')).toMatchObject({ outcome: 'escalate', reasons: ['language', 'lang:jra'] });
    expect(judged('what is the capital of france')).toMatchObject({ outcome: 'escalate', reasons: ['language', 'lang:en'] });
  });

  test('a person and thanks are understood', () => {
    expect(judged('kâo kiăng bưp nai ia jrao').outcome).toBe('human');
    expect(judged('bơni kơ ih')).toMatchObject({ outcome: 'smalltalk', smalltalk: 'thanks' });
    expect(judged('bơnê kơ ih')).toMatchObject({ outcome: 'smalltalk', smalltalk: 'thanks' });
  });

  test('a neighbour’s language goes to staff', () => {
    expect(judged('klei suaih pral mnuih hŏng êa drao hlăm ƀuôn')).toMatchObject({ lang: 'vi', outcome: 'escalate', reasons: ['language'] });
  });

  test('a short word is read in the language the resident chose', () => {
    expect(judged('tlao', 'jra')).toMatchObject({ lang: 'jra', outcome: 'session' });
    expect(judged('mai có tiêm không', 'jra')).toMatchObject({ lang: 'vi', outcome: 'session' });
  });

  test('any text gets a judgement in any chosen language, whose reasons hold none of its words', () => {
    const word = fc.constantFrom('hrơi', 'pơgi', 'tlâ̆o', 'ƀet', 'layơ', 'ưh', 'con', 'tôi', '3/5/2026', 'vaccine', '👍', 'ơ̆', '"', 'kon');
    fc.assert(fc.property(fc.array(fc.oneof(word, fc.string({ unit: 'grapheme', maxLength: 6 })), { maxLength: 12 }), fc.constantFrom('vi' as const, 'jra' as const, 'bdq' as const), (words, lang) => {
      const judgement = judged(words.join(' '), lang);
      expect(judgement.reasons.every((reason) => /^[\w:-]+$/.test(reason))).toBe(true);
      expect(judgement).toEqual(judged(words.join(' '), lang));
    }), { numRuns: 60 });
  });
});

describe('word by word in Vietnamese', () => {
  const vocabularies = createVocabularies();
  const gloss = (lang: 'jra' | 'bdq' | 'en', text: string) => vocabularies.reading(lang, []).gloss(text).vietnamese;

  test('words, numbers and dates keep their order, whatever the spelling', () => {
    expect(gloss('jra', 'ana kao tokeng lo 3/5/2026 tlao hoget')).toBe('con tôi sinh ngày 3/5/2026 tiêm gì');
    expect(gloss('bdq', 'inh vă ba kon năm ƀet')).toBe('tôi muốn đưa con đi tiêm');
    expect(gloss('jra', '4 blan 10 hrơi')).toBe('4 tháng 10 ngày');
    expect(gloss('en', 'born on May 3, 2026')).toBe('sinh ngày 3 tháng 5 2026');
    expect(gloss('bdq', 'kon inh 2 sơnăm')).toBe('con tôi 2 tuổi');
  });

  test('a name stays, and so does a Vietnamese word', () => {
    expect(gloss('jra', 'plơi Plei Mẫu hơmâo tiêm chủng')).toContain('Mẫu');
    expect(vocabularies.reading('jra', []).gloss('hơmâo tiêm chủng')).toMatchObject({ words: 3, known: 3, vietnamese: 'có tiêm chủng' });
  });

  test.each(['jra', 'bdq'] as const)('%s: the list holds attested words only', (lang) => {
    const base = loadTermbase('locales/glossary', lang);
    const terms = readFileSync(`knowledge/gloss/${lang}.tsv`, 'utf8').split('\n').slice(1).flatMap((line) => line.split('\t')[0] ?? '');
    for (const term of terms) expect([term, ...wordingOf(term, base).unknown, ...wordingOf(term, base).dialect]).toEqual([term]);
  });
});

test('the nearest phrasing is the one that shares the rarer words, and the same words are wholly alike', () => {
  const nearest = createPhrasings([{ id: 'a', keys: ['rao', 'tongan'] }, { id: 'b', keys: ['rao', 'hoget'] }, { id: 'c', keys: ['tlao', 'hoget'] }]);
  expect(nearest(['rao', 'tongan']).cards[0]).toEqual({ id: 'a', likeness: 1 });
  expect(nearest(['tongan']).cards[0]?.id).toBe('a');
  expect(nearest([]).cards).toEqual([]);
  expect(nearest(['x']).cards).toEqual([]);
});
