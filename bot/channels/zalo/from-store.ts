import { sql } from 'kysely';
import type { Piece } from '#bot/channels/channel.ts';
import type { Worker } from '#bot/delivery/worker.ts';
import { announcedIn } from '#bot/store/announced.ts';
import { consentsOf } from '#bot/store/consents.ts';
import { eraseAtOwnWish } from '#bot/store/erasure.ts';
import { opened, OUTBOX_COLUMNS } from '#bot/store/outbox.ts';
import { changePerson, findPerson, holdPerson, type Person } from '#bot/store/people.ts';
import { noteReceipts } from '#bot/store/receipts.ts';
import { settle } from '#bot/store/sending.ts';
import type { Tx } from '#bot/store/schema.ts';
import type { OutboxState } from '#bot/store/tables/messages.ts';
import type { Store } from '#bot/store/store.ts';
import { answeredByHand } from '#bot/tickets/by-hand.ts';
import type { Place } from '#knowledge/place.ts';
import { fold } from '#knowledge/text.ts';
import type { Texts } from '#locales/texts.ts';
import type { ZaloMemory, ZaloPorts } from './ports.ts';
import { partsOf } from './render.ts';
import { giveAnswers, waitingAnswers } from './waiting-answers.ts';

export type ZaloPortsOptions = {
  store: Store;
  worker: Pick<Worker, 'receive'>;
  place: Pick<Place, 'villages'>;
  texts: Texts;
  report: ZaloPorts['report'];
};

/** How long a person who wrote is remembered as one whose waiting answers may go out; handling takes a fraction of it. */
const LOOK_FOR_MS = 15_000;
/** Zalo brings an event again within hours; after so long its key is not needed. */
const KEYS_LIVE_MS = 7 * 86_400_000;
const SEEN = 'zalo:seen:';
/** After so long a send whose receipt came has been written down as sent. */
const SETTLED_AFTER_MS = 10_000;
const AT_ONCE = 500;
/** More are not remembered: the figure then says less than there is, never more. */
const MOST_RECEIPTS = 20_000;

/** Zalo over the store and the inbox. */
export function zaloPorts(options: ZaloPortsOptions): ZaloPorts {
  const { store, worker, texts } = options;
  const wrote = new Map<string, number>();
  let swept = false;
  const receipts = new Map<string, number>();

  /** Does what one event asks, once, to a person whom we know. */
  const once = (address: string, event: { key: string; atMs: number }, act: (tx: Tx, person: Person) => Promise<void>): Promise<void> => store.write(async (tx) => {
    const key = SEEN + tx.ring.addressHash('zalo-event', event.key);
    const fresh = await tx.db.insertInto('meta').values({ key, value: String(tx.nowMs) }).onConflict((c) => c.column('key').doNothing()).returning('key').executeTakeFirst();
    const person = fresh === undefined ? null : await findPerson(tx, 'zalo', address);
    if (person !== null) await act(tx, person);
  });

  return {
    store: async (inbound) => {
      const { personId } = await worker.receive(inbound);
      wrote.set(personId, performance.now());
    },
    answeredByHand: (address, event) => once(address, event, async (tx, person) => {
      const resident = await holdPerson(tx, person.id);
      if (resident !== null) await answeredByHand(tx, texts, resident, { atMs: event.atMs, done: isDone(texts, event.text) });
    }),
    echoed: (address, message) => store.write(async (tx) => {
      const person = await findPerson(tx, 'zalo', address);
      if (person !== null) await settleByWords(tx, person, message, texts);
    }),
    withdrawn: async (address, event) => {
      await once(address, event, async (tx, person) => {
        await eraseAtOwnWish(tx, person, null);
      });
      await store.scrub();
    },
    shared: (address, event) => once(address, event, async (tx, person) => {
      const village = villageIn(options.place, event.places);
      if (village !== null && (await consentsOf(tx, person.id)).includes('village')) await changePerson(tx, person.id, { villageId: village });
    }),
    arrived: (messageIds) => {
      for (const id of messageIds) if (receipts.size < MOST_RECEIPTS) receipts.set(id, performance.now());
    },
    keepHouse: async (leaving = false) => {
      const settledMs = performance.now() - (leaving ? 0 : SETTLED_AFTER_MS);
      const ripe = [...receipts].filter(([, atMs]) => atMs <= settledMs).map(([id]) => id).slice(0, AT_ONCE);
      if (ripe.length > 0) await store.write((tx) => noteReceipts(tx, ripe));
      for (const id of ripe) receipts.delete(id);
      const people = swept ? [...wrote.keys()] : 'all';
      const waiting = await store.read((tx) => waitingAnswers(tx, people));
      if (waiting.length > 0) await store.write((tx) => giveAnswers(tx, waiting));
      if (!swept) await store.write(forgetKeys);
      swept = true;
      const beforeMs = performance.now() - LOOK_FOR_MS;
      for (const [personId, atMs] of wrote) if (atMs < beforeMs) wrote.delete(personId);
    },
    memory: memoryOver(store, 'zalo'),
    report: options.report,
  };
}

