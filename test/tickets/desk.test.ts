import { expect, test } from 'vitest';
import { historyOf } from '#bot/store/audit.ts';
import { destroyPerson } from '#bot/store/erasure.ts';
import { changePerson, findPerson } from '#bot/store/people.ts';
import { claim, beginSending, settle } from '#bot/store/sending.ts';
import type { Store } from '#bot/store/store.ts';
import { countTickets, listTickets, readTicket, type Ticket } from '#bot/store/tickets.ts';
import { alikeTickets } from '#bot/tickets/alike.ts';
import { answer, answerOthers, close, handBack, reopen, settleTickets, take, type Actor, type Deed } from '#bot/tickets/desk.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { member, station } from './house.ts';

const MINUTE_MS = 60_000;
/** Monday 23 November 2026, 8:00 in Vietnam: within the hours in which staff answer. */
const MONDAY_MS = Date.parse('2026-11-23T08:00:00+07:00');

onBothEngines((fresh) => {
  /** One station, one store, one clock, two of its staff. */
  async function open(verdicts: Parameters<typeof station>[1] = {}) {
    const time = { nowMs: MONDAY_MS };
    const ground = await fresh({ clock: () => time.nowMs });
    const house = await station(() => time.nowMs, verdicts);
    const { store } = ground;
    return {
      store, house, time,
      lan: await member(store, 'Lan'),
      thanh: await member(store, 'Thanh'),
      say: (text: string, address = 'mot') => house.say(store, address, text),
      [Symbol.asyncDispose]: () => ground[Symbol.asyncDispose](),
    };
  }

  test('a question is open until somebody takes it; they answer, it is delivered, they close it, and all of it is in its history', async () => {
    await using desk = await open();
    const { store, house, lan } = desk;
    await desk.say('thuốc của mế hết rồi');
    const [asked] = await shelf(store, lan, 'waiting');
    expect(asked).toMatchObject({ state: 'open', holder: null, question: 'thuốc của mế hết rồi', dueMs: MONDAY_MS + 120 * MINUTE_MS, version: 0 });

    expect(await store.write((tx) => take(tx, house.texts, lan, seen(asked)))).toMatchObject({ ok: true, ticket: { state: 'taken', holder: { name: 'Lan' } } });
    const held = await one(store, lan, asked);
    expect(await store.write((tx) => answer(tx, house.texts, lan, seen(held), 'Dạ, mai trạm phát lại.'))).toMatchObject({ ok: true, ticket: { state: 'answered', delivery: { state: 'queued' } } });
    expect(await sendAll(store)).toEqual(['Lan, Y sĩ, đang trả lời bà con. Máy im lặng từ bây giờ.', 'Lan, Y sĩ:\nDạ, mai trạm phát lại.']);
    await store.write((tx) => settleTickets(tx, house.texts));
    const delivered = await one(store, lan, asked);
    expect(delivered.state).toBe('delivered');
    expect(await store.write((tx) => close(tx, house.texts, lan, seen(delivered)))).toMatchObject({ ok: true, ticket: { state: 'closed', heldUntilMs: null } });
    expect(await sendAll(store)).toEqual(['Máy trả lời lại từ bây giờ. Cần gặp người thì bà con nhắn “gặp cán bộ”.']);

    const history = await store.read((tx) => historyOf(tx, delivered.id));
    expect(history.map((entry) => [entry.what, entry.accountName])).toEqual([['taken', 'Lan'], ['answered', 'Lan'], ['delivered', null], ['closed', 'Lan']]);
    expect(await store.read(countTickets)).toEqual({ open: 0, taken: 0, answered: 0, delivered: 0, closed: 1 });
  });

  test('two people cannot answer at once without seeing it: the second is told, and nothing of theirs is sent', async () => {
    await using desk = await open();
    const { store, house, lan, thanh } = desk;
    await desk.say('thuốc của mế hết rồi');
    const [asked] = await shelf(store, lan, 'waiting');
    const both = await Promise.all([
      store.write((tx) => answer(tx, house.texts, lan, seen(asked), 'Mai phát.')),
      store.write((tx) => answer(tx, house.texts, thanh, seen(asked), 'Chiều phát.')),
    ]);
    expect(both.filter((deed) => deed.ok)).toHaveLength(1);
    expect(both.find((deed) => !deed.ok)).toMatchObject({ why: 'stale', ticket: { state: 'answered' } });
    expect((await sendAll(store)).filter((text) => /phát\.$/u.test(text))).toHaveLength(1);
  });

  test('the same answer pressed twice goes once', async () => {
    await using desk = await open();
    const { store, house, lan } = desk;
    await desk.say('thuốc của mế hết rồi');
    const [asked] = await shelf(store, lan, 'waiting');
    const press = (): Promise<Deed> => store.write((tx) => answer(tx, house.texts, lan, seen(asked), 'Mai phát.'));
    expect((await press()).ok).toBe(true);
    expect(await press()).toMatchObject({ ok: false, why: 'stale' });
    expect(await sendAll(store)).toHaveLength(2);
  });

  test('while a person speaks the bot is silent, but danger, stopping and erasing are heard as ever', async () => {
    await using desk = await open({ 'con co giật': { outcome: 'emergency', danger: 'medical', sign: 'seizure' }, 'dừng': { outcome: 'answer', cardId: 'bot.unsubscribe' } });
    const { store, house, lan } = desk;
    await desk.say('thuốc của mế hết rồi');
    const [asked] = await shelf(store, lan, 'waiting');
    await store.write((tx) => take(tx, house.texts, lan, seen(asked)));
    expect(await desk.say('mấy giờ ạ')).toEqual([]);
    expect(await store.read(countTickets)).toMatchObject({ open: 0, taken: 1 });
    expect((await desk.say('con co giật'))[0]).toContain('115');
    expect(await shelf(store, lan, 'waiting')).toMatchObject([{ kind: 'danger', priority: 'urgent', dueMs: MONDAY_MS + 5 * MINUTE_MS }, { kind: 'question' }]);
    expect((await desk.say('dừng'))[0]).toContain('Đã dừng');
  });

  test('after thirty quiet minutes the bot speaks again and says so; each word before that begins the time anew', async () => {
    await using desk = await open();
    const { store, house, lan, time } = desk;
    await desk.say('thuốc của mế hết rồi');
    const [asked] = await shelf(store, lan, 'waiting');
    await store.write((tx) => take(tx, house.texts, lan, seen(asked)));
    await sendAll(store);
    time.nowMs += 29 * MINUTE_MS;
    expect(await desk.say('còn đó không')).toEqual([]);
    time.nowMs += 29 * MINUTE_MS;
    await store.write((tx) => settleTickets(tx, house.texts));
    expect(await sendAll(store)).toEqual([]);
    time.nowMs += MINUTE_MS;
    await store.write((tx) => settleTickets(tx, house.texts));
    expect((await sendAll(store))[0]).toContain('Máy trả lời lại');
    expect(await one(store, lan, asked)).toMatchObject({ state: 'taken', holder: { name: 'Lan' }, heldUntilMs: null });
    expect((await desk.say('câu khác')).length).toBeGreaterThan(0);
  });

  test('what the resident writes after an answer makes it wait again for whoever holds it', async () => {
    await using desk = await open();
    const { store, house, lan } = desk;
    await desk.say('thuốc của mế hết rồi');
    const [asked] = await shelf(store, lan, 'waiting');
    await store.write((tx) => answer(tx, house.texts, lan, seen(asked), 'Mai phát.'));
    expect(await shelf(store, lan, 'waiting')).toEqual([]);
    await desk.say('mấy giờ ạ');
    expect(await shelf(store, lan, 'mine')).toMatchObject([{ state: 'taken', holder: { name: 'Lan' } }]);
  });

  test('a resident who asks again within three days comes back to the same ticket, later to a new one', async () => {
    await using desk = await open();
    const { store, house, lan, time } = desk;
    await desk.say('thuốc của mế hết rồi');
    const [asked] = await shelf(store, lan, 'waiting');
    await store.write((tx) => answer(tx, house.texts, lan, seen(asked), 'Mai phát.'));
    const answered = await one(store, lan, asked);
    await store.write((tx) => close(tx, house.texts, lan, seen(answered)));
    time.nowMs += 3 * 24 * 60 * MINUTE_MS;
    await desk.say('vẫn chưa có thuốc');
    const again = await shelf(store, lan, 'waiting');
    expect(again).toMatchObject([{ id: asked?.id, state: 'open', holder: null, question: 'vẫn chưa có thuốc' }]);
    await store.write((tx) => close(tx, house.texts, lan, seen(again[0])));
    time.nowMs += 3 * 24 * 60 * MINUTE_MS + 1;
    await desk.say('cho hỏi chuyện khác');
    expect((await shelf(store, lan, 'waiting'))[0]?.id).not.toBe(asked?.id);
  });

  test('handing back frees it for others, and the bot speaks again', async () => {
    await using desk = await open();
    const { store, house, lan, thanh } = desk;
    await desk.say('thuốc của mế hết rồi');
    const [asked] = await shelf(store, lan, 'waiting');
    await store.write((tx) => take(tx, house.texts, lan, seen(asked)));
    expect(await store.write((tx) => take(tx, house.texts, thanh, seen(asked)))).toMatchObject({ ok: false, why: 'stale', ticket: { holder: { name: 'Lan' } } });
    const held = await one(store, lan, asked);
    expect(await store.write((tx) => handBack(tx, house.texts, lan, seen(held)))).toMatchObject({ ok: true, ticket: { state: 'open', holder: null } });
    expect(await sendAll(store)).toHaveLength(2);
    const free = await one(store, thanh, asked);
    expect((await store.write((tx) => take(tx, house.texts, thanh, seen(free)))).ok).toBe(true);
  });

  test('forty people ask one thing: one press answers all, but nobody whose question somebody else has just taken', async () => {
    await using desk = await open();
    const { store, house, lan, thanh } = desk;
    for (let n = 0; n < 40; n += 1) await desk.say(n % 2 === 0 ? 'trường cháu nghỉ vì sởi, có phải tiêm thêm không' : 'truong chau nghi vi soi co phai tiem them k', `nguoi-${n}`);
    await desk.say('trạm có thuốc tẩy giun cho trẻ không', 'khac');
    const waiting = await shelf(store, lan, 'waiting');
    const [asked] = waiting;
    if (!asked) throw new Error('nobody asked');
    const alike = alikeTickets(asked, waiting, 60);
    expect(alike.filter(({ same }) => same)).toHaveLength(39);
    expect(alike.map(({ ticket }) => ticket.question)).not.toContain('trạm có thuốc tẩy giun cho trẻ không');
    const others = alike.map(({ ticket }) => seen(ticket));
    await store.write((tx) => take(tx, house.texts, thanh, others[0] ?? seen(asked)));
    const answered = await store.write(async (tx) => [await answer(tx, house.texts, lan, seen(asked), 'Chưa phải tiêm thêm.'), await answerOthers(tx, house.texts, lan, others, 'Chưa phải tiêm thêm.')] as const);
    expect(answered[0].ok).toBe(true);
    expect(answered[1]).toHaveLength(38);
    expect((await sendAll(store)).filter((text) => text.endsWith('Chưa phải tiêm thêm.'))).toHaveLength(39);
    await store.write((tx) => settleTickets(tx, house.texts));
    expect(await store.read(countTickets)).toEqual({ open: 1, taken: 1, answered: 0, delivered: 39, closed: 0 });
    // With those the bot goes on talking.
    expect((await desk.say('câu khác', 'nguoi-7')).length).toBeGreaterThan(0);
  });

  test('danger, rights and the sensitive class are never answered together with others', async () => {
    await using desk = await open({ 'con tôi co giật rồi': { outcome: 'emergency', danger: 'medical', sign: 'seizure' } });
    for (const address of ['mot', 'hai']) await desk.say('con tôi co giật rồi', address);
    const waiting = await shelf(desk.store, desk.lan, 'waiting');
    expect(waiting.flatMap((ticket) => alikeTickets(ticket, waiting, 10))).toEqual([]);
  });

  test('a closed ticket, a resident who blocked us and one who was erased each refuse an answer in their own way', async () => {
    await using desk = await open();
    const { store, house, lan } = desk;
    for (const address of ['dong', 'chan', 'xoa']) await desk.say('thuốc của mế hết rồi', address);
    const asked = await shelf(store, lan, 'waiting');
    const of = async (address: string): Promise<Ticket> => {
      const person = await store.read((tx) => findPerson(tx, 'web', address));
      const found = asked.find((ticket) => ticket.personId === person?.id);
      if (!found || !person) throw new Error(address);
      return found;
    };
    const [closed, blocked, erased] = [await of('dong'), await of('chan'), await of('xoa')];
    await store.write((tx) => close(tx, house.texts, lan, seen(closed)));
    await store.write((tx) => changePerson(tx, blocked.personId, { state: 'gone' }));
    await store.write((tx) => destroyPerson(tx, erased.personId));
    const tried = async (ticket: Ticket): Promise<Deed> => store.write((tx) => answer(tx, house.texts, lan, seen(ticket), 'Mai phát.'));
    expect(await tried(closed)).toMatchObject({ ok: false, why: 'closed' });
    expect(await tried(blocked)).toMatchObject({ ok: false, why: 'unreachable' });
    expect(await tried(erased)).toMatchObject({ ok: false, why: 'erased', ticket: { state: 'closed', question: null } });
    expect(await sendAll(store)).toEqual([]);
    const shut = await one(store, lan, closed);
    expect(await store.write((tx) => reopen(tx, house.texts, lan, seen(shut)))).toMatchObject({ ok: true, ticket: { state: 'taken' } });
  });

  test('people see only their domains, and the sensitive class has no words in any list', async () => {
    await using desk = await open({ 'tôi muốn chết': { outcome: 'emergency', danger: 'suicide', sign: 'suicide' } });
    const { store, house, lan } = desk;
    const food = await member(store, 'Gạo', ['food']);
    await desk.say('tôi muốn chết');
    const [asked] = await shelf(store, lan, 'waiting');
    expect(asked).toMatchObject({ kind: 'sensitive', question: null });
    expect((await one(store, lan, asked)).question).toBe('tôi muốn chết');
    expect(await shelf(store, food, 'waiting')).toEqual([]);
    expect(await store.read((tx) => readTicket(tx, food, asked?.id ?? 0))).toBeNull();
    expect(await store.write((tx) => take(tx, house.texts, food, seen(asked)))).toEqual({ ok: false, why: 'not-found' });
  });

  test('what staff did cannot be changed or taken away, by whatever program', async () => {
    await using desk = await open();
    const { store, house, lan } = desk;
    await desk.say('thuốc của mế hết rồi');
    const [asked] = await shelf(store, lan, 'waiting');
    await store.write((tx) => take(tx, house.texts, lan, seen(asked)));
    await expect(store.write((tx) => tx.db.updateTable('audit').set({ what: 'read' }).execute())).rejects.toThrow(/stay as they are/);
    await expect(store.write((tx) => tx.db.deleteFrom('audit').execute())).rejects.toThrow(/stay as they are/);
  });
});

