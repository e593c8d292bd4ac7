import { describe, expect, test } from 'vitest';
import type { Session } from '#bot/vaccination/sessions.ts';
import { card, talk } from './world.ts';

const session = (day: Session['day'], villages: string[], id = 's-0123456789ab'): Session => ({
  id, day, fromMinute: 450, toMinute: 660, place: 'Nhà rông Plei Mẫu', mapUrl: null, villages, who: 'trẻ dưới 2 tuổi', vaccines: [], bring: ['sổ tiêm chủng'], placesLeft: null, note: null, state: 'planned',
});
const asked = { 'mai có tiêm không': { outcome: 'session' }, 'con tôi tiêm gì': { outcome: 'child-schedule' } } as const;
// Sunday 22 November 2026 is "now".
const calendar = [session('2026-11-25', ['plei-mau']), session('2026-11-23', ['plei-vi-du'], 's-ba9876543210')];

describe('when and where', () => {
  test('comes from the station’s calendar, and asks for the village below the answer', async () => {
    const { say } = await talk({ ...asked }, [card('epi.where')], calendar);
    const [reply] = say('mai có tiêm không').replies;
    expect(reply?.text).toContain('23/11/2026');
    expect(reply?.buttons.map((button) => button.value)).toEqual(expect.arrayContaining(['village:plei-mau', 'village:plei-vi-du', 'village:thon-thu']));
  });

  test('for the village that was tapped it says the next one, and asks once whether to remember it', async () => {
    const { say, press, resident } = await talk({ ...asked }, [card('epi.where')], calendar);
    say('mai có tiêm không');
    const replies = press('village:plei-mau').replies;
    expect(replies[0]?.text).toContain('25/11/2026');
    expect(replies[1]?.buttons.map((button) => button.value)).toEqual(['remember:plei-mau', 'remember:no']);
    press('remember:plei-mau');
    expect(resident()).toMatchObject({ villageId: 'plei-mau', consents: ['village'] });
    expect(say('mai có tiêm không').replies[0]?.buttons.some((button) => button.value.startsWith('village:'))).toBe(false);
  });

  test('a "no" to remembering is kept too, and not asked again', async () => {
    const { say, press, resident } = await talk({ ...asked }, [card('epi.where')], calendar);
    say('mai có tiêm không');
    press('village:plei-mau');
    press('remember:no');
    expect(resident()).toMatchObject({ villageId: null, consents: [], answered: ['village'] });
    say('mai có tiêm không');
    expect(press('village:plei-mau').replies).toHaveLength(1);
  });

  test('with nothing in the calendar it says so, with the station’s number, and never invents a day', async () => {
    const { say } = await talk({ ...asked });
    const [reply] = say('mai có tiêm không').replies;
    expect(reply?.text).toContain('Trạm chưa đăng buổi tiêm nào');
    expect(reply?.text).toContain('0900 000 000');
    expect(reply?.text.split('\n')[0]).not.toMatch(/\d{1,2}\/\d{1,2}/);
  });

  test('never tells of a session that is over', async () => {
    const { say, at } = await talk({ ...asked }, [card('epi.where')], [session('2026-11-22', [])]);
    at('2026-11-22T10:59:00+07:00');
    expect(say('mai có tiêm không').replies[0]?.text).toContain('22/11');
    at('2026-11-22T11:00:00+07:00');
    expect(say('mai có tiêm không').replies[0]?.text).toContain('chưa đăng');
  });
});

describe('a child’s schedule', () => {
  test('asks for the birth, takes it in the next message, and says what is due', async () => {
    const { say } = await talk({ ...asked });
    say('con tôi tiêm gì');
    const turn = say('sinh 22/9/2026');
    expect(turn.judgement?.outcome).toBe('child-schedule');
    expect(turn.due).toEqual(expect.arrayContaining(['penta1', 'opv1']));
    expect(turn.replies[0]?.text).toMatch(/Thông tư/);
  });

  test('who is expecting is told of their own doses, and not asked when the child was born', async () => {
    const { say } = await talk({ ...asked, 'vợ tôi bầu 5 tháng cần tiêm mũi gì nữa': { outcome: 'child-schedule' } });
    const [reply] = say('vợ tôi bầu 5 tháng cần tiêm mũi gì nữa').replies;
    expect(reply?.text).toContain('Phụ nữ có thai được tiêm phòng uốn ván ở trạm');
    expect(reply?.text).not.toContain('Cháu sinh ngày nào');
  });

  test('another question in between is answered, and does not become a birth date', async () => {
    const { say } = await talk({ ...asked, 'có mất tiền không': { outcome: 'answer', cardId: 'epi.free' } });
    say('con tôi tiêm gì');
    expect(say('có mất tiền không').replies[0]?.cardId).toBe('epi.free');
  });
});

describe('a poster’s link', () => {
  test('brings its language and the sessions of its village, and keeps the village only if asked to', async () => {
    const { act, press, resident } = await talk({}, [card('epi.where')], calendar);
    const { replies } = act({ kind: 'start', payload: 'jra_plei-mau' });
    expect(replies.map((reply) => reply.text).join('\n')).toContain('25/11/2026');
    expect(resident()).toMatchObject({ lang: 'jra', villageId: null });
    press('remember:plei-mau');
    expect(resident().villageId).toBe('plei-mau');
  });

  test.each(['', 'xx', 'vi_no-such-village', '../../etc', 'jra_'])('"%s" is greeted and nothing else', async (payload) => {
    const { act, resident } = await talk({}, [card('epi.where')], calendar);
    expect(act({ kind: 'start', payload }).replies).toHaveLength(1);
    expect(resident().villageId).toBeNull();
  });
});
