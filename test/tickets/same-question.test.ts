import fc from 'fast-check';
import { expect, test } from 'vitest';
import { askedIn, isSame } from '#bot/tickets/same-question.ts';

const same = (a: string, b: string, forwarded = false): boolean => isSame(askedIn(a), askedIn(b), forwarded);

test.each([
  ['trường cháu nghỉ vì sởi, có phải tiêm thêm không', 'truong chau nghi vi soi co phai tiem them k ạ'],
  ['trạm có máy siêu âm không vậy', 'Dạ cho em hỏi trạm có máy siêu âm không ạ'],
  ['hôm nào phát thuốc huyết áp', 'hom nao phat thuoc huyet ap vay'],
])('"%s" is the same question as "%s"', (a, b) => {
  expect(same(a, b)).toBe(true);
  expect(same(b, a)).toBe(true);
});

test.each([
  ['trạm có máy siêu âm không', 'trạm có máy chụp phổi không'],
  ['bà bầu có tiêm được không', 'bà bầu có tiêm chưa'],
  ['con 9 tháng tiêm sởi được không', 'con 18 tháng tiêm sởi được không'],
  ['trước khi tiêm có ăn được không', 'sau khi tiêm có ăn được không'],
  ['chó cắn có phải tiêm không', 'mèo cắn có phải tiêm không'],
  ['uống thuốc này được không', 'uống thuốc này'],
  ['mấy giờ', 'mấy giờ'],
])('"%s" is another question than "%s"', (a, b) => {
  expect(same(a, b)).toBe(false);
});

test('a forwarded text is known again with a line more or less, and a short one is not trusted', () => {
  const rumour = 'Cảnh báo khẩn: uống nước lá đu đủ với muối hột mỗi sáng thì khỏi sốt xuất huyết trong một ngày, bác sĩ giấu không nói, chia sẻ ngay cho mọi người';
  expect(same(rumour, `${rumour} nhé bà con`, true)).toBe(true);
  expect(same(rumour, 'uống nước chanh mỗi sáng thì khỏi sốt xuất huyết', true)).toBe(false);
  expect(same('tin này thật không', 'tin này thật không', true)).toBe(false);
});

test('a question is the same as itself, whichever way round; never by accident of what is added', () => {
  const word = fc.constantFrom('trạm', 'thuốc', 'tiêm', 'gạo', 'sởi', 'khám', 'mua', 'giấy', 'nước', 'muỗi', 'làng', 'mai', 'không', '9');
  fc.assert(fc.property(fc.array(word, { maxLength: 12 }), fc.array(word, { maxLength: 12 }), (a, b) => {
    expect(same(a.join(' '), b.join(' '))).toBe(same(b.join(' '), a.join(' ')));
    if (new Set(a).size > 6) expect(same(a.join(' '), a.join(' '))).toBe(true);
    if (a.includes('không') !== b.includes('không')) expect(same(a.join(' '), b.join(' '))).toBe(false);
  }), { numRuns: 300 });
});
