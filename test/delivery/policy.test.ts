import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideDelivery, type Delivery, type DeliveryCase } from '#bot/delivery/policy.ts';
import { MESSAGE_KINDS } from '#bot/store/tables/messages.ts';
import { clockOf, epochOf } from '#knowledge/day.ts';

const NOON = epochOf('2026-11-22', 12);
const HOUR = 3_600_000;
const ALWAYS = { replyWindowHours: null };
const TWO_DAYS = { replyWindowHours: 48 };
const WEEK = { replyWindowHours: 7 * 24 };

const usual: DeliveryCase = { capabilities: ALWAYS, kind: 'reply', nowMs: NOON, lastInboundMs: NOON - 1000, person: 'active', consents: ['announcements', 'reminders'], expiresMs: null };
const SEND: Delivery = { do: 'send' };
const CLOSED: Delivery = { do: 'template', why: 'window-closed' };
const until = (day: '2026-11-22' | '2026-11-23'): Delivery => ({ do: 'wait', notBeforeMs: epochOf(day, 7), why: 'night' });
const skip = (why: 'gone' | 'stopped' | 'no-consent' | 'expired'): Delivery => ({ do: 'skip', why });

const TABLE: [string, Partial<DeliveryCase>, Delivery][] = [
  ['a reply by day goes', {}, SEND],
  ['a reply at night goes: it was asked for', { nowMs: epochOf('2026-11-22', 23), lastInboundMs: epochOf('2026-11-22', 23) }, SEND],
  ['an emergency goes at any hour', { kind: 'emergency', nowMs: epochOf('2026-11-22', 3) }, SEND],
  ['a staff answer goes at any hour', { kind: 'staff-answer', nowMs: epochOf('2026-11-22', 3) }, SEND],

  ['an announcement at 6:59:59.999 waits for 7:00', { kind: 'announcement', nowMs: epochOf('2026-11-22', 7) - 1 }, until('2026-11-22')],
  ['an announcement at 7:00 sharp goes', { kind: 'announcement', nowMs: epochOf('2026-11-22', 7) }, SEND],
  ['an announcement at 20:59:59.999 goes', { kind: 'announcement', nowMs: epochOf('2026-11-22', 21) - 1 }, SEND],
  ['an announcement at 21:00 sharp waits for the morning', { kind: 'announcement', nowMs: epochOf('2026-11-22', 21) }, until('2026-11-23')],
  ['an announcement at midnight waits for the same morning', { kind: 'announcement', nowMs: epochOf('2026-11-23', 0) }, until('2026-11-23')],
  ['a reminder keeps the same hours', { kind: 'reminder', nowMs: epochOf('2026-11-22', 21) }, until('2026-11-23')],

  ['within the window, to the millisecond', { capabilities: TWO_DAYS, lastInboundMs: NOON - 48 * HOUR + 1 }, SEND],
  ['at the end of the window it is closed', { capabilities: TWO_DAYS, lastInboundMs: NOON - 48 * HOUR }, CLOSED],
  ['never having acted is a closed window', { capabilities: TWO_DAYS, lastInboundMs: null }, CLOSED],
  ['never having acted does not matter without a window', { lastInboundMs: null }, SEND],
  ['an announcement outside the window needs a template, too', { kind: 'announcement', capabilities: TWO_DAYS, lastInboundMs: NOON - 72 * HOUR }, CLOSED],
  ['at night it waits first: the window is judged in the morning', { kind: 'announcement', capabilities: TWO_DAYS, lastInboundMs: null, nowMs: epochOf('2026-11-22', 23) }, until('2026-11-23')],
  ['a clock that is behind the platform\'s does not close the window', { capabilities: TWO_DAYS, lastInboundMs: NOON + HOUR }, SEND],

  ['seven days is the window of an account that pays for the rest of it', { capabilities: WEEK, lastInboundMs: NOON - 7 * 24 * HOUR + 1 }, SEND],
  ['after seven days it is closed for everybody', { capabilities: WEEK, lastInboundMs: NOON - 7 * 24 * HOUR }, CLOSED],
  ['a staff answer after 48 hours is not sent now: it is kept until they write', { kind: 'staff-answer', capabilities: TWO_DAYS, lastInboundMs: NOON - 48 * HOUR }, CLOSED],
  ['an emergency text is no exception to what the platform takes', { kind: 'emergency', capabilities: TWO_DAYS, lastInboundMs: NOON - 48 * HOUR }, CLOSED],
  ['a paid announcement goes until the seventh day ends', { kind: 'announcement', paid: true, capabilities: TWO_DAYS, lastInboundMs: NOON - 7 * 24 * HOUR + 1 }, SEND],
  ['a paid announcement at the end of the seventh day does not', { kind: 'announcement', paid: true, capabilities: TWO_DAYS, lastInboundMs: NOON - 7 * 24 * HOUR }, CLOSED],
  ['an announcement that is not paid for does not go on the third day', { kind: 'announcement', paid: false, capabilities: TWO_DAYS, lastInboundMs: NOON - 48 * HOUR }, CLOSED],
  ['the window that is paid for answers brings no announcement that is not', { kind: 'announcement', capabilities: WEEK, lastInboundMs: NOON - 48 * HOUR }, CLOSED],
  ['nor a reminder', { kind: 'reminder', capabilities: WEEK, lastInboundMs: NOON - 48 * HOUR }, CLOSED],
  ['within the free days both go', { kind: 'reminder', capabilities: WEEK, lastInboundMs: NOON - 48 * HOUR + 1 }, SEND],
  ['paying opens no window to who has never acted', { kind: 'announcement', paid: true, capabilities: TWO_DAYS, lastInboundMs: null }, CLOSED],
  ['paying changes nothing where there is no window', { kind: 'announcement', paid: true, lastInboundMs: null }, SEND],
  ['an urgent announcement goes at night', { kind: 'announcement', urgent: true, nowMs: epochOf('2026-11-22', 23) }, SEND],
  ['an urgent announcement still needs the window', { kind: 'announcement', urgent: true, capabilities: TWO_DAYS, nowMs: epochOf('2026-11-22', 23), lastInboundMs: null }, CLOSED],
  ['an urgent announcement still needs the consent', { kind: 'announcement', urgent: true, nowMs: epochOf('2026-11-22', 23), consents: [] }, skip('no-consent')],
  ['who no longer follows gets no announcement, not even an urgent or paid one', { kind: 'announcement', urgent: true, paid: true, person: 'stopped' }, skip('stopped')],
  ['who no longer follows but asks is answered within the window', { kind: 'reply', capabilities: TWO_DAYS, person: 'stopped' }, SEND],

  ['who is gone gets nothing', { person: 'gone', kind: 'emergency' }, skip('gone')],
  ['who said stop still gets replies', { person: 'stopped' }, SEND],
  ['who said stop still gets the staff\'s answer', { person: 'stopped', kind: 'staff-answer' }, SEND],
  ['who said stop gets no announcement', { person: 'stopped', kind: 'announcement' }, skip('stopped')],
  ['who is leaving gets the last reply', { person: 'leaving' }, SEND],
  ['who is leaving gets no reminder', { person: 'leaving', kind: 'reminder' }, skip('stopped')],
  ['an announcement needs its own consent', { kind: 'announcement', consents: ['reminders'] }, skip('no-consent')],
  ['a reminder needs its own consent', { kind: 'reminder', consents: ['announcements'] }, skip('no-consent')],
  ['a reply needs none', { consents: [] }, SEND],

  ['one millisecond before it expires it goes', { kind: 'announcement', expiresMs: NOON + 1 }, SEND],
  ['at the moment it expires it does not', { kind: 'announcement', expiresMs: NOON }, skip('expired')],
  ['what would expire before the morning is not kept for it', { kind: 'announcement', nowMs: epochOf('2026-11-22', 23), expiresMs: epochOf('2026-11-23', 7) }, skip('expired')],
  ['what expires after the morning waits', { kind: 'announcement', nowMs: epochOf('2026-11-22', 23), expiresMs: epochOf('2026-11-23', 7) + 1 }, until('2026-11-23')],
];

