import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAudience, sayAudience } from '#bot/campaigns/audience.ts';
import { leftOf, planOf } from '#bot/campaigns/plan.ts';
import { reachCsv, reachOf } from '#bot/campaigns/reach.ts';
import { nextDue, type Schedule } from '#bot/campaigns/schedule.ts';
import { CHANNEL_NAMES } from '#bot/channels/channel.ts';
import type { AudienceGroup } from '#bot/store/campaign-audience.ts';
import { REACH_BOXES, type ReachGroup } from '#bot/store/campaign-reach.ts';
import { CAMPAIGN_WAYS } from '#bot/store/tables/campaigns.ts';
import { addDays, clockOf, dayOf, epochOf, weekdayOf } from '#knowledge/day.ts';
import { LANGS } from '#knowledge/lang.ts';
import { USUAL_DAY } from '#knowledge/place.ts';
import { NOON } from './ground.ts';

const pieces = { vi: [{ text: 'x', lang: 'vi' as const, cardId: null, buttons: [], layout: { form: 'plain' as const } }] };
const village = fc.option(fc.constantFrom('plei-mau', 'thon-thu', 'xoá rồi'));
const groups: fc.Arbitrary<AudienceGroup[]> = fc.array(fc.record({
  channel: fc.constantFrom(...CHANNEL_NAMES), lang: fc.constantFrom(...LANGS), villageId: village,
  leftOut: fc.option(fc.constantFrom('not-agreed' as const, 'stopped' as const, 'kind-refused' as const, 'recent' as const)),
  way: fc.option(fc.constantFrom(...CAMPAIGN_WAYS)), unreachable: fc.option(fc.constantFrom('gone' as const, 'window-closed' as const)), people: fc.nat(5000),
}));
const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

test('a plan adds up: every person whom the terms fit is left out, reached by one way, or not reached for one reason', () => {
  fc.assert(fc.property(groups, fc.nat(20_000), fc.constantFrom<('jra' | 'bdq')[][]>([], ['jra'], ['jra', 'bdq']), fc.option(fc.nat(20_000)), fc.option(fc.nat(20_000)), (counted, zaloPaidLeft, approved, atZalo, forms) => {
    const plan = planOf({ groups: counted, pieces, approved, nowMs: NOON, dueMs: NOON, expiresMs: null, urgent: false, zalo: { left: { paid: zaloPaidLeft, template: forms }, atZalo, template: forms === null ? 'not-configured' : 'ready' }, confirmAbove: null });
    expect(plan.audience + total(Object.values(plan.leftOut))).toBe(total(counted.map((group) => group.people)));
    expect(plan.reachable).toBe(total(Object.values(plan.ways)));
    expect(plan.audience).toBe(plan.reachable + total(Object.values(plan.unreachable)));
    expect(total(plan.languages.map((line) => line.people))).toBe(plan.reachable);
    expect(total(plan.villages.map((line) => line.reachable + line.unreachable))).toBe(plan.audience);
    expect(plan.ways['zalo-paid']).toBeLessThanOrEqual(Math.min(zaloPaidLeft, atZalo ?? zaloPaidLeft));
    expect(plan.ways['zalo-template']).toBeLessThanOrEqual(forms ?? 0);
    expect(plan.endsMs).toBeGreaterThanOrEqual(plan.startsMs);
    for (const line of plan.languages) expect(line.reads === 'vi' || line.reads === line.lang).toBe(true);
    const { hour } = clockOf(plan.endsMs - 1);
    if (plan.reachable > 0) expect(hour >= 7 && hour < 21).toBe(true);
  }));
});

