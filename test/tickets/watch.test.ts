import { expect, test } from 'vitest';
import { beginSession } from '#bot/accounts/accounts.ts';
import { openConversation } from '#bot/conversation/open.ts';
import { setLanguages } from '#bot/store/accounts.ts';
import { addShifts, copyWeek, dropShifts, shiftsFrom } from '#bot/store/duty.ts';
import { addNotices, breachesBetween, claimNotices, settleNotice } from '#bot/store/notices.ts';
import { newLinkCode, unlink, useLinkCode } from '#bot/store/staff-links.ts';
import { DUTY_LINES, type Domain, type DutyLine, type Role } from '#bot/store/tables/staff.ts';
import type { Store } from '#bot/store/store.ts';
import { listTickets } from '#bot/store/tickets.ts';
import { answer, type Actor } from '#bot/tickets/desk.ts';
import { lookAtRoster, mondayOf, weekToRemindOf } from '#bot/tickets/roster.ts';
import { createReach } from '#bot/tickets/reach.ts';
import { keepTime, nextOpening } from '#bot/tickets/telling.ts';
import { addDays, dayOf, epochOf, type Day } from '#knowledge/day.ts';
import { loadPlace } from '#knowledge/place.ts';
import { createTexts } from '#locales/texts.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { ALL_DOMAINS, member, station } from './house.ts';

const MINUTE_MS = 60_000;
/** Monday 23 November 2026, 8:00 in Vietnam: within the hours in which staff answer. */
const MONDAY_MS = Date.parse('2026-11-23T08:00:00+07:00');
const MONDAY: Day = '2026-11-23';

