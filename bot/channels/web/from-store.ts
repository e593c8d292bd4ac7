import type { Worker } from '#bot/delivery/worker.ts';
import { messagesOf } from '#bot/store/held.ts';
import { sentSince, type OutboxRow } from '#bot/store/outbox.ts';
import { changePerson, findPerson } from '#bot/store/people.ts';
import type { Store } from '#bot/store/store.ts';
import type { WebAudience } from './channel.ts';
import type { Said, StoredReply, WebPorts } from './ports.ts';

/** Entries read at once for a page that was away; a page away longer loads anew. */
const CATCH_UP = 200;

/** The web chat over the store and the inbox. */
export function portsOver(store: Store, worker: Worker, audience: WebAudience, clock: () => number): WebPorts {
  return {
    hear: async (visitor, content, platformId) => {
      const rows = await worker.handleNow({ channel: 'web', platformId, address: visitor, atMs: clock(), content });
      return (rows ?? []).flatMap(visible);
    },
    later: (visitor, afterId) => store.read(async (tx) => {
      const person = await findPerson(tx, 'web', visitor);
      return person === null ? [] : (await sentSince(tx, person, Number(afterId), { limit: CATCH_UP })).flatMap(visible);
    }),
    subscribe: (visitor, wake) => audience.subscribe(visitor, wake),
    history: (visitor, limit) => store.read(async (tx) => {
      const person = await findPerson(tx, 'web', visitor);
      return person === null ? [] : (await messagesOf(tx, person, { latest: limit })).flatMap(said);
    }),
    language: (visitor) => store.read(async (tx) => (await findPerson(tx, 'web', visitor))?.lang ?? 'vi'),
    forget: (visitor) => store.write(async (tx) => {
      // Nobody can come back under this cookie, but a question that is with the station stays with it.
      const person = await findPerson(tx, 'web', visitor);
      if (person !== null) await changePerson(tx, person.id, { state: 'gone' });
    }),
  };
}

function visible(row: OutboxRow): StoredReply[] {
  return row.seq === null ? [] : [{ id: String(row.seq), atMs: row.createdMs, piece: row.piece }];
}

type Held = Awaited<ReturnType<typeof messagesOf>>[number];

/** What retention has emptied, and what has not reached the person, is no part of the conversation they see. */
function said(message: Held): Said[] {
  if (message.direction === 'in') {
    return message.content === null ? [] : [{ by: 'resident', platformId: message.platformId, atMs: message.atMs, content: message.content }];
  }
  return message.piece === null || message.seq === null ? [] : [{ by: 'station', reply: { id: String(message.seq), atMs: message.atMs, piece: message.piece } }];
}