test('how it goes on: the slowest channel counts, and a night is rested through unless it is urgent', () => {
  const rows = [{ channel: 'telegram' as const, rows: 3600 }, { channel: 'web' as const, rows: 3600 }];
  expect(leftOf({ rows, nowMs: NOON, urgent: false, dayHours: USUAL_DAY })).toEqual({ restsUntilMs: null, endsMs: NOON + 120_000 });
  const night = epochOf('2026-11-22', 22);
  expect(leftOf({ rows, nowMs: night, urgent: false, dayHours: USUAL_DAY })).toEqual({ restsUntilMs: epochOf('2026-11-23', 7), endsMs: epochOf('2026-11-23', 7) + 120_000 });
  expect(leftOf({ rows, nowMs: night, urgent: true, dayHours: USUAL_DAY })).toEqual({ restsUntilMs: null, endsMs: night + 120_000 });
});

test('a report adds up: the boxes are the audience, in all and in each village', () => {
  const reached: fc.Arbitrary<ReachGroup[]> = fc.array(fc.record({ villageId: village, lang: fc.constantFrom(...LANGS), box: fc.constantFrom(...REACH_BOXES), reason: fc.option(fc.constantFrom('gone', 'stopped')), people: fc.nat(500) }));
  fc.assert(fc.property(reached, (counted) => {
    const reach = reachOf(counted, { villages: [{ id: 'plei-mau', name: 'Plei Mẫu', aliases: [] }] });
    expect(total(Object.values(reach.boxes))).toBe(reach.audience);
    expect(reach.audience).toBe(total(counted.map((group) => group.people)));
    expect(total(reach.villages.map((line) => line.audience))).toBe(reach.audience);
    for (const line of reach.villages) expect(total(Object.values(line.boxes))).toBe(line.audience);
    const csv = reachCsv(reach, { village: 'Làng', audience: 'Tất cả', all: 'Cộng', unknownVillage: '?', box: (box) => box });
    expect(csv.trim().split('\r\n')).toHaveLength(reach.villages.length + 2);
  }));
});

test('an audience reads back as it was written', () => {
  const known = { villages: ['plei-mau', 'thon-thu'], groups: ['parents'] };
  const written = 'village=plei-mau,none lang=vi,jra channel=web group=parents seen<30d seen>2d not-within=12h';
  const read = parseAudience(written, known);
  expect(read.ok && sayAudience(read.audience)).toBe(written);
  fc.assert(fc.property(fc.string(), (text) => {
    const result = parseAudience(text, known);
    if (result.ok) expect(parseAudience(sayAudience(result.audience), known)).toEqual(result);
    else expect(result.faults.length).toBeGreaterThan(0);
  }));
  expect(parseAudience('village=xa-kia lang=fr ngày=mai not-within=0h', known)).toMatchObject({ ok: false, faults: [{ why: 'unknown-village' }, { why: 'unknown-language' }, { why: 'unknown-term' }, { why: 'bad-number' }] });
});

test('the next moment of a schedule is after now, at its hour, within its days, and moments follow each other', () => {
  const schedule: fc.Arbitrary<Schedule> = fc.oneof(
    fc.record({ kind: fc.constant('weekly' as const), weekday: fc.integer({ min: 1, max: 7 }), hour: fc.nat(23), minute: fc.nat(59), until: fc.constant(null) }),
    fc.record({ kind: fc.constant('peak' as const), from: fc.nat(20).map((days) => addDays('2026-11-22', days)), to: fc.nat(20).map((days) => addDays('2026-11-25', days)), hour: fc.nat(23), minute: fc.nat(59) }),
  );
  fc.assert(fc.property(schedule, fc.integer({ min: epochOf('2026-11-01'), max: epochOf('2026-12-31') }), (it, nowMs) => {
    const due = nextDue(it, nowMs);
    if (due === null) {
      expect(it.kind).toBe('peak');
      return;
    }
    expect(due).toBeGreaterThan(nowMs);
    if (it.kind === 'weekly') {
      expect(weekdayOf(dayOf(due))).toBe(it.weekday);
      expect(due - nowMs).toBeLessThanOrEqual(7 * 86_400_000);
    }
    if (it.kind === 'peak') expect(dayOf(due) >= it.from && dayOf(due) <= it.to).toBe(true);
    if (it.kind === 'weekly' || it.kind === 'peak') expect(clockOf(due)).toEqual({ hour: it.hour, minute: it.minute });
  }));
});
