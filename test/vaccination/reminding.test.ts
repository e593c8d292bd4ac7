import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Piece } from '#bot/channels/channel.ts';
import { toldIn } from '#bot/conversation/vaccination.ts';
import { childrenOf } from '#bot/store/children.ts';
import { pieceSchema, readJson } from '#bot/store/forms.ts';
import type { OutboxState } from '#bot/store/tables/messages.ts';
import { changePerson, type Person } from '#bot/store/people.ts';
import type { Store } from '#bot/store/store.ts';
import { viewOf } from '#bot/residents/effects.ts';
import { choose } from '#bot/vaccination/reminder-choice.ts';
import { remind } from '#bot/vaccination/reminding.ts';
import type { Voice } from '#bot/vaccination/texts.ts';
import { createScheduler, givenOnTime } from '#bot/vaccination/schedule.ts';
import { addDays, dayOf, epochOf, type Day } from '#knowledge/day.ts';
import type { Lang } from '#knowledge/lang.ts';
import { createTexts } from '#locales/texts.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { act, parent, publish, reminding, session, table } from './reminder-house.ts';

/** Born 12 September, so that the first dose of the five is due from 12 November 2026. */
const BIRTH: Day = '2026-09-12';
const EVE = epochOf('2026-11-24', 18);

onBothEngines((fresh) => {
  test('the evening before, the parent reads whose turn it is, where and when; once, whatever runs how often', async () => {
    await using ground = await fresh({ clock: () => EVE });
    const { store } = ground;
    await publish(store, session('2026-11-25'));
    const person = await parent(store, 'mot', '2026-11-22', [{ birth: BIRTH }]);
    expect(await remind(reminding(store), epochOf('2026-11-24', 17, 59))).toMatchObject({ session: 0 });
    expect(await remind(reminding(store), EVE)).toMatchObject({ session: 1, late: 0 });
    const [piece, ...more] = await written(store, person);
    expect(more).toEqual([]);
    expect(piece?.text).toContain('Nhắc lịch tiêm: ngày 25/11/2026, 7:30 đến 10:30, tại Trạm Y tế.');
    expect(piece?.text).toContain('Bi tới lượt: 5 trong 1 mũi 1.');
    expect(piece?.text).toContain('gọi trạm 0900 000 000 trước khi đi');
    expect(piece?.buttons.map((button) => button.label)).toEqual(['Đã tiêm', 'Không nhắc nữa']);
    const beside = await ground.beside({ clock: () => EVE });
    await Promise.all([remind(reminding(store), EVE), remind(reminding(beside), EVE), remind(reminding(beside), EVE + 3_600_000)]);
    expect(await written(store, person)).toHaveLength(1);
  });

  test('only for a session of their village at which something is due, and never once it has begun', async () => {
    await using ground = await fresh({ clock: () => EVE });
    const { store } = ground;
    await publish(store, session('2026-11-25', { villages: ['plei-vi-du'] }), session('2026-11-25', { fromMinute: 480, vaccines: [{ text: 'sởi', rows: ['mcv1'] }] }));
    const here = await parent(store, 'o day', '2026-11-22', [{ birth: BIRTH }]);
    const there = await parent(store, 'o kia', '2026-11-22', [{ birth: BIRTH }], 'plei-vi-du');
    const nowhere = await parent(store, 'khong noi', '2026-11-22', [{ birth: BIRTH }], null);
    await remind(reminding(store), EVE);
    expect([await written(store, here), await written(store, there), await written(store, nowhere)].map((pieces) => pieces.length)).toEqual([0, 1, 0]);
    const late = await parent(store, 'den sau', '2026-11-22', [{ birth: BIRTH }], 'plei-vi-du');
    expect(await remind(reminding(store), epochOf('2026-11-25', 7, 30))).toMatchObject({ session: 0 });
    expect(await written(store, late)).toEqual([]);
  });

  test('two children are one message, and a parent hears from us at most once in seven days', async () => {
    const time = { nowMs: EVE };
    await using ground = await fresh({ clock: () => time.nowMs });
    const { store } = ground;
    await publish(store, session('2026-11-25'), session('2026-11-28'), session('2026-12-05'));
    const person = await parent(store, 'mot', '2026-11-22', [{ birth: BIRTH, nickname: 'Bi' }, { birth: '2026-09-10', nickname: 'Na' }]);
    await remind(reminding(store), time.nowMs);
    const [first] = await written(store, person);
    expect(first?.text).toMatch(/Bi tới lượt.*\nNa tới lượt/u);
    time.nowMs = epochOf('2026-11-27', 19);
    expect(await remind(reminding(store), time.nowMs)).toMatchObject({ session: 0 });
    time.nowMs = epochOf('2026-12-04', 19);
    expect(await remind(reminding(store), time.nowMs)).toMatchObject({ session: 1 });
  });

  test('"Đã tiêm" counts the dose on the day of the session, and the next one is reminded of when it is due', async () => {
    const time = { nowMs: EVE };
    await using ground = await fresh({ clock: () => time.nowMs });
    const { store } = ground;
    await publish(store, session('2026-11-25'), session('2026-12-03'), session('2026-12-25'));
    const person = await parent(store, 'mot', '2026-11-22', [{ birth: BIRTH }]);
    await remind(reminding(store), time.nowMs);
    time.nowMs = epochOf('2026-11-25', 11);
    const view = await store.read((tx) => viewOf(tx, person, time.nowMs));
    await act(store, person, { kind: 'vaccinated', reminderId: view.reminded?.reminderId ?? 0 });
    const [kept] = await store.read((tx) => childrenOf(tx, person));
    expect(kept?.child.given).toContainEqual({ id: 'penta1', on: '2026-11-25' });
    time.nowMs = epochOf('2026-12-02', 18);
    expect(await remind(reminding(store), time.nowMs)).toMatchObject({ session: 0 });
    time.nowMs = epochOf('2026-12-24', 18);
    expect(await remind(reminding(store), time.nowMs)).toMatchObject({ session: 1 });
    expect((await written(store, person)).at(-1)?.text).toContain('5 trong 1 mũi 2');
  });

  test('a month after the on-time days a dose is called late, by day, once', async () => {
    const time = { nowMs: epochOf('2027-01-10', 8) };
    await using ground = await fresh({ clock: () => time.nowMs });
    const { store } = ground;
    const person = await parent(store, 'mot', '2026-11-22', [{ birth: BIRTH }]);
    expect(await remind(reminding(store), time.nowMs)).toMatchObject({ late: 0 });
    time.nowMs = epochOf('2027-01-11', 9);
    expect(await remind(reminding(store), time.nowMs)).toMatchObject({ late: 1 });
    const [piece] = await written(store, person);
    expect(piece?.text).toContain('trễ quá 30 ngày');
    expect(piece?.text).toContain('không phải tiêm lại từ đầu');
    time.nowMs += 8 * 86_400_000;
    expect(await remind(reminding(store), time.nowMs)).toMatchObject({ late: 0 });
  });

  test('a session that is off: what waits is taken back, who has read it is told, each once', async () => {
    await using ground = await fresh({ clock: () => EVE });
    const { store } = ground;
    const { day, waiting, reader } = await halfReminded(store);
    await publish(store, { ...day, state: 'cancelled' });
    expect(await remind(reminding(store), EVE + 60_000)).toMatchObject({ cancelled: 1 });
    expect(await remind(reminding(store), EVE + 120_000)).toMatchObject({ cancelled: 0 });
    expect((await written(store, reader)).at(-1)?.text).toContain('Buổi tiêm ngày 25/11/2026 tại Trạm Y tế không diễn ra nữa.');
    expect(await written(store, waiting)).toEqual([]);
  });

  test('a session that is changed: who has read the reminder is told what it is now, once a change; who has not reads it right the first time', async () => {
    const time = { nowMs: EVE };
    await using ground = await fresh({ clock: () => time.nowMs });
    const { store } = ground;
    const { day, waiting, reader } = await halfReminded(store);
    // What says nothing of when and where is no change.
    await publish(store, { ...day, note: 'Nhớ mang nước uống.' });
    expect(await remind(reminding(store), EVE)).toMatchObject({ changed: 0 });
    await publish(store, { ...day, place: 'Nhà rông Plei Mẫu', toMinute: day.toMinute + 60 });
    const beside = await ground.beside({ clock: () => time.nowMs });
    const rounds = await Promise.all([remind(reminding(store), EVE), remind(reminding(beside), EVE)]);
    expect(rounds[0].changed + rounds[1].changed).toBe(2);
    expect(await remind(reminding(store), EVE)).toMatchObject({ changed: 0, session: 0 });
    expect((await written(store, reader)).map((piece) => piece.text.split('\n')[0])).toEqual([expect.stringContaining('tại Trạm Y tế.'), expect.stringContaining('có thay đổi. Bây giờ là ngày 25/11/2026, 7:30 đến 11:30, tại Nhà rông Plei Mẫu.')]);
    const [only, ...more] = await written(store, waiting);
    expect(more).toEqual([]);
    expect(only?.text).toContain('Nhắc lịch tiêm: ngày 25/11/2026, 7:30 đến 11:30, tại Nhà rông Plei Mẫu.');
    expect(only?.text).toContain('Bi tới lượt: 5 trong 1 mũi 1.');

    // Moved to another day, and then off: each told to whoever had read something, and nothing else is left waiting.
    time.nowMs += 60_000;
    await store.write((tx) => tx.db.updateTable('outbox').set({ state: 'sent' satisfies OutboxState }).where('person_id', '=', reader.id).where('state', '=', 'queued').execute());
    await publish(store, { ...day, day: '2026-11-27', place: 'Nhà rông Plei Mẫu' });
    expect(await remind(reminding(store), time.nowMs)).toMatchObject({ changed: 2 });
    expect((await written(store, reader)).at(-1)?.text).toContain('Bây giờ là ngày 27/11/2026');
    await publish(store, { ...day, day: '2026-11-27', place: 'Nhà rông Plei Mẫu', state: 'cancelled' });
    expect(await remind(reminding(store), time.nowMs)).toMatchObject({ cancelled: 1, changed: 0 });
    expect((await written(store, reader)).at(-1)?.text).toContain('không diễn ra nữa');
    expect(await written(store, waiting)).toEqual([]);
  });

  test('a change, and that a session is off, is told to each in their language beside the Vietnamese, with what is missing said in it', async () => {
    const texts = await createTexts();
    const day = session('2026-11-25');
    for (const lang of ['jra', 'bdq'] as const) {
      await using ground = await fresh({ clock: () => EVE });
      const { store } = ground;
      const deps = { ...reminding(store), told: (to: Lang, make: (voice: Voice) => Piece) => toldIn({ texts, place: { showDrafts: true } }, to, make) };
      await publish(store, day);
      const reader = await parent(store, 'doc', '2026-11-22', [{ birth: BIRTH }]);
      await store.write((tx) => changePerson(tx, reader.id, { lang }));
      await remind(deps, EVE);
      await store.write((tx) => tx.db.updateTable('outbox').set({ state: 'sent' satisfies OutboxState }).execute());
      await publish(store, { ...day, place: 'Nhà rông Plei Mẫu' });
      expect(await remind(deps, EVE)).toMatchObject({ changed: 1 });
      const missing = texts.draft(lang, 'chat:language.missingPart', { language: texts.draft(lang, `chat:languageName.${lang}`) ?? '' }) ?? '?';
      const expectBoth = (key: 'changed' | 'cancelled', words: string, values: Record<string, string>): Promise<void> => written(store, reader).then((pieces) => {
        const text = pieces.at(-1)?.text ?? '';
        const draft = texts.draft(lang, `vaccination:reminder.${key}`, values);
        expect(text).toContain(words);
        if (draft === null) expect(text).toContain(missing);
        else expect(text).toContain(draft);
      });
      const at = { day: '25/11/2026', place: 'Nhà rông Plei Mẫu' };
      await expectBoth('changed', 'Bây giờ là ngày 25/11/2026', { ...at, from: '7:30', to: '10:30' });
      await store.write((tx) => tx.db.updateTable('outbox').set({ state: 'sent' satisfies OutboxState }).execute());
      await publish(store, { ...day, place: 'Nhà rông Plei Mẫu', state: 'cancelled' });
      await remind(deps, EVE);
      await expectBoth('cancelled', 'không diễn ra nữa', at);
    }
  });

  test('"Không nhắc nữa" and "Dừng" take back what waits and forget the child; erasing leaves nothing', async () => {
    await using ground = await fresh({ clock: () => EVE });
    const { store } = ground;
    await publish(store, session('2026-11-25'));
    const people = [await parent(store, 'thoi nhac', '2026-11-22', [{ birth: BIRTH }]), await parent(store, 'dung', '2026-11-22', [{ birth: BIRTH }]), await parent(store, 'xoa', '2026-11-22', [{ birth: BIRTH }])] as const;
    await remind(reminding(store), EVE);
    await act(store, people[0], { kind: 'consent', purpose: 'reminders', given: false, textVersion: 'v1' });
    await act(store, people[1], { kind: 'stop' });
    await act(store, people[2], { kind: 'erase' });
    for (const person of people) expect(await written(store, person)).toEqual([]);
    expect(await store.read((tx) => tx.db.selectFrom('children').selectAll().execute())).toEqual([]);
    expect(await store.read((tx) => tx.db.selectFrom('reminders').select('id').where('doses_sealed', 'is not', null).execute())).toEqual([]);
  });

  test('who has stopped or left is not written to, and a child past the table is forgotten', async () => {
    await using ground = await fresh({ clock: () => EVE });
    const { store } = ground;
    await publish(store, session('2026-11-25'));
    const stopped = await parent(store, 'dung', '2026-11-22', [{ birth: BIRTH }]);
    await store.write((tx) => changePerson(tx, stopped.id, { state: 'gone' }));
    const grown = await parent(store, 'lon roi', '2026-11-22', [{ birth: '2008-01-01' }]);
    expect(await remind(reminding(store), EVE)).toEqual({ session: 0, late: 0, cancelled: 0, changed: 0, outgrown: 1 });
    expect(await store.read((tx) => childrenOf(tx, grown))).toEqual([]);
  });

  test('what is kept of a child is sealed, and a parent adds no more than twelve', async () => {
    await using ground = await fresh({ clock: () => EVE });
    const { store } = ground;
    const person = await parent(store, 'mot', '2026-11-22', Array.from({ length: 14 }, (_, n) => ({ birth: addDays(BIRTH, n), nickname: `Bé thứ ${n}` })));
    expect(await store.read((tx) => childrenOf(tx, person))).toHaveLength(12);
    const rows = await store.read((tx) => tx.db.selectFrom('children').select('child_sealed').execute());
    expect(rows.map((row) => Buffer.from(row.child_sealed).toString('utf8')).join('')).not.toMatch(/Bé thứ|2026-09/u);
  });
});

