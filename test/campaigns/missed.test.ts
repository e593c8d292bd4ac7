import { expect, test } from 'vitest';
import fc from 'fast-check';
import { campaignStatus, createCampaign, pauseCampaign, resumeCampaign, startCampaign, stopCampaign, type CampaignDraft, type CampaignPorts } from '#bot/campaigns/campaigns.ts';
import { leaveMissed, makeUpMissed, missedRounds } from '#bot/campaigns/missed.ts';
import { createCampaignRunner } from '#bot/campaigns/runner.ts';
import { isMadeUp, missedSince, nextDue, type Schedule } from '#bot/campaigns/schedule.ts';
import { missedEverywhere } from '#bot/store/missed-rounds.ts';
import { newLinkCode, useLinkCode } from '#bot/store/staff-links.ts';
import type { Role } from '#bot/store/tables/staff.ts';
import { addDays, epochOf } from '#knowledge/day.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { member } from '#test/tickets/house.ts';
import { BY, DRAFT, many, portsFor, residents } from './ground.ts';

/** Announcements that repeat, of a station that is off at their hour. */

const PEAK: Schedule = { kind: 'peak', from: '2026-11-23', to: '2026-11-27', hour: 8, minute: 0 };

onBothEngines((fresh) => {
  async function open() {
    const time = { nowMs: epochOf('2026-11-22', 12) };
    const ground = await fresh({ clock: () => time.nowMs });
    const ports = portsFor(ground.store, () => time.nowMs);
    await residents(ground.store, many(3));
    /** The program comes up, looks, and goes. */
    const look = (): Promise<void> => createCampaignRunner({ ...ports, onTrouble: (error) => { throw error; } }).look();
    return { ground, time, ports, look, [Symbol.asyncDispose]: () => ground[Symbol.asyncDispose]() };
  }

  test('days on which the station was off are written down and told to those who broadcast; today’s is made up and not among them', async () => {
    await using house = await open();
    const { ground, time, ports, look } = house;
    for (const [name, role, user] of [['Hà', 'head', '71'], ['Phat', 'broadcaster', '72'], ['Lan', 'answerer', '73']] as const) await linked(ground.store, name, role, user);
    const id = await begun(ports, { schedule: PEAK });
    time.nowMs = epochOf('2026-11-25', 12);
    await look();
    await look();
    expect(await missedRounds(ports, id)).toEqual([epochOf('2026-11-23', 8), epochOf('2026-11-24', 8)]);
    expect(await audience(ports, id)).toBe(3);
    const told = await ground.store.read(async ({ db }) => db.selectFrom('notices').innerJoin('accounts', 'accounts.id', 'notices.account_id').select(['accounts.name', 'notices.detail']).where('kind', '=', 'missed').orderBy('accounts.name').execute());
    expect(told).toEqual([{ name: 'Hà', detail: `${id}|2` }, { name: 'Phat', detail: `${id}|2` }]);
    expect(await ground.store.read(missedEverywhere)).toEqual([{ campaignId: id, title: 'Sáng thứ Tư có tiêm phòng ở Plei Mẫu.', rounds: 2 }]);
  });

  test('one press sends one round in place of all that were missed, a second press none; or they are left', async () => {
    await using house = await open();
    const { time, ports, look } = house;
    const id = await begun(ports, { schedule: PEAK });
    time.nowMs = epochOf('2026-11-29', 12);
    await look();
    expect(await missedRounds(ports, id)).toHaveLength(5);
    expect(await audience(ports, id)).toBe(0);
    const presses = await Promise.all([makeUpMissed(ports, id, BY), makeUpMissed(ports, id, BY)]);
    expect(presses.map(({ ok }) => ok)).toEqual([true, true]);
    expect(await missedRounds(ports, id)).toEqual([]);
    expect(await audience(ports, id)).toBe(3);

    const left = await begun(ports, { schedule: { kind: 'weekly', weekday: 1, hour: 8, minute: 0, until: null } });
    time.nowMs = epochOf('2026-12-09', 12);
    await look();
    expect(await missedRounds(ports, left)).toEqual([epochOf('2026-11-30', 8), epochOf('2026-12-07', 8)]);
    expect(await leaveMissed(ports, left, BY)).toEqual({ ok: true });
    expect(await missedRounds(ports, left)).toEqual([]);
    expect(await audience(ports, left)).toBe(0);
  });

  test('what has ended is not made up, a rest that covered a round counts as missed, and stopping settles them', async () => {
    await using house = await open();
    const { time, ports, look } = house;
    const ended = await begun(ports, { schedule: PEAK, expiresMs: epochOf('2026-11-28', 0) });
    const rested = await begun(ports, { schedule: PEAK });
    await pauseCampaign(ports, rested, BY);
    time.nowMs = epochOf('2026-11-29', 12);
    await look();
    expect(await makeUpMissed(ports, ended, BY)).toMatchObject({ ok: false, problem: { kind: 'blocked', blocks: ['expired'] } });
    expect(await missedRounds(ports, ended)).toHaveLength(5);
    expect(await missedRounds(ports, rested)).toEqual([]);
    await resumeCampaign(ports, rested, BY);
    await look();
    expect(await missedRounds(ports, rested)).toHaveLength(5);

    const stopped = await begun(ports, { schedule: { kind: 'weekly', weekday: 1, hour: 8, minute: 0, until: null } });
    time.nowMs = epochOf('2026-12-02', 12);
    await look();
    expect(await missedRounds(ports, stopped)).toHaveLength(1);
    await stopCampaign(ports, stopped, BY);
    expect(await missedRounds(ports, stopped)).toEqual([]);
  });
});

test('whatever the schedule and however long the station was off: each moment is missed, or it is the one that is made up', () => {
  const schedule = fc.oneof(
    fc.record({ kind: fc.constant('weekly' as const), weekday: fc.integer({ min: 1, max: 7 }), hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }), until: fc.constant(null) }),
    fc.record({ kind: fc.constant('peak' as const), from: fc.constant('2026-11-23' as const), to: fc.integer({ min: 0, max: 20 }).map((days) => addDays('2026-11-23', days)), hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) }),
  );
  fc.assert(fc.property(schedule, fc.integer({ min: 0, max: 40 * 24 * 60 }), (it, minutes) => {
    const dueMs = nextDue(it, epochOf('2026-11-22', 12));
    if (dueMs === null) return;
    const nowMs = dueMs + minutes * 60_000;
    const passed: number[] = [];
    for (let at: number | null = dueMs; at !== null && at <= nowMs; at = nextDue(it, at)) passed.push(at);
    expect([...missedSince(it, dueMs, nowMs), ...(isMadeUp(it, dueMs, nowMs) ? passed.slice(-1) : [])]).toEqual(passed);
  }));
});

async function begun(ports: CampaignPorts, more: Partial<CampaignDraft>): Promise<number> {
  const made = await createCampaign(ports, { ...DRAFT, ...more }, BY);
  if (!made.ok) throw new Error(made.problem.kind);
  expect(await startCampaign(ports, made.id, BY)).toMatchObject({ ok: true, state: 'scheduled' });
  return made.id;
}

async function audience(ports: CampaignPorts, id: number): Promise<number> {
  const found = await campaignStatus(ports, id);
  return found.ok ? found.status.audience : -1;
}

async function linked(store: CampaignPorts['store'], name: string, role: Role, user: string): Promise<void> {
  const { accountId } = await member(store, name, ['health']);
  await store.write((tx) => tx.db.updateTable('accounts').set({ role }).where('id', '=', accountId).execute());
  await store.write(async (tx) => useLinkCode(tx, await newLinkCode(tx, accountId), user));
}
