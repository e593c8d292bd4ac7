import { expect, test } from 'vitest';
import { tellHeld } from '#bot/conversation/held.ts';
import { apology } from '#bot/conversation/reply.ts';
import { pieceSchema } from '#bot/store/forms.ts';
import { loadPlace } from '#knowledge/place.ts';
import { createTexts } from '#locales/texts.ts';

/** Pieces that do not come out of a turn must be of the form that the store keeps, or the message that needs them is lost. */

test('the apology for a message that could not be handled can be stored, and names the station’s number', async () => {
  const { texts, place } = await world();
  const piece = apology({ texts, place }, 'vi');
  expect(pieceSchema.parse(piece)).toEqual(piece);
  expect(piece.text).toContain('0900 000 000');
});

test('everything held about a person is told in pieces that can be stored and sent, however long', async () => {
  const { texts, place } = await world();
  const long = 'Cháu nhà em sốt ba hôm rồi, ẵm tới trạm được không. '.repeat(200);
  const pieces = tellHeld({ texts, place }, {
    channel: 'web', address: 'x', lang: 'vi', villageId: 'plei-mau', stopped: true,
    consents: [{ purpose: 'village', given: true, textVersion: 'v1', atMs: 1_764_000_000_000 }],
    messages: [{ direction: 'in', inboxId: 1, platformId: 'p', atMs: 1_764_000_000_000, content: { kind: 'text', text: long, forwarded: false } }, { direction: 'out', seq: 1, atMs: 1_764_000_001_000, piece: null, state: 'sent' }],
    tickets: [{ kind: 'question', question: 'mai có tiêm không', state: 'open', createdMs: 1_764_000_000_000 }],
    rights: [], children: [], groups: ['parents'],
  }, 'vi', 90);
  for (const piece of pieces) {
    expect(pieceSchema.parse(piece)).toEqual(piece);
    expect(piece.text.length).toBeLessThanOrEqual(1_800);
  }
  const whole = pieces.map((piece) => piece.text).join('');
  for (const held of ['Làng: Plei Mẫu.', 'Đã dừng nhận thông báo.', 'đồng ý nhớ làng', 'mai có tiêm không', 'đã xoá theo hạn']) expect(whole).toContain(held);
  expect(whole.split('ẵm tới trạm').length - 1).toBe(200);
});

async function world() {
  const [texts, place] = await Promise.all([createTexts(), loadPlace('knowledge/places/mau')]);
  if (!place.ok) throw new Error('the sample place does not load');
  return { texts, place: place.place };
}
