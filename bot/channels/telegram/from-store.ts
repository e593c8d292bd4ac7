import type { Inbound } from '#bot/channels/channel.ts';
import type { Worker } from '#bot/delivery/worker.ts';
import { changePerson, findPerson } from '#bot/store/people.ts';
import type { Store } from '#bot/store/store.ts';
import { bothIn } from '#bot/conversation/beside.ts';
import type { Place } from '#knowledge/place.ts';
import type { TextKey, Texts } from '#locales/texts.ts';
import type { Memory, TelegramPorts } from './ports.ts';

export type TelegramBesides = { staff?: TelegramPorts['staff']; /** For words in a person's own language. */ tongues?: { texts: Texts; place: Pick<Place, 'showDrafts'> } };

/** Telegram over the store and the inbox. */
export function telegramPorts(store: Store, worker: Pick<Worker, 'receive'>, report: TelegramPorts['report'], { staff = () => Promise.resolve(null), tongues }: TelegramBesides = {}): TelegramPorts {
  return {
    ...(tongues === undefined ? {} : { words: async (address: string) => {
      const lang = await store.read(async (tx) => (await findPerson(tx, 'telegram', address))?.lang ?? 'vi');
      return { lang, say: (key: TextKey) => bothIn(tongues, lang, key) };
    } }),
    store: async (inbounds) => {
      // One person's messages one after the other, so that they keep their order; everybody's side by side.
      const people = Map.groupBy(inbounds, ({ address }) => address);
      await Promise.all([...people.values()].map((mine) => inTurn(mine, (inbound) => worker.receive(inbound))));
    },
    staff,
    memory: memoryOver(store),
    standing: (address, standing) => store.write(async (tx) => {
      const person = await findPerson(tx, 'telegram', address);
      if (person === null) return;
      if (standing === 'gone' && (person.state === 'active' || person.state === 'stopped')) await changePerson(tx, person.id, { state: 'gone' });
      // Being let in again is no consent to be written to: announcements wait until they write.
    }),
    report,
  };
}

/** Small texts in the store's own notes; nothing personal is among them. */
function memoryOver(store: Store): Memory {
  return {
    get: (key) => store.read(async ({ db }) => (
      await db.selectFrom('meta').select('value').where('key', '=', `telegram:${key}`).executeTakeFirst()
    )?.value ?? null),
    set: async (key, value) => {
      await store.write(({ db }) => db.insertInto('meta').values({ key: `telegram:${key}`, value })
        .onConflict((c) => c.column('key').doUpdateSet({ value })).execute());
    },
  };
}

async function inTurn(inbounds: readonly Inbound[], act: (inbound: Inbound) => Promise<unknown>): Promise<void> {
  for (const inbound of inbounds) await act(inbound);
}
