import { expect, test } from 'vitest';
import { campaignStatus, createCampaign, startCampaign, type CampaignPorts, type CampaignStatus } from '#bot/campaigns/campaigns.ts';
import { campaignReach } from '#bot/campaigns/reach.ts';
import type { SendOutcome } from '#bot/channels/channel.ts';
import { applyEffects } from '#bot/residents/effects.ts';
import { campaignById } from '#bot/store/campaigns.ts';
import { destroyPerson } from '#bot/store/erasure.ts';
import { addressOf, personById } from '#bot/store/people.ts';
import { epochOf, type Day } from '#knowledge/day.ts';
import { createMemoryPacing } from '#bot/delivery/pacing.ts';
import { createRedisPacing } from '#bot/delivery/pacing-redis.ts';
import { hasPostgres, hasRedis, ownPostgres, ownRedis } from '#test/machine.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';
import { BY, DRAFT, many, NOON, platform, portsFor, residents, sending } from './ground.ts';

const SENT: SendOutcome = { kind: 'sent', platformMessageId: null };

async function started(ports: CampaignPorts, change: Partial<typeof DRAFT> = {}): Promise<number> {
  const created = await createCampaign(ports, { ...DRAFT, ...change }, BY);
  if (!created.ok) throw new Error(created.problem.kind);
  const begun = await startCampaign(ports, created.id, BY);
  if (!begun.ok) throw new Error(begun.problem.kind);
  return created.id;
}

async function status(ports: CampaignPorts, id: number): Promise<CampaignStatus> {
  const found = await campaignStatus(ports, id);
  if (!found.ok) throw new Error(found.problem.kind);
  return found.status;
}

/** Nobody without, nobody twice. */
function expectOnce(sent: readonly { address: string }[], people: number): void {
  expect(sent).toHaveLength(people);
  expect(new Set(sent.map(({ address }) => address)).size).toBe(people);
}

const PATIENT = { interval: 50 };

