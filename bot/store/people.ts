import { randomUUID } from 'node:crypto';
import type { Updateable } from 'kysely';
import type { ChannelName } from '#bot/channels/channel.ts';
import { z } from 'zod';
import { langSchema, type Lang } from '#knowledge/lang.ts';
import type { PersonKey } from './keyring.ts';
import type { Tx } from './schema.ts';
import type { ResidentTable } from './tables/residents.ts';

/** Who we talk to. A person exists from their first message until their key is destroyed. */
export type Person = {
  id: string;
  channel: ChannelName;
  lang: Lang;
  villageId: string | null;
  greeted: boolean;
  /** How often they were asked about a language they wrote in. */
  languagesAsked: LanguagesAsked;
  /** They have been told that the station sends announcements. */
  offered: boolean;
  state: Exclude<ResidentTable['state'], 'erased'>;
  lastInboundMs: number | null;
  key: PersonKey;
};

/** How often a person was asked, by language. */
export type LanguagesAsked = Partial<Record<Lang, number>>;

const askedSchema = z.partialRecord(langSchema, z.number().int().min(0));

export type PersonChange = Partial<Pick<Person, 'lang' | 'villageId' | 'greeted' | 'languagesAsked' | 'offered' | 'state' | 'lastInboundMs'>>;

/** The person at this address, or null if we have not met. */
export async function findPerson(tx: Tx, channel: ChannelName, address: string): Promise<Person | null> {
  const row = await people(tx).where('residents.address_hash', '=', tx.ring.addressHash(channel, address)).executeTakeFirst();
  return row ? fromRow(tx, row) : null;
}

/** The person at this address; a stranger is written down, with a key of their own. */
export async function personAt(tx: Tx, channel: ChannelName, address: string): Promise<Person> {
  const known = await findPerson(tx, channel, address);
  if (known) return known;

  const id = randomUUID();
  const { personKey, wrapped } = tx.ring.create(id, await masterInUse(tx));
  const inserted = await tx.db.insertInto('residents').values({
    id,
    channel,
    address_hash: tx.ring.addressHash(channel, address),
    address_sealed: tx.ring.seal(personKey, 'address', address),
    lang: 'vi',
    village_id: null,
    greeted: 0,
    state: 'active',
    last_inbound_ms: null,
    out_seq: 0,
    created_ms: tx.nowMs,
  }).onConflict((c) => c.column('address_hash').doNothing()).returning('id').executeTakeFirst();
  if (inserted) {
    await tx.db.insertInto('keys').values({ person_id: id, master_id: wrapped.masterId, wrapped: wrapped.wrapped }).execute();
    return { id, channel, lang: 'vi', villageId: null, greeted: false, languagesAsked: {}, offered: false, state: 'active', lastInboundMs: null, key: personKey };
  }
  // Another process met them at this very moment.
  const met = await findPerson(tx, channel, address);
  if (!met) throw new Error('a person was neither found nor written');
  return met;
}

/** The person with this id; null once erased. */
export async function personById(tx: Tx, id: string): Promise<Person | null> {
  const row = await people(tx).where('residents.id', '=', id).executeTakeFirst();
  return row ? fromRow(tx, row) : null;
}

/**
 * The person, held by this transaction until it ends, so that nobody else handles their conversation meanwhile; waits
 * for whoever does. Null once erased.
 */
export async function holdPerson(tx: Tx, id: string): Promise<Person | null> {
  const query = people(tx).where('residents.id', '=', id);
  const row = await (tx.engine === 'postgres' ? query.forUpdate('residents') : query).executeTakeFirst();
  return row ? fromRow(tx, row) : null;
}

export async function changePerson(tx: Tx, id: string, change: PersonChange): Promise<void> {
  await tx.db.updateTable('residents').set(columnsOf(change)).where('id', '=', id).execute();
}

/** A change as columns, for a statement that writes more than the change. */
export function columnsOf(change: PersonChange): Updateable<ResidentTable> {
  return {
    ...(change.lang === undefined ? {} : { lang: change.lang }),
    ...(change.villageId === undefined ? {} : { village_id: change.villageId }),
    ...(change.greeted === undefined ? {} : { greeted: change.greeted ? 1 : 0 }),
    ...(change.languagesAsked === undefined ? {} : { asked_langs: JSON.stringify(change.languagesAsked) }),
    ...(change.offered === undefined ? {} : { offered: change.offered ? 1 : 0 }),
    ...(change.state === undefined ? {} : { state: change.state }),
    ...(change.lastInboundMs === undefined ? {} : { last_inbound_ms: change.lastInboundMs }),
  };
}

/** Where to send to, as the platform knows it; null once erased. */
export async function addressOf(tx: Tx, person: Person): Promise<string | null> {
  const row = await tx.db.selectFrom('residents').select('address_sealed').where('id', '=', person.id).executeTakeFirst();
  return row?.address_sealed ? tx.ring.open(person.key, 'address', row.address_sealed) : null;
}

/**
 * The master key that new keys are wrapped by. Asked each time, and held until the commit: a rotation in another process
 * may be putting a new one in use, and a key wrapped by the old one would be lost with it.
 */
export async function masterInUse(tx: Tx): Promise<string> {
  const query = tx.db.selectFrom('meta').select('value').where('key', '=', 'master_id');
  const row = await (tx.engine === 'postgres' ? query.forShare() : query).executeTakeFirstOrThrow();
  return row.value;
}

function people(tx: Tx) {
  return tx.db.selectFrom('residents').innerJoin('keys', 'keys.person_id', 'residents.id').select([
    'residents.id', 'residents.channel', 'residents.lang', 'residents.village_id', 'residents.greeted', 'residents.asked_langs', 'residents.offered', 'residents.state',
    'residents.last_inbound_ms', 'keys.master_id', 'keys.wrapped',
  ]);
}

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof people>['executeTakeFirst']>>>;

function fromRow(tx: Tx, row: Row): Person | null {
  if (row.state === 'erased') return null;
  return {
    id: row.id,
    channel: row.channel,
    lang: row.lang,
    villageId: row.village_id,
    greeted: row.greeted === 1,
    languagesAsked: row.asked_langs === null ? {} : askedSchema.parse(JSON.parse(row.asked_langs)),
    offered: row.offered === 1,
    state: row.state,
    lastInboundMs: row.last_inbound_ms,
    key: tx.ring.unwrap(row.id, { masterId: row.master_id, wrapped: row.wrapped }),
  };
}