function seen(ticket: Ticket | undefined): { ticketId: number; version: number } {
  return { ticketId: ticket?.id ?? -1, version: ticket?.version ?? -1 };
}

async function shelf(store: Store, actor: Actor, which: 'waiting' | 'mine'): Promise<Ticket[]> {
  return store.read((tx) => listTickets(tx, actor, which, 100));
}

async function one(store: Store, actor: Actor, ticket: Ticket | undefined): Promise<Ticket> {
  const found = await store.read((tx) => readTicket(tx, actor, ticket?.id ?? -1));
  if (found === null) throw new Error('no such ticket');
  return found;
}

/** Sends what is queued, as the dispatcher would; gives the words in order. */
async function sendAll(store: Store): Promise<string[]> {
  const sent: string[] = [];
  for (;;) {
    const rows = await store.write((tx) => claim(tx, { channel: 'web', lease: crypto.randomUUID(), leaseMs: 1000, limit: 10 }));
    if (rows.length === 0) return sent;
    for (const row of rows) {
      await store.write((tx) => beginSending(tx, [row], 1000));
      await store.write((tx) => settle(tx, { id: row.id, personId: row.personId, lease: row.lease }, { outcome: { kind: 'sent', platformMessageId: null }, attempts: 1 }));
      sent.push(row.piece.text);
    }
  }
}