onBothEngines((fresh) => {
  test('a storm of refusals for speed, and a platform that is down for ten minutes: it finishes, once for each', async () => {
    let nowMs = NOON;
    const clock = (): number => nowMs;
    await using ground = await fresh({ clock });
    const ports = portsFor(ground.store, clock);
    await residents(ground.store, many(40));
    let calls = 0;
    const channel = platform('telegram', (): SendOutcome => {
      calls += 1;
      if (nowMs < NOON + 600_000) return calls % 2 === 0 ? { kind: 'later', notBeforeMs: nowMs + 1500, why: 'throttled' } : { kind: 'later', notBeforeMs: nowMs + 1000, why: 'not reached' };
      return SENT;
    });
    await using station = sending(ports, [channel]);
    const id = await started(ports);
    await expect.poll(() => calls, PATIENT).toBeGreaterThan(2);
    // Three refusals, and the whole lane rests instead of asking for everybody.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(calls).toBeLessThan(45);
    nowMs = NOON + 660_000;
    await expect.poll(async () => {
      station.dispatcher.wake();
      return (await status(ports, id)).state;
    }, PATIENT).toBe('done');
    expectOnce(channel.sent, 40);
  });

  test('a clock that jumps a day ahead and back during a run loses and doubles nobody', async () => {
    let nowMs = NOON;
    const clock = (): number => nowMs;
    await using ground = await fresh({ clock });
    const ports = portsFor(ground.store, clock);
    await residents(ground.store, many(60));
    const channel = platform('telegram', async () => {
      if (channel.sent.length === 15) nowMs = NOON + 86_400_000;
      if (channel.sent.length === 30) nowMs = NOON - 3_600_000;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return SENT;
    });
    await using station = sending(ports, [channel], { concurrency: 2 });
    const id = await started(ports);
    await expect.poll(async () => {
      await station.dispatcher.keepHouse();
      return (await status(ports, id)).state;
    }, PATIENT).toBe('done');
    expectOnce(channel.sent, 60);
  });

  test('a clock that jumps over rounds makes up the last one while its day lasts, never an old one, and never one twice', async () => {
    let nowMs = NOON;
    const clock = (): number => nowMs;
    await using ground = await fresh({ clock });
    const ports = portsFor(ground.store, clock);
    await residents(ground.store, many(2));
    const channel = platform();
    await using station = sending(ports, [channel]);
    station.dispatcher.wake();
    const weekly = await started(ports, { schedule: { kind: 'weekly', weekday: 1, hour: 8, minute: 0, until: null } });
    const peak = await started(ports, { schedule: { kind: 'peak', from: '2026-11-23', to: '2026-11-26', hour: 9, minute: 0 } });
    const due = async (id: number): Promise<number | null> => (await ground.store.read((tx) => campaignById(tx, id)))?.dueMs ?? null;
    /** At this moment, once the runner has seen it: who has had how many rounds. */
    const at = async (day: Day, hour: number, next: { weekly: number | null; peak: number | null }): Promise<[number, number]> => {
      nowMs = epochOf(day, hour);
      await expect.poll(async () => [await due(weekly), await due(peak)], PATIENT).toEqual([next.weekly, next.peak]);
      for (const id of [weekly, peak]) await expect.poll(async () => (await status(ports, id)).state, PATIENT).not.toMatch(/running|starting/u);
      return [(await status(ports, weekly)).sent / 2, (await status(ports, peak)).sent / 2];
    };
    const monday = epochOf('2026-11-30', 8);
    expect(await at('2026-11-23', 10, { weekly: monday, peak: epochOf('2026-11-24', 9) })).toEqual([1, 1]);
    // Back by a day and forward again: nothing is due twice.
    expect(await at('2026-11-22', 10, { weekly: monday, peak: epochOf('2026-11-24', 9) })).toEqual([1, 1]);
    expect(await at('2026-11-23', 11, { weekly: monday, peak: epochOf('2026-11-24', 9) })).toEqual([1, 1]);
    // Two days were slept through: today's at eight in the morning is still to come, yesterday's is not sent beside it.
    expect(await at('2026-11-26', 8, { weekly: monday, peak: epochOf('2026-11-26', 9) })).toEqual([1, 1]);
    // The last day of the peak has passed, and Monday's bulletin is a day old.
    expect(await at('2026-12-01', 8, { weekly: epochOf('2026-12-07', 8), peak: null })).toEqual([2, 1]);
    // Three weeks later on a Thursday: last Monday's is too old.
    expect(await at('2026-12-24', 8, { weekly: epochOf('2026-12-28', 8), peak: null })).toEqual([2, 1]);
    expectOnce(channel.sent.slice(0, 2), 2);
  });

  test('whom staff erase, and who stops, in the middle of a run gets nothing more; everybody else once, and the boxes add up', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, many(200));
    const gone = new Set<string>();
    const channel = platform('telegram', async (): Promise<SendOutcome> => {
      if (channel.sent.length === 5) {
        await ground.store.write(async (tx) => {
          // The last of the ledger: what is on its way this very moment still arrives.
          const last = await tx.db.selectFrom('outbox').select('person_id').orderBy('id', 'desc').limit(6).execute();
          for (const [i, { person_id: personId }] of last.entries()) {
            const person = await personById(tx, personId);
            const address = person === null ? null : await addressOf(tx, person);
            if (person === null || address === null) continue;
            if (i % 2 === 0) await destroyPerson(tx, person.id);
            else await applyEffects(tx, person, [{ kind: 'stop' }], null);
            gone.add(address);
          }
        });
      }
      return SENT;
    });
    await using station = sending(ports, [channel], { concurrency: 1 });
    const id = await started(ports);
    station.dispatcher.wake();
    await expect.poll(async () => (await status(ports, id)).state, PATIENT).toBe('done');
    const ended = await status(ports, id);
    expect(gone.size).toBe(6);
    expectOnce(channel.sent, 194);
    expect(channel.sent.filter(({ address }) => gone.has(address))).toEqual([]);
    expect(ended).toMatchObject({ audience: 200, sent: 194, queued: 0, sending: 0, unknown: 0 });
    expect(ended.failed + ended.unreachable).toBe(6);
  });

  test('what expires during a run is not sent any more; a village that is renamed changes nobody’s announcement', async () => {
    let nowMs = NOON;
    const clock = (): number => nowMs;
    await using ground = await fresh({ clock });
    const ports = portsFor(ground.store, clock);
    await residents(ground.store, many(30).map((resident) => ({ ...resident, change: { villageId: 'plei-mau' } })));
    const channel = platform('telegram', async () => {
      if (channel.sent.length >= 10) nowMs = NOON + 7_200_000;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return SENT;
    });
    const id = await started(ports, { audience: 'village=plei-mau', expiresMs: NOON + 3_600_000 });
    const renamed = { ...ports, place: { ...ports.place, villages: [{ id: 'plei-moi', name: 'Plei Mới', aliases: [] }] } };
    await using station = sending(renamed, [channel], { concurrency: 2 });
    station.dispatcher.wake();
    await expect.poll(async () => (await status(renamed, id)).state, PATIENT).toBe('done');
    const ended = await status(renamed, id);
    expect(ended.audience).toBe(30);
    expect(ended.sent).toBe(channel.sent.length);
    expect(ended.sent).toBeLessThan(20);
    expect(ended.unreachable).toBe(30 - ended.sent);
    expect(await campaignReach(renamed, id)).toMatchObject({ ok: true, reach: { audience: 30, reasons: [{ reason: 'expired', people: ended.unreachable }], doors: [{ villageId: 'plei-mau', people: ended.unreachable }] } });
  });
});