/** Small texts in the store's own notes; nothing personal is among them. */
export function memoryOver(store: Store, prefix: 'zalo' | 'zalo-bot'): ZaloMemory {
  return {
    get: (key) => store.read(async ({ db }) => (
      await db.selectFrom('meta').select('value').where('key', '=', `${prefix}:note:${key}`).executeTakeFirst()
    )?.value ?? null),
    set: async (key, value) => {
      await store.write(({ db }) => db.insertInto('meta').values({ key: `${prefix}:note:${key}`, value })
        .onConflict((c) => c.column('key').doUpdateSet({ value })).execute());
    },
  };
}

/**
 * An echo with an id that we never heard, and the words of a send whose outcome we missed: that send arrived. Words are
 * asked for because other programs, and people, write from the same account.
 */
async function settleByWords(tx: Tx, person: Person, message: { id: string; text: string }, texts: Texts): Promise<void> {
  const rows = await tx.db.selectFrom('outbox').select(OUTBOX_COLUMNS)
    .where('person_id', '=', person.id).where('state', 'in', [sql.lit<OutboxState>('sending'), sql.lit<OutboxState>('unknown')]).orderBy('id').execute();
  const said = message.text.normalize('NFC').trim();
  const announced = await announcedIn(tx, rows);
  const lost = rows.flatMap((row) => opened(tx, row, person.key, announced)).find(({ piece }) => (
    [true, false].some((numbered) => saysAs(said, partsOf(piece, texts, { numbered }).at(-1)?.trim() ?? '', piece))
  ));
  if (lost === undefined) return;
  await settle(tx, { id: lost.id, personId: person.id, lease: null }, { attempts: lost.attempts, outcome: { kind: 'sent', platformMessageId: message.id } });
}

/** Whether these are the words, or the words and the one line about the voice that was added on the way out: its address, or whom to call. */
function saysAs(said: string, words: string, { voice }: Piece): boolean {
  if (said === words) return true;
  const lines = said.split('\n');
  return voice !== undefined && lines.some((_, added) => lines.filter((_line, i) => i !== added).join('\n').trim() === words);
}

/** Whether somebody of the station says, in the chat, that the program may go on. */
function isDone(texts: Texts, text: string | null): boolean {
  const said = fold((text ?? '').trim().toLowerCase());
  return texts.say('vi', 'zalo:silence.doneWords').split('|').some((word) => said === word || said.endsWith(` ${word}`));
}

/** The one village that is named in an address; null when none or several are. */
function villageIn(place: Pick<Place, 'villages'>, places: readonly string[]): string | null {
  const written = ` ${places.map(bare).join(' ')} `;
  const named = place.villages.filter(({ name, aliases }) => [name, ...aliases].some((each) => written.includes(` ${bare(each)} `)));
  return named.length === 1 ? named[0]?.id ?? null : null;
}

function bare(text: string): string {
  return fold(text.toLowerCase()).replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

async function forgetKeys(tx: Tx): Promise<void> {
  const rows = await tx.db.selectFrom('meta').select(['key', 'value']).where('key', 'like', `${SEEN}%`).execute();
  const old = rows.filter(({ value }) => Number(value) < tx.nowMs - KEYS_LIVE_MS).map(({ key }) => key);
  if (old.length > 0) await tx.db.deleteFrom('meta').where('key', 'in', old).execute();
}
