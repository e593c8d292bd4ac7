import { expect, test } from 'vitest';
import { giveUp, handleOldest, type Handling } from '#bot/delivery/handle.ts';
import { createWorker, type WorkerOptions } from '#bot/delivery/worker.ts';
import { countInbox, receive } from '#bot/store/inbox.ts';
import { countOutbox } from '#bot/store/outbox.ts';
import { countTickets } from '#bot/store/tickets.ts';
import type { Store } from '#bot/store/store.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { echoing, plainPiece, said } from '#test/store/fresh.ts';

/** A worker that is stopped with the test. */
function working(store: Store, more: Partial<WorkerOptions> = {}) {
  const worker = createWorker({ store, handling: echoing, sweepEveryMs: 50, ...more });
  return { ...worker, [Symbol.asyncDispose]: () => worker.stop() };
}

/** Throws on "độc", and on everything else answers. */
const poisoned: Handling = {
  ...echoing,
  converse: (inbound, resident) => {
    if (inbound.content.kind === 'text' && inbound.content.text === 'độc') throw new Error('poison');
    return echoing.converse(inbound, resident);
  },
};

onBothEngines((fresh) => {
  test('a message is written down, handled and answered; the same one again gives the same reply', async () => {
    await using ground = await fresh();
    await using worker = working(ground.store);
    const rows = await worker.handleNow(said('mot', 'chào', 'w1'));
    expect(rows?.map((row) => [row.piece.text, row.state, row.seq])).toEqual([['đáp: chào', 'sent', 1]]);
    expect(await worker.handleNow(said('mot', 'chào', 'w1'))).toEqual(rows);
    const twice = await Promise.all([1, 2, 3].map(() => worker.handleNow(said('mot', 'hai', 'w2'))));
    expect(new Set(twice.map((each) => each?.[0]?.id)).size).toBe(1);
    expect(await ground.store.read(countInbox)).toEqual({ new: 0, done: 2, failed: 0 });
  });

  test('a message that came over a channel is answered into the queue', async () => {
    await using ground = await fresh();
    const handled: number[] = [];
    await using worker = working(ground.store, { onHandled: ({ rows }) => handled.push(rows.length) });
    const first = await worker.receive(said('mot', 'chào', 'w1'));
    expect(first.fresh).toBe(true);
    expect((await worker.receive(said('mot', 'chào', 'w1'))).fresh).toBe(false);
    await expect.poll(() => handled).toEqual([1]);
    expect((await ground.store.read(countOutbox)).queued).toBe(1);
  });

  test('a conversation keeps its order, and two workers never handle a message twice', async () => {
    await using ground = await fresh();
    const heard: string[] = [];
    const recording: Handling = { ...echoing, converse: (inbound, resident) => {
      if (inbound.content.kind === 'text') heard.push(inbound.content.text);
      return echoing.converse(inbound, resident);
    } };
    await using one = working(ground.store, { handling: recording });
    await using two = working(await ground.beside(), { handling: recording });
    one.start();
    two.start();
    for (let n = 0; n < 12; n += 1) {
      await Promise.all(['a', 'b', 'c'].map((who) => (n % 2 ? one : two).receive(said(who, `${who}${String(n).padStart(2, '0')}`))));
    }
    await expect.poll(async () => (await ground.store.read(countInbox)).done).toBe(36);
    for (const who of ['a', 'b', 'c']) {
      // A transaction that is rolled back to end a deadlock runs its conversation once more; repeats are no second handling.
      const order = [...new Set(heard.filter((text) => text.startsWith(who)))];
      expect(order).toEqual(order.toSorted());
    }
    expect((await ground.store.read(countOutbox)).queued).toBe(36);
  });

  test('a message that another process handles is answered here too', async () => {
    await using ground = await fresh();
    const other = await ground.beside();
    await using asking = working(ground.store);
    const { inboxId, personId } = await other.write((tx) => receive(tx, said('mot', 'chào', 'w1'), { inCall: true }));
    const restUntil = (ms: number) => other.write((tx) => tx.db.updateTable('inbox').set({ not_before_ms: ms }).where('id', '=', inboxId).execute());
    await restUntil(Date.now() + 60_000);
    const asked = asking.handleNow(said('mot', 'chào', 'w1'));
    await restUntil(0);
    await other.write((tx) => handleOldest(tx, personId, echoing));
    expect((await asked)?.map((row) => row.piece.text)).toEqual(['đáp: chào']);
  });

  test('what a dead process left behind is taken up at the start, in order', async () => {
    await using ground = await fresh();
    for (const text of ['một', 'hai', 'ba']) await ground.store.write((tx) => receive(tx, said('mot', text), { inCall: false }));
    await using worker = working(await ground.beside());
    await worker.sweep();
    expect(await ground.store.read(countInbox)).toEqual({ new: 0, done: 3, failed: 0 });
    expect((await ground.store.read(countOutbox)).queued).toBe(3);
  });

  test('a message that cannot be handled is tried a few times, then apologised for and given to staff; the next one is answered', async () => {
    await using ground = await fresh();
    const troubles: string[] = [];
    await using worker = working(ground.store, { handling: poisoned, onTrouble: (what) => troubles.push(what) });
    const [poison, after, elsewhere] = await Promise.all([
      worker.handleNow(said('mot', 'độc')),
      worker.handleNow(said('mot', 'sau đó')),
      worker.handleNow(said('hai', 'chào')),
    ]);
    expect([poison, after, elsewhere].map((rows) => rows?.map((row) => row.piece.text))).toEqual([['xin lỗi'], ['đáp: sau đó'], ['đáp: chào']]);
    expect(troubles).toEqual(Array.from({ length: 4 }, () => 'not-handled'));
    expect(await ground.store.read(countInbox)).toEqual({ new: 0, done: 2, failed: 1 });
    expect(await ground.store.read(countTickets)).toEqual({ open: 1, taken: 0, answered: 0, delivered: 0, closed: 0 });
  });

  test('a message that ends every process that touches it is given up on', async () => {
    await using ground = await fresh();
    const { inboxId, personId } = await ground.store.write((tx) => receive(tx, said('mot', 'nổ'), { inCall: false }));
    await ground.store.write((tx) => tx.db.updateTable('inbox').set({ attempts: 12 }).where('id', '=', inboxId).execute());
    await using worker = working(await ground.beside());
    await worker.sweep();
    expect(await ground.store.read(countInbox)).toEqual({ new: 0, done: 0, failed: 1 });
    expect(await ground.store.write((tx) => giveUp(tx, personId, inboxId, echoing, 'again'))).toEqual({ kind: 'idle' });
  });

  test('a clock that was a day ahead does not let a message rest for a day', async () => {
    let nowMs = Date.UTC(2026, 10, 23);
    const clock = () => nowMs;
    await using ground = await fresh({ clock });
    let well = false;
    const sick: Handling = { ...echoing, converse: (inbound, resident) => {
      if (!well) throw new Error('sick');
      return echoing.converse(inbound, resident);
    } };
    await using worker = working(ground.store, { handling: sick, clock });
    await worker.receive(said('mot', 'chào'));
    await expect.poll(() => ground.store.read((tx) => tx.db.selectFrom('inbox').select('attempts').executeTakeFirst())).toEqual({ attempts: 1 });
    well = true;
    nowMs -= 86_400_000;
    await worker.sweep();
    await expect.poll(async () => { await worker.sweep(); return ground.store.read(countInbox); }).toEqual({ new: 0, done: 1, failed: 0 });
  });

  test('everything that is held is told when asked for', async () => {
    await using ground = await fresh();
    await using worker = working(ground.store, { handling: {
      ...echoing,
      converse: () => ({ replies: [], effects: [{ kind: 'export' }], judgement: null }),
      tellHeld: (held) => [plainPiece(held.messages.map((message) => message.direction).join(' '))],
    } });
    expect((await worker.handleNow(said('mot', 'dữ liệu của tôi')))?.map((row) => row.piece.text)).toEqual(['in']);
    expect((await worker.handleNow(said('mot', 'dữ liệu của tôi')))?.map((row) => row.piece.text)).toEqual(['in out in']);
  });
});
