import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { campaignStatus, createCampaign, startCampaign, type CampaignStatus } from '#bot/campaigns/campaigns.ts';
import { campaignReach } from '#bot/campaigns/reach.ts';
import { endChild, seeded } from '#test/killing.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';
import { BY, DRAFT, many, NOON, place, portsFor, residents } from './ground.ts';

export type CampaignKills = { people: number; kills: number; sent: number; unknown: number };

/**
 * An announcement to `people` people while its processes are killed at random moments, also while they start and while
 * they write the ledger. At the end: nobody without, nobody twice, and whoever is not known to have it is listed.
 */
export async function surviveKills(options: { seed: number; kills: number; people: number; processes: number; perSecond: number; databaseUrl?: string; redisUrl?: string }): Promise<CampaignKills> {
  using folder = freshFolder();
  const random = seeded(options.seed);
  const platformFile = join(folder.path, 'platform.log');
  const where = { dataDir: folder.path, ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }) };
  let nowMs = NOON;
  const clock = (): number => nowMs;
  const store = await openOrThrow({ ...where, clock });
  const ports = portsFor(store, clock);
  await residents(store, many(options.people));
  const created = await createCampaign(ports, { ...DRAFT, schedule: { kind: 'at', atMs: NOON + 1000 } }, BY);
  if (!created.ok) throw new Error(created.problem.kind);
  expect(await startCampaign(ports, created.id, BY)).toMatchObject({ ok: true, state: 'scheduled' });
  nowMs = NOON + 2000;

  const settings = { ...where, prefix: `loa:${crypto.randomUUID()}:`, platformFile, perSecond: options.perSecond, nowMs, ...(options.redisUrl === undefined ? {} : { redisUrl: options.redisUrl }) };
  const begin = (): ChildProcess => spawn(process.execPath, [join(import.meta.dirname, 'killed-process.ts'), JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const children = Array.from({ length: options.processes }, begin);
  try {
    for (let kill = 0; kill < options.kills; kill += 1) {
      const at = Math.floor(random() * children.length);
      const child = children[at];
      if (child === undefined) continue;
      // Every fourth time perhaps before it is ready; otherwise in the middle of its work.
      if (kill % 4 !== 3 && child.stdout !== null) await Promise.race([once(child.stdout, 'data'), once(child, 'exit'), sleep(15_000)]);
      await sleep(random() * 400);
      await endChild(child);
      children[at] = begin();
    }
    const done = await finished(() => campaignStatus({ store }, created.id), options.people);
    await Promise.all(children.map((child) => endChild(child)));

    const sends = existsSync(platformFile) ? readFileSync(platformFile, 'utf8').split('\n').filter((line) => line !== '') : [];
    expect(sends.filter((address, i) => sends.indexOf(address) !== i), 'sent twice').toEqual([]);
    expect(done).toMatchObject({ state: 'done', audience: options.people, queued: 0, sending: 0, failed: 0, unreachable: 0 });
    expect(done.sent + done.unknown).toBe(options.people);
    expect(sends.length).toBeGreaterThanOrEqual(done.sent);
    expect(sends.length).toBeLessThanOrEqual(options.people);
    const reach = await campaignReach({ store, place }, created.id);
    expect(reach).toMatchObject({ ok: true, reach: { audience: options.people, boxes: { delivered: done.sent, unknown: done.unknown, waiting: 0 } } });
    // Whoever the store calls sent is among those whom the platform saw.
    const known = await store.read((tx) => tx.db.selectFrom('outbox').select('platform_message_id').where('state', '=', 'sent').execute());
    const seen = new Set(sends.map((address) => `p-${address}`));
    expect(known.filter((row) => row.platform_message_id === null || !seen.has(row.platform_message_id))).toEqual([]);
    return { people: options.people, kills: options.kills, sent: done.sent, unknown: done.unknown };
  } finally {
    await Promise.all(children.map((child) => endChild(child)));
    await store.close();
  }
}

async function finished(ask: () => ReturnType<typeof campaignStatus>, people: number): Promise<CampaignStatus> {
  for (const untilMs = performance.now() + 300_000; ;) {
    const found = await ask();
    if (found.ok && found.status.state === 'done' && found.status.audience === people) return found.status;
    if (performance.now() > untilMs) throw new Error(`it did not finish: ${JSON.stringify(found)}`);
    await sleep(100);
  }
}
