import { expect, test } from 'vitest';
import { campaignStatus, createCampaign, editCampaign, startCampaign, stopCampaign, type CampaignPorts } from '#bot/campaigns/campaigns.ts';
import { createCampaignRunner } from '#bot/campaigns/runner.ts';
import type { SendOutcome } from '#bot/channels/channel.ts';
import { campaignById, type Campaign } from '#bot/store/campaigns.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { BY, DRAFT, many, NOON, platform, portsFor, residents, sending } from './ground.ts';

/** What happens to an announcement between two instants. */

async function created(ports: CampaignPorts, change: Partial<typeof DRAFT> = {}): Promise<number> {
  const made = await createCampaign(ports, { ...DRAFT, ...change }, BY);
  if (!made.ok) throw new Error(made.problem.kind);
  return made.id;
}

async function kept(ports: CampaignPorts, id: number): Promise<Campaign> {
  const found = await ports.store.read((tx) => campaignById(tx, id));
  if (found === null) throw new Error('not there');
  return found;
}

onBothEngines((fresh) => {
  test('one that cannot be read is told, and the others go out all the same', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, many(2));
    const schedule = { kind: 'at', atMs: NOON + 60_000 } as const;
    const [broken, sound] = [await created(ports, { schedule }), await created(ports, { schedule })];
    for (const id of [broken, sound]) expect(await startCampaign(ports, id, BY)).toMatchObject({ ok: true, state: 'scheduled' });
    await ground.store.write((tx) => tx.db.updateTable('campaigns').set({ due_ms: NOON }).execute());
    await ground.store.write((tx) => tx.db.updateTable('campaigns').set({ content: '{}' }).where('id', '=', broken).execute());
    const troubles: unknown[] = [];
    await createCampaignRunner({ ...ports, onTrouble: (error) => troubles.push(error) }).look();
    expect(troubles).toHaveLength(1);
    expect(await kept(ports, sound)).toMatchObject({ state: 'running' });
  });

  test('one whose moment passes while its plan is made is due, and not over', async () => {
    let nowMs = NOON;
    const clock = (): number => nowMs;
    await using ground = await fresh({ clock });
    await residents(ground.store, many(2));
    // Zalo is asked while the plan is made, and takes its time.
    const ports: CampaignPorts = { ...portsFor(ground.store, clock), zalo: { paidLeft: () => { nowMs += 2_000; return Promise.resolve(null); } } };
    const id = await created(ports, { schedule: { kind: 'at', atMs: NOON + 1_000 } });
    expect(await startCampaign(ports, id, BY)).toMatchObject({ ok: true });
    expect(await kept(ports, id)).toMatchObject({ state: 'scheduled', dueMs: NOON + 1_000 });
    await createCampaignRunner({ ...ports, onTrouble: (error) => { throw error; } }).look();
    expect(await kept(ports, id)).toMatchObject({ state: 'running' });
  });

  test('one that somebody changes while another starts it is not sent, and its next plan is of the new words', async () => {
    await using ground = await fresh({ clock: () => NOON });
    await residents(ground.store, many(2));
    const ids: number[] = [];
    let edits = 1;
    const plain = portsFor(ground.store);
    const ports: CampaignPorts = { ...plain, zalo: { paidLeft: async () => {
      if (edits-- > 0) expect(await editCampaign(plain, ids[0] ?? 0, { ...DRAFT, content: { vi: 'Lời khác hẳn.' } }, BY)).toMatchObject({ ok: true });
      return null;
    } } };
    ids.push(await created(ports));
    const [id = 0] = ids;
    expect(await startCampaign(ports, id, BY)).toEqual({ ok: false, problem: { kind: 'changed' } });
    expect(await kept(ports, id)).toMatchObject({ state: 'draft', content: { vi: 'Lời khác hẳn.' } });
    expect(await startCampaign(ports, id, BY)).toMatchObject({ ok: true });
  });

  test('what is on its way when one is stopped, and comes back, is taken back as well', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, many(1));
    const calls: ((outcome: SendOutcome) => void)[] = [];
    const channel = platform('telegram', () => new Promise<SendOutcome>((answer) => calls.push(answer)));
    await using station = sending(ports, [channel]);
    const id = await created(ports);
    expect(await startCampaign(ports, id, BY)).toMatchObject({ ok: true });
    await expect.poll(() => calls.length).toBe(1);
    expect(await stopCampaign(ports, id, BY)).toMatchObject({ ok: true });
    await station.runner.look();
    for (const answer of calls) answer({ kind: 'later', notBeforeMs: NOON, why: 'throttled' });
    await expect.poll(async () => (await campaignStatus(ports, id))).toMatchObject({ ok: true, status: { state: 'stopped', queued: 0, sending: 0, failed: 1 } });
    await expect.poll(async () => (await kept(ports, id)).cursor).toBeNull();
    expect(channel.sent).toEqual([]);
  });
});
