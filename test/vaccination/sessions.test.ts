import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSessionCalendar, toCalendar } from '#bot/vaccination/session-calendar.ts';
import { importSessions, loadSessionWords, readSessionTable, type ImportContext, type ReadSessions } from '#bot/vaccination/session-import.ts';
import { fromSessionRow, toSessionRow } from '#bot/vaccination/session-row.ts';
import { findSessions, hasEnded, sessionFor, sessionId, type Session } from '#bot/vaccination/sessions.ts';
import { addDays, dayOf, epochOf, type Day } from '#knowledge/day.ts';
import { loadScheduleTable } from '#knowledge/immunisation/table.ts';
import { memorySessions } from './memory-sessions.ts';

const read = await loadScheduleTable();
if (!read.ok) throw new Error(JSON.stringify(read.faults));
const nowMs = epochOf('2026-11-22', 8);
const context: ImportContext = {
  words: await loadSessionWords(),
  villages: [{ id: 'plei-mau', name: 'Plei Mẫu', aliases: ['làng Mẫu'] }, { id: 'plei-vi-du', name: 'Plei Ví Dụ', aliases: [] }, { id: 'thon-thu', name: 'Thôn Thử', aliases: [] }],
  rows: read.table.rows,
  nowMs,
};

const CSV = `Ngày,Giờ,Nơi tiêm,Làng,Đối tượng,Vắc xin,Mang theo,Còn chỗ,Ghi chú
25/11/2026,7h30 - 10h30,Trạm Y tế,Plei Mẫu; Thôn Thử,Trẻ dưới 1 tuổi,5 trong 1; sởi mũi 1,sổ tiêm chủng; khăn,20,
02/12/2026,7:30-10:30,Nhà rông Plei Ví Dụ,plei vi du,Trẻ 1-5 tuổi,viêm não Nhật Bản mũi 2,sổ tiêm,,Đi sớm
10/12/2026,7h-11h,Trạm Y tế,toàn xã,,,,,
`;

test('a file of staff is read as they write it', () => {
  const [first, second, third] = sessionsOf(readSessionTable(CSV, context));
  expect(first).toMatchObject({
    day: '2026-11-25', fromMinute: 450, toMinute: 630, place: 'Trạm Y tế', villages: ['plei-mau', 'thon-thu'], who: 'Trẻ dưới 1 tuổi',
    vaccines: [{ text: '5 trong 1', rows: ['penta1', 'penta2', 'penta3'] }, { text: 'sởi mũi 1', rows: ['mcv1'] }],
    bring: ['sổ tiêm chủng', 'khăn'], placesLeft: 20, note: null, state: 'planned',
  });
  expect(second).toMatchObject({ villages: ['plei-vi-du'], vaccines: [{ rows: ['je2'] }], placesLeft: null, note: 'Đi sớm' });
  expect(third).toMatchObject({ villages: [], vaccines: [] });
});

test('a pasted table, semicolons, a byte order mark, headings without marks and hours in two columns give the same', () => {
  const expected = sessionsOf(readSessionTable(CSV, context));
  expect(sessionsOf(readSessionTable(CSV.replaceAll(';', '+').replaceAll(',', '\t'), context))).toEqual(expected);
  expect(sessionsOf(readSessionTable(`\uFEFF${CSV.replaceAll(';', '+').replaceAll(',', ';')}`, context))).toEqual(expected);
  const two = 'ngay;tu gio;den gio;noi tiem;lang\n25/11/2026;7:30;10:30;Trạm Y tế;Plei Mẫu';
  expect(sessionsOf(readSessionTable(two, context))).toMatchObject([{ fromMinute: 450, toMinute: 630, id: expected[0]?.id }]);
  const bars = '| Ngày | Giờ | Nơi tiêm |\n|---|---|---|\n| 25/11/2026 | 7h30 - 10h30 | Trạm Y tế |';
  expect(sessionsOf(readSessionTable(bars, context))).toMatchObject([{ day: '2026-11-25', fromMinute: 450 }]);
});

