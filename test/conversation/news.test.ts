import { describe, expect, test } from 'vitest';
import { createTexts } from '#locales/texts.ts';
import { card, talk } from './world.ts';

const texts = await createTexts();

describe('the station’s announcements, agreed to and refused', () => {
  test.each(['đăng ký nhận tin', 'Đăng kí nhận tin của trạm', 'dang ky nhan tin', 'cho mình nhận tin của trạm với', 'tui muốn nhận thông báo', 'bật lại thông báo'])('"%s" agrees', async (words) => {
    const { say, resident } = await talk({}, [card('vaccine.cost')]);
    expect(say(words).effects).toContainEqual({ kind: 'consent', purpose: 'announcements', given: true, textVersion: 'announcements-1' });
    expect(resident().consents).toContain('announcements');
  });

  test.each(['không muốn nhận tin của trạm', 'huỷ đăng ký nhận tin', 'làm sao nhận tin của trạm', 'đừng cho nhận tin nữa'])('"%s" does not', async (words) => {
    const { say } = await talk({}, [card('vaccine.cost')]);
    expect(say(words).effects.filter((effect) => effect.kind === 'consent' && effect.given)).toEqual([]);
  });

  test('they are offered once, below the first answer after the notice, and the answer stands as it is', async () => {
    const { press, resident } = await talk({}, [card('vaccine.cost')]);
    const first = press('card:vaccine.cost');
    expect(first.replies[0]?.buttons.map((button) => button.value)).not.toContain('news:yes');
    expect(resident().greeted).toBe(true);
    const second = press('card:vaccine.cost');
    expect(second.replies).toHaveLength(1);
    expect(second.replies[0]?.text).toContain('Không mất tiền.');
    expect(second.replies[0]?.buttons.at(-1)?.value).toBe('news:yes');
    const third = press('card:vaccine.cost');
    expect(third.replies[0]?.buttons.map((button) => button.value)).not.toContain('news:yes');
  });

  test('a press agrees; groups are chosen and left by a press; one kind is refused and comes back with the whole', async () => {
    const { say, press, resident } = await talk({}, [card('vaccine.cost')]);
    press('news:yes');
    expect(resident().consents).toEqual(['announcements']);
    press('group:parents');
    expect(resident().groups).toEqual(['parents']);
    press('group:parents');
    expect(resident().groups).toEqual([]);
    expect(press('refuse:disease').replies[0]?.text).toContain('tin cảnh báo bệnh');
    expect(resident()).toMatchObject({ consents: ['announcements'], answered: expect.arrayContaining(['kind-disease']) as unknown });
    say('đăng ký nhận tin');
    expect(resident().consents).toContain('kind-disease');
  });

  test.each(['Dừng', 'dừng', 'stop', 'pơdơi'])('"%s" stops with one word', async (word) => {
    const { say } = await talk({}, [card('vaccine.cost')]);
    expect(say(word).effects).toContainEqual({ kind: 'stop' });
  });

  test.each(['vi', 'jra', 'bdq'] as const)('who stopped reads in %s with which words to come back, and those words do it', async (lang) => {
    const { say, press, resident } = await talk({}, [card('vaccine.cost')]);
    press(`lang:${lang}`);
    const stopped = say('dừng').replies[0]?.text ?? '';
    expect(stopped).toContain(texts.say(lang, 'chat:stop.done'));
    const words = /“([^”]+)”/u.exec(texts.say(lang, 'chat:stop.done'))?.[1] ?? '';
    say(words);
    expect(resident().consents).toContain('announcements');
  });
});
