import { expect, test } from 'vitest';
import type { Piece } from '#bot/channels/channel.ts';
import { partsOf } from '#bot/channels/zalo/render.ts';
import { createTexts } from '#locales/texts.ts';

const texts = await createTexts();
const piece: Piece = { text: 'Câu trả lời.', lang: 'vi', cardId: null, buttons: [{ label: 'Lăng dong (Xem thêm)', value: 'more:x' }], layout: { form: 'plain' } };

test('where Zalo shows no keys, what to write stands below, in Jrai too for who reads drafts beside the Vietnamese', () => {
  expect(partsOf(piece, texts, { numbered: true })[0]?.split('\n').at(-1)).toBe('Nhắn 1: Lăng dong (Xem thêm)');
  expect(partsOf({ ...piece, beside: { lang: 'jra', text: '' } }, texts, { numbered: true })[0]?.split('\n').at(-1)).toBe('Čih 1 (Nhắn 1): Lăng dong (Xem thêm)');
});
