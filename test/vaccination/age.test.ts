import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBirthReader, type BirthResult } from '#bot/vaccination/age.ts';
import { addMonths, dayFrom, daysOf } from '#bot/vaccination/calendar.ts';
import { addDays, epochOf, type Day } from '#knowledge/day.ts';
import { fold } from '#knowledge/text.ts';
import { workMs } from '#test/work.ts';

const readBirth = await createBirthReader();
const TODAY = '2026-11-22';
const nowMs = epochOf(TODAY, 8);
const lines = readFileSync(new URL('./expressions.txt', import.meta.url), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const cases = lines.map((line) => line.split('|').map((cell) => cell.trim())).map(([said = '', meant = '']) => ({ said, meant }));

describe('what people write', () => {
  test('there are two hundred expressions', () => {
    expect(cases.length).toBeGreaterThanOrEqual(200);
    expect(new Set(cases.map(({ said }) => said)).size).toBe(cases.length);
  });
  for (const { said, meant } of cases) {
    test(said, () => {
      expect(inWords(readBirth(said, nowMs))).toBe(meant);
    });
  }
});

const someDay = fc.integer({ min: daysOf('2012-01-01'), max: daysOf(TODAY) }).map(dayFrom);
const RUNS = { numRuns: 1_000 };

test('a date is understood in every form, with and without marks', () => {
  fc.assert(fc.property(someDay, fc.nat(7), (day, form) => {
    const [year = '', month = '', date = ''] = day.split('-');
    const [m, d] = [Number(month), Number(date)];
    const forms = [`${d}/${m}/${year}`, `${date}-${month}-${year.slice(2)}`, day, `ngày ${d} tháng ${m} năm ${year}`, fold(`sinh ngày ${d} tháng ${m} năm ${year}`), `${date}${month}${year}`, `${d}.${m}.${year}`, `đẻ ${d} tháng ${m} ${year}`];
    expect(readBirth(forms[form] ?? '', nowMs)).toEqual({ kind: 'one', reading: { birth: day, earliest: day, precision: 'day' }, sure: true });
  }), RUNS);
});

test('months and days are counted back in calendar months, on any day of the year', () => {
  fc.assert(fc.property(someDay, fc.integer({ min: 1, max: 36 }), fc.integer({ min: 1, max: 29 }), fc.boolean(), (today, months, days, marked) => {
    const said = `bé ${months} tháng ${days} ngày`;
    const result = readBirth(marked ? said : fold(said), epochOf(today, 23, 59));
    expect(result).toMatchObject({ kind: 'one', reading: { birth: addDays(dayFrom(addMonths(daysOf(today), -months)), -days) } });
  }), RUNS);
});

test('any text at all gives a result, with births that are not to come and in order', () => {
  const scraps = fc.constantFrom('sinh', 'đẻ', 'tháng', 'thang', 'ngày', 'năm', 'tuổi', 'rưỡi', 'hơn', 'gần', 'mười', 'hai', 'ba', 'rằm', 'lớp', '3', '12', '31', '2026', '3/5', '30-2-25', '99', '4,5', 't', 'mùng', 'trước', 'nữa', 'âm', '.', '?');
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(scraps, { maxLength: 12 }).map((parts) => parts.join(' '))), someDay, (text, today) => {
    const result = readBirth(text, epochOf(today));
    const readings = result.kind === 'one' ? [result.reading] : result.kind === 'several' ? result.readings : [];
    for (const reading of readings) {
      expect(reading.birth <= today, `${text}: ${reading.birth}`).toBe(true);
      expect(reading.earliest <= reading.birth).toBe(true);
    }
    expect(new Set(readings.map((reading) => reading.birth)).size).toBe(readings.length);
  }), { numRuns: 5_000 });
});

test('a very long message costs no more than a short one may', () => {
  expect(workMs(() => { readBirth('4 tháng 10 ngày '.repeat(20_000), nowMs); })).toBeLessThan(500);
});

function inWords(result: BirthResult): string {
  const day = (reading: { birth: Day; precision: string }) => `${reading.precision} ${reading.birth}`;
  switch (result.kind) {
    case 'one': return `${result.sure ? '' : 'unsure '}${day(result.reading)}`;
    case 'several': return ['several', ...result.readings.map((reading) => reading.birth)].join(' ');
    case 'ask': return `ask ${result.why}`;
    case 'expecting':
    case 'none': return result.kind;
  }
}