test('a line that cannot be understood is refused with its number, its cell and what is wrong; the others are taken', () => {
  const text = 'Ngày,Giờ,Nơi tiêm,Làng,Còn chỗ,Bản đồ\n31/2/2027,7h-9h,Trạm,,,\n25/11/2026,9h-7h,Trạm,,,\n26/11/2026,7h-9h,Trạm,Plei Lạ,nhiều,chỗ cũ\n27/11/2026,sáng,,,,\n28/11/2026,7h-9h,Trạm,,,\n28/11/2026,7h-10h,Trạm,,,';
  const result = readSessionTable(text, context);
  if (!result.ok) throw new Error(result.code);
  expect(result.lines.map((line) => [line.line, line.ok ? 'taken' : line.faults.map((fault) => `${fault.field}:${fault.code}`).join(' ')])).toEqual([
    [2, 'day:not-a-day'],
    [3, 'hours:ends-before'],
    [4, 'villages:unknown-village left:not-a-number map:not-a-link'],
    [5, 'place:missing hours:not-an-hour'],
    [6, 'taken'],
    [7, 'line:repeats'],
  ]);
});

test('a text without the headings is no table, and says which are missing', () => {
  expect(readSessionTable('xin chào,bà con\n1,2', context)).toEqual({ ok: false, code: 'headings', missing: ['day', 'place'] });
  expect(readSessionTable('  \n', context)).toMatchObject({ code: 'empty' });
});

test('importing the same file twice changes nothing', async () => {
  const store = memorySessions();
  const lines = linesOf(readSessionTable(CSV, context));
  expect((await importSessions(store, lines, nowMs)).map((line) => line.outcome)).toEqual(['added', 'added', 'added']);
  const before = await store.list({ from: '2026-01-01', to: null });
  expect((await importSessions(store, lines, nowMs)).map((line) => line.outcome)).toEqual(['unchanged', 'unchanged', 'unchanged']);
  expect(await store.list({ from: '2026-01-01', to: null })).toEqual(before);
  expect(store.writes).toBe(3);
});

test('a changed line changes its session, a past one is told and left, a dry run writes nothing', async () => {
  const store = memorySessions();
  await importSessions(store, linesOf(readSessionTable(CSV, context)), nowMs);
  const changed = CSV.replace('10h30', '11h').replace('02/12/2026', '02/11/2026');
  const lines = linesOf(readSessionTable(changed, context));
  expect((await importSessions(store, lines, nowMs, true)).map((line) => line.outcome)).toEqual(['changed', 'past', 'unchanged']);
  expect(store.writes).toBe(3);
  await importSessions(store, lines, nowMs);
  expect((await store.list({ from: '2026-11-25', to: '2026-11-25' }))[0]).toMatchObject({ toMinute: 660 });
});

test('a cancelled session stays cancelled when its file comes again, until a line says otherwise', async () => {
  const store = memorySessions();
  const lines = linesOf(readSessionTable(CSV, context));
  await importSessions(store, lines, nowMs);
  const [first] = sessionsOf(readSessionTable(CSV, context));
  expect(await store.cancel(first?.id ?? '')).toBe(true);
  expect(await store.cancel('s-nothing')).toBe(false);
  expect((await importSessions(store, lines, nowMs))[0]?.outcome).toBe('unchanged');
  expect(findSessions(await store.list({ from: '2026-11-22', to: null }), 'plei-mau', { kind: 'next' }, nowMs)).toMatchObject({ kind: 'listed', sessions: [{ day: '2026-12-10' }] });
  const revived = CSV.replace('Ghi chú', 'Ghi chú,Trạng thái').replace('khăn,20,', 'khăn,20,,có');
  expect((await importSessions(store, linesOf(readSessionTable(revived, context)), nowMs))[0]?.outcome).toBe('changed');
});

