import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '#knowledge/card.ts';
import { loadCards } from '#knowledge/load.ts';
import { hashOf, loadTranslations, standingOf, type Translations } from '#knowledge/translation.ts';
import { exchangeLines, takeExchange, type ExchangeLine, type ExchangeRow } from '#locales/exchange.ts';
import { exchangeSource, writeExchange } from '#locales/exchangeFiles.ts';
import { readCsv, readPo, toCsv, toPo } from '#locales/exchangeFormats.ts';
import { loadTermbase } from '#locales/words.ts';

const termbase = loadTermbase('locales/glossary', 'jra');
let cards: Card[];
let translations: Translations;
let lines: ExchangeLine[];
beforeAll(async () => {
  cards = (await loadCards('knowledge/cards', '2026-11-22')).filed.map(({ card }) => card);
  translations = await loadTranslations('knowledge/cards', cards);
  lines = exchangeLines(exchangeSource('locales', 'jra', cards, translations));
});

const row = (over: Partial<ExchangeRow>): ExchangeRow => ({ at: 2, key: 'chat:button.more', vietnamese: '', text: 'Lăng dong', of: '', by: '', dialect: '', on: '', ...over });
const signed = { by: 'H’ Nga', dialect: 'Hơdrung', on: '2026-11-22' };
const line = (key: string): ExchangeLine => {
  const found = lines.find((one) => one.key === key);
  if (found === undefined) throw new Error(`no line ${key}`);
  return found;
};
const take = (...rows: ExchangeRow[]) => takeExchange(lines, rows, termbase);
const why = (over: Partial<ExchangeRow>) => take(row(over)).refused.map((refusal) => refusal.why);

describe('translations on their way out and back', () => {
  test.each(['csv', 'po'] as const)('as %s nothing is lost, and nothing counts as changed', (format) => {
    const read = format === 'csv' ? readCsv(toCsv(lines, 'jra'), 'jra') : readPo(toPo(lines, 'jra'), 'jra');
    if (!read.ok) throw new Error(read.why);
    expect(read.rows.map(({ key, vietnamese, text }) => ({ key, vietnamese, text }))).toEqual(lines.map(({ key, vietnamese, text }) => ({ key, vietnamese, text: text ?? '' })));
    const result = take(...read.rows);
    expect(result).toMatchObject({ taken: [], refused: [] });
    expect(result.unchanged).toBe(lines.length);
  });

  test('any text survives both forms', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 }).map((one) => one.replaceAll('\r', '').trim().normalize('NFC'));
    fc.assert(fc.property(text, text, (vietnamese, own) => {
      const one: ExchangeLine = { key: 'chat:x', vietnamese: vietnamese || 'x', text: own, standing: 'draft', of: hashOf(vietnamese), approval: null };
      for (const read of [readCsv(toCsv([one], 'jra'), 'jra'), readPo(toPo([one], 'jra'), 'jra')]) expect(read.ok && read.rows.map((back) => [back.vietnamese, back.text])).toEqual([[one.vietnamese, own]]);
    }), { numRuns: 300 });
  });

  test('a table may come back with semicolons, other columns first, and no more than key and text', () => {
    expect(readCsv('text;key\nLăng dong;chat:button.more\n', 'jra')).toMatchObject({ ok: true, rows: [{ at: 2, key: 'chat:button.more', text: 'Lăng dong' }] });
  });

  test.each([
    [readCsv('a,b\n1,2\n', 'jra'), 'headings'], [readCsv('key,text,lang\nx,y,bdq\n', 'jra'), 'other-language'], [readPo('hello', 'jra'), 'not-a-catalogue'], [readPo('', 'jra'), 'not-a-catalogue'],
    [readPo('msgid ""\nmsgstr ""\n"Language: bdq\\n"\n', 'jra'), 'other-language'],
  ])('a file that is none is refused whole, and says why', (read, reason) => {
    expect(read).toMatchObject({ ok: false, why: reason });
  });

  test('any input is read without failing', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => {
      expect([readCsv(text, 'jra').ok, readPo(text, 'jra').ok].every((ok) => typeof ok === 'boolean')).toBe(true);
    }), { numRuns: 500 });
  });
});

