import { expect, test } from 'vitest';
import { startFakeZalo } from 'zalo-sdk-adapter/fake';
import { campaignReceipts, createCampaign, startCampaign, type CampaignPorts } from '#bot/campaigns/campaigns.ts';
import { noteReceipts } from '#bot/store/receipts.ts';
import { recordConsent } from '#bot/store/consents.ts';
import { findPerson } from '#bot/store/people.ts';
import { countOutbox } from '#bot/store/outbox.ts';
import { mondayClock, mondayMs } from '#test/monday.ts';
import { place } from '#test/campaigns/ground.ts';
import { freshFolder } from '#test/store/fresh.ts';
import { until } from '../serve.ts';
import { openStation, wireOf } from './station.ts';

/** Zalo tells which messages have come to a phone, and nobody else does. */

test('of an announcement by Zalo it is told how many Zalo says have come to the phone, and nothing is taken for it', async () => {
  using folder = freshFolder();
  const fake = await startFakeZalo({ clock: mondayClock, echoes: false });
  const station = await openStation({ dataDir: folder.path, zalo: wireOf(fake), seedRefreshToken: fake.oauth.issue().refresh_token, conversation: 'echo' }, mondayMs);
  const ports: CampaignPorts = { store: station.store, place, texts: station.words, clock: mondayMs };
  try {
    expect(await fake.webhook.register(station.webhook)).toBe(true);
    const people = ['2512523625412511', '2512523625412512', '2512523625412513'].map((id) => fake.person(id));
    for (const person of people) {
      await person.writes('chào trạm');
      await until(() => person.received.length > 0);
      await station.store.write(async (tx) => recordConsent(tx, (await findPerson(tx, 'zalo', person.id))?.id ?? '', { purpose: 'announcements', given: true, textVersion: 'v1' }));
    }
    const made = await createCampaign(ports, { content: { vi: 'Mai trạm nghỉ.' }, audience: '', kind: 'general' }, { accountId: null });
    const id = made.ok ? made.id : 0;
    expect(await campaignReceipts(ports, id)).toBeNull();
    expect(await startCampaign(ports, id, { accountId: null })).toMatchObject({ ok: true });
    const got = () => people.map((person) => person.received.find(({ text }) => text?.includes('Mai trạm nghỉ.') === true)?.message_id);
    await until(() => got().every((messageId) => messageId !== undefined));
    await until(async () => (await station.store.read(countOutbox)).sent === 6);
    expect(await campaignReceipts(ports, id)).toEqual({ channel: 'zalo', sent: 3, received: 0 });
    const [first = '', second = ''] = got();
    await people[0]?.sees([first, 'nobody-knows-this']);
    await people[1]?.sees([second]);
    await station.zalo.stop();
    expect(await campaignReceipts(ports, id)).toEqual({ channel: 'zalo', sent: 3, received: 2 });
    // The same told again changes nothing.
    await station.store.write((tx) => noteReceipts(tx, [first, second]));
    expect(await campaignReceipts(ports, id)).toMatchObject({ received: 2 });
  } finally {
    await station.stop();
    await fake.stop();
  }
});