test('what is exported as a calendar comes back the same', () => {
  const sessions = sessionsOf(readSessionTable(CSV, context));
  const calendar = toCalendar(sessions, (session) => `Tiêm chủng: ${session.place}`, nowMs);
  expect(calendar).toContain('DTSTART:20261125T003000Z');
  expect(calendar.split('\r\n').every((line) => Buffer.byteLength(line) <= 76)).toBe(true);
  expect(sessionsOf(readSessionCalendar(calendar, context))).toEqual(sessions);
  expect(toCalendar(sessions, (session) => `Tiêm chủng: ${session.place}`, nowMs)).toBe(calendar);
});

test('a calendar of elsewhere is understood: local hours, a named zone, repeated and cancelled events', async () => {
  const ics = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x',
    'BEGIN:VEVENT', 'UID:a1', 'DTSTART:20261125T073000', 'DTEND:20261125T103000', 'SUMMARY:Tiêm chủng', 'LOCATION:Trạm Y tế', 'END:VEVENT',
    'BEGIN:VEVENT', 'UID:a2', 'DTSTART;TZID=Asia/Ho_Chi_Minh:20260805T073000', 'DTEND;TZID=Asia/Ho_Chi_Minh:20260805T103000', 'RRULE:FREQ=MONTHLY;COUNT=6', 'SUMMARY:Nhà rông', 'END:VEVENT',
    'BEGIN:VEVENT', 'UID:a3', 'DTSTART:20261130T003000Z', 'DTEND:20261130T033000Z', 'LOCATION:Trạm Y tế', 'STATUS:CANCELLED', 'END:VEVENT',
    'BEGIN:VEVENT', 'UID:a4', 'DTSTART;VALUE=DATE:20261201', 'SUMMARY:Cả ngày', 'END:VEVENT',
    'BEGIN:VEVENT', 'UID:a5', 'DTSTART;TZID=Europe/Paris:20261201T073000', 'DURATION:PT2H', 'SUMMARY:Xa', 'END:VEVENT',
    'END:VCALENDAR'].join('\r\n');
  const lines = linesOf(readSessionCalendar(ics, context));
  expect(lines.map((line) => (line.ok ? `${line.session.day} ${line.session.fromMinute}-${line.session.toMinute} ${line.session.place} ${line.session.state}` : line.faults.map((fault) => fault.code).join()))).toEqual([
    '2026-11-25 450-630 Trạm Y tế planned', '2026-12-05 450-630 Nhà rông planned', '2027-01-05 450-630 Nhà rông planned', '2026-11-30 450-630 Trạm Y tế cancelled', 'whole-day', 'zone',
  ]);
  const store = memorySessions();
  await importSessions(store, lines, nowMs);
  expect((await importSessions(store, linesOf(readSessionCalendar(ics, context)), nowMs)).map((line) => line.outcome)).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged', 'refused', 'refused']);
  expect(readSessionCalendar('xin chào', context)).toMatchObject({ ok: false });
});

test('at most three are listed, and how many more there are', () => {
  const all = Array.from({ length: 5 }, (_, i) => session(addDays('2026-11-23', i)));
  const answer = findSessions(all, null, { kind: 'range', from: '2026-11-22', to: '2026-12-31' }, nowMs);
  expect(answer).toMatchObject({ kind: 'listed', more: 2 });
  expect(answer.kind === 'listed' ? answer.sessions.map((one) => one.day) : []).toEqual(['2026-11-23', '2026-11-24', '2026-11-25']);
});

test('the next one is told when there is none in the time asked for, and nothing when there is none at all', () => {
  const all = [session('2026-12-05'), session('2026-12-01', { villages: ['thon-thu'] })];
  expect(findSessions(all, 'plei-mau', { kind: 'range', from: '2026-11-23', to: '2026-11-23' }, nowMs)).toMatchObject({ kind: 'next', asked: 'range', session: { day: '2026-12-05' } });
  expect(findSessions(all, 'plei-mau', { kind: 'past' }, nowMs)).toMatchObject({ kind: 'next', asked: 'past' });
  expect(findSessions(all, 'thon-thu', { kind: 'next' }, nowMs)).toMatchObject({ kind: 'listed', sessions: [{ day: '2026-12-01' }, { day: '2026-12-05' }] });
  expect(findSessions([session('2026-11-21')], null, { kind: 'next' }, nowMs)).toEqual({ kind: 'none' });
});

