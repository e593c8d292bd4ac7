import { expect, test } from 'vitest';
import type { Effect, ResidentView } from '#bot/conversation/turn.ts';
import type { Handling } from '#bot/delivery/handle.ts';
import { createWorker } from '#bot/delivery/worker.ts';
import { heldData } from '#bot/residents/held-data.ts';
import { keepRetention } from '#bot/residents/retention.ts';
import { consentHistory } from '#bot/store/consents.ts';
import { destroyLeaving } from '#bot/store/erasure.ts';
import { countInbox, receive } from '#bot/store/inbox.ts';
import { addToOutbox, countOutbox } from '#bot/store/outbox.ts';
import { findPerson, personAt, type Person } from '#bot/store/people.ts';
import { rightsRequests } from '#bot/store/rights.ts';
import type { Store } from '#bot/store/store.ts';
import { countTickets } from '#bot/store/tickets.ts';
import { epochOf } from '#knowledge/day.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { echoing, plainPiece, said } from '#test/store/fresh.ts';

const DAY = 86_400_000;

/** A conversation whose effects are spelled by the message: `{"kind":"greeted"}`; it remembers what it saw of the person. */
function obeying(): Handling & { views: ResidentView[] } {
  const views: ResidentView[] = [];
  const orders: Record<string, Effect[]> = {
    chào: [{ kind: 'greeted' }],
    'tiếng jrai': [{ kind: 'language', lang: 'jra' }],
    làng: [{ kind: 'village', villageId: 'plei-mau' }, { kind: 'consent', purpose: 'village', given: true, textVersion: 'v2' }],
    'thôi nhớ làng': [{ kind: 'consent', purpose: 'village', given: false, textVersion: 'v2' }],
    'đồng ý': [{ kind: 'consent', purpose: 'announcements', given: true, textVersion: 'v1' }, { kind: 'consent', purpose: 'reminders', given: true, textVersion: 'v1' }],
    dừng: [{ kind: 'stop' }],
    xoá: [{ kind: 'erase' }],
    'sửa dữ liệu': [{ kind: 'ticket', ticket: { kind: 'rights', domain: 'health', priority: 'normal', question: 'sửa tên', offered: [], reasons: ['right:correct'] } }],
    hỏi: [{ kind: 'ticket', ticket: { kind: 'question', domain: 'health', priority: 'normal', question: 'hỏi gì đó', offered: ['5k.mask'], reasons: ['score'] } }],
  };
  return {
    ...echoing,
    views,
    converse: (inbound, resident) => {
      views.push(resident);
      return { ...echoing.converse(inbound, resident), effects: orders[inbound.content.kind === 'text' ? inbound.content.text : ''] ?? [] };
    },
  };
}

async function person(store: Store, address = 'mot'): Promise<Person> {
  const found = await store.read((tx) => findPerson(tx, 'web', address));
  if (!found) throw new Error('nobody is there');
  return found;
}

