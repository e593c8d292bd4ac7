import { expect, test } from 'vitest';
import { campaignStatus, createCampaign, planCampaign, startCampaign, type CampaignPorts } from '#bot/campaigns/campaigns.ts';
import { onlyInVietnamese } from '#bot/conversation/beside.ts';
import type { Store } from '#bot/store/store.ts';
import { createTexts } from '#locales/texts.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { BY, DRAFT, NOON, place, platform, portsFor, residents, sending } from './ground.ts';

const texts = await createTexts();

function portsWith(store: Store, showDrafts: boolean): CampaignPorts {
  return { ...portsFor(store), beside: (lang, make) => onlyInVietnamese({ texts, place: { ...place, showDrafts } }, lang, make) };
}

const PEOPLE = [{ address: 'vi' }, { address: 'jra', change: { lang: 'jra' } }, { address: 'bdq', change: { lang: 'bdq' } }] as const;

onBothEngines((fresh) => {
  test('whose language has no approved words reads the Vietnamese, and in their own that it is missing and how to stop', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsWith(ground.store, true);
    await residents(ground.store, PEOPLE);
    const created = await createCampaign(ports, { ...DRAFT, content: { ...DRAFT.content, bdq: { text: 'Pơgê năr pŭăn.', status: 'approved', by: 'Đinh Mẫu' } } }, BY);
    if (!created.ok) throw new Error(created.problem.kind);
    const planned = await planCampaign(ports, created.id);
    if (!planned.ok) throw new Error(planned.problem.kind);
    expect(planned.plan).toMatchObject({ vietnameseForWant: 1, languages: [{ lang: 'vi', reads: 'vi' }, { lang: 'jra', reads: 'vi' }, { lang: 'bdq', reads: 'bdq' }] });
    const jra = planned.plan.previews.find(({ lang }) => lang === 'jra')?.pieces[0];
    expect(jra?.buttons.map(({ label, value }) => [label.startsWith(texts.draft('jra', 'chat:announcement.stop') ?? '?'), value])).toContainEqual([true, 'stop']);

    const channel = platform();
    await using station = sending(ports, [channel]);
    await startCampaign(ports, created.id, BY);
    station.dispatcher.wake();
    await expect.poll(() => campaignStatus(ports, created.id)).toMatchObject({ ok: true, status: { state: 'done', audience: 3, sent: 3 } });
    const of = (address: string): string => channel.sent.find((each) => each.address === address)?.text ?? '';
    expect(of('vi')).toBe('Sáng thứ Tư có tiêm phòng ở Plei Mẫu.\n\nTrạm Y tế xã Ia Mẫu. Nhắn “Dừng” để thôi nhận.');
    expect(of('jra').startsWith(`${of('vi')}\n\n`)).toBe(true);
    expect(of('jra')).toContain(texts.draft('jra', 'chat:announcement.footer', { station: place.station.name }));
    expect(of('jra')).toContain(texts.draft('jra', 'chat:language.missingPart', { language: texts.draft('jra', 'chat:languageName.jra') ?? '' }));
    expect(of('jra')).toContain(texts.say('vi', 'chat:draft.notice', { language: texts.say('vi', 'chat:languageName.jra') }));
    expect(of('bdq')).toMatch(/^Pơgê năr pŭăn\./u);
  });

  test('where the place shows no drafts and no speaker has approved the line, it is the Vietnamese alone', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsWith(ground.store, false);
    await residents(ground.store, PEOPLE);
    const created = await createCampaign(ports, DRAFT, BY);
    const planned = created.ok ? await planCampaign(ports, created.id) : created;
    if (!planned.ok) throw new Error(planned.problem.kind);
    expect(new Set(planned.plan.previews.map(({ pieces }) => pieces[0]?.text)).size).toBe(1);
  });
});
