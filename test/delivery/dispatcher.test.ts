import { expect, test } from 'vitest';
import type { Channel, Piece, SendOutcome } from '#bot/channels/channel.ts';
import { createDispatcher, type DispatcherOptions } from '#bot/delivery/dispatcher.ts';
import { createMemoryPacing } from '#bot/delivery/pacing.ts';
import { recordConsent } from '#bot/store/consents.ts';
import { addToOutbox, countOutbox } from '#bot/store/outbox.ts';
import { findPerson, personAt } from '#bot/store/people.ts';
import type { MessageKind } from '#bot/store/tables/messages.ts';
import type { Store } from '#bot/store/store.ts';
import { epochOf } from '#knowledge/day.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { plainPiece } from '#test/store/fresh.ts';

const NOON = epochOf('2026-11-22', 12);

/** A platform that does what the test says and remembers what it was asked. */
function platform(send: (text: string, address: string) => SendOutcome | Promise<SendOutcome> = () => ({ kind: 'sent', platformMessageId: null })): Channel & { sent: string[] } {
  const sent: string[] = [];
  return {
    sent,
    name: 'telegram',
    capabilities: { buttons: false, edit: false, receipts: true, typing: false, voice: false, textLimit: 4096, replyWindowHours: null, topics: false },
    send: async (address: string, piece: Piece) => {
      sent.push(piece.text);
      return send(piece.text, address);
    },
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    health: () => 'up',
  };
}

function dispatching(store: Store, channel: Channel, more: Partial<DispatcherOptions> = {}) {
  const dispatcher = createDispatcher({ store, channels: [channel], pacing: createMemoryPacing({}), lookEveryMs: 20, ...more });
  return { ...dispatcher, [Symbol.asyncDispose]: () => dispatcher.stop() };
}

async function queue(store: Store, address: string, texts: string[], kind: MessageKind = 'reply', expiresMs?: number): Promise<void> {
  await store.write(async (tx) => {
    const person = await personAt(tx, 'telegram', address);
    if (kind === 'announcement') await recordConsent(tx, person.id, { purpose: 'announcements', given: true, textVersion: 'v1' });
    await addToOutbox(tx, person, texts.map((text) => ({ kind, piece: plainPiece(text), ...(expiresMs === undefined ? {} : { expiresMs }) })));
  });
}

