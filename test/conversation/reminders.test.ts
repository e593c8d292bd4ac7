import { describe, expect, test } from 'vitest';
import type { Effect, Turn } from '#bot/conversation/turn.ts';
import { talk } from './world.ts';

const asked = { 'cháu sinh 12/9/2026 thì tiêm gì': { outcome: 'child-schedule' }, 'mai có tiêm không': { outcome: 'session' } } as const;

describe('being reminded of a child’s vaccinations', () => {
  test('is offered below a schedule, says what is kept and what for, and is agreed to by a tap', async () => {
    const { say, press, resident } = await talk({ ...asked });
    expect(say('cháu sinh 12/9/2026 thì tiêm gì').replies[0]?.buttons[0]).toEqual({ label: 'Nhắc tôi khi tới lượt', value: 'vaccine:remind' });
    const ask = press('vaccine:remind');
    expect(ask.replies[0]?.text).toContain('mình giữ ngày sinh và tên gọi ở nhà của cháu, không dùng vào việc khác');
    expect(ask.effects.map((effect) => effect.kind)).toEqual(['context']);
    expect(press('remind:yes').replies[0]?.text).toContain('Ở nhà gọi cháu là gì?');
    expect(resident().consents).toEqual(['reminders']);
    const kept = say('Bé Na');
    expect(childIn(kept)).toMatchObject({ nickname: 'Na', birth: '2026-09-12' });
    expect(kept.replies[0]?.text).toContain('Mình sẽ nhắc lịch tiêm của Na.');
    expect(kept.replies[0]?.buttons.map((button) => button.value)).toContain('remind:village:plei-mau');
    press('remind:village:plei-mau');
    expect(resident()).toMatchObject({ villageId: 'plei-mau', consents: ['reminders', 'village'] });
  });

  test('the child may stay unnamed, by the button or by a plain no', async () => {
    for (const skip of ['press', 'không']) {
      const { say, press } = await talk({ ...asked });
      say('cháu sinh 12/9/2026 thì tiêm gì');
      press('vaccine:remind');
      press('remind:yes');
      expect(childIn(skip === 'press' ? press('remind:unnamed') : say(skip))).toMatchObject({ nickname: '' });
    }
  });

  test('doses that were tapped are kept as given on an unknown day', async () => {
    const { say, press } = await talk({ ...asked });
    say('cháu sinh 12/9/2026 thì tiêm gì');
    press('vaccine:tick');
    press('vaccine:given:opv1');
    press('vaccine:done');
    press('vaccine:remind');
    press('remind:yes');
    expect(childIn(say('Bi'))?.given).toEqual([{ id: 'opv1', on: null }]);
  });

  test('another question instead of a name is answered as a question, and nothing is kept', async () => {
    const { say, press } = await talk({ ...asked });
    say('cháu sinh 12/9/2026 thì tiêm gì');
    press('vaccine:remind');
    press('remind:yes');
    const turn = say('mai có tiêm không');
    expect(childIn(turn)).toBeUndefined();
    expect(turn.judgement?.outcome).toBe('session');
  });

  test('"Không cần" keeps nothing, and an old "Đồng ý" without a birth asks for it again', async () => {
    const { say, press, resident } = await talk({ ...asked });
    say('cháu sinh 12/9/2026 thì tiêm gì');
    press('vaccine:remind');
    expect(press('remind:no').replies[0]?.text).toContain('Mình không giữ gì');
    expect(press('remind:yes').replies[0]?.text).toContain('sinh ngày nào');
    expect(resident().consents).toEqual([]);
  });

  test('"không nhắc nữa" ends it, typed in any way', async () => {
    for (const words of ['không nhắc nữa', 'Khong nhac nua!', 'đừng nhắc nữa']) {
      const { say, press, resident } = await talk({ ...asked });
      say('cháu sinh 12/9/2026 thì tiêm gì');
      press('vaccine:remind');
      press('remind:yes');
      say('Bi');
      expect(say(words).replies[0]?.text).toContain('đã xoá ngày sinh');
      expect(resident().consents).toEqual([]);
    }
  });
});

function childIn(turn: Turn): Extract<Effect, { kind: 'child' }>['child'] | undefined {
  return turn.effects.find((effect) => effect.kind === 'child')?.child;
}
