import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { isOpenToChoice } from '#knowledge/decide.ts';
import { isCard } from '#knowledge/candidates.ts';
import { CHOOSABLE, type OpenJudge } from '#knowledge/judge.ts';
import { openBase } from './base.ts';

let open: OpenJudge;
beforeAll(async () => {
  open = await openBase();
});

const judge = (text: string, chosenCardId?: string) => open.judge(text, { nowMs: 0, ...(chosenCardId === undefined ? {} : { chosenCardId }) });

const SURE = ['bị chó cắn nhẹ có sao không', 'nhà hết gạo hỏi ai'];
const ASKED = ['nhỡ lịch thì sao ạ', 'có phải tiền cho người già không', 'tiêm xong về con quấy', 'muỗi nhiều quá phun thuốc ở đâu'];
const PASSED = ['thuốc bôi gì', 'trạm có chụp x quang không', 'mình muốn làm lại thẻ', 'giá heo hơi hôm nay'];
const ALARMS = ['con tôi co giật', 'uống nhầm thuốc diệt cỏ', 'không muốn sống nữa'];

describe('what a model chose', () => {
  test('turns an offer into an answer where nothing in the question is strange to the card', () => {
    expect(judge('nhỡ lịch thì sao ạ')).toMatchObject({ outcome: 'clarify' });
    expect(judge('nhỡ lịch thì sao ạ', 'epi.late')).toMatchObject({ outcome: 'answer', cardId: 'epi.late', reasons: ['model:agreed', 'unsure'] });
  });

  test('is vetoed where the question names what the card never mentions', () => {
    const text = 'nhỡ lịch tiêm cúm gà thì sao ạ';
    const strangeTo = open.rank(text).slice(0, CHOOSABLE).filter((id) => judge(text, id).reasons.includes('model:vetoed'));
    expect(strangeTo).not.toEqual([]);
    for (const id of strangeTo) expect(judge(text, id).outcome).toBe(judge(text).outcome);
  });

  test('makes of a question for a person no more than an offer', () => {
    for (const text of PASSED) expect(judge(text).outcome, text).toBe('escalate');
    for (const text of PASSED) for (const id of open.rank(text).slice(0, CHOOSABLE)) expect(judge(text, id).outcome).not.toBe('answer');
  });

  test('never matters to danger, to what is sure, and to deeds', () => {
    for (const text of [...SURE, ...ALARMS]) for (const id of open.index.ids.filter(isCard)) expect(judge(text, id)).toEqual(judge(text));
    for (const text of [...ASKED, ...PASSED]) for (const id of ['bot.human', 'bot.unsubscribe', 'bot.delete-data', 'bot.language']) expect(judge(text, id)).toEqual(judge(text));
  });

  test('whatever it is, changes a judgement only from offer to answer or from a person to an offer, and only to a card near the question', () => {
    const words = [...SURE, ...ASKED, ...PASSED, ...ALARMS].flatMap((text) => text.split(' '));
    const text = fc.oneof(fc.constantFrom(...ASKED, ...PASSED), fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 9 }).map((list) => list.join(' ')), fc.string({ maxLength: 60 }));
    fc.assert(fc.property(text, fc.oneof(fc.constantFrom(...open.index.ids), fc.string()), (question, id) => {
      const [alone, aided] = [judge(question), judge(question, id)];
      if (aided.outcome === alone.outcome) return;
      expect(isOpenToChoice(alone)).toBe(true);
      expect(open.rank(question).slice(0, CHOOSABLE)).toContain(id);
      expect([alone.outcome, aided.outcome].join()).toMatch(/^(clarify,answer|escalate,clarify)$/u);
    }), { numRuns: 300 });
  });
});
