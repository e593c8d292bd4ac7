import fc from 'fast-check';
import i18next from 'i18next';
import { expect, test } from 'vitest';
import { contextSchema } from '#bot/conversation/turn.ts';
import { createBirthReader } from '#bot/vaccination/age.ts';
import { childStep, goesOn, type ChildDeps, type ChildDialogue, type ChildInput, type ChildStep } from '#bot/vaccination/child-dialogue.ts';
import { importReport, pregnantReply, sessionsReply, type SessionReplyDeps } from '#bot/vaccination/replies.ts';
import { createScheduler } from '#bot/vaccination/schedule.ts';
import { findSessions, sessionId, type Session } from '#bot/vaccination/sessions.ts';
import type { Say } from '#bot/vaccination/texts.ts';
import { epochOf, type Day } from '#knowledge/day.ts';
import { loadScheduleTable } from '#knowledge/immunisation/table.ts';
import vi from '#locales/vi/vaccination.json' with { type: 'json' };

const read = await loadScheduleTable();
if (!read.ok) throw new Error(JSON.stringify(read.faults));
const { table } = read;
const texts = i18next.createInstance();
await texts.init({ lng: 'vi', resources: { vi: { vaccination: vi } }, ns: ['vaccination'], defaultNS: 'vaccination', interpolation: { escapeValue: false } });
const say: Say = (key, values) => texts.t(key, { ...values });
const voice = { say, lang: 'vi' as const };
const station = { name: 'Trạm Y tế xã Ia Mẫu', phone: '0900 000 000' };
const readBirth = await createBirthReader();
const TODAY = '2026-11-22';
const nowMs = epochOf(TODAY, 8);
const deps: ChildDeps = { voice, station, table, schedule: createScheduler(table, []), readBirth, sessions: [], villageId: null };

test('one message with a birth date is answered at once, with the ids of what is due', () => {
  const step = hear('cháu sinh 12/9 thì tiêm gì');
  expect(step.due).toEqual(['penta1', 'opv1']);
  expect(step.reply.text).toContain('Cháu sinh ngày 12/9/2026, nay 2 tháng 10 ngày.');
  expect(step.reply.text).toContain('Tới lượt bây giờ: 5 trong 1 mũi 1; bại liệt uống liều 1.');
  expect(step.reply.text).toContain('5 trong 1 mũi 2 từ 22/12/2026');
  expect(step.reply.text).toContain('rota uống liều 1; phế cầu mũi 1');
});

