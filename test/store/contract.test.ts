import { expect, test } from 'vitest';
import { recordConsent, consentHistory, consentsOf } from '#bot/store/consents.ts';
import { keepContext, openContext } from '#bot/store/contexts.ts';
import { tracesOf } from '#bot/store/traces.ts';
import { countInbox, oldestWaiting, receive } from '#bot/store/inbox.ts';
import { migrate, SCHEMA_VERSION } from '#bot/store/migrations.ts';
import { addNotices, claimNotices } from '#bot/store/notices.ts';
import type { Tx } from '#bot/store/schema.ts';
import { addToOutbox, countOutbox, repliesTo, sentSince } from '#bot/store/outbox.ts';
import { findPerson, personAt, personById } from '#bot/store/people.ts';
import { beginSending, claim, claimedUnder, type Claimed, dropQueued, endDeadLeases, listUnknown, MOST_ATTEMPTS, repeatLostAnswers, repeatUnknown, settle } from '#bot/store/sending.ts';
import { openStore, type Store } from '#bot/store/store.ts';
import { putSession, sessionsBetween } from '#bot/store/sessions.ts';
import type { MessageKind } from '#bot/store/tables/messages.ts';
import type { Session } from '#bot/vaccination/session-row.ts';
import { onBothEngines } from './engines.ts';
import { plainPiece, said } from './fresh.ts';

const LEASE = { channel: 'web' as const, lease: 'a', leaseMs: 60_000, limit: 10 };

/** Claims and begins to send whatever is due. */
async function beginAll(store: Store): Promise<Claimed[]> {
  return store.write(async (tx) => {
    const rows = await claim(tx, LEASE);
    expect(await beginSending(tx, rows, LEASE.leaseMs)).toHaveLength(rows.length);
    return rows;
  });
}

async function queue(store: Store, address: string, text: string, kind: MessageKind = 'reply', dedupeKey?: string): Promise<number | undefined> {
  const rows = await store.write(async (tx) => addToOutbox(tx, await personAt(tx, 'web', address), [{ kind, piece: plainPiece(text), ...(dedupeKey === undefined ? {} : { dedupeKey }) }]));
  return rows[0]?.id;
}

