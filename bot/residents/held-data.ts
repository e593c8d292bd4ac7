import type { Group } from '#bot/campaigns/groups.ts';
import type { ChannelName } from '#bot/channels/channel.ts';
import { childrenOf, type Child } from '#bot/store/children.ts';
import { consentHistory, type Consent } from '#bot/store/consents.ts';
import { groupsOf } from '#bot/store/groups.ts';
import { messagesOf, ticketsOf, type HeldMessage, type HeldTicket } from '#bot/store/held.ts';
import { addressOf, type Person } from '#bot/store/people.ts';
import { rightsRequests, type RightsRequest } from '#bot/store/rights.ts';
import type { Tx } from '#bot/store/schema.ts';
import type { Lang } from '#knowledge/lang.ts';

/** Everything that is held about one person, as data; how it reads is the conversation's matter. */
export type HeldData = {
  channel: ChannelName;
  address: string | null;
  lang: Lang;
  villageId: string | null;
  stopped: boolean;
  consents: Consent[];
  /** Both directions, oldest first; text is null where retention has removed it. */
  messages: HeldMessage[];
  tickets: HeldTicket[];
  rights: RightsRequest[];
  /** Children whose vaccinations they asked to be reminded of. */
  children: Child[];
  /** Groups they chose, so that some announcements are for them. */
  groups: Group[];
};

export type { HeldMessage, HeldTicket };

export async function heldData(tx: Tx, person: Person): Promise<HeldData> {
  return {
    channel: person.channel,
    address: await addressOf(tx, person),
    lang: person.lang,
    villageId: person.villageId,
    stopped: person.state === 'stopped',
    consents: await consentHistory(tx, person.id),
    messages: await messagesOf(tx, person),
    tickets: await ticketsOf(tx, person),
    rights: await rightsRequests(tx, { personId: person.id }),
    groups: await groupsOf(tx, person.id),
    children: (await childrenOf(tx, person)).map(({ child }) => child),
  };
}

