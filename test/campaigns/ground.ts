import type { CampaignDraft, CampaignPorts } from '#bot/campaigns/campaigns.ts';
import { createCampaignRunner, type CampaignRunner } from '#bot/campaigns/runner.ts';
import type { Channel, ChannelName, Piece, SendOutcome } from '#bot/channels/channel.ts';
import { createDispatcher, type Dispatcher, type DispatcherOptions } from '#bot/delivery/dispatcher.ts';
import { createMemoryPacing } from '#bot/delivery/pacing.ts';
import { recordConsent } from '#bot/store/consents.ts';
import { changePerson, personAt, type PersonChange } from '#bot/store/people.ts';
import type { Store } from '#bot/store/store.ts';
import { epochOf } from '#knowledge/day.ts';
import { loadPlace } from '#knowledge/place.ts';
import { createTexts } from '#locales/texts.ts';

/** A station with people who agreed to announcements, and a platform that counts. */

/** Noon of a Sunday in Vietnam. */
export const NOON = epochOf('2026-11-22', 12);

const loaded = await loadPlace('knowledge/places/mau');
if (!loaded.ok) throw new Error('the sample place does not load');
export const { place } = loaded;
const texts = await createTexts();

export function portsFor(store: Store, clock: () => number = () => NOON): CampaignPorts {
  return { store, place, texts, clock };
}

export const DRAFT: CampaignDraft = { content: { vi: 'Sáng thứ Tư có tiêm phòng ở Plei Mẫu.' }, audience: '', kind: 'vaccination' };

/** Who does it in tests. */
export const BY = { accountId: null };

export type Resident = { address: string; channel?: ChannelName; change?: PersonChange; agreed?: boolean };

/** People of the station, as they are after they have written once. */
export async function residents(store: Store, people: readonly Resident[]): Promise<void> {
  for (let at = 0; at < people.length; at += 500) {
    await store.write(async (tx) => {
      for (const { address, channel = 'telegram', change, agreed = true } of people.slice(at, at + 500)) {
        const person = await personAt(tx, channel, address);
        await changePerson(tx, person.id, { lastInboundMs: tx.nowMs - 3_600_000, ...change });
        if (agreed) await recordConsent(tx, person.id, { purpose: 'announcements', given: true, textVersion: 'v1' });
      }
    });
  }
}

export const many = (count: number, prefix = 'n'): Resident[] => Array.from({ length: count }, (_, i) => ({ address: `${prefix}${i}` }));

/** A platform that does what the test says and remembers to whom it said what. */
export function platform(name: ChannelName = 'telegram', send: (address: string, piece: Piece) => SendOutcome | Promise<SendOutcome> = () => ({ kind: 'sent', platformMessageId: null })): Channel & { sent: { address: string; text: string }[] } {
  const sent: { address: string; text: string }[] = [];
  return {
    name, sent,
    capabilities: { buttons: true, edit: false, receipts: false, typing: false, voice: true, textLimit: 4096, replyWindowHours: name === 'zalo' ? 48 : null, topics: false },
    send: async (address, piece) => {
      const outcome = await send(address, piece);
      if (outcome.kind === 'sent') sent.push({ address, text: piece.text });
      return outcome;
    },
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    health: () => 'up',
  };
}

export type Station = { dispatcher: Dispatcher; runner: CampaignRunner; [Symbol.asyncDispose]: () => Promise<void> };

/** What of a running program sends announcements. */
export function sending(ports: CampaignPorts, channels: readonly Channel[], more: Partial<DispatcherOptions> = {}): Station {
  const dispatcher = createDispatcher({ store: ports.store, channels, pacing: createMemoryPacing({}), lookEveryMs: 20, clock: ports.clock, ...more });
  const runner = createCampaignRunner({ ...ports, wake: () => { dispatcher.wake(); }, onTrouble: () => undefined, lookEveryMs: 20 });
  dispatcher.start();
  runner.start();
  return {
    dispatcher, runner,
    [Symbol.asyncDispose]: async () => {
      await runner.stop();
      await dispatcher.stop();
    },
  };
}