test('a session of this morning is over once its hours are', () => {
  const today = session('2026-11-22');
  expect(hasEnded(today, epochOf('2026-11-22', 10, 29))).toBe(false);
  expect(hasEnded(today, epochOf('2026-11-22', 10, 30))).toBe(true);
  expect(findSessions([today], null, { kind: 'range', from: '2026-11-22', to: '2026-11-22' }, epochOf('2026-11-22', 14))).toEqual({ kind: 'none' });
});

test('the session for a dose is the next one at which it is given', () => {
  const all = [session('2026-11-23', { vaccines: [{ text: 'sởi', rows: ['mcv1'] }] }), session('2026-11-25', { vaccines: [{ text: '5 trong 1', rows: ['penta1'] }] }), session('2026-11-26')];
  expect(sessionFor(all, null, ['penta1'], nowMs)?.day).toBe('2026-11-25');
  expect(sessionFor(all, null, ['je1'], nowMs)?.day).toBe('2026-11-26');
});

test('no search ever gives a session that has ended, is cancelled, or is for another village', () => {
  const someSession = fc.record({ day: fc.integer({ min: -40, max: 40 }), from: fc.integer({ min: 0, max: 1_300 }), villages: fc.subarray(['plei-mau', 'plei-vi-du']), cancelled: fc.boolean() })
    .map(({ day, from, villages, cancelled }, ) => session(addDays('2026-11-22', day), { fromMinute: from, toMinute: from + 60, villages, state: cancelled ? 'cancelled' : 'planned' }));
  const someWhen = fc.oneof(fc.constant({ kind: 'next' as const }), fc.constant({ kind: 'past' as const }), fc.tuple(fc.nat(30), fc.nat(30)).map(([from, length]) => ({ kind: 'range' as const, from: addDays('2026-11-22', from), to: addDays('2026-11-22', from + length) })));
  fc.assert(fc.property(fc.array(someSession, { maxLength: 20 }), someWhen, fc.option(fc.constantFrom('plei-mau', 'thon-thu')), fc.integer({ min: 0, max: 1_439 }), (all, when, village, minute) => {
    const at = epochOf('2026-11-22', 0, minute);
    const answer = findSessions(all, village, when, at);
    const told = answer.kind === 'listed' ? answer.sessions : answer.kind === 'next' ? [answer.session] : [];
    for (const one of told) {
      expect(epochOf(one.day, 0, one.toMinute)).toBeGreaterThan(at);
      expect(one.state).toBe('planned');
      expect(village === null || one.villages.length === 0 || one.villages.includes(village)).toBe(true);
      if (answer.kind === 'listed' && when.kind === 'range') expect(one.day >= when.from && one.day <= when.to).toBe(true);
    }
    expect(told.length).toBeLessThanOrEqual(3);
  }), { numRuns: 1_000 });
});

test('a written row is read back', () => {
  const one = session('2026-11-25', { villages: ['plei-mau'], bring: ['sổ tiêm'], placesLeft: 0, note: 'Đi sớm', mapUrl: 'https://example.org/map' });
  expect(fromSessionRow(toSessionRow(one))).toEqual(one);
  expect(dayOf(epochOf(one.day, 0, one.fromMinute))).toBe(one.day);
});

function session(day: Day, part: Partial<Session> = {}): Session {
  return { id: sessionId(day, 450, 'Trạm Y tế'), day, fromMinute: 450, toMinute: 630, place: 'Trạm Y tế', mapUrl: null, villages: [], who: '', vaccines: [], bring: [], placesLeft: null, note: null, state: 'planned', ...part };
}

function linesOf(result: ReadSessions) {
  if (!result.ok) throw new Error(`${result.code} ${result.missing.join(' ')}`);
  return result.lines;
}

function sessionsOf(result: ReadSessions): Session[] {
  return linesOf(result).map((line) => {
    if (!line.ok) throw new Error(JSON.stringify(line.faults));
    return line.session;
  });
}
