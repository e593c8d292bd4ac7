import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAloud, sayNumber, spoken } from '#bot/campaigns/aloud.ts';

test('days, hours and telephone numbers are written as they are said', () => {
  expect(spoken('Sáng 25/11, từ 7:30 đến 10h30, tiêm ở nhà rông.')).toBe('Sáng ngày hai mươi lăm tháng mười một, từ bảy giờ rưỡi đến mười giờ rưỡi, tiêm ở nhà rông.');
  expect(spoken('Ngày 4/4/2026 lúc 14h.')).toBe('Ngày bốn tháng tư năm hai nghìn không trăm hai mươi sáu lúc mười bốn giờ.');
  expect(spoken('Gọi trạm 0900 000 001 hoặc 115.')).toBe('Gọi trạm không chín không không không không không không không một hoặc một một năm.');
  expect(spoken('Có 3 ca sởi, 21 trẻ chưa tiêm, hỗ trợ 1.500.000 đồng.')).toBe('Có ba ca sởi, hai mươi mốt trẻ chưa tiêm, hỗ trợ một triệu năm trăm nghìn đồng.');
  expect(spoken('Trẻ từ 2 đến 15 tuổi, uống 105 ml')).toBe('Trẻ từ hai đến mười lăm tuổi, uống một trăm linh năm ml');
});

test('numbers in words', () => {
  expect([0, 4, 10, 11, 15, 21, 24, 25, 40, 55, 100, 101, 110, 115, 999, 1000, 1005, 1050, 2026, 10_000, 101_001].map(sayNumber)).toEqual([
    'không', 'bốn', 'mười', 'mười một', 'mười lăm', 'hai mươi mốt', 'hai mươi bốn', 'hai mươi lăm', 'bốn mươi', 'năm mươi lăm', 'một trăm', 'một trăm linh một', 'một trăm mười', 'một trăm mười lăm',
    'chín trăm chín mươi chín', 'một nghìn', 'một nghìn không trăm linh năm', 'một nghìn không trăm năm mươi', 'hai nghìn không trăm hai mươi sáu', 'mười nghìn', 'một trăm linh một nghìn không trăm linh một',
  ]);
});

test('every number has its own words, without a digit and without two blanks', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 999_999 }), (a, b) => {
    expect(sayNumber(a)).toMatch(/^[\p{Ll}\p{M}]+( [\p{Ll}\p{M}]+)*$/u);
    if (a !== b) expect(sayNumber(a)).not.toBe(sayNumber(b));
  }));
});

test('a reading opens, takes one sentence a line, leaves addresses out, and says that it is read again', () => {
  expect(readAloud('Mai tiêm sởi ở Plei Mẫu. Bà con nhớ mang sổ tiêm.\nXem https://vi.du/x', { open: 'A lô.', close: 'Tôi xin đọc lại lần nữa.' })).toEqual([
    'A lô.', 'Mai tiêm sởi ở Plei Mẫu.', 'Bà con nhớ mang sổ tiêm.', 'Xem', 'Tôi xin đọc lại lần nữa.',
  ]);
});

test('a text without numbers is read as it stands', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => text.replace(/\p{N}/gu, '')), (text) => {
    expect(spoken(text)).toBe(text.replace(/\s+/gu, ' '));
  }));
});
