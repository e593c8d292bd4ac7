import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { campaignStatus, createCampaign, pauseCampaign, planCampaign, resumeCampaign, retryUnknown, startCampaign, stopCampaign, type CampaignPorts, type CampaignStatus } from '#bot/campaigns/campaigns.ts';
import { destroyPerson } from '#bot/store/erasure.ts';
import { campaignById, setCampaignSettings } from '#bot/store/campaigns.ts';
import { sentSince } from '#bot/store/outbox.ts';
import { findPerson } from '#bot/store/people.ts';
import { applyEffects, viewOf } from '#bot/residents/effects.ts';
import { heldData } from '#bot/residents/held-data.ts';
import { epochOf } from '#knowledge/day.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { BY, DRAFT, many, NOON, platform, portsFor, residents, sending } from './ground.ts';

async function made(ports: CampaignPorts, change: Partial<typeof DRAFT> = {}): Promise<number> {
  const created = await createCampaign(ports, { ...DRAFT, ...change }, BY);
  if (!created.ok) throw new Error(created.problem.kind);
  return created.id;
}

async function status(ports: CampaignPorts, id: number): Promise<CampaignStatus> {
  const found = await campaignStatus(ports, id);
  if (!found.ok) throw new Error(found.problem.kind);
  return found.status;
}