onBothEngines((fresh) => {
  test('a written row is read back', async () => {
    await using ground = await fresh();
    const { inboxId, personId } = await ground.store.write((tx) => receive(tx, said('mot', 'Sốt xuất huyết là gì?'), { inCall: false }));
    const content = await ground.store.read(async (tx) => {
      const person = await personById(tx, personId);
      const waiting = person && await oldestWaiting(tx, person);
      return waiting && { id: waiting.inboxId, content: waiting.content() };
    });
    expect(content).toEqual({ id: inboxId, content: { kind: 'text', text: 'Sốt xuất huyết là gì?', forwarded: false } });
  });

  test('the same platform id is written once, also when it comes ten times at the same moment', async () => {
    await using ground = await fresh();
    const received = await Promise.all(Array.from({ length: 10 }, () => ground.store.write((tx) => receive(tx, said('mot', 'chào', 'w1'), { inCall: false }))));
    expect(new Set(received.map((each) => each.inboxId)).size).toBe(1);
    expect(received.filter((each) => each.fresh)).toHaveLength(1);
    expect(new Set(received.map((each) => each.personId)).size).toBe(1);
    expect(await ground.store.read(countInbox)).toEqual({ new: 1, done: 0, failed: 0 });
  });

  test('a job that throws takes back its own work and nobody else\'s', async () => {
    await using ground = await fresh();
    const jobs = Array.from({ length: 20 }, (_, i) => ground.store.write(async (tx) => {
      await receive(tx, said(`a${i}`, 'x'), { inCall: false });
      if (i % 2 === 1) throw new Error(`no ${i}`);
      return i;
    }));
    const settled = await Promise.allSettled(jobs);
    expect(settled.map((each) => each.status)).toEqual(settled.map((_, i) => (i % 2 === 1 ? 'rejected' : 'fulfilled')));
    expect((await ground.store.read(countInbox)).new).toBe(10);
  });

  test('what is not committed is not read', async () => {
    await using ground = await fresh();
    const seen = await ground.store.write(async (tx) => {
      await personAt(tx, 'web', 'mot');
      return ground.store.read((reading) => findPerson(reading, 'web', 'mot'));
    });
    expect(seen).toBeNull();
    expect(await ground.store.read((tx) => findPerson(tx, 'web', 'mot'))).not.toBeNull();
  });

  test('a job that asks for another is told so at once instead of waiting for itself', async () => {
    await using ground = await fresh();
    await expect(ground.store.write(() => ground.store.write(() => Promise.resolve(1)))).rejects.toThrow('pass its Tx on');
  });

  test('two claims never hold the same row, and every row is claimed', async () => {
    await using ground = await fresh();
    const other = await ground.beside();
    for (let i = 0; i < 40; i += 1) await queue(ground.store, `a${i}`, 'tin');
    const claims = await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 ? other : ground.store).write((tx) => claim(tx, { ...LEASE, lease: `l${i}`, limit: 5 }))));
    const ids = claims.flat().map((row) => row.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (let more = true; more;) {
      const rest = await ground.store.write((tx) => claim(tx, { ...LEASE, lease: 'rest', limit: 40 }));
      ids.push(...rest.map((row) => row.id).filter((id) => !ids.includes(id)));
      more = ids.length < 40;
    }
    expect(new Set(ids).size).toBe(40);
  });

  test('a process whose clock is a little behind takes nothing that another holds, and gives up nothing that another sends', async () => {
    await using ground = await fresh();
    const other = await ground.beside();
    const behind = <T>(job: (tx: Tx) => Promise<T>): Promise<T> => other.write((tx) => job({ ...tx, nowMs: tx.nowMs - 5_000 }));
    await queue(ground.store, 'mot', 'tin');
    const rows = await ground.store.write((tx) => claim(tx, LEASE));
    expect(rows).toHaveLength(1);
    expect(await behind((tx) => claim(tx, { ...LEASE, lease: 'b' }))).toEqual([]);
    expect(await ground.store.write((tx) => beginSending(tx, rows, LEASE.leaseMs))).toHaveLength(1);
    expect(await behind((tx) => endDeadLeases(tx, { leaseMs: LEASE.leaseMs, except: [] }))).toEqual([]);
    await ground.store.write((tx) => addNotices(tx, [{ dedupeKey: 'one', kind: 'roster', ticketId: null, accountId: null, replyTo: null, detail: '' }]));
    expect(await ground.store.write((tx) => claimNotices(tx, { lease: 'a', leaseMs: LEASE.leaseMs, limit: 5 }))).toHaveLength(1);
    expect(await behind((tx) => claimNotices(tx, { lease: 'b', leaseMs: LEASE.leaseMs, limit: 5 }))).toEqual([]);
  });

  test('a person\'s pieces go one at a time and in order, an emergency overtakes, an announcement waits for nobody else', async () => {
    await using ground = await fresh();
    await queue(ground.store, 'mot', 'thông báo', 'announcement');
    await queue(ground.store, 'mot', 'một');
    await queue(ground.store, 'mot', 'hai');
    const texts = async () => (await ground.store.write((tx) => claim(tx, LEASE))).map((row) => row.piece.text);
    expect(await texts()).toEqual(['một', 'thông báo']);
    expect((await ground.store.write((tx) => claim(tx, { ...LEASE, lease: 'b' }))).length).toBe(0);
    await queue(ground.store, 'mot', 'gọi 115', 'emergency');
    expect((await ground.store.write((tx) => claim(tx, { ...LEASE, lease: 'c' }))).map((row) => row.piece.text)).toEqual(['gọi 115']);
    for (const row of await ground.store.read((tx) => claimedUnder(tx, 'a'))) {
      await ground.store.write((tx) => settle(tx, row, { attempts: 1, outcome: { kind: 'sent', platformMessageId: null } }));
    }
    for (const row of await ground.store.read((tx) => claimedUnder(tx, 'c'))) {
      await ground.store.write((tx) => settle(tx, row, { attempts: 1, outcome: { kind: 'sent', platformMessageId: null } }));
    }
    expect((await ground.store.write((tx) => claim(tx, { ...LEASE, lease: 'd' }))).map((row) => row.piece.text)).toEqual(['hai']);
  });

  test('what became visible later has the greater number, whatever was written first', async () => {
    await using ground = await fresh();
    await queue(ground.store, 'mot', 'thông báo', 'announcement');
    await ground.store.write(async (tx) => addToOutbox(tx, await personAt(tx, 'web', 'mot'), [{ kind: 'reply', piece: plainPiece('đáp'), inCall: true }]));
    const [row] = await ground.store.write((tx) => claim(tx, LEASE));
    if (!row) throw new Error('nothing was claimed');
    await ground.store.write((tx) => settle(tx, row, { attempts: 1, outcome: { kind: 'sent', platformMessageId: null } }));
    const visible = await ground.store.read(async (tx) => {
      const person = await findPerson(tx, 'web', 'mot');
      return person ? sentSince(tx, person, 0, { limit: 10 }) : [];
    });
    expect(visible.map((each) => [each.seq, each.piece.text])).toEqual([[1, 'đáp'], [2, 'thông báo']]);
  });

  test('the same dedupe key keeps the first row', async () => {
    await using ground = await fresh();
    const first = await queue(ground.store, 'mot', 'một', 'announcement', 'campaign:1:mot');
    expect(first).toBeTypeOf('number');
    expect(await queue(ground.store, 'mot', 'hai', 'announcement', 'campaign:1:mot')).toBeUndefined();
    expect((await ground.store.read(countOutbox)).queued).toBe(1);
  });

  test('a claim whose holder died costs nothing: the row is claimed by the next, and the dead one may not send it', async () => {
    let nowMs = Date.UTC(2026, 10, 22);
    await using ground = await fresh({ clock: () => nowMs });
    await queue(ground.store, 'mot', 'tin', 'announcement');
    const [dead] = await ground.store.write((tx) => claim(tx, LEASE));
    if (!dead) throw new Error('nothing was claimed');
    expect(await ground.store.write((tx) => claim(tx, { ...LEASE, lease: 'b' }))).toEqual([]);
    nowMs += 60_001;
    const [next] = await ground.store.write((tx) => claim(tx, { ...LEASE, lease: 'b' }));
    expect(next?.id).toBe(dead.id);
    expect(await ground.store.write((tx) => beginSending(tx, [dead], 60_000))).toEqual([]);
    expect(await ground.store.write((tx) => beginSending(tx, [{ id: dead.id, lease: 'b' }], 60_000))).toHaveLength(1);
    expect(await ground.store.read(countOutbox)).toMatchObject({ queued: 0, sending: 1, unknown: 0 });
  });

  test('a dead lease leaves the row unknown; staff may repeat it, a receipt settles it', async () => {
    let nowMs = Date.UTC(2026, 10, 22);
    await using ground = await fresh({ clock: () => nowMs });
    const [one, two] = [await queue(ground.store, 'mot', 'tin', 'announcement'), await queue(ground.store, 'hai', 'tin', 'announcement')];
    await beginAll(ground.store);
    expect(await ground.store.write((tx) => endDeadLeases(tx, { leaseMs: 60_000, except: [] }))).toEqual([]);
    nowMs += 60_001;
    expect(await ground.store.write((tx) => endDeadLeases(tx, { leaseMs: 60_000, except: [two ?? 0] }))).toEqual([{ id: one, kind: 'announcement' }]);
    await ground.store.write((tx) => endDeadLeases(tx, { leaseMs: 60_000, except: [] }));
    expect((await ground.store.read((tx) => listUnknown(tx, 10))).map((row) => row.id)).toEqual([one, two]);

    nowMs += 86_400_000;
    expect(await ground.store.write((tx) => repeatLostAnswers(tx, { graceMs: 1000, mostAttempts: 3 }))).toBe(0);
    const { personId } = (await ground.store.read((tx) => tx.db.selectFrom('outbox').select('person_id as personId').where('id', '=', one ?? 0).executeTakeFirstOrThrow()));
    await ground.store.write((tx) => settle(tx, { id: one ?? 0, personId, lease: null }, { attempts: 0, outcome: { kind: 'sent', platformMessageId: 'p9' } }));
    expect(await ground.store.write((tx) => repeatUnknown(tx, [one ?? 0, two ?? 0], 0))).toBe(1);
    expect(await ground.store.read(countOutbox)).toEqual({ queued: 1, sending: 0, sent: 1, failed: 0, unknown: 0 });
  });

  test('a lease written by a clock that was a day ahead does not hold its row for a day', async () => {
    let nowMs = Date.UTC(2026, 10, 22);
    await using ground = await fresh({ clock: () => nowMs });
    const id = await queue(ground.store, 'mot', 'tin');
    await beginAll(ground.store);
    nowMs -= 86_400_000;
    expect(await ground.store.write((tx) => endDeadLeases(tx, { leaseMs: 60_000, except: [] }))).toEqual([{ id, kind: 'reply' }]);
  });

  test('an answer that timed out is sent again, one that was in flight at a kill is not, an emergency always is', async () => {
    let nowMs = Date.UTC(2026, 10, 22);
    await using ground = await fresh({ clock: () => nowMs });
    await queue(ground.store, 'mot', 'hết giờ');
    await queue(ground.store, 'hai', 'bị ngắt');
    await queue(ground.store, 'ba', 'cấp cứu', 'emergency');
    const rows = await beginAll(ground.store);
    const timedOut = rows.find((row) => row.piece.text === 'hết giờ');
    if (!timedOut) throw new Error('nothing was claimed');
    await ground.store.write((tx) => settle(tx, timedOut, { attempts: 1, outcome: { kind: 'unknown', why: 'no answer in time' } }));
    nowMs += 60_001;
    await ground.store.write((tx) => endDeadLeases(tx, { leaseMs: 60_000, except: [] }));
    nowMs += 30_000;
    expect(await ground.store.write((tx) => repeatLostAnswers(tx, { graceMs: 30_000, mostAttempts: 3 }))).toBe(2);
    expect((await ground.store.write((tx) => claim(tx, LEASE))).map((row) => row.piece.text)).toEqual(['cấp cứu', 'hết giờ']);
  });

  test('a send that comes back rests longer each time, and fails in the end', async () => {
    let nowMs = Date.UTC(2026, 10, 22);
    await using ground = await fresh({ clock: () => nowMs });
    await queue(ground.store, 'mot', 'tin');
    const rests: number[] = [];
    for (let i = 0; i < MOST_ATTEMPTS; i += 1) {
      const startMs = nowMs;
      let row;
      while (!(row = (await ground.store.write((tx) => claim(tx, LEASE)))[0])) nowMs += 500;
      rests.push(nowMs - startMs);
      const { id, personId, lease } = row;
      const attempts = row.attempts + 1;
      await ground.store.write((tx) => beginSending(tx, [row], 60_000));
      await ground.store.write((tx) => settle(tx, { id, personId, lease }, { attempts, outcome: { kind: 'later', notBeforeMs: 0, why: 'throttled' } }));
      if (attempts > 11) nowMs += 3_600_000;
    }
    expect(rests.slice(1, 6)).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect(await ground.store.read(countOutbox)).toMatchObject({ queued: 0, failed: 1 });
  });

  test('someone who is gone gets nothing more, and is back when they write', async () => {
    await using ground = await fresh();
    await queue(ground.store, 'mot', 'một');
    await queue(ground.store, 'mot', 'hai');
    const [row] = await ground.store.write((tx) => claim(tx, LEASE));
    if (!row) throw new Error('nothing was claimed');
    await ground.store.write((tx) => settle(tx, row, { attempts: 1, outcome: { kind: 'gone', why: 'blocked' } }));
    expect(await ground.store.read(countOutbox)).toMatchObject({ queued: 0, failed: 2 });
    expect((await ground.store.read((tx) => findPerson(tx, 'web', 'mot')))?.state).toBe('gone');
    expect(await ground.store.write((tx) => dropQueued(tx, row.personId, { kinds: 'all', reason: 'x' }))).toBe(0);
  });

  test('a consent is the latest word on its purpose, and every word is kept', async () => {
    await using ground = await fresh();
    const { id } = await ground.store.write((tx) => personAt(tx, 'web', 'mot'));
    for (const given of [true, false, true]) await ground.store.write((tx) => recordConsent(tx, id, { purpose: 'announcements', given, textVersion: 'v1' }));
    await ground.store.write((tx) => recordConsent(tx, id, { purpose: 'reminders', given: false, textVersion: 'v1' }));
    expect(await ground.store.read((tx) => consentsOf(tx, id))).toEqual(['announcements']);
    expect((await ground.store.read((tx) => consentHistory(tx, id))).map((each) => each.given)).toEqual([true, false, true, false]);
  });

  test('a context is kept, replaced, and forgotten after half an hour', async () => {
    await using ground = await fresh();
    const person = await ground.store.write((tx) => personAt(tx, 'web', 'mot'));
    const atMs = Date.UTC(2026, 10, 22);
    await ground.store.write((tx) => keepContext(tx, person, { lastCardId: '5k.mask', atMs: atMs - 5 }));
    await ground.store.write((tx) => keepContext(tx, person, { lastCardId: '5k.5k', atMs }));
    const at = (moment: number) => ground.store.read(async (tx) => openContext(tx, person, (await tracesOf(tx, person.id, moment)).context, moment));
    expect(await at(atMs + 30 * 60_000)).toEqual({ lastCardId: '5k.5k', atMs });
    expect(await at(atMs + 30 * 60_000 + 1)).toBeNull();
    await ground.store.write((tx) => keepContext(tx, person, null));
    expect(await at(atMs)).toBeNull();
  });

  test('replies are found again by their message', async () => {
    await using ground = await fresh();
    const { inboxId } = await ground.store.write((tx) => receive(tx, said('mot', 'x'), { inCall: true }));
    await ground.store.write(async (tx) => addToOutbox(tx, await personAt(tx, 'web', 'mot'), ['một', 'hai'].map((text) => ({ kind: 'reply' as const, piece: plainPiece(text), inboxId }))));
    expect((await ground.store.read((tx) => repliesTo(tx, inboxId))).map((row) => row.piece.text)).toEqual(['một', 'hai']);
  });

  test('the same id from somebody else gives them nothing of what was answered', async () => {
    await using ground = await fresh();
    const mine = await ground.store.write((tx) => receive(tx, said('mot', 'riêng', 'w1'), { inCall: true }));
    expect(await ground.store.write((tx) => receive(tx, said('hai', 'thử', 'w1'), { inCall: true }))).toEqual({ ...mine, fresh: false, foreign: true });
    expect(await ground.store.write((tx) => receive(tx, said('mot', 'riêng', 'w1'), { inCall: true }))).toEqual({ ...mine, fresh: false });
  });

  test('a session is written, changed and found by its day', async () => {
    await using ground = await fresh();
    const session: Session = {
      id: 'tiem-1', day: '2026-11-25', fromMinute: 450, toMinute: 660, place: 'Trạm y tế', mapUrl: null, villages: ['plei-mau'], who: 'trẻ 2–24 tháng',
      vaccines: [{ text: 'sởi', rows: ['measles-1'] }], bring: ['sổ tiêm'], placesLeft: 30, note: null, state: 'planned',
    };
    await ground.store.write((tx) => putSession(tx, session));
    await ground.store.write((tx) => putSession(tx, { ...session, placesLeft: 29 }));
    expect(await ground.store.read((tx) => sessionsBetween(tx, '2026-11-25', '2026-11-25'))).toEqual([{ ...session, placesLeft: 29 }]);
    expect(await ground.store.read((tx) => sessionsBetween(tx, '2026-11-26', '2026-12-01'))).toEqual([]);
  });

  test('opening again changes nothing, also twice at once; a store from a newer program is refused', async () => {
    await using ground = await fresh();
    await ground.store.write((tx) => personAt(tx, 'web', 'mot'));
    const [a, b] = await Promise.all([ground.beside(), ground.beside()]);
    expect(await a.read((tx) => findPerson(tx, 'web', 'mot'))).not.toBeNull();
    expect(await b.write((tx) => migrate(tx.db, tx.engine))).toBeNull();
    await a.write((tx) => tx.db.updateTable('meta').set({ value: String(SCHEMA_VERSION + 1) }).where('key', '=', 'schema_version').execute());
    expect(await openStore(ground.options)).toEqual({ ok: false, problem: { kind: 'newer-database', found: SCHEMA_VERSION + 1, known: SCHEMA_VERSION } });
  });
});
