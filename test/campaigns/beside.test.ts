import { expect, test } from 'vitest';
import { campaignStatus, createCampaign, planCampaign, startCampaign, type CampaignPorts } from '#bot/campaigns/campaigns.ts';
import { draftNotice, stationWords } from '#bot/conversation/beside.ts';
import type { Store } from '#bot/store/store.ts';
import type { Lang } from '#knowledge/lang.ts';
import { createTexts, type TextKey, type Values } from '#locales/texts.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { BY, DRAFT, NOON, place, platform, portsFor, residents, sending } from './ground.ts';

const texts = await createTexts();

function portsWith(store: Store, showDrafts: boolean): CampaignPorts {
  return { ...portsFor(store), beside: (lang, words, make) => stationWords({ texts: texts, place: { ...place, showDrafts } }, lang, words, make) };
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
    // The words of a speaker stand first and alone; how to stop is not approved yet, and comes as a draft that says so.
    expect(of('bdq')).toBe([
      'Pơgê năr pŭăn.', texts.say('vi', 'chat:announcement.footer', { station: place.station.name }),
      [texts.draft('bdq', 'chat:announcement.footer', { station: place.station.name }), draftNotice(texts, 'bdq')].join('\n'),
    ].join('\n\n'));
    const keys = planned.plan.previews.find(({ lang }) => lang === 'bdq')?.pieces[0]?.buttons ?? [];
    expect(keys.map(({ label }) => label)).toContain(`${texts.draft('bdq', 'chat:announcement.stop') ?? '?'} (${texts.say('vi', 'chat:announcement.stop')})`);
  });

  test('once a speaker has approved how to stop and the keys, an announcement in the language has no Vietnamese left in it', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const chat = ['chat:announcement.footer', 'chat:announcement.stop', 'chat:announcement.refuse'] as const;
    const approved = { ...texts, langOf: (lang: Lang, key: TextKey) => (chat.some((known) => known === key) ? lang : texts.langOf(lang, key)), say: (lang: Lang, key: TextKey, values?: Values) => (chat.some((known) => known === key) ? texts.draft(lang, key, values) ?? texts.say('vi', key, values) : texts.say(lang, key, values)) };
    const ports = { ...portsWith(ground.store, true), texts: approved, beside: ((lang, words, make) => stationWords({ texts: approved, place: { ...place, showDrafts: true } }, lang, words, make)) satisfies CampaignPorts['beside'] };
    await residents(ground.store, PEOPLE);
    const created = await createCampaign(ports, { ...DRAFT, content: { ...DRAFT.content, bdq: { text: 'Pơgê năr pŭăn.', status: 'approved', by: 'Đinh Mẫu' } } }, BY);
    const planned = created.ok ? await planCampaign(ports, created.id) : created;
    if (!planned.ok) throw new Error(planned.problem.kind);
    const bdq = planned.plan.previews.find(({ lang }) => lang === 'bdq')?.pieces[0];
    expect(bdq?.text).toBe(`Pơgê năr pŭăn.\n\n${texts.draft('bdq', 'chat:announcement.footer', { station: place.station.name }) ?? '?'}`);
    expect(bdq?.buttons.map(({ label }) => label)).toEqual([texts.draft('bdq', 'chat:announcement.refuse'), texts.draft('bdq', 'chat:announcement.stop')]);
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
