import { describe, expect, test } from 'vitest';
import { card, talk } from './world.ts';

const body = 'Cho cháu uống nhiều nước.\n\n## Chuyên môn\n\nParacetamol theo cân nặng.';
const tickets = (turn: { effects: { kind: string }[] }) => turn.effects.filter((effect) => effect.kind === 'ticket');

describe('what an answer must not be taken for', () => {
  test('whether it is this illness, only an examination can tell', async () => {
    const { say } = await talk({ 'có phải sởi không': { outcome: 'answer', cardId: 'disease.measles', reasons: ['sure', 'only-examination'] } }, [card('disease.measles')]);
    const turn = say('có phải sởi không');
    expect(turn.replies[0]).toMatchObject({ cardId: 'disease.measles' });
    expect(turn.replies[0]?.text).toContain('khám mới biết chắc');
    expect(tickets(turn)).toEqual([]);
  });

  test('a dose that nobody has signed: the safe part, and a health worker is asked', async () => {
    const { say } = await talk({ 'mấy mg': { outcome: 'answer', cardId: 'epi.reaction', reasons: ['sure', 'dose'] } }, [card('epi.reaction', body)]);
    const turn = say('mấy mg');
    expect(turn.replies.map((reply) => reply.text).join('\n')).not.toContain('Paracetamol');
    expect(turn.replies.at(-1)?.text).toContain('chuyển câu này cho cán bộ trạm');
    expect(tickets(turn)).toEqual([expect.objectContaining({ ticket: expect.objectContaining({ reasons: ['dose'], offered: ['epi.reaction'] }) })]);
  });

  test('a dose that no card is near: a health worker is asked, and the resident hears why', async () => {
    const { say } = await talk({ 'bé 8kg mấy ml': { outcome: 'escalate', reasons: ['dose'] } });
    const turn = say('bé 8kg mấy ml');
    expect(turn.replies[0]?.text).toContain('cán bộ y tế mới nói được');
    expect(tickets(turn)).toHaveLength(1);
  });

  test('a dose that a health worker has signed needs nobody else', async () => {
    const signed = card('epi.reaction', body, '{ status: signed, by: Bác sĩ Mẫu, role: bác sĩ, on: 2026-11-20 }');
    const { say } = await talk({ 'mấy mg': { outcome: 'answer', cardId: 'epi.reaction', reasons: ['sure', 'dose'] } }, [signed]);
    expect(tickets(say('mấy mg'))).toEqual([]);
  });

  test('another person’s health is refused kindly, and nobody is troubled with it', async () => {
    const { say } = await talk({ 'bà Sáu bị gì': { outcome: 'smalltalk', smalltalk: 'private' } });
    const turn = say('bà Sáu bị gì');
    expect(turn.replies[0]?.text).toContain('Chuyện sức khỏe của người khác mình không nói được.');
    expect(tickets(turn)).toEqual([]);
  });
});