describe('the delivery policy', () => {
  test.each(TABLE)('%s', (_name, change, expected) => {
    expect(decideDelivery({ ...usual, ...change })).toEqual(expected);
  });

  test('whatever waits may go at the moment it waits for, and no unasked message ever goes at night', () => {
    fc.assert(fc.property(
      fc.constantFrom(...MESSAGE_KINDS), fc.integer({ min: epochOf('2020-01-01'), max: epochOf('2040-01-01') }), fc.option(fc.integer({ min: 0, max: 200 })),
      (kind, nowMs, hoursAgo) => {
        const it: DeliveryCase = { ...usual, kind, nowMs, lastInboundMs: hoursAgo === null ? null : nowMs - hoursAgo * HOUR };
        const decision = decideDelivery(it);
        if (decision.do === 'wait') {
          expect(decision.notBeforeMs).toBeGreaterThan(nowMs);
          expect(decision.notBeforeMs - nowMs).toBeLessThanOrEqual(10 * HOUR);
          expect(decideDelivery({ ...it, nowMs: decision.notBeforeMs })).toEqual(SEND);
        }
        if (decision.do === 'send' && (kind === 'announcement' || kind === 'reminder')) {
          expect(clockOf(nowMs).hour).toBeGreaterThanOrEqual(7);
          expect(clockOf(nowMs).hour).toBeLessThan(21);
        }
      },
    ));
  });
});