test('one refusal for speed rests every sender of that platform', async () => {
  let nowMs = 0;
  const pacing = createMemoryPacing({ telegram: 30 }, () => nowMs);
  expect(await pacing.take('telegram')).toBe(0);
  await pacing.rest('telegram', 5000);
  expect(await pacing.take('telegram')).toBe(5000);
  nowMs = 5000;
  expect(await pacing.take('telegram')).toBe(0);
});

test('what is in no hurry is spread evenly over the second, and an answer in between finds a permit at once', async () => {
  let nowMs = 0;
  const pacing = createMemoryPacing({ telegram: 30 }, () => nowMs);
  const given: number[] = [];
  for (; nowMs < 10_000; nowMs += 1) if (await pacing.take('telegram', true) === 0) given.push(nowMs);
  const late = given.filter((time) => time > 2000);
  expect(late.length / 8).toBeGreaterThan(29);
  expect(late.length / 8).toBeLessThanOrEqual(30);
  expect(Math.max(...late.slice(1).map((time, i) => time - (late[i] ?? 0)))).toBeLessThan(70);
});

test.skipIf(!hasRedis())('Redis is killed and comes back during a run: it finishes, once for each', async () => {
  using folder = freshFolder();
  const redis = await ownRedis();
  const store = await openOrThrow({ dataDir: folder.path, clock: () => NOON });
  const ports = portsFor(store);
  await residents(store, many(200));
  const channel = platform();
  const pacing = createRedisPacing({ url: redis.url, limits: { telegram: 40 } });
  try {
    await using station = sending(ports, [channel], { pacing });
    station.dispatcher.wake();
    const id = await started(ports);
    await expect.poll(() => channel.sent.length, PATIENT).toBeGreaterThan(30);
    redis.kill();
    await expect.poll(() => channel.sent.length, PATIENT).toBeGreaterThan(60);
    await redis.restart();
    await expect.poll(async () => (await status(ports, id)).state, PATIENT).toBe('done');
    expectOnce(channel.sent, 200);
  } finally {
    await pacing.close();
    await store.close();
    redis.stop();
  }
});

test.skipIf(!hasPostgres())('PostgreSQL is restarted during a run: it finishes; who is not known to have it is listed, nobody gets it twice', async () => {
  using folder = freshFolder();
  const server = await ownPostgres();
  const store = await openOrThrow({ dataDir: folder.path, databaseUrl: server.url, clock: () => NOON });
  const ports = portsFor(store);
  try {
    await residents(store, many(200));
    const channel = platform('telegram', async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return SENT;
    });
    await using station = sending(ports, [channel], { pacing: createMemoryPacing({ telegram: 60 }), sendTimeoutMs: 2000 });
    station.dispatcher.wake();
    const id = await started(ports);
    await expect.poll(() => channel.sent.length, PATIENT).toBeGreaterThan(20);
    await server.restart();
    await expect.poll(async () => {
      const found = await campaignStatus(ports, id).catch(() => null);
      return found?.ok === true && found.status.state === 'done';
    }, PATIENT).toBe(true);
    const ended = await status(ports, id);
    expect(ended.sent + ended.unknown).toBe(200);
    expect(new Set(channel.sent.map(({ address }) => address)).size).toBe(channel.sent.length);
    expect(channel.sent.length).toBeGreaterThanOrEqual(ended.sent);
  } finally {
    await store.close();
    await server.stop();
  }
});

test('a disk that is full during a run: nobody is sent to twice, and with room again it finishes', async () => {
  using folder = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path, clock: () => NOON });
  const ports = portsFor(store);
  await residents(store, many(120));
  const id = await started(ports);
  const small = await openOrThrow({ dataDir: folder.path, clock: () => NOON, maxPages: 1 });
  const channel = platform();
  {
    // No page may be added: whatever still fits is written, the rest is refused and tried again.
    await using station = sending(portsFor(small), [channel]);
    station.dispatcher.wake();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await small.close();
  {
    await using station = sending(ports, [channel]);
    station.dispatcher.wake();
    await expect.poll(async () => (await status(ports, id)).state, PATIENT).toBe('done');
  }
  const ended = await status(ports, id);
  expect(ended.sent + ended.unknown).toBe(120);
  expect(new Set(channel.sent.map(({ address }) => address)).size).toBe(channel.sent.length);
  await store.close();
});
