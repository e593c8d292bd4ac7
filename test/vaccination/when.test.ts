import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createWhenReader, type When } from '#bot/vaccination/when.ts';
import { epochOf, type Day } from '#knowledge/day.ts';

const readWhen = await createWhenReader();

/** Asked on Wednesday 25/11/2026. */
const CASES: [string, string][] = [
  ['hôm nay có tiêm không', '2026-11-25'],
  ['nay co tiem ko', '2026-11-25'],
  ['chiều nay trạm có tiêm không', '2026-11-25'],
  ['mai làng mình có tiêm không', '2026-11-26'],
  ['ngay mai co tiem khong', '2026-11-26'],
  ['sáng mai tiêm ở đâu', '2026-11-26'],
  ['mốt có tiêm không', '2026-11-27'],
  ['ngày mốt tiêm ở đâu', '2026-11-27'],
  ['mot lang minh co tiem khong', '2026-11-27'],
  ['ngày kia có tiêm không', '2026-11-27'],
  ['ngày kìa có tiêm không', '2026-11-28'],
  ['tuần này có buổi tiêm nào', '2026-11-25..2026-11-29'],
  ['tuần sau', '2026-11-30..2026-12-06'],
  ['tuan toi co tiem ko', '2026-11-30..2026-12-06'],
  ['tuần sau nữa', '2026-12-07..2026-12-13'],
  ['cuối tuần có tiêm không', '2026-11-28..2026-11-29'],
  ['tháng này', '2026-11-25..2026-11-30'],
  ['thang nay con tiem ngay nao', '2026-11-25..2026-11-30'],
  ['tháng sau tiêm ngày nào', '2026-12-01..2026-12-31'],
  ['tháng 12 tiêm ngày mấy', '2026-12-01..2026-12-31'],
  ['tháng mười hai có tiêm không', '2026-12-01..2026-12-31'],
  ['tháng 1', '2027-01-01..2027-01-31'],
  ['cuối tháng có tiêm không', '2026-11-25..2026-11-30'],
  ['đầu tháng sau', '2026-12-01..2026-12-10'],
  ['thứ tư này có tiêm không', '2026-11-25'],
  ['thứ 5', '2026-11-26'],
  ['thứ năm này', '2026-11-26'],
  ['t6 co tiem ko', '2026-11-27'],
  ['thu bay tram co lam khong', '2026-11-28'],
  ['chủ nhật này', '2026-11-29'],
  ['cn co tiem khong', '2026-11-29'],
  ['thứ hai có tiêm không', '2026-11-30'],
  ['thứ 3 tuần sau', '2026-12-01'],
  ['thứ tư tuần tới', '2026-12-02'],
  ['thứ tư sau', '2026-12-02'],
  ['25/11', '2026-11-25'],
  ['ngày 28/11 có tiêm không', '2026-11-28'],
  ['28-11-2026', '2026-11-28'],
  ['ngày 5/12/2026', '2026-12-05'],
  ['ngày 5 tháng 12', '2026-12-05'],
  ['ngày 5 tháng 1', '2027-01-05'],
  ['ngày 28 có tiêm không', '2026-11-28'],
  ['ngày 5 có tiêm không', '2026-12-05'],
  ['mùng 5 tháng sau', '2026-12-05'],
  ['ngày mười lăm tháng mười hai', '2026-12-15'],
  ['hôm nay hay mai tiêm', '2026-11-25..2026-11-26'],
  ['3 ngày nữa', '2026-11-28'],
  ['2 tuần nữa có tiêm không', '2026-12-07..2026-12-13'],
  ['today', '2026-11-25'],
  ['is there vaccination tomorrow', '2026-11-26'],
  ['next week', '2026-11-30..2026-12-06'],
  ['hrơi pơgi', '2026-11-26'],
  ['dơning', '2026-11-26'],
  ['bao giờ tiêm', 'next'],
  ['khi nào làng mình tiêm', 'next'],
  ['lịch tiêm của làng', 'next'],
  ['buổi tiêm tới là bao giờ', 'next'],
  ['mai mốt có tiêm không', 'next'],
  ['mũi thứ 2 tiêm khi nào', 'next'],
  ['hôm qua có tiêm không', 'past'],
  ['tuần trước tiêm ở đâu', 'past'],
  ['ngày 20/11 có tiêm không', 'past'],
  ['rằm này có tiêm không', 'lunar'],
  ['ngày 10 tháng giêng', 'lunar'],
];

describe('asked on a Wednesday', () => {
  for (const [said, meant] of CASES) {
    test(said, () => {
      expect(inWords(readWhen(said, epochOf('2026-11-25', 8)))).toBe(meant);
    });
  }
});

test('on a Sunday, this week is what is left of it, and "thứ tư này" the one to come', () => {
  expect(inWords(readWhen('tuần này', epochOf('2026-11-22')))).toBe('2026-11-22');
  expect(inWords(readWhen('thứ tư này', epochOf('2026-11-22')))).toBe('2026-11-25');
});

test('late in the evening in Vietnam it is still today', () => {
  expect(inWords(readWhen('mai', epochOf('2026-12-31', 23, 59)))).toBe('2027-01-01');
});

test('any text at all gives a result, and a range never begins before today or ends before it begins', () => {
  const scraps = fc.constantFrom('mai', 'mốt', 'thứ', '4', 'tuần', 'sau', 'này', 'tháng', '12', '31/2', '5/12/2026', 'ngày', 'nữa', 'trước', 'cuối', 'chủ nhật', 'mùng');
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(scraps, { maxLength: 8 }).map((parts) => parts.join(' '))), fc.integer({ min: 0, max: 4_000 }), (text, daysOn) => {
    const when = readWhen(text, epochOf('2024-01-01') + daysOn * 86_400_000);
    if (when.kind !== 'range') return;
    const today = new Date(epochOf('2024-01-01') + daysOn * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 10);
    expect(when.from >= today).toBe(true);
    expect(when.to >= when.from).toBe(true);
  }), { numRuns: 3_000 });
});

function inWords(when: When): string {
  const range = (from: Day, to: Day) => (from === to ? from : `${from}..${to}`);
  return when.kind === 'range' ? range(when.from, when.to) : when.kind;
}