onBothEngines((fresh) => {
  test('language, village, greeting and consents are seen by the next turn', async () => {
    await using ground = await fresh();
    const handling = obeying();
    const worker = createWorker({ store: ground.store, handling });
    for (const text of ['chào', 'tiếng jrai', 'làng', 'đồng ý', '?']) await worker.handleNow(said('mot', text));
    expect(handling.views[0]).toEqual({ lang: 'vi', villageId: null, greeted: false, consents: [], answered: [], context: null });
    expect(handling.views[4]).toEqual({
      lang: 'jra', villageId: 'plei-mau', greeted: true, consents: ['announcements', 'reminders', 'village'], answered: ['village', 'announcements', 'reminders'], context: null,
    });
    await worker.handleNow(said('mot', 'thôi nhớ làng'));
    expect((await person(ground.store)).villageId).toBeNull();
    await worker.stop();
  });

  test('"dừng" withdraws what goes beyond answers, with its time, takes back what is queued, and answers go on', async () => {
    await using ground = await fresh({ clock: () => epochOf('2026-11-22', 9) });
    const worker = createWorker({ store: ground.store, handling: obeying() });
    await worker.handleNow(said('mot', 'đồng ý'));
    await ground.store.write(async (tx) => addToOutbox(tx, await personAt(tx, 'web', 'mot'), [{ kind: 'announcement', piece: plainPiece('tin') }, { kind: 'reply', piece: plainPiece('đáp') }]));
    expect((await worker.handleNow(said('mot', 'dừng')))?.length).toBe(1);
    const stopped = await person(ground.store);
    expect(stopped.state).toBe('stopped');
    expect((await ground.store.read((tx) => consentHistory(tx, stopped.id))).slice(2)).toEqual([
      { purpose: 'announcements', given: false, textVersion: 'stop', atMs: epochOf('2026-11-22', 9) },
      { purpose: 'reminders', given: false, textVersion: 'stop', atMs: epochOf('2026-11-22', 9) },
    ]);
    expect(await ground.store.read(countOutbox)).toMatchObject({ queued: 1, failed: 1 });
    expect((await worker.handleNow(said('mot', 'còn đó không')))?.length).toBe(1);
    await worker.handleNow(said('mot', 'đồng ý'));
    expect((await person(ground.store)).state).toBe('active');
    await worker.stop();
  });

  test('who says "dừng" without ever having agreed has answered, and is not asked', async () => {
    await using ground = await fresh();
    const handling = obeying();
    const worker = createWorker({ store: ground.store, handling });
    for (const text of ['dừng', 'dừng', '?']) await worker.handleNow(said('mot', text));
    expect(handling.views[2]).toMatchObject({ consents: [], answered: ['announcements', 'reminders'] });
    const { id } = await person(ground.store);
    expect(await ground.store.read((tx) => consentHistory(tx, id))).toHaveLength(2);
    await worker.stop();
  });

  test('"xoá dữ liệu của tôi": the last reply arrives, nothing can be read any more, counts stay, and the next word is a stranger\'s', async () => {
    const nowMs = Date.now();
    await using ground = await fresh({ clock: () => nowMs });
    const handling = obeying();
    const worker = createWorker({ store: ground.store, handling });
    for (const text of ['chào', 'làng', 'hỏi']) await worker.handleNow(said('mot', text));
    const old = await person(ground.store);
    await ground.store.write((tx) => receive(tx, said('mot', 'xoá', 'w-xoá'), { inCall: true }));
    await ground.store.write((tx) => receive(tx, said('mot', 'à còn nữa', 'w-sau'), { inCall: true }));
    expect((await worker.handleNow(said('mot', 'à còn nữa', 'w-sau')))?.map((row) => row.piece.text)).toEqual(['đáp: à còn nữa']);
    expect((await worker.handleNow(said('mot', 'xoá', 'w-xoá')))?.map((row) => row.piece.text)).toEqual(['đáp: xoá']);

    expect(await ground.store.read(countInbox)).toEqual({ new: 0, done: 5, failed: 0 });
    expect(await ground.store.read(countTickets)).toEqual({ open: 0, taken: 0, answered: 0, delivered: 0, closed: 1 });
    const left = await ground.store.read(async (tx) => ({
      keys: await tx.db.selectFrom('keys').select('person_id').where('person_id', '=', old.id).execute(),
      row: await tx.db.selectFrom('residents').select(['state', 'address_hash', 'village_id']).where('id', '=', old.id).executeTakeFirst(),
      words: await tx.db.selectFrom('inbox').select('id').where('person_id', '=', old.id).where('content_sealed', 'is not', null).execute(),
      request: await rightsRequests(tx, { personId: old.id }),
    }));
    expect(left).toMatchObject({ keys: [], row: { state: 'erased', address_hash: null, village_id: null }, words: [], request: [{ right: 'erase', doneMs: nowMs }] });
    expect(handling.views.at(-1)).toMatchObject({ greeted: false, villageId: null, consents: [] });
    await worker.stop();
  });

  test('who asked to be erased and says nothing more is gone altogether a minute after the last reply', async () => {
    let nowMs = Date.now();
    await using ground = await fresh({ clock: () => nowMs });
    const worker = createWorker({ store: ground.store, handling: obeying() });
    await worker.handleNow(said('mot', 'xoá'));
    expect((await person(ground.store)).state).toBe('leaving');
    expect(await ground.store.write((tx) => destroyLeaving(tx, { sinceBeforeMs: nowMs - 60_000 }))).toBe(0);
    nowMs += 60_000;
    expect(await ground.store.write((tx) => destroyLeaving(tx, { sinceBeforeMs: nowMs - 60_000 }))).toBe(1);
    expect(await ground.store.read((tx) => tx.db.selectFrom('keys').selectAll().execute())).toEqual([]);
    expect(await ground.store.read((tx) => findPerson(tx, 'web', 'mot'))).toBeNull();
    await worker.stop();
  });

  test('a wish that needs a person is kept with the law\'s deadlines, and everything held can be read', async () => {
    const nowMs = epochOf('2026-11-20', 15); // a Friday
    await using ground = await fresh({ clock: () => nowMs });
    const worker = createWorker({ store: ground.store, handling: obeying() });
    await worker.handleNow(said('mot', 'đồng ý'));
    await worker.handleNow(said('mot', 'sửa dữ liệu'));
    const [request] = await ground.store.read((tx) => rightsRequests(tx, { openIn: ['health'] }));
    expect(request).toMatchObject({ right: 'correct', askedMs: nowMs, answerDueMs: epochOf('2026-11-25') - 1, doneDueMs: epochOf('2026-12-01') - 1, doneMs: null });
    const mot = await person(ground.store);
    const held = await ground.store.read((tx) => heldData(tx, mot));
    expect(held).toMatchObject({ address: 'mot', lang: 'vi', stopped: false, tickets: [{ kind: 'rights', question: 'sửa tên', state: 'open' }], rights: [{ right: 'correct' }] });
    expect(held.consents).toHaveLength(2);
    expect(held.messages.map((message) => (message.direction === 'in' ? message.content : message.piece?.text))).toEqual([
      { kind: 'text', text: 'đồng ý', forwarded: false }, 'đáp: đồng ý', { kind: 'text', text: 'sửa dữ liệu', forwarded: false }, 'đáp: sửa dữ liệu',
    ]);
    await worker.stop();
  });

  test('after ninety days words are gone and counts are not; what waits and what is open stays; a second night finds nothing', async () => {
    let nowMs = epochOf('2026-08-01', 9);
    await using ground = await fresh({ clock: () => nowMs });
    const worker = createWorker({ store: ground.store, handling: obeying() });
    for (let i = 0; i < 7; i += 1) await worker.handleNow({ ...said(`n${i}`, i === 0 ? 'hỏi' : 'chào'), atMs: nowMs });
    await ground.store.write((tx) => receive(tx, said('n1', 'chờ'), { inCall: false }));
    await ground.store.write(async (tx) => tx.db.updateTable('residents').set({ state: 'gone' }).where('id', '=', (await personAt(tx, 'web', 'n6')).id).execute());
    nowMs += 90 * DAY;
    expect(await keepRetention(ground.store, { textDays: 90, nowMs })).toMatchObject({ messages: 0, replies: 0, people: 0 });
    nowMs += 1;
    expect(await keepRetention(ground.store, { textDays: 90, nowMs })).toEqual({ messages: 7, replies: 7, questions: 0, contexts: 0, drafts: 0, reminders: 0, spoken: 0, along: 0, answerVoices: 0, people: 1, overdueTickets: 1 });
    expect(await keepRetention(ground.store, { textDays: 90, nowMs })).toEqual({ messages: 0, replies: 0, questions: 0, contexts: 0, drafts: 0, reminders: 0, spoken: 0, along: 0, answerVoices: 0, people: 0, overdueTickets: 1 });
    expect(await ground.store.read(countInbox)).toEqual({ new: 1, done: 7, failed: 0 });
    await worker.sweep();
    expect(await ground.store.read(countInbox)).toEqual({ new: 0, done: 8, failed: 0 });
    await worker.stop();
  });
});