onBothEngines((fresh) => {
  test('what is queued is sent once, a person\'s pieces in order', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const channel = platform();
    await using dispatcher = dispatching(ground.store, channel, { clock: () => NOON });
    for (const who of ['a', 'b', 'c', 'd']) await queue(ground.store, who, [`${who}1`, `${who}2`, `${who}3`]);
    dispatcher.start();
    await expect.poll(async () => (await ground.store.read(countOutbox)).sent).toBe(12);
    expect(channel.sent).toHaveLength(12);
    for (const who of ['a', 'b', 'c', 'd']) expect(channel.sent.filter((text) => text.startsWith(who))).toEqual([`${who}1`, `${who}2`, `${who}3`]);
  });

  test('rows that wait so long here that they are claimed anew are still sent once', async () => {
    await using ground = await fresh({ clock: () => Date.now() });
    const channel = platform();
    const slow = { take: () => new Promise<number>((resolve) => { setTimeout(() => { resolve(0); }, 20); }), rest: () => Promise.resolve(), perSecond: () => 50, untilPermit: () => 0, close: () => Promise.resolve() };
    await using dispatcher = dispatching(ground.store, channel, { pacing: slow, sendTimeoutMs: 5, concurrency: 4 });
    const people = Array.from({ length: 20 }, (_, i) => `p${i}`);
    for (const who of people) await queue(ground.store, who, [who]);
    dispatcher.start();
    await expect.poll(() => new Set(channel.sent).size).toBe(20);
    await dispatcher.stop();
    expect(channel.sent.toSorted()).toEqual(people.toSorted());
  });

  test('a reply that comes in during a broadcast is out within a handful of sends', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const channel = platform();
    await using dispatcher = dispatching(ground.store, channel, { clock: () => NOON, pacing: createMemoryPacing({ telegram: 40 }) });
    for (let i = 0; i < 120; i += 1) await queue(ground.store, `n${i}`, ['tin'], 'announcement');
    dispatcher.start();
    await expect.poll(() => channel.sent.length).toBeGreaterThan(10);
    await queue(ground.store, 'người hỏi', ['đáp']);
    const before = channel.sent.length;
    dispatcher.wake('telegram');
    await expect.poll(() => channel.sent.indexOf('đáp')).toBeGreaterThan(-1);
    expect(channel.sent.indexOf('đáp') - before).toBeLessThan(45);
  });

  test('nobody is sent twice by two dispatchers on one store', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const channels = [platform(), platform()] as const;
    for (let i = 0; i < 60; i += 1) await queue(ground.store, `n${i}`, [`tin ${i}`], 'announcement');
    await using one = dispatching(ground.store, channels[0], { clock: () => NOON });
    await using two = dispatching(await ground.beside(), channels[1], { clock: () => NOON });
    one.start();
    two.start();
    await expect.poll(async () => (await ground.store.read(countOutbox)).sent).toBe(60);
    const sent = [...channels[0].sent, ...channels[1].sent];
    expect(new Set(sent).size).toBe(sent.length);
  });

  test('the four outcomes: sent, later, gone, refused', async () => {
    let nowMs = NOON;
    await using ground = await fresh({ clock: () => nowMs });
    const channel = platform((text): SendOutcome => {
      if (text === 'chặn') return { kind: 'gone', why: 'blocked' };
      if (text === 'hỏng') return { kind: 'refused', why: 'bad content' };
      if (text === 'bận' && nowMs === NOON) return { kind: 'later', notBeforeMs: NOON + 5000, why: 'throttled' };
      return { kind: 'sent', platformMessageId: null };
    });
    await using dispatcher = dispatching(ground.store, channel, { clock: () => nowMs });
    await queue(ground.store, 'a', ['chặn', 'nữa']);
    await queue(ground.store, 'b', ['hỏng']);
    await queue(ground.store, 'c', ['bận', 'sau bận']);
    dispatcher.start();
    await expect.poll(() => ground.store.read(countOutbox)).toMatchObject({ failed: 3, queued: 2, sending: 0 });
    expect((await ground.store.read((tx) => findPerson(tx, 'telegram', 'a')))?.state).toBe('gone');
    nowMs += 5000;
    await expect.poll(() => ground.store.read(countOutbox)).toMatchObject({ failed: 3, sent: 2 });
    expect(channel.sent.slice(-2)).toEqual(['bận', 'sau bận']);
  });

  test('a send without an answer is unknown; an announcement stays so, an answer is sent once more, a late answer settles it', async () => {
    let nowMs = NOON;
    await using ground = await fresh({ clock: () => nowMs });
    let answerLate: (outcome: SendOutcome) => void = () => undefined;
    const channel = platform((text) => new Promise<SendOutcome>((resolve) => {
      if (text === 'trễ') answerLate = resolve;
      else if (channel.sent.filter((each) => each === text).length > 1) resolve({ kind: 'sent', platformMessageId: null });
    }));
    await using dispatcher = dispatching(ground.store, channel, { clock: () => nowMs, sendTimeoutMs: 50 });
    await queue(ground.store, 'a', ['tin'], 'announcement');
    await queue(ground.store, 'b', ['đáp']);
    await queue(ground.store, 'c', ['trễ'], 'announcement');
    dispatcher.start();
    await expect.poll(() => ground.store.read(countOutbox)).toMatchObject({ unknown: 3 });
    answerLate({ kind: 'sent', platformMessageId: 'p1' });
    await expect.poll(() => ground.store.read(countOutbox)).toMatchObject({ unknown: 2, sent: 1 });
    nowMs += 31_000;
    await dispatcher.keepHouse();
    await expect.poll(() => ground.store.read(countOutbox)).toMatchObject({ unknown: 1, sent: 2 });
    nowMs += 86_400_000;
    await dispatcher.keepHouse();
    expect(channel.sent.toSorted()).toEqual(['trễ', 'tin', 'đáp', 'đáp'].toSorted());
  });

  test('an announcement at night waits for the morning, and what has expired is not sent', async () => {
    let nowMs = epochOf('2026-11-22', 22);
    await using ground = await fresh({ clock: () => nowMs });
    const channel = platform();
    await using dispatcher = dispatching(ground.store, channel, { clock: () => nowMs });
    await queue(ground.store, 'a', ['tin'], 'announcement');
    await queue(ground.store, 'b', ['tin cũ'], 'announcement', epochOf('2026-11-23', 6));
    dispatcher.start();
    await expect.poll(() => ground.store.read(countOutbox)).toMatchObject({ failed: 1, queued: 1 });
    expect(channel.sent).toEqual([]);
    nowMs = epochOf('2026-11-23', 7);
    await expect.poll(() => ground.store.read(countOutbox)).toMatchObject({ sent: 1 });
    expect(channel.sent).toEqual(['tin']);
  });

  test('what waits for a morning of the wrong year goes when the clock is put right', async () => {
    let nowMs = epochOf('2027-11-22', 22);
    await using ground = await fresh({ clock: () => nowMs });
    const channel = platform();
    await using dispatcher = dispatching(ground.store, channel, { clock: () => nowMs });
    await queue(ground.store, 'a', ['tin'], 'announcement');
    dispatcher.start();
    await expect.poll(async () => (await ground.store.read((tx) => tx.db.selectFrom('outbox').select('reason').executeTakeFirst()))?.reason).toBe('night');
    nowMs = NOON;
    await dispatcher.keepHouse();
    await expect.poll(() => ground.store.read(countOutbox)).toMatchObject({ sent: 1 });
  });

  test('no second holds more sends than the limit', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const times: number[] = [];
    const channel = platform(() => {
      times.push(performance.now());
      return { kind: 'sent', platformMessageId: null };
    });
    await using dispatcher = dispatching(ground.store, channel, { clock: () => NOON, pacing: createMemoryPacing({ telegram: 10 }) });
    for (let i = 0; i < 25; i += 1) await queue(ground.store, `n${i}`, ['tin'], 'announcement');
    dispatcher.start();
    await expect.poll(() => times.length).toBe(25);
    expect(Math.max(...times.map((time) => times.filter((each) => each > time - 1000 && each <= time).length))).toBeLessThanOrEqual(10);
  });

  test('under a backlog only what has its permit is begun, so a kill leaves hardly anything in doubt', async () => {
    const LEASE_MS = 60_000;
    await using ground = await fresh({ clock: Date.now });
    const inDoubt: number[] = [];
    const begunForMs: number[] = [];
    const channel = platform(async (_text, address) => {
      await ground.store.read(async (tx) => {
        inDoubt.push((await countOutbox(tx)).sending);
        const person = await findPerson(tx, 'telegram', address);
        const row = await tx.db.selectFrom('outbox').select('lease_until_ms').where('person_id', '=', person?.id ?? '').executeTakeFirstOrThrow();
        begunForMs.push(Date.now() - (Number(row.lease_until_ms) - LEASE_MS));
      });
      return { kind: 'sent', platformMessageId: null };
    });
    // Two a second: whatever is begun in one handful with others waits for seconds, whatever is begun for its permit does not.
    await using dispatcher = dispatching(ground.store, channel, { clock: Date.now, sendTimeoutMs: LEASE_MS / 3, pacing: createMemoryPacing({ telegram: 2 }) });
    for (let i = 0; i < 12; i += 1) await queue(ground.store, `n${i}`, [`câu ${i}`]);
    dispatcher.start();
    await expect.poll(async () => (await ground.store.read(countOutbox)).sent).toBe(12);
    expect(Math.max(...begunForMs)).toBeLessThan(2500);
    expect(Math.max(...inDoubt)).toBeLessThanOrEqual(8);
  });

  test('calls that hang on a platform with a limit do not stop the others', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const release: (() => void)[] = [];
    const channel = platform((text) => (text.startsWith('treo')
      ? new Promise((resolve) => { release.push(() => { resolve({ kind: 'sent', platformMessageId: null }); }); })
      : { kind: 'sent', platformMessageId: null }));
    await using dispatcher = dispatching(ground.store, channel, { clock: () => NOON, pacing: createMemoryPacing({ telegram: 30 }), sendTimeoutMs: 60_000 });
    for (let i = 0; i < 3; i += 1) await queue(ground.store, `t${i}`, [`treo ${i}`]);
    for (let i = 0; i < 6; i += 1) await queue(ground.store, `n${i}`, [`câu ${i}`]);
    dispatcher.start();
    await expect.poll(async () => (await ground.store.read(countOutbox)).sent).toBe(6);
    for (const each of release) each();
    await expect.poll(async () => (await ground.store.read(countOutbox)).sent).toBe(9);
  });

  test('stopping puts back what was not sent, and the next start sends it', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const channel = platform();
    const first = createDispatcher({ store: ground.store, channels: [channel], pacing: createMemoryPacing({ telegram: 1 }), lookEveryMs: 20, clock: () => NOON });
    for (let i = 0; i < 5; i += 1) await queue(ground.store, `n${i}`, [`tin ${i}`]);
    first.start();
    await expect.poll(() => channel.sent.length).toBeGreaterThan(0);
    await first.stop();
    expect(await ground.store.read(countOutbox)).toMatchObject({ sending: 0, unknown: 0 });
    await using second = dispatching(await ground.beside(), channel, { clock: () => NOON });
    second.start();
    await expect.poll(async () => (await ground.store.read(countOutbox)).sent).toBe(5);
    expect(new Set(channel.sent).size).toBe(channel.sent.length);
  });
});
