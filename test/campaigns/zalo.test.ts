import { expect, test } from 'vitest';
import { fixedToken, ZaloOA } from 'zalo-sdk-adapter';
import { ManualClock, startFakeZalo, type FakeZalo } from 'zalo-sdk-adapter/fake';
import { campaignStatus, createCampaign, planCampaign, startCampaign, type CampaignPorts } from '#bot/campaigns/campaigns.ts';
import { planOf, type Plan } from '#bot/campaigns/plan.ts';
import { campaignReach } from '#bot/campaigns/reach.ts';
import { notUsedLines, zaloNotes } from '#bot/campaigns/zalo-notes.ts';
import type { Channel } from '#bot/channels/channel.ts';
import { accountOver } from '#bot/channels/zalo/account.ts';
import { createSender } from '#bot/channels/zalo/send.ts';
import { setCampaignSettings } from '#bot/store/campaigns.ts';
import type { Store } from '#bot/store/store.ts';
import type { Place } from '#knowledge/place.ts';
import { createTexts } from '#locales/texts.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { BY, DRAFT, NOON, place, portsFor, residents, sending, type Resident } from './ground.ts';

const texts = await createTexts();
const HOUR_MS = 3_600_000;
const TEMPLATE: NonNullable<Place['zalo']> = { template: { id: '4711', parameters: { noi_dung: { from: 'text', most: 60 }, tram: { from: 'station', most: 40 } } } };

/** People who last wrote so many hours ago. */
const wrote = (hours: number, ...ids: string[]): Resident[] => ids.map((address) => ({ address, channel: 'zalo', change: { lastInboundMs: NOON - hours * HOUR_MS } }));

/** A fake Zalo in which these people wrote when the store says so, and the station's channel and account over it. */
async function connected(people: readonly Resident[]): Promise<{ fake: FakeZalo; channel: Channel; ports: (store: Store, zalo?: Place['zalo']) => CampaignPorts }> {
  const clock = new ManualClock(NOON - 30 * 24 * HOUR_MS);
  const fake = await startFakeZalo({ clock, account: { subQuota: 5 } });
  fake.addTemplate({ id: '4711', tag: 2, status: 'ENABLE', keys: ['noi_dung', 'tram'] });
  for (const { address, change } of people.toSorted((a, b) => (a.change?.lastInboundMs ?? 0) - (b.change?.lastInboundMs ?? 0))) {
    await clock.advance((change?.lastInboundMs ?? NOON) - clock.now());
    await fake.person(address).follows();
  }
  await clock.advance(NOON - clock.now());
  const oa = new ZaloOA({ tokens: fixedToken(fake.oauth.issue().access_token), apiRoot: fake.url, now: () => NOON });
  const sender = createSender({ oa, texts, nowMs: () => NOON, buttons: false, memory: { get: () => Promise.resolve(null), set: () => Promise.resolve() }, onResult: () => undefined });
  const channel: Channel = {
    name: 'zalo',
    capabilities: { buttons: false, edit: false, receipts: true, typing: false, voice: false, textLimit: 2000, replyWindowHours: 48, topics: false },
    send: (address, piece) => sender.send(address, piece), sendTemplate: (address, template) => sender.sendTemplate(address, template),
    start: () => Promise.resolve(), stop: () => Promise.resolve(), health: () => 'up',
  };
  return { fake, channel, ports: (store, zalo = TEMPLATE) => ({ ...portsFor(store), place: { ...place, zalo }, zalo: accountOver(oa, () => NOON) }) };
}

async function planned(ports: CampaignPorts, change: Partial<typeof DRAFT> = {}): Promise<{ id: number; plan: Plan }> {
  const created = await createCampaign(ports, { ...DRAFT, ...change }, BY);
  const plan = created.ok ? await planCampaign(ports, created.id) : created;
  if (!created.ok || !plan.ok) throw new Error('no plan');
  return { id: created.id, plan: plan.plan };
}

test('the ways that are not used stand in every plan, with nobody and the reason', () => {
  const plan = planOf({ groups: [], pieces: { vi: [] }, approved: [], nowMs: NOON, dueMs: NOON, expiresMs: null, urgent: false, zalo: { left: { paid: 0, template: null }, atZalo: null, template: 'not-configured' }, confirmAbove: null });
  expect(plan.notUsed).toEqual([{ way: 'zalo-article', people: 0, why: 'reaches-who-stopped' }, { way: 'zalo-phone', people: 0, why: 'no-numbers-kept' }]);
  expect(notUsedLines(plan, texts)).toEqual([
    'Bài viết trên trang Zalo: 0. Zalo gửi bài viết cho mọi người theo dõi trang, kể cả người đã bảo dừng, và không chọn được làng.',
    'Mẫu tin Zalo theo số điện thoại: 0. Trạm không giữ số điện thoại của ai.',
  ]);
});