test('always: by which circular and as published when, who decides, and when not to come', () => {
  for (const said of ['sinh 12/9/2026', 'bé 18 tháng', 'hơn 1 tuổi', 'mới đẻ 3 bữa', '7 tuổi', 'sinh 20/1/2026']) {
    const { text } = hear(said).reply;
    expect(text).toContain('Thông tư 52/2025/TT-BYT, ngày 31/12/2025');
    expect(text).toContain('Cán bộ y tế khám và quyết định');
    expect(text).toContain('đang sốt hay đang bệnh thì gọi trạm 0900 000 000 trước khi đi');
    expect(text).not.toMatch(/\{\{|undefined|null|NaN|child\./);
  }
});

test('when nothing was said of doses, both are told: what the age brings, and to go on from what is missing', () => {
  const step = hear('bé 18 tháng tiêm gì');
  expect(step.dueIfOnTime).toEqual(['mr', 'dtp4']);
  expect(step.due).toEqual(['opv1', 'ipv1', 'mcv1', 'je1']);
  expect(step.reply.text).toContain('Nếu các mũi trước đã đủ, tới lượt bây giờ: sởi - rubella (MR); bạch hầu - ho gà - uốn ván (DPT) nhắc lại.');
  expect(step.reply.text).toContain('không phải tiêm lại từ đầu');
  expect(step.reply.text).toContain('Mình tính như cháu sinh ngày 22/5/2025');
});

test('without a birth it is asked for; the answer may then be as short as "12-9"', () => {
  const asked = hear('con tôi cần tiêm gì');
  expect(asked.due).toEqual([]);
  expect(asked.reply.text).toContain('Cháu sinh ngày nào?');
  expect(childStep(deps, asked.dialogue, { kind: 'text', text: '12-9' }, nowMs).due).toEqual(['penta1', 'opv1']);
  expect(childStep(deps, asked.dialogue, { kind: 'text', text: 'không nhớ' }, nowMs).reply.text).toContain('0900 000 000');
});

test('a lunar day, a school grade and a day to come are asked back, each in its own words', () => {
  expect(hear('cháu sinh rằm tháng tám').reply.text).toContain('âm lịch');
  expect(hear('cháu học lớp 2').reply.text).toContain('Lớp học');
  expect(hear('sinh 3/5/2027').reply.text).toContain('chưa tới');
});

test('several readings are said back as choices, and the one pressed is reckoned with', () => {
  const several = hear('bé 2t tiêm gì');
  expect(several.due).toEqual([]);
  expect(several.reply.buttons.map((button) => button.label)).toEqual(['Khoảng 2 tháng (sinh khoảng 22/9/2026)', 'Khoảng 2 tuổi (sinh khoảng 22/11/2024)', 'Không phải, để tôi nhắn lại']);
  expect(several.reply.text).toContain('1. Khoảng 2 tháng');
  expect(press(several.dialogue, several.reply.buttons[0]?.value).due).toEqual(['penta1', 'opv1']);
  expect(press(several.dialogue, several.reply.buttons[2]?.value).reply.text).toContain('Cháu sinh ngày nào?');
});

test('doses are given by tapping; the third implies the first two, and the rest is reckoned anew', () => {
  let step = hear('sinh 22/6/2026');
  expect(step.due).toEqual(['penta1', 'opv1', 'ipv1']);
  step = press(step.dialogue, 'vaccine:tick');
  expect(step.reply.buttons.map((button) => button.value)).toEqual(['vaccine:given:hepb0', 'vaccine:given:bcg', 'vaccine:given:penta1', 'vaccine:given:penta2', 'vaccine:given:penta3', 'vaccine:given:opv1', 'vaccine:given:opv2', 'vaccine:given:opv3', 'vaccine:given:ipv1', 'vaccine:ontime', 'vaccine:none']);
  step = press(step.dialogue, 'vaccine:given:penta3');
  expect(step.reply.buttons.map((button) => button.value)).not.toContain('vaccine:given:penta1');
  step = press(step.dialogue, 'vaccine:given:opv1');
  step = press(step.dialogue, 'vaccine:done');
  expect(step.due).toEqual(['ipv1']);
  expect(step.reply.text).toContain('mũi trước đã đủ ngày thì tới lượt bại liệt uống liều 2');
  expect(press(step.dialogue, 'vaccine:none').due).toEqual(['penta1', 'opv1', 'ipv1']);
  expect(press(step.dialogue, 'vaccine:ontime').due).toEqual(['ipv1']);
});

test('the talk fits the context that is kept', () => {
  for (const step of [hear('con tôi tiêm gì'), hear('bé 4 tháng'), hear('2t'), press(hear('bé 4 tháng').dialogue, 'vaccine:given:penta1')]) {
    expect(contextSchema.safeParse({ dialogue: step.dialogue ?? undefined, atMs: nowMs }).success).toBe(true);
  }
});

test('a press from an old message, a false one, or a birth that cannot be, asks for the birth', () => {
  for (const value of ['vaccine:done', 'vaccine:given:penta1', 'vaccine:birth:2026-13-40', 'vaccine:birth:2027-01-01', 'vaccine:birth:2026-01-01~2026-05-05', 'vaccine:xyz', 'vaccine:']) {
    expect(press(null, value).reply.text).toContain('Cháu sinh ngày nào?');
  }
});

test('a mother, an illness, an injection and a pregnancy are not taken for the child', () => {
  expect(hear('mẹ 30 tuổi con 5 tháng cần tiêm gì').due).toEqual(['penta1', 'opv1', 'ipv1']);
  expect(hear('bé sinh 12/9/2026, tiêm mũi 1 ngày 12/11/2026').due).toEqual(['penta1', 'opv1']);
  for (const said of ['uống rota 1 tháng trước', 'cách đây 1 tháng tiêm mũi 1', '2 thang nua em sinh', 'bé sốt 2 ngày nay rồi']) {
    const asked = hear(said);
    expect(asked.reply.text, said).toContain('Cháu sinh ngày nào?');
    // Nor when the birth was just asked for.
    expect(childStep(deps, asked.dialogue, { kind: 'text', text: said }, nowMs).reply.text, said).toContain('Mình chưa hiểu ngày sinh');
  }
  expect(hear('tháng sau em sinh').reply.text).toContain('Ngày này chưa tới');
  // What is asked is what the mother needs, and the child's talk goes on with the child's birth.
  const mother = hear('bầu 5 tháng tiêm gì');
  expect(mother.reply.text).toContain('Phụ nữ có thai được tiêm phòng uốn ván');
  expect([mother.dialogue, mother.due]).toEqual([null, []]);
  expect(goesOn({ readBirth }, { kind: 'child-schedule', stage: 'given', given: [] }, 'chị tôi có thai thì sao', nowMs)).toBe(false);
});

test('an age that is full tomorrow brings nothing today', () => {
  expect(hear('bé 9 tháng').due).toContain('mcv1');
  for (const said of ['mai bé tròn 9 tháng', 'tuần sau bé được 9 tháng', 'còn 3 ngày nữa bé được 9 tháng', 'bé 9 tháng kém 1 ngày', 'sắp đến 9 tháng']) expect(hear(said).due, said).not.toContain('mcv1');
});

test('a grown-up and a child past the table are told so', () => {
  expect(hear('bé sinh 3/5/1996').reply.text).toContain('30 tuổi không theo lịch tiêm của trẻ em');
  expect(hear('cháu 9 tuổi').reply.text).toContain('Lịch của trẻ nhỏ đã qua');
});

test('what a place switched on for older children is said also when the part of small children is over', () => {
  const here: ChildDeps = { ...deps, schedule: createScheduler(table, [{ id: 'hpv', by: 'Y Mẫu', on: '2026-11-01' }]) };
  const step = childStep(here, null, { kind: 'text', text: 'sinh 20/11/2015' }, nowMs);
  expect(step.due).toEqual(['hpv1']);
  expect(step.reply.text).toContain('Tới lượt bây giờ: HPV mũi 1 (trẻ em gái).');
});

test('next are the doses of the nearest visit, and an outbreak campaign that has ended is not mentioned', () => {
  const { text } = hear('sinh 22/4/2026').reply;
  expect(text).toContain('Sắp tới: bại liệt tiêm mũi 2 từ 22/1/2027 đến 21/2/2027; sởi mũi 1 từ 22/1/2027 đến 21/2/2027.');
  expect(text).not.toContain('khi có dịch');
});

test('a text without a birth does not keep the talk', () => {
  const asked: ChildDialogue = { kind: 'child-schedule', stage: 'birth', given: [] };
  expect(goesOn(deps, asked, '12-9', nowMs)).toBe(true);
  expect(goesOn(deps, asked, 'trạm mở cửa mấy giờ', nowMs)).toBe(false);
  expect(goesOn(deps, { ...asked, stage: 'given' }, '12-9', nowMs)).toBe(false);
});

test('whatever is typed or pressed, a step gives one whole reply and a talk that can be kept', () => {
  const inputs = fc.oneof(
    fc.constantFrom('tick', 'done', 'none', 'ontime', 'restart', 'given:penta1', 'given:mr', 'given:tt1', 'given:x', 'birth:2026-05-05', 'birth:1990-01-01').map((argument): ChildInput => ({ kind: 'press', argument })),
    fc.constantFrom('sinh 12/9', '2t', 'lớp 2', 'rằm', 'xin chào', '4 tháng 10 ngày', '9 tuổi', '3/5/1996', '{{phone}}').map((text): ChildInput => ({ kind: 'text', text })),
  );
  fc.assert(fc.property(fc.array(inputs, { maxLength: 8 }), (all) => {
    let dialogue: ChildDialogue | null = null;
    for (const input of all) {
      const step: ChildStep = childStep(deps, dialogue, input, nowMs);
      expect(step.reply.text.trim()).not.toBe('');
      expect(step.reply.text).not.toMatch(/\{\{|undefined|NaN|child\./);
      expect(contextSchema.safeParse({ dialogue: step.dialogue ?? undefined, atMs: nowMs }).success).toBe(true);
      dialogue = step.dialogue;
    }
  }), { numRuns: 500 });
});

test('the next session at which something due is given is named', () => {
  const sessions = [session('2026-11-23', { vaccines: [{ text: 'sởi', rows: ['mcv1'] }] }), session('2026-11-25', { vaccines: [{ text: '5 trong 1', rows: ['penta1'] }] })];
  const step = childStep({ ...deps, sessions }, null, { kind: 'text', text: 'sinh 12/9' }, nowMs);
  expect(step.reply.text).toContain('Buổi tiêm gần nhất: thứ tư 25/11/2026, từ 7:30 đến 10:30, tại Trạm Y tế.');
});

const sessionDeps: SessionReplyDeps = { voice, station, villageName: (id) => (id === 'plei-mau' ? 'Plei Mẫu' : id), calendarUrl: (one) => `https://example.org/lich/${one.id}.ics` };

test('sessions are told with the day first, then hours, place, villages, vaccines, what to bring, map and calendar', () => {
  const one = session('2026-11-25', { villages: ['plei-mau'], who: 'Trẻ dưới 1 tuổi', vaccines: [{ text: '5 trong 1', rows: [] }], bring: ['sổ tiêm'], placesLeft: 0, note: 'Đi sớm', mapUrl: 'https://example.org/map' });
  const reply = sessionsReply(sessionDeps, findSessions([one], 'plei-mau', { kind: 'next' }, nowMs), 'plei-mau');
  expect(reply.text).toBe(['Có buổi tiêm thứ tư ngày 25/11/2026.', '', 'Thứ tư 25/11/2026, từ 7:30 đến 10:30, tại Trạm Y tế', 'Cho: Plei Mẫu', 'Đối tượng: Trẻ dưới 1 tuổi', 'Vắc xin: 5 trong 1', 'Mang theo: sổ tiêm', 'Đã hết chỗ, bà con gọi trạm trước khi đi', 'Đi sớm', 'Bản đồ: https://example.org/map', `Lịch cho điện thoại: https://example.org/lich/${one.id}.ics`, '', 'Lịch do Trạm Y tế xã Ia Mẫu đăng. Trước khi đi, bà con có thể gọi 0900 000 000.'].join('\n'));
  expect(reply.layout).toMatchObject({ form: 'answer', lead: 'Có buổi tiêm thứ tư ngày 25/11/2026.' });
});

test('an empty calendar says that the station has published none, with its number', () => {
  const reply = sessionsReply(sessionDeps, { kind: 'none' }, 'plei-mau');
  expect(reply.text).toContain('Trạm chưa đăng buổi tiêm nào sắp tới cho Plei Mẫu.');
  expect(reply.text).toContain('0900 000 000');
});

test('who did not name a village gets the answer first and is then asked for it', () => {
  const reply = sessionsReply(sessionDeps, findSessions([session('2026-11-25')], null, { kind: 'range', from: TODAY, to: TODAY }, nowMs), null, [{ label: 'Plei Mẫu', value: 'village:plei-mau' }]);
  expect(reply.text).toMatch(/^Ngày bà con hỏi không có buổi tiêm\. Buổi kế tiếp là thứ tư ngày 25\/11\/2026\./);
  expect(reply.text).toContain('Bà con ở làng nào?');
  expect(reply.buttons[0]).toEqual({ label: 'Plei Mẫu', value: 'village:plei-mau' });
});

test('tetanus in pregnancy names no dose until it is signed', () => {
  const unsigned = pregnantReply(voice, station, createScheduler(table, [])({ who: { kind: 'pregnant' }, given: [], today: TODAY }));
  expect(unsigned.text).not.toMatch(/mũi 1/);
  expect(unsigned.text).toContain('0900 000 000');
  const signed = createScheduler(table, [{ id: 'tt', by: 'Bác sĩ Mẫu', on: '2026-11-01' }]);
  expect(pregnantReply(voice, station, signed({ who: { kind: 'pregnant' }, given: [], today: TODAY })).text).toContain('uốn ván mũi 1');
});

test('an import is reported line by line in words', () => {
  const report = importReport(say, [
    { line: 2, outcome: 'added', session: session('2026-11-25') },
    { line: 3, outcome: 'refused', faults: [{ field: 'day', code: 'not-a-day', value: '31/2' }, { field: 'place', code: 'missing', value: '' }] },
  ]);
  expect(report).toEqual(['Dòng 2: thêm buổi 25/11/2026, Trạm Y tế.', 'Dòng 3: không nhận. ngày: "31/2" không phải ngày. Viết như 25/11/2026. Thiếu nơi tiêm.', 'Thêm 1, sửa 0, không đổi 0, đã qua 0, không nhận 1.']);
});

function hear(text: string): ChildStep {
  return childStep(deps, null, { kind: 'text', text }, nowMs);
}

function press(dialogue: ChildDialogue | null, value = ''): ChildStep {
  return childStep(deps, dialogue, { kind: 'press', argument: value.replace(/^vaccine:/, '') }, nowMs);
}

function session(day: Day, part: Partial<Session> = {}): Session {
  return { id: sessionId(day, 450, 'Trạm Y tế'), day, fromMinute: 450, toMinute: 630, place: 'Trạm Y tế', mapUrl: null, villages: [], who: '', vaccines: [], bring: [], placesLeft: null, note: null, state: 'planned', ...part };
}
