import { expect, test } from 'vitest';
import type { TokenRecord } from 'zalo-sdk-adapter';
import { heldFor } from '#bot/store/talks.ts';
import { settleTickets } from '#bot/tickets/desk.ts';
import type { Inbound } from '#bot/channels/channel.ts';
import { zaloPorts } from '#bot/channels/zalo/from-store.ts';
import { tokensIn } from '#bot/channels/zalo/tokens.ts';
import { receive } from '#bot/store/inbox.ts';
import { addToOutbox, countOutbox } from '#bot/store/outbox.ts';
import { personAt } from '#bot/store/people.ts';
import { beginSending, claim, settle } from '#bot/store/sending.ts';
import { createTexts } from '#locales/texts.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { plainPiece } from '#test/store/fresh.ts';

const texts = await createTexts();
const MAI = '2512523625412515';
const record = (version: number, refresh: string): TokenRecord => ({
  version, oa_id: '579745863508352884', access_token: 'a', refresh_token: refresh, obtained_at_ms: 1, expires_at_ms: 2, pending: null, unsure_since_ms: null, not_before_ms: 0, failures: 0, reauth: null,
});

onBothEngines((fresh) => {
  test('of many who write the first tokens, or the next, one succeeds', async () => {
    await using ground = await fresh();
    const other = await ground.beside();
    const [one, two] = [tokensIn(ground.store), tokensIn(other)];
    const race = async (version: number) => (await Promise.all([one, two, one, two].map((storage, i) => storage.swap(version, record(version + 1, `r${version}-${i}`))))).filter((won) => won);
    expect(await race(0)).toHaveLength(1);
    expect(await race(1)).toHaveLength(1);
    expect((await one.read())?.version).toBe(2);
    expect(await two.read()).toEqual(await one.read());
  });

  test('a take-over, its end, an erasure and a waiting answer leave what they should', async () => {
    const time = { nowMs: Date.parse('2026-11-23T08:00:00+07:00') };
    await using ground = await fresh({ clock: () => time.nowMs });
    const { store } = ground;
    const ports = zaloPorts({
      store, texts, place: { villages: [] }, report: () => undefined,
      worker: { receive: (inbound) => store.write((tx) => receive(tx, inbound, { inCall: false })) },
    });
    const said = (id: string): Inbound => ({ channel: 'zalo', platformId: id, address: MAI, atMs: time.nowMs, content: { kind: 'text', text: id, forwarded: false } });
    const inbox = () => store.read(async ({ db }) => (await db.selectFrom('inbox').select(['platform_id', 'state']).orderBy('id').execute()).map((row) => `${row.platform_id} ${row.state}`));
    await ports.store(said('a'));
    await ports.answeredByHand(MAI, { key: 'k1', atMs: time.nowMs, text: 'Dạ' });
    await ports.answeredByHand(MAI, { key: 'k1', atMs: time.nowMs, text: 'Dạ' });
    const met = await store.write((tx) => personAt(tx, 'zalo', MAI));
    const held = () => store.read((tx) => heldFor(tx, met.id, time.nowMs));
    expect(await held()).toMatchObject({ name: '', untilMs: time.nowMs + 30 * 60_000 });
    await ports.store(said('b'));
    expect(await inbox()).toEqual(['a new', 'b new']);
    time.nowMs += 31 * 60_000;
    await store.write((tx) => settleTickets(tx, texts));
    expect(await held()).toBeNull();
    // That a person speaks, told once, and that the program listens again.
    expect((await store.read(countOutbox)).queued).toBe(2);
    await ports.store(said('c'));
    expect(await inbox()).toEqual(['a new', 'b new', 'c new']);
    for (let n = 0; n < 2; n += 1) {
      for (const row of await store.write((tx) => claim(tx, { channel: 'zalo', lease: `told-${n}`, leaseMs: 60_000, limit: 10 }))) {
        await store.write((tx) => beginSending(tx, [row], 60_000));
        await store.write((tx) => settle(tx, row, { attempts: 1, outcome: { kind: 'sent', platformMessageId: null } }));
      }
    }

    // An answer of staff after the window, then a word of the person.
    const person = await store.write((tx) => personAt(tx, 'zalo', MAI));
    await store.write((tx) => addToOutbox(tx, person, [{ kind: 'staff-answer', piece: plainPiece('Trạm trả lời') }]));
    const rows = await store.write((tx) => claim(tx, { channel: 'zalo', lease: 'a', leaseMs: 60_000, limit: 10 }));
    for (const row of rows) {
      await store.write((tx) => beginSending(tx, [row], 60_000));
      await store.write((tx) => settle(tx, row, { attempts: 1, outcome: { kind: 'refused', why: 'window-closed' } }));
    }
    for (const row of await store.write((tx) => claim(tx, { channel: 'zalo', lease: 'b', leaseMs: 60_000, limit: 10 }))) await store.write((tx) => settle(tx, row, { attempts: 1, outcome: { kind: 'refused', why: 'window-closed' } }));
    for (const row of await store.write((tx) => claim(tx, { channel: 'zalo', lease: 'c', leaseMs: 60_000, limit: 10 }))) await store.write((tx) => settle(tx, row, { attempts: 1, outcome: { kind: 'refused', why: 'window-closed' } }));
    await ports.keepHouse();
    expect((await store.read(countOutbox)).queued).toBe(0);
    time.nowMs += 1000;
    await ports.store(said('d'));
    await store.write(({ db }) => db.updateTable('residents').set({ last_inbound_ms: time.nowMs }).execute());
    await ports.keepHouse();
    expect((await store.read(countOutbox)).queued).toBe(1);

    await ports.withdrawn(MAI, { key: 'k2', atMs: time.nowMs });
    await ports.withdrawn(MAI, { key: 'k2', atMs: time.nowMs });
    const states = await store.read(async ({ db }) => (await db.selectFrom('residents').select('state').execute()).map(({ state }) => state));
    expect(states.toSorted()).toEqual(['erased', 'leaving']);
  });

  test('an echo settles the send that has its words, and no other', async () => {
    await using ground = await fresh();
    const { store } = ground;
    const ports = zaloPorts({
      store, texts, place: { villages: [] }, report: () => undefined, worker: { receive: () => Promise.reject(new Error('nobody writes')) },
    });
    await store.write(async (tx) => {
      await addToOutbox(tx, await personAt(tx, 'zalo', MAI), [{ kind: 'announcement', piece: plainPiece('Thông báo') }, { kind: 'announcement', piece: plainPiece('Ngày mai tiêm') }]);
    });
    for (const lease of ['a', 'b']) {
      for (const row of await store.write((tx) => claim(tx, { channel: 'zalo', lease, leaseMs: 60_000, limit: 10 }))) {
        await store.write((tx) => beginSending(tx, [row], 60_000));
        await store.write((tx) => settle(tx, row, { attempts: 1, outcome: { kind: 'unknown', why: 'x' } }));
      }
    }
    await ports.echoed(MAI, { id: 'm1', text: 'Chào của chương trình khác' });
    expect(await store.read(countOutbox)).toMatchObject({ unknown: 2, sent: 0 });
    await ports.echoed(MAI, { id: 'm2', text: 'Ngày mai tiêm'.normalize('NFD') });
    const rows = await store.read(async ({ db }) => db.selectFrom('outbox').select(['state', 'platform_message_id']).orderBy('id').execute());
    expect(rows).toEqual([{ state: 'unknown', platform_message_id: null }, { state: 'sent', platform_message_id: 'm2' }]);
  });

  test.each([
    ['where it can be heard', 'Bấm để nghe: https://tram.example/nghe/abcdefgh12'],
    ['whom to call', 'Ở đây chưa gửi được giọng nói. Bà con gọi trạm để nghe: 0900 000 001.'],
  ])('an echo of a spoken answer has a line more, which says %s: it settles its send and no other', async (_what, line) => {
    await using ground = await fresh();
    const { store } = ground;
    const ports = zaloPorts({
      store, texts, place: { villages: [] }, report: () => undefined, worker: { receive: () => Promise.reject(new Error('nobody writes')) },
    });
    const spoken = { ...plainPiece('Y sĩ H’Lan trả lời bà con bằng giọng nói.'), voice: { id: 'abcdefgh12', lang: 'vi' as const, seconds: 4 }, buttons: [{ label: 'Cảm ơn', value: 'thanks' }] };
    await store.write(async (tx) => {
      await addToOutbox(tx, await personAt(tx, 'zalo', MAI), [{ kind: 'staff-answer', piece: plainPiece('Y sĩ H’Lan trả lời bà con.') }, { kind: 'staff-answer', piece: spoken }]);
    });
    for (const lease of ['a', 'b']) {
      for (const row of await store.write((tx) => claim(tx, { channel: 'zalo', lease, leaseMs: 60_000, limit: 10 }))) {
        await store.write((tx) => beginSending(tx, [row], 60_000));
        await store.write((tx) => settle(tx, row, { attempts: 1, outcome: { kind: 'unknown', why: 'x' } }));
      }
    }
    await ports.echoed(MAI, { id: 'm0', text: `Lời khác\n${line}\n\nNhắn 1: Cảm ơn` });
    expect(await store.read(countOutbox)).toMatchObject({ unknown: 2, sent: 0 });
    await ports.echoed(MAI, { id: 'm1', text: `${spoken.text}\n${line}\n\nNhắn 1: Cảm ơn` });
    const rows = await store.read(async ({ db }) => db.selectFrom('outbox').select(['state', 'platform_message_id']).orderBy('id').execute());
    expect(rows).toEqual([{ state: 'unknown', platform_message_id: null }, { state: 'sent', platform_message_id: 'm1' }]);
  });
});
