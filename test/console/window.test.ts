import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFakeZalo, type FakeZalo } from 'zalo-sdk-adapter/fake';
import { windowOf } from '#bot/console/ticket.ts';
import { applyEffects } from '#bot/residents/effects.ts';
import { changePerson, personAt } from '#bot/store/people.ts';
import { joined, openStation, type Client, type Station } from './house.ts';

/** A station with Zalo, which takes answers of staff for 48 hours after a person's last word. */

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-11-23T09:00:00+07:00');
let zalo: FakeZalo;
let house: Station;
let lan: Client;

beforeAll(async () => {
  zalo = await startFakeZalo({});
  house = await openStation({ ZALO_APP_ID: zalo.app.appId, ZALO_APP_SECRET: zalo.app.appSecret, ZALO_OA_SECRET_KEY: zalo.app.oaSecretKey, ZALO_API_ROOT: zalo.url, ZALO_OAUTH_ROOT: zalo.url }, () => NOW);
  lan = await joined(house, 'Lan');
});
afterAll(async () => {
  await house.stop();
  await zalo.stop();
});

/** The page of a question of somebody who wrote so many hours ago. */
async function page(address: string, hoursAgo: number, channel: 'zalo' | 'web' = 'zalo'): Promise<string> {
  const id = await house.store.write(async (tx) => {
    const person = await personAt(tx, channel, address);
    await changePerson(tx, person.id, { lastInboundMs: NOW - hoursAgo * HOUR_MS });
    await applyEffects(tx, person, [{ kind: 'ticket', ticket: { kind: 'question', domain: 'health', priority: 'normal', question: `Cháu ho ba hôm, ${address}`, offered: [], reasons: ['score'] } }], null);
    const row = await tx.db.selectFrom('tickets').select('id').where('person_id', '=', person.id).executeTakeFirstOrThrow();
    return row.id;
  });
  return (await lan.get(`/staff/ticket/${id}`)).text;
}

test('before anything is written the page says until when Zalo takes an answer, and that a later one waits for the person', async () => {
  expect(await page('z1', 2)).toContain('Zalo nhận lời của trạm tới 7:00 25/11/2026: 48 giờ từ lúc bà con nhắn lần cuối.');
  expect(await page('z2', 44)).toMatch(/class="tell soon" id="arrives".*tới 13:00: 48 giờ/su);
  const shut = await page('z3', 49);
  expect(shut).toMatch(/class="tell late" id="arrives".*Zalo không nhận lời của trạm nữa.*Viết bây giờ thì máy giữ lời.*gọi điện/su);
  expect(shut.indexOf('id="arrives"')).toBeLessThan(shut.indexOf('<textarea'));
  expect(await page('w1', 400, 'web')).not.toContain('id="arrives"');
});

test('the window ends at the very hour at which the delivery stops sending', () => {
  expect(windowOf(48, NOW - 48 * HOUR_MS + 1, NOW)).toMatchObject({ open: true });
  expect(windowOf(48, NOW - 48 * HOUR_MS, NOW)).toMatchObject({ open: false, untilMs: NOW });
  expect(windowOf(48, null, NOW)).toMatchObject({ open: false });
  expect(windowOf(null, null, NOW)).toBeNull();
});