test('nobody is reminded of a dose before its time, whatever the birth, the day and the session', () => {
  const schedule = createScheduler(table, []);
  fc.assert(fc.property(fc.integer({ min: 0, max: 2200 }), fc.constantFrom('plei-mau', null), (age, villageId) => {
    const today = dayOf(EVE);
    const birth = addDays(today, -age);
    const tomorrow = session('2026-11-25', { vaccines: [] });
    const choice = choose(schedule, [{ id: 1, child: { nickname: '', birth, given: givenOnTime(table, birth, addDays(today, -2)), lateTold: [] } }], villageId, [tomorrow], today, true);
    for (const id of choice?.doses.flatMap((dose) => dose.rows) ?? []) {
      const months = table.rows.find((row) => row.id === id)?.age;
      expect(months === undefined || months.unit !== 'month' || age + 1 >= months.at * 28).toBe(true);
    }
  }), { numRuns: 300 });
});

async function written(store: Store, person: Person): Promise<Piece[]> {
  return store.read(async (tx) => {
    const rows = await tx.db.selectFrom('outbox').select('piece_sealed').where('person_id', '=', person.id).where('kind', '=', 'reminder').where('state', 'in', ['queued', 'sent']).orderBy('id').execute();
    return rows.flatMap((row) => (row.piece_sealed === null ? [] : [readJson(pieceSchema, tx.ring.open(person.key, 'piece', row.piece_sealed))]));
  });
}

/** A session whose reminder one parent has read, while another's still waits. */
async function halfReminded(store: Store) {
  const day = session('2026-11-25');
  await publish(store, day);
  const waiting = await parent(store, 'chua gui', '2026-11-22', [{ birth: BIRTH }]);
  const reader = await parent(store, 'da doc', '2026-11-22', [{ birth: BIRTH }]);
  await remind(reminding(store), EVE);
  await store.write((tx) => tx.db.updateTable('outbox').set({ state: 'sent' satisfies OutboxState }).where('person_id', '=', reader.id).execute());
  return { day, waiting, reader };
}
