import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockOf, dayOf, epochOf, momentOf } from '#knowledge/day.ts';

test('a moment without a zone is Vietnam’s, whatever the machine’s own zone is', () => {
  const machine = process.env['TZ'];
  try {
    for (const zone of ['UTC', 'America/New_York', 'Asia/Ho_Chi_Minh']) {
      process.env['TZ'] = zone;
      expect(momentOf('2026-11-25T17:00')).toBe(epochOf('2026-11-25', 17));
      expect(momentOf('2026-11-25 17:00:30')).toBe(epochOf('2026-11-25', 17) + 30_000);
      expect(momentOf('2026-11-25')).toBe(epochOf('2026-11-25'));
    }
  } finally {
    process.env['TZ'] = machine;
  }
  expect(momentOf('2026-11-25T10:00Z')).toBe(epochOf('2026-11-25', 17));
  for (const zone of ['+09:00', '+0900', '+09']) expect(momentOf(`2026-11-25T19:00${zone}`), zone).toBe(epochOf('2026-11-25', 17));
  expect(momentOf('2026-11-25T17:00:00.250000+07:00')).toBe(epochOf('2026-11-25', 17) + 250);
});

test('what is no moment is none, and nothing typed does harm', () => {
  for (const typed of ['', '1', 'mai', '2026-02-30', '2026-11-25T25:00', '2026-11-25T17', '25/11/2026', '2026-11-25+07:00']) expect(momentOf(typed), typed).toBeNull();
  fc.assert(fc.property(fc.string({ maxLength: 40 }), (typed) => {
    const at = momentOf(typed);
    return at === null || Number.isSafeInteger(at);
  }));
});

test('a moment reads back as the day and hour that were typed', () => {
  fc.assert(fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), (date) => {
    const minute = Math.floor(date.getTime() / 60_000) * 60_000;
    const { hour, minute: past } = clockOf(minute);
    return momentOf(`${dayOf(minute)}T${String(hour).padStart(2, '0')}:${String(past).padStart(2, '0')}`) === minute;
  }));
});