onBothEngines((fresh) => {
  async function open(verdicts: Parameters<typeof station>[1] = {}) {
    const time = { nowMs: MONDAY_MS };
    const ground = await fresh({ clock: () => time.nowMs });
    const house = await station(() => time.nowMs, verdicts);
    const loaded = await loadPlace('knowledge/places/mau');
    if (!loaded.ok) throw new Error('the sample place does not load');
    const { store } = ground;
    let user = 7000;
    /** Somebody of the station who is on a line all week and has linked their Telegram. */
    const onDuty = async (name: string, line: DutyLine | null, domains: readonly Domain[] = ALL_DOMAINS, role: Role = 'answerer'): Promise<Actor> => {
      const actor = await member(store, name, domains);
      await store.write((tx) => tx.db.updateTable('accounts').set({ role }).where('id', '=', actor.accountId).execute());
      await store.write(async (tx) => useLinkCode(tx, await newLinkCode(tx, actor.accountId), String(user += 1)));
      if (line !== null) await store.write((tx) => addShifts(tx, { days: week(MONDAY), line, name, phone: `0900 00${user}`, accountId: actor.accountId }));
      return actor;
    };
    const watch = (group = false, at: Store = store): Promise<boolean> => at.write((tx) => keepTime(tx, { place: loaded.place, group }));
    return { store, house, time, onDuty, watch, ground, say: (text: string, address = 'mot') => house.say(store, address, text), [Symbol.asyncDispose]: () => ground[Symbol.asyncDispose]() };
  }

  test('a question is told to the first on duty, reminded at half of its time, goes to the next person at the end and then to the head, each exactly once', async () => {
    await using desk = await open();
    await desk.onDuty('Lan', 'health');
    await desk.onDuty('Thanh', 'health');
    await desk.onDuty('Hà', null, ALL_DOMAINS, 'head');
    await desk.say('thuốc của mế hết rồi');
    await desk.watch();
    expect(await told(desk.store)).toEqual(['new Lan']);
    desk.time.nowMs += 59 * MINUTE_MS;
    await desk.watch();
    expect(await told(desk.store)).toHaveLength(1);
    desk.time.nowMs += MINUTE_MS;
    await desk.watch();
    desk.time.nowMs += 60 * MINUTE_MS;
    await desk.watch();
    desk.time.nowMs += 60 * MINUTE_MS;
    for (let again = 0; again < 3; again += 1) await desk.watch();
    expect(await told(desk.store)).toEqual(['new Lan', 'half Lan', 'end Thanh', 'head Hà']);
    expect(await desk.store.read((tx) => breachesBetween(tx, MONDAY_MS, MONDAY_MS + 24 * 60 * MINUTE_MS))).toMatchObject([{ kind: 'question', domain: 'health', dueMs: MONDAY_MS + 120 * MINUTE_MS, answeredMs: null }]);
  });

  test('of those on duty, who speaks the language of the resident is told first; a translator, who answers nobody, is not told', async () => {
    await using desk = await open();
    await desk.onDuty('Lan', 'health');
    const nhi = await desk.onDuty('Nhi', 'health');
    await desk.onDuty('Blin', 'health', ALL_DOMAINS, 'translator');
    await desk.store.write((tx) => setLanguages(tx, nhi.accountId, ['vi', 'jra']));
    await desk.say('tiếng jrai', 'nha-jrai');
    await desk.say('thuốc của mế hết rồi', 'nha-jrai');
    await desk.say('thuốc của mế hết rồi', 'nha-viet');
    await desk.watch();
    expect(await told(desk.store)).toEqual(['new Nhi', 'new Lan']);
  });

  test('several processes and a restart still tell each thing once', async () => {
    await using desk = await open();
    await desk.onDuty('Lan', 'health');
    for (let n = 0; n < 5; n += 1) await desk.say(`thuốc của mế hết rồi ${n}`, `nha-${n}`);
    const others = [await desk.ground.beside(), await desk.ground.beside()];
    await Promise.all([desk.store, ...others].map((store) => desk.watch(true, store)));
    desk.time.nowMs += 60 * MINUTE_MS;
    await Promise.all([desk.store, ...others].map((store) => desk.watch(true, store)));
    const all = await told(desk.store);
    expect(all.filter((line) => line === 'new Lan')).toHaveLength(5);
    expect(all.filter((line) => line === 'half Lan')).toHaveLength(5);
    expect(all.filter((line) => line === 'new group')).toHaveLength(5);
    expect(all).toHaveLength(20);
    // Who claims a row has it alone, and a claim whose process died comes free again.
    const claimed = await Promise.all([desk.store, ...others].map((store, n) => store.write((tx) => claimNotices(tx, { lease: `p${n}`, leaseMs: MINUTE_MS, limit: 50 }))));
    const ids = claimed.flat().map((notice) => notice.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(20);
    const [first] = claimed.flatMap((notices, n) => notices.map((notice) => ({ id: notice.id, lease: `p${n}` })));
    if (first === undefined) throw new Error('nothing was claimed');
    await desk.store.write((tx) => settleNotice(tx, first.id, first.lease, { kind: 'sent' }));
    desk.time.nowMs += 2 * MINUTE_MS;
    expect(await desk.store.write((tx) => claimNotices(tx, { lease: 'next', leaseMs: MINUTE_MS, limit: 50 }))).toHaveLength(19);
  });

  test('a danger sign is told to everybody on duty for health and to nobody else, also at night', async () => {
    await using desk = await open({ 'con co giật': { outcome: 'emergency', danger: 'medical', sign: 'seizure' } });
    await desk.onDuty('Lan', 'health');
    await desk.onDuty('Thanh', 'always');
    await desk.onDuty('Gạo', 'support', ['food', 'social']);
    await desk.onDuty('Hà', null, ALL_DOMAINS, 'head');
    desk.time.nowMs = Date.parse('2026-11-23T22:00:00+07:00');
    await desk.say('con co giật');
    await desk.watch(true);
    expect((await told(desk.store)).sort()).toEqual(['new Lan', 'new Thanh', 'new group']);
    expect(await desk.store.write((tx) => claimNotices(tx, { lease: 'a', leaseMs: MINUTE_MS, limit: 10 }))).toHaveLength(3);
    desk.time.nowMs += 5 * MINUTE_MS;
    await desk.watch(true);
    expect(await told(desk.store)).toContain('end Hà');
  });

  test('the sensitive class reaches the one health person on duty, and no group', async () => {
    await using desk = await open({ 'tôi muốn chết': { outcome: 'emergency', danger: 'suicide', sign: 'suicide' } });
    await desk.onDuty('Lan', 'health');
    await desk.onDuty('Thanh', 'health');
    await desk.onDuty('Gạo', 'support', ['food']);
    await desk.say('tôi muốn chết');
    await desk.watch(true);
    expect(await told(desk.store)).toEqual(['new Lan']);
    desk.time.nowMs += 5 * MINUTE_MS;
    await desk.watch(true);
    expect(await told(desk.store)).toEqual(['new Lan', 'end Thanh']);
  });

  test('what is promised for the morning wakes nobody at night', async () => {
    await using desk = await open();
    await desk.onDuty('Lan', 'health');
    desk.time.nowMs = Date.parse('2026-11-23T21:00:00+07:00');
    await desk.say('thuốc của mế hết rồi');
    await desk.watch();
    expect(await desk.store.write((tx) => claimNotices(tx, { lease: 'a', leaseMs: MINUTE_MS, limit: 10 }))).toEqual([]);
    desk.time.nowMs = Date.parse('2026-11-24T07:00:00+07:00');
    expect(await desk.store.write((tx) => claimNotices(tx, { lease: 'a', leaseMs: MINUTE_MS, limit: 10 }))).toMatchObject([{ kind: 'new' }]);
  });

  test('an answer ends the watch, and a question without anybody on the roster is told to all whose work it is', async () => {
    await using desk = await open();
    const lan = await desk.onDuty('Lan', null);
    await desk.onDuty('Thanh', null);
    await desk.onDuty('Gạo', null, ['food']);
    await desk.say('thuốc của mế hết rồi');
    await desk.watch();
    expect(await told(desk.store)).toEqual(['new Lan', 'new Thanh']);
    const [asked] = await desk.store.read((tx) => listTickets(tx, lan, 'waiting', 10));
    await desk.store.write((tx) => answer(tx, desk.house.texts, lan, { ticketId: asked?.id ?? 0, version: asked?.version ?? 0 }, 'Mai phát.'));
    desk.time.nowMs += 300 * MINUTE_MS;
    await desk.watch();
    expect(await told(desk.store)).toHaveLength(2);
  });

  test('a week is written down by day, copied to the next, and says what it lacks; four numbers are needed', async () => {
    await using desk = await open();
    const { store } = desk;
    expect(await store.read((tx) => lookAtRoster(tx, MONDAY_MS))).toMatchObject({ numbers: 0, enough: false });
    for (const [n, line] of DUTY_LINES.entries()) await store.write((tx) => addShifts(tx, { days: week(MONDAY), line, name: `Người ${n}`, phone: `0900 000 00${n}`, accountId: null }));
    await store.write((tx) => addShifts(tx, { days: [MONDAY], line: 'health', name: 'Người 0', phone: '0900 000 000', accountId: null }));
    expect(await store.read((tx) => lookAtRoster(tx, MONDAY_MS))).toEqual({ numbers: 4, enough: true, gaps: [] });
    expect(await store.write((tx) => copyWeek(tx, addDays(MONDAY, 7)))).toBe(28);
    await store.write((tx) => dropShifts(tx, { monday: addDays(MONDAY, 7), line: 'order', name: 'Người 2', phone: '0900 000 002' }));
    expect(await store.read((tx) => shiftsFrom(tx, addDays(MONDAY, 7), 7))).toHaveLength(21);
    expect((await store.read((tx) => lookAtRoster(tx, MONDAY_MS + 7 * 24 * 60 * MINUTE_MS))).gaps).toHaveLength(7);
  });

  test('on Friday afternoon the head is reminded once of a next week that is not written down', async () => {
    await using desk = await open();
    await desk.onDuty('Hà', null, ALL_DOMAINS, 'head');
    desk.time.nowMs = Date.parse('2026-11-27T13:59:00+07:00');
    await desk.watch();
    expect(await told(desk.store)).toEqual([]);
    desk.time.nowMs += MINUTE_MS;
    for (let again = 0; again < 3; again += 1) await desk.watch();
    desk.time.nowMs += 24 * 60 * MINUTE_MS;
    await desk.watch();
    expect(await told(desk.store)).toEqual(['roster Hà']);
  });

  test('a code links one Telegram user to one account, once, within ten minutes; unlinking ends it', async () => {
    await using desk = await open();
    const lan = await member(desk.store, 'Lan');
    const code = await desk.store.write((tx) => newLinkCode(tx, lan.accountId));
    expect(await desk.store.write((tx) => useLinkCode(tx, '00000000', '77'))).toBeNull();
    expect(await desk.store.write((tx) => useLinkCode(tx, code, '77'))).toMatchObject({ name: 'Lan' });
    expect(await desk.store.write((tx) => useLinkCode(tx, code, '78'))).toBeNull();
    const late = await desk.store.write((tx) => newLinkCode(tx, lan.accountId));
    desk.time.nowMs += 10 * MINUTE_MS;
    expect(await desk.store.write((tx) => useLinkCode(tx, late, '78'))).toBeNull();
    await desk.store.write((tx) => unlink(tx, lan.accountId));
    expect(await desk.store.read((tx) => tx.db.selectFrom('staff_links').selectAll().execute())).toEqual([]);
  });

  test('somebody hears a danger sign when a phone of theirs is linked, a group is told, or they were at the desk a moment ago', async () => {
    await using desk = await open();
    const reach = createReach(desk.store, { group: false });
    const hears = async (of = reach): Promise<boolean> => {
      await of.refresh();
      return of.someoneHears();
    };
    expect(await hears()).toBe(false);
    expect(await hears(createReach(desk.store, { group: true }))).toBe(true);
    const gao = await member(desk.store, 'Gạo', ['food']);
    await desk.store.write((tx) => beginSession(tx, gao.accountId, ''));
    expect(await hears()).toBe(false);
    const lan = await member(desk.store, 'Lan');
    await desk.store.write((tx) => beginSession(tx, lan.accountId, ''));
    expect(await hears()).toBe(true);
    desk.time.nowMs += 10 * MINUTE_MS;
    expect(await hears()).toBe(false);
    await desk.onDuty('Thanh', null);
    expect(await hears()).toBe(true);
  });

  test('the same notice written twice is one', async () => {
    await using desk = await open();
    const notice = { dedupeKey: 'k', kind: 'new' as const, ticketId: null, accountId: null };
    expect(await desk.store.write((tx) => addNotices(tx, [notice]))).toBe(1);
    expect(await desk.store.write((tx) => addNotices(tx, [notice]))).toBe(0);
  });
});

test('where nobody would notice, a danger sign is answered with the same fixed text, and with that', async () => {
  const place = await loadPlace('knowledge/places/mau');
  if (!place.ok) throw new Error('the sample place does not load');
  const talk = async (someoneHears?: () => boolean): Promise<string[]> => {
    const { converse } = await openConversation({ place: place.place, placeDir: 'knowledge/places/mau', texts: await createTexts(), nowMs: MONDAY_MS, ...(someoneHears === undefined ? {} : { someoneHears }) });
    const resident = { lang: 'vi' as const, villageId: null, greeted: true, consents: [], answered: [], context: null };
    return converse({ content: { kind: 'text', text: 'con tôi co giật, gọi không dậy', forwarded: false }, atMs: MONDAY_MS }, resident).replies.map((reply) => `${reply.priority}: ${reply.text}`);
  };
  const [fixed] = await talk();
  expect(await talk(() => true)).toEqual([fixed]);
  expect(await talk(() => false)).toEqual([fixed, 'emergency: Lúc này có thể chưa có ai của trạm đọc tin ở đây. Bà con đừng đợi, hãy gọi 115 hoặc 0900 000 000.']);
});

test('the week to remind of begins on the Monday after Friday 14:00, and work begins at the next opening', () => {
  expect(weekToRemindOf(epochOf('2026-11-26', 15))).toBeNull();
  expect(weekToRemindOf(epochOf('2026-11-27', 13))).toBeNull();
  expect(weekToRemindOf(epochOf('2026-11-27', 14))).toBe('2026-11-30');
  expect(weekToRemindOf(epochOf('2026-11-29', 23))).toBe('2026-11-30');
  expect(mondayOf('2026-11-29')).toBe(MONDAY);
  const hours = [{ weekdays: [1, 2, 3, 4, 5], from: '7:00', to: '17:00' }];
  expect(nextOpening(hours, epochOf('2026-11-27', 18))).toBe(epochOf('2026-11-30', 7));
  expect(nextOpening(hours, epochOf('2026-11-27', 6))).toBe(epochOf('2026-11-27', 7));
  expect(nextOpening(hours, epochOf('2026-11-27', 9))).toBe(epochOf('2026-11-27', 9));
  expect(dayOf(epochOf('2026-11-27', 9))).toBe('2026-11-27');
});

function week(monday: Day): Day[] {
  return Array.from({ length: 7 }, (_, n) => addDays(monday, n));
}

/** Every notice as "kind person", in the order in which they were written. */
async function told(store: Store): Promise<string[]> {
  const rows = await store.read((tx) => tx.db.selectFrom('notices').leftJoin('accounts', 'accounts.id', 'notices.account_id').select(['notices.kind', 'accounts.name']).orderBy('notices.id').execute());
  return rows.map((row) => `${row.kind} ${row.name ?? 'group'}`);
}
