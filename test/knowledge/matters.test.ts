import { expect, test } from 'vitest';
import { loadMatters } from '#knowledge/matters.ts';

const matters = await loadMatters('knowledge/lexicon');

test.each([
  ['thuốc của mế hết rồi', [], 'health'],
  ['nhà em hết gạo ăn rồi', [], 'food'],
  ['nha e het gao roi ai giup voi', [], 'food'],
  ['làng mình bị cách ly, ai tiếp tế đồ ăn', [], 'food'],
  ['khi nào nhận tiền trợ cấp người cao tuổi', [], 'social'],
  ['the bao hiem y te bi mat lam lai o dau', [], 'social'],
  ['có trộm vào làng báo ai', [], 'order'],
  ['làm căn cước ở đâu', ['contact.who-does-what'], 'order'],
  ['cái này thì sao', ['support.rice', 'support.food-emergency'], 'food'],
  ['cái này thì sao', ['support.rice', 'support.elderly'], 'health'],
  ['cái này thì sao', ['support.elderly', 'support.disabled'], 'social'],
  ['', [], 'health'],
] as const)('"%s" with %j is the work of %s', (question, cards, domain) => {
  expect(matters.domainOf(question, cards)).toBe(domain);
});

test.each([
  ['tôi nghi mình mắc sởi', 'suspected-case'],
  ['toi nghi bi bach hau', 'suspected-case'],
  ['báo có ca sốt phát ban trong làng', 'suspected-case'],
  ['con tôi bị phản ứng sau tiêm', 'vaccine-reaction'],
  ['báo ca nghi bệnh ở đâu vậy, báo cho ai', null],
  ['tiêm xong có bị phản ứng không', null],
  ['sởi có lây không', null],
  ['con tôi tiêm hôm qua giờ hơi sốt', null],
] as const)('"%s" is heard as %s', (text, report) => {
  expect(matters.reportIn(text)).toBe(report);
});
