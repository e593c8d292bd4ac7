import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countInbox, markHandled, oldestWaiting, receive } from '#bot/store/inbox.ts';
import { personById } from '#bot/store/people.ts';
import { onBothEngines } from './engines.ts';

const inboundOf = (address: string, n: number) => ({ channel: 'web' as const, address, platformId: `${address}:${n}`, content: { kind: 'text' as const, text: `câu ${n}`, forwarded: false }, atMs: n });

onBothEngines((fresh) => {
  test('messages are counted by state while some wait and others are done', async () => {
    await using ground = await fresh();
    const ids = await ground.store.write(async (tx) => {
      const received: number[] = [];
      for (let n = 0; n < 5; n += 1) received.push((await receive(tx, inboundOf('một người', n), { inCall: true })).inboxId);
      return received;
    });
    expect(await ground.store.read(countInbox)).toEqual({ new: 5, done: 0, failed: 0 });
    await ground.store.write(async (tx) => {
      await markHandled(tx, ids[0] ?? 0, 'done');
      await markHandled(tx, ids[1] ?? 0, 'failed');
    });
    expect(await ground.store.read(countInbox)).toEqual({ new: 3, done: 1, failed: 1 });
  });

  test('one person’s oldest message is found among many that wait, without reading the others', async () => {
    await using ground = await fresh();
    const { store, options } = ground;
    const mine = await store.write(async (tx) => {
      for (let n = 0; n < 300; n += 1) await receive(tx, inboundOf(`người ${n % 100}`, n), { inCall: false });
      return receive(tx, inboundOf('người sau cùng', 1), { inCall: false });
    });
    const found = await store.read(async (tx) => {
      const person = await personById(tx, mine.personId);
      return person && oldestWaiting(tx, person);
    });
    expect(found?.inboxId).toBe(mine.inboxId);

    if (store.engine !== 'sqlite') return;
    // What SQLite does for it would otherwise show only when thousands wait after a power cut.
    const file = new DatabaseSync(join(options.dataDir, 'loa.db'), { readOnly: true });
    const plan = file.prepare(`explain query plan select "id" from "inbox" where "person_id" = ? and "state" = 'new' order by "id" limit 2`).all(mine.personId);
    file.close();
    expect(plan.map(({ detail }) => detail)).toEqual([expect.stringContaining('inbox_waiting')]);
  });
});