describe('a line that came back', () => {
  test('is a draft without a name, and approved with speaker, dialect and day', () => {
    const [draft] = take(row({ text: 'Lăng dong ƀiă' })).taken;
    expect(draft).toMatchObject({ key: 'chat:button.more', approval: null, of: line('chat:button.more').of });
    expect(take(row({ ...signed })).taken[0]?.approval).toEqual(signed);
  });

  test('is named with the reason why it was not taken', () => {
    expect(why({ key: 'chat:nothing' })).toEqual(['unknown-key']);
    expect(why({ key: 'chat:languageWords.vi' })).toEqual(['unknown-key']);
    expect(why({ of: '0123456789abcdef' })).toEqual(['vietnamese-changed']);
    expect(why({ vietnamese: 'Câu cũ' })).toEqual(['vietnamese-changed']);
    expect(why({ text: ' ' })).toEqual(['empty']);
    expect(why({ key: 'chat:passed.by', text: 'Hơmâo tơlơi lăi glăi' })).toEqual(['values-differ']);
    expect(why({ by: 'H’ Nga' })).toEqual(['signature-incomplete']);
    expect(why({ ...signed, on: '31/2' })).toEqual(['not-a-day']);
    expect(why({ text: 'Lăng blabơla' })).toEqual(['words']);
    expect(why({ text: 'Lăng dong hăng lăng dong hăng lăng dong' })).toEqual(['too-long']);
    expect(why({ text: '=1+1' })).toEqual(['formula']);
    expect(why({ key: 'chat:emergency.lead', text: 'Iâu 115' })).toEqual(['signature-needed']);
    expect(take(row({ ...signed }), row({ ...signed })).refused.map((refusal) => refusal.why)).toEqual(['twice']);
  });

  test('that a speaker signed is taken with words that nobody attested, which are mentioned', () => {
    const { taken, refused } = take(row({ ...signed, text: 'Lăng blabơla' }));
    expect(refused).toEqual([]);
    expect(taken[0]?.doubts).toEqual([{ rule: 'not-attested', word: 'blabơla' }]);
  });

  test('left empty where nothing was written is no fault', () => {
    expect(take(row({ key: 'chat:emergency.lead', text: '' }))).toMatchObject({ taken: [], refused: [], unchanged: 1 });
  });
});

describe('what was taken', () => {
  const copied = () => {
    const dir = mkdtempSync(join(tmpdir(), 'loa-exchange-'));
    cpSync('locales', join(dir, 'locales'), { recursive: true });
    cpSync('knowledge/cards/5k', join(dir, 'cards/5k'), { recursive: true });
    return { localesDir: join(dir, 'locales'), cardsDir: join(dir, 'cards') };
  };

  test('is in the files afterwards, with its status; a card is approved when all of its parts are', async () => {
    const places = copied();
    const source = exchangeSource(places.localesDir, 'jra', cards, translations);
    const keep = (key: string, approval: boolean) => row({ key, text: line(key).text ?? '', ...(approval ? signed : {}) });
    const { taken } = take(keep('chat:button.more', true), keep('card:5k.mask#question', true), keep('card:5k.mask#answer', true), keep('card:5k.disinfect#answer', true));
    expect(taken.length).toBe(4);
    const written = writeExchange(places, source, taken);
    expect(written.partly).toEqual([{ card: '5k.disinfect', why: 'unsigned-part' }]);
    expect(JSON.parse(readFileSync(join(places.localesDir, 'jra/status.json'), 'utf8'))).toMatchObject({ 'chat:button.more': { status: 'approved', ...signed } });
    const again = await loadTranslations(places.cardsDir, cards);
    expect(again.faults).toEqual([]);
    const mask = cards.find(({ id }) => id === '5k.mask');
    if (mask === undefined) throw new Error('no mask');
    expect(standingOf(again.get('5k.mask', 'jra'), mask)).toBe('approved');
    expect(again.get('5k.mask', 'jra')).toMatchObject({ answer: translations.get('5k.mask', 'jra')?.answer, variants: translations.get('5k.mask', 'jra')?.variants });
    expect(again.get('5k.disinfect', 'jra')?.status.status).toBe('draft');
  });

  test('of a card that has no label yet is left, and named', () => {
    const places = copied();
    const source = exchangeSource(places.localesDir, 'jra', cards, translations);
    const { taken } = take(row({ key: 'card:5k.market#answer', text: 'Dŏ ataih.', ...signed }));
    expect(writeExchange(places, source, taken)).toEqual({ files: [], partly: [{ card: '5k.market', why: 'missing-part' }] });
  });
});