onBothEngines((fresh) => {
  test('an announcement started elsewhere is picked up from the store and reaches everybody who agreed, once', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, [...many(30), { address: 'không', agreed: false }, { address: 'chặn', change: { state: 'gone' } }]);
    const channel = platform();
    await using station = sending(ports, [channel]);
    station.dispatcher.wake();
    const elsewhere = portsFor(await ground.beside());
    const id = await made(elsewhere);
    expect(await startCampaign(elsewhere, id, BY)).toMatchObject({ ok: true, state: 'running' });
    await expect.poll(() => status(ports, id)).toEqual({ state: 'done', audience: 31, queued: 0, sending: 0, sent: 30, failed: 0, unknown: 0, unreachable: 1 });
    expect(new Set(channel.sent.map(({ address }) => address)).size).toBe(30);
    expect(channel.sent).toHaveLength(30);
    expect(channel.sent[0]?.text).toContain('Sáng thứ Tư có tiêm phòng');
    expect(channel.sent[0]?.text).toContain('Dừng');
    expect(await startCampaign(ports, id, BY)).toMatchObject({ ok: false, problem: { kind: 'wrong-state' } });
  });

  test('what the person sees later is the text as it was frozen', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, [{ address: 'a', channel: 'web' }]);
    await using station = sending(ports, [platform('web')]);
    station.dispatcher.wake();
    const id = await made(ports);
    await startCampaign(ports, id, BY);
    await expect.poll(async () => (await status(ports, id)).sent).toBe(1);
    const seen = await ground.store.read(async (tx) => {
      const person = await findPerson(tx, 'web', 'a');
      return person === null ? [] : sentSince(tx, person, 0, { limit: 5 });
    });
    expect(seen.map((row) => row.piece.text)).toEqual([expect.stringContaining('Sáng thứ Tư có tiêm phòng')]);
  });

  test('pausing holds it, going on finishes it, stopping takes back the rest', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, many(120));
    // So many go out and no more, however fast or slow the machine is.
    let most = 5;
    const channel = platform('telegram', async () => {
      const number = tries += 1;
      while (number > most) await sleep(5);
      return { kind: 'sent', platformMessageId: null };
    });
    let tries = 0;
    await using station = sending(ports, [channel], { concurrency: 2 });
    station.dispatcher.wake();
    const id = await made(ports);
    await startCampaign(ports, id, BY);
    await expect.poll(() => channel.sent.length).toBe(5);
    expect(await pauseCampaign(ports, id, BY)).toEqual({ ok: true });
    // What was begun at the moment of the pause still arrives.
    most = 60;
    await expect.poll(async () => {
      const before = await status(ports, id);
      await sleep(100);
      return before.sending === 0 && isDeepStrictEqual(await status(ports, id), before);
    }).toBe(true);
    const held = await status(ports, id);
    expect(held).toMatchObject({ state: 'paused', audience: 120, failed: 0 });
    expect(held.queued).toBeGreaterThan(0);
    most = tries + 10;
    await sleep(100);
    expect(await status(ports, id)).toEqual(held);
    expect(await resumeCampaign(ports, id, BY)).toEqual({ ok: true });
    await expect.poll(() => channel.sent.length).toBeGreaterThan(held.sent + 3);
    expect(await stopCampaign(ports, id, BY)).toEqual({ ok: true });
    most = Infinity;
    await expect.poll(() => status(ports, id)).toMatchObject({ state: 'stopped', audience: 120, queued: 0, sending: 0 });
    const stopped = await status(ports, id);
    expect(stopped.sent + stopped.unreachable).toBe(120);
    expect(channel.sent).toHaveLength(stopped.sent);
  });

  test('who stops, refuses the kind or is erased during the run gets nothing more, and is counted', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, many(20));
    const id = await made(ports);
    await startCampaign(ports, id, BY);
    await ground.store.write(async (tx) => {
      const [a, b, c] = await Promise.all(['n1', 'n2', 'n3'].map((address) => findPerson(tx, 'telegram', address)));
      if (a) await applyEffects(tx, a, [{ kind: 'stop' }], null);
      if (b) await applyEffects(tx, b, [{ kind: 'consent', purpose: 'kind-vaccination', given: false, textVersion: 'v1' }], null);
      if (c) await destroyPerson(tx, c.id);
    });
    const channel = platform();
    await using station = sending(ports, [channel]);
    station.dispatcher.wake();
    await expect.poll(() => status(ports, id)).toMatchObject({ state: 'done', audience: 20, sent: 17, unreachable: 3 });
    expect(channel.sent.map(({ address }) => address).filter((address) => ['n1', 'n2', 'n3'].includes(address))).toEqual([]);
  });

  test('the audience: by village, language, channel, without who stopped, refused the kind or has just been written to', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, [
      { address: 'a', change: { villageId: 'plei-mau', lang: 'jra' } }, { address: 'b', change: { villageId: 'plei-mau' } }, { address: 'c', change: { villageId: 'thon-thu' } },
      { address: 'd', channel: 'zalo' }, { address: 'e', channel: 'zalo', change: { lastInboundMs: NOON - 3 * 86_400_000 } }, { address: 'f', channel: 'web', change: { state: 'stopped' } },
    ]);
    const audience = async (expression: string): Promise<number[]> => {
      const planned = await planCampaign(ports, await made(ports, { audience: expression }));
      return planned.ok ? [planned.plan.reachable, planned.plan.audience] : [-1];
    };
    expect(await audience('')).toEqual([4, 5]);
    expect(await audience('village=plei-mau')).toEqual([2, 2]);
    expect(await audience('village=plei-mau lang=jra')).toEqual([1, 1]);
    expect(await audience('village=none')).toEqual([1, 2]);
    expect(await audience('channel=zalo,web')).toEqual([1, 2]);
    expect(await audience('seen<2d')).toEqual([4, 4]);
    expect(await audience('seen>2d')).toEqual([0, 1]);
    expect(await audience('group=parents')).toEqual([0, 0]);
    expect(await createCampaign(ports, { ...DRAFT, audience: 'village=nơi-khác' }, BY)).toMatchObject({ ok: false, problem: { kind: 'audience' } });

    await using station = sending(ports, [platform(), platform('zalo'), platform('web')]);
    station.dispatcher.wake();
    const id = await made(ports, { audience: 'village=thon-thu' });
    await startCampaign(ports, id, BY);
    await expect.poll(async () => (await status(ports, id)).sent).toBe(1);
    expect(await audience('not-within=12h')).toEqual([3, 4]);
  });

  test('an announcement ends with the card it leads to, or before', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports: CampaignPorts = { ...portsFor(ground.store), cardEndsMs: (id) => (id === 'vaccine.cost' ? NOON + 3_600_000 : null) };
    await residents(ground.store, many(1));
    const ends = async (content: typeof DRAFT.content, expiresMs: number | null): Promise<number | null> => {
      const id = await made(ports, { content, expiresMs });
      return (await ground.store.read((tx) => campaignById(tx, id)))?.expiresMs ?? null;
    };
    expect(await ends({ vi: 'Tin', cardId: 'vaccine.cost' }, null)).toBe(NOON + 3_600_000);
    expect(await ends({ vi: 'Tin', cardId: 'vaccine.cost' }, NOON + 60_000)).toBe(NOON + 60_000);
    expect(await ends({ vi: 'Tin', cardId: 'vaccine.cost' }, NOON + 7_200_000)).toBe(NOON + 3_600_000);
    expect(await ends({ vi: 'Tin', cardId: 'khác' }, null)).toBeNull();
    expect(await ends({ vi: 'Tin' }, null)).toBeNull();
  });

  test('the number under an announcement is understood for a day, until something else is shown', async () => {
    let nowMs = NOON;
    const clock = (): number => nowMs;
    await using ground = await fresh({ clock });
    const ports = portsFor(ground.store, clock);
    await residents(ground.store, [{ address: 'z', channel: 'zalo-bot' }, { address: 'không', channel: 'zalo-bot', agreed: false }]);
    const view = (address: string) => ground.store.read(async (tx) => {
      const person = await findPerson(tx, 'zalo-bot', address);
      return person === null ? null : viewOf(tx, person, nowMs);
    });
    await using station = sending(ports, [platform('zalo-bot')]);
    station.dispatcher.wake();
    const id = await made(ports);
    expect((await view('z'))?.context).toBeNull();
    await startCampaign(ports, id, BY);
    await expect.poll(async () => (await status(ports, id)).sent).toBe(1);
    nowMs += 60_000;
    expect((await view('z'))?.context?.choices?.map((choice) => choice.value)).toEqual(['refuse:vaccination', 'stop']);
    expect((await view('không'))?.context).toBeNull();
    await ground.store.write(async (tx) => {
      const person = await findPerson(tx, 'zalo-bot', 'z');
      if (person !== null) await applyEffects(tx, person, [{ kind: 'context', context: { choices: [{ label: 'Khác', value: 'card:x' }], atMs: nowMs } }], null);
    });
    expect((await view('z'))?.context?.choices).toEqual([{ label: 'Khác', value: 'card:x' }]);
    nowMs += 25 * 3_600_000;
    expect((await view('z'))?.context).toBeNull();
  });

  test('each reads their own language where a text is approved, Vietnamese otherwise', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, [{ address: 'a', change: { lang: 'jra' } }, { address: 'b', change: { lang: 'bdq' } }, { address: 'c' }]);
    const channel = platform();
    await using station = sending(ports, [channel]);
    station.dispatcher.wake();
    const id = await made(ports, { content: { vi: 'Tin tiếng Việt.', jra: { text: 'Jrai', status: 'approved', by: 'H’Mẫu' }, bdq: { text: 'Bahnar', status: 'draft' } } });
    const planned = await planCampaign(ports, id);
    expect(planned).toMatchObject({ ok: true, plan: { vietnameseForWant: 1, languages: [{ lang: 'vi', reads: 'vi', people: 1 }, { lang: 'jra', reads: 'jra', people: 1 }, { lang: 'bdq', reads: 'vi', people: 1 }] } });
    await startCampaign(ports, id, BY);
    await expect.poll(() => channel.sent.length).toBe(3);
    expect(channel.sent.toSorted((x, y) => x.address.localeCompare(y.address)).map(({ text }) => text.split('\n')[0])).toEqual(['Jrai', 'Tin tiếng Việt.', 'Tin tiếng Việt.']);
  });

  test('above the head’s number a second person starts it; a change in between takes the question back', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, many(5));
    await ground.store.write((tx) => setCampaignSettings(tx, { confirmAbove: 4, zaloPaidPerMonth: 0 }));
    const id = await made(ports);
    expect(await startCampaign(ports, id, { accountId: 'một' })).toMatchObject({ ok: true, state: 'asked' });
    expect(await startCampaign(ports, id, { accountId: 'một' })).toMatchObject({ ok: false, problem: { kind: 'needs-second-person' } });
    expect(await startCampaign(ports, id, { accountId: 'hai' })).toMatchObject({ ok: true, state: 'running' });
  });

  test('what nobody knows to have arrived is repeated by a press and not before', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, many(3));
    const tries: string[] = [];
    const channel = platform('telegram', (address) => {
      tries.push(address);
      return tries.filter((each) => each === address).length === 1 && address === 'n1' ? { kind: 'unknown', why: 'timeout' } : { kind: 'sent', platformMessageId: null };
    });
    await using station = sending(ports, [channel]);
    const id = await made(ports);
    await startCampaign(ports, id, BY);
    await expect.poll(() => status(ports, id)).toMatchObject({ state: 'done', sent: 2, unknown: 1 });
    await station.dispatcher.keepHouse();
    expect(tries).toHaveLength(3);
    expect(await retryUnknown(ports, id, BY)).toEqual({ ok: true, repeated: 1 });
    await expect.poll(() => status(ports, id)).toMatchObject({ state: 'done', sent: 3, unknown: 0 });
    expect(tries).toHaveLength(4);
  });

  test('at night it rests, unless the head called it urgent; what cannot finish in time does not start', async () => {
    let nowMs = epochOf('2026-11-22', 21);
    const clock = (): number => nowMs;
    await using ground = await fresh({ clock });
    const ports = portsFor(ground.store, clock);
    await residents(ground.store, many(4));
    const channel = platform();
    await using station = sending(ports, [channel]);
    station.dispatcher.wake();
    const quiet = await made(ports);
    const urgent = await made(ports, { urgent: true, content: { vi: 'Gấp' } });
    const late = await made(ports, { expiresMs: epochOf('2026-11-23', 6) });
    expect(await startCampaign(ports, late, BY)).toMatchObject({ ok: false, problem: { kind: 'blocked', blocks: ['ends-too-late'] } });
    await startCampaign(ports, quiet, BY);
    await startCampaign(ports, urgent, BY);
    await expect.poll(() => status(ports, urgent)).toMatchObject({ state: 'done', sent: 4 });
    expect(await status(ports, quiet)).toMatchObject({ state: 'running', queued: 4 });
    nowMs = epochOf('2026-11-23', 7);
    await expect.poll(() => status(ports, quiet)).toMatchObject({ state: 'done', sent: 4 });
  });

  test('at its moment, each week, and daily between two dates: each round once for each person', async () => {
    let nowMs = NOON;
    const clock = (): number => nowMs;
    await using ground = await fresh({ clock });
    const ports = portsFor(ground.store, clock);
    await residents(ground.store, many(2));
    const channel = platform();
    await using station = sending(ports, [channel]);
    station.dispatcher.wake();
    const peak = await made(ports, { schedule: { kind: 'peak', from: '2026-11-23', to: '2026-11-25', hour: 8, minute: 0 } });
    expect(await startCampaign(ports, peak, BY)).toMatchObject({ ok: true, state: 'scheduled' });
    for (const [day, sent] of [['2026-11-23', 2], ['2026-11-24', 4], ['2026-11-25', 6]] as const) {
      nowMs = epochOf(day, 8, 1);
      await expect.poll(() => status(ports, peak)).toMatchObject({ audience: sent, sent });
    }
    await expect.poll(() => status(ports, peak)).toMatchObject({ state: 'done' });
    nowMs = epochOf('2026-11-26', 9);
    await sleep(100);
    expect(channel.sent).toHaveLength(6);
  });

  test('a group that somebody chose is an audience, is told among what is held, and goes with the person', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, many(3));
    const id = await made(ports, { audience: 'group=parents,elders' });
    const reached = async (): Promise<number> => {
      const planned = await planCampaign(ports, id);
      return planned.ok ? planned.plan.reachable : -1;
    };
    expect(await reached()).toBe(0);
    const held = await ground.store.write(async (tx) => {
      const person = await findPerson(tx, 'telegram', 'n1');
      if (person === null) throw new Error('nobody');
      await applyEffects(tx, person, [{ kind: 'group', group: 'parents', joined: true }], null);
      return heldData(tx, person);
    });
    expect(held.groups).toEqual(['parents']);
    expect(await reached()).toBe(1);
    await ground.store.write(async (tx) => {
      const person = await findPerson(tx, 'telegram', 'n1');
      if (person !== null) await destroyPerson(tx, person.id);
    });
    expect(await ground.store.read((tx) => tx.db.selectFrom('resident_groups').selectAll().execute())).toEqual([]);
    expect(await reached()).toBe(0);
  });
});