onBothEngines((fresh) => {
  test('on Zalo each goes by what is free, then out of the paid messages, then as the approved form; who is left over is in a box', async () => {
    const people = [...wrote(1, 'z1', 'z2'), ...wrote(72, 'z3', 'z4', 'z5'), ...wrote(20 * 24, 'z6', 'z7', 'z8')];
    await using ground = await fresh({ clock: () => NOON });
    const { fake, channel, ports: over } = await connected(people);
    const ports = over(ground.store);
    await residents(ground.store, people);
    await ground.store.write((tx) => setCampaignSettings(tx, { confirmAbove: null, zaloPaidPerMonth: 2, zaloTemplatesPerMonth: 3 }));

    const { id, plan } = await planned(ports);
    expect(plan).toMatchObject({
      audience: 8, reachable: 7, ways: { 'zalo-free': 2, 'zalo-paid': 2, 'zalo-template': 3 }, unreachable: { 'no-quota': 1, 'window-closed': 0 },
      zaloPaid: { needed: 3, left: 2, atZalo: 15 }, zaloTemplate: { state: 'ready', needed: 4, left: 3 },
    });
    expect(zaloNotes(plan, texts).join('\n')).toMatch(/cần 3 tin tính tiền.*còn 15 tin.*cần 4, còn 3 tin.*“Sáng thứ Tư có tiêm phòng ở Plei Mẫu.”, “Trạm Y tế xã Ia Mẫu”/su);

    await using station = sending(ports, [channel]);
    station.dispatcher.wake();
    await startCampaign(ports, id, BY);
    await expect.poll(() => campaignStatus(ports, id)).toMatchObject({ ok: true, status: { state: 'done', audience: 8, sent: 7, unreachable: 1 } });
    expect(fake.sent.filter((sent) => sent.kind === 'text')).toHaveLength(4);
    const forms = fake.sent.filter((sent) => sent.kind === 'template');
    expect(forms.map((sent) => sent.message)).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ template_id: '4711', template_data: { noi_dung: 'Sáng thứ Tư có tiêm phòng ở Plei Mẫu.', tram: 'Trạm Y tế xã Ia Mẫu' } }) as unknown));
    expect(new Set(fake.sent.map((sent) => sent.to)).size).toBe(7);
    expect(await campaignReach(ports, id)).toMatchObject({ ok: true, reach: { reasons: [{ reason: 'no-quota', people: 1 }] } });
    // The month has nothing left for the next one.
    expect((await planned(ports)).plan).toMatchObject({ zaloPaid: { left: 0 }, zaloTemplate: { left: 0 }, ways: { 'zalo-free': 2, 'zalo-paid': 0, 'zalo-template': 0 } });
    await fake.stop();
  });

  test('what Zalo itself says is left holds, whatever the head allows; and whoever wrote meanwhile reads the whole text', async () => {
    const people = [...wrote(72, 'z1', 'z2', 'z3', 'z4'), ...wrote(20 * 24, 'z5')];
    await using ground = await fresh({ clock: () => NOON });
    const { fake, channel, ports: over } = await connected(people);
    fake.account.subQuota = 0;
    const ports = over(ground.store);
    await residents(ground.store, people);
    await ground.store.write((tx) => setCampaignSettings(tx, { confirmAbove: null, zaloPaidPerMonth: 100, zaloTemplatesPerMonth: 5 }));
    const { id, plan } = await planned(ports);
    expect(plan).toMatchObject({ reachable: 5, ways: { 'zalo-paid': 0, 'zalo-template': 5 }, unreachable: { 'no-quota': 0 }, zaloPaid: { atZalo: 0 } });
    await startCampaign(ports, id, BY);
    await residents(ground.store, [{ address: 'z1', channel: 'zalo', change: { lastInboundMs: NOON - 60_000 } }]);
    await fake.person('z1').follows();
    await using station = sending(ports, [channel]);
    station.dispatcher.wake();
    await expect.poll(() => campaignStatus(ports, id)).toMatchObject({ ok: true, status: { state: 'done', sent: 5 } });
    expect(fake.sent.map((sent) => `${sent.to} ${sent.kind}`).toSorted()).toEqual(['z1 text', 'z2 template', 'z3 template', 'z4 template', 'z5 template']);
    await fake.stop();
  });

  test('a form that is not there, not allowed or too short for the first line is off, and the plan says why', async () => {
    const people = wrote(20 * 24, 'z1');
    await using ground = await fresh({ clock: () => NOON });
    const { fake, ports: over } = await connected(people);
    await residents(ground.store, people);
    const without: CampaignPorts = { ...portsFor(ground.store), place };
    expect((await planned(without)).plan).toMatchObject({ zaloTemplate: { state: 'not-configured' }, unreachable: { 'window-closed': 1 }, blocks: ['nobody-reachable'] });
    expect((await planned(over(ground.store))).plan).toMatchObject({ zaloTemplate: { state: 'not-allowed' }, unreachable: { 'window-closed': 1 } });
    await ground.store.write((tx) => setCampaignSettings(tx, { confirmAbove: null, zaloPaidPerMonth: 0, zaloTemplatesPerMonth: 5 }));
    const long = (await planned(over(ground.store), { content: { vi: `Câu này ${'rất '.repeat(20)}dài.` } })).plan;
    expect(long).toMatchObject({ zaloTemplate: { state: 'too-long' }, unreachable: { 'window-closed': 1 } });
    expect(zaloNotes(long, texts).join(' ')).toContain('Viết câu đầu ngắn lại.');
    await fake.stop();
  });
});
