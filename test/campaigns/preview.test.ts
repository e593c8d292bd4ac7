import { expect, test } from 'vitest';
import { freeze } from '#bot/campaigns/content.ts';
import { previewsOf, type Preview } from '#bot/campaigns/preview.ts';
import { createTexts } from '#locales/texts.ts';
import { place } from './ground.ts';

const texts = await createTexts();
const NOBODY = { 'web': 0, 'telegram': 0, 'zalo-free': 0, 'zalo-paid': 0, 'zalo-template': 0, 'zalo-bot': 0 };
const voice = { id: 'a'.repeat(24), lang: 'vi' as const, seconds: 31 };
const picture = { id: 'p'.repeat(20), alt: 'Cô y tá' };

function shown(text: string, ways: Partial<typeof NOBODY>, zalo?: { template: { id: string; parameters: Record<string, { from: 'text'; most: number }> } }): Promise<Preview[]> {
  const frozen = freeze({ vi: text }, 'vaccination', { picture, voices: { vi: voice } }, { place: { ...place, ...(zalo === undefined ? {} : { zalo }) }, texts });
  return previewsOf({ ways: { ...NOBODY, ...ways }, previews: [{ lang: 'vi', pieces: frozen.vi }] }, { texts, place, publicUrl: 'https://tram.example' });
}

const forms = (preview: Preview | undefined): [string, number][] => (preview?.messages ?? []).map(({ kind, buttons }) => [kind, buttons.length]);

test('each channel that reaches somebody shows the announcement as its own code sends it', async () => {
  const all = await shown('Mai tiêm sởi ở trạm.', { 'web': 1, 'telegram': 1, 'zalo-free': 2, 'zalo-paid': 1, 'zalo-bot': 1 });
  expect(all.map(({ channel }) => channel)).toEqual(['web', 'telegram', 'zalo', 'zalo-bot']);
  const [web, telegram, zalo, zaloBot] = all;
  expect(forms(web)).toEqual([['picture', 2], ['voice', 0]]);
  // A short text stands under the picture; the voice comes after its own line.
  expect(forms(telegram)).toEqual([['picture', 2], ['text', 0], ['voice', 0]]);
  expect(forms(zalo)).toEqual([['picture', 0], ['text', 2], ['text', 0]]);
  expect(zalo?.messages[1]?.text).toContain('Nhắn 1: Đừng gửi loại tin này');
  expect(zalo?.messages[2]?.text).toContain(`https://tram.example/nghe/${voice.id}`);
  expect(forms(zaloBot)).toEqual([['text', 0], ['text', 0]]);
});

test('a long text is cut where each channel cuts it, and nothing of it is lost', async () => {
  const text = Array.from({ length: 110 }, (_, i) => `Câu thứ ${i} nói việc cần làm.`).join(' ');
  const [telegram, zalo] = await shown(text, { 'telegram': 1, 'zalo-free': 1 });
  expect(forms(telegram).map(([kind]) => kind)).toEqual(['picture', 'text', 'text', 'voice']);
  for (const preview of [telegram, zalo]) for (const message of preview?.messages ?? []) expect(message.text.length).toBeLessThanOrEqual(preview?.limit ?? 0);
  expect(zalo?.messages.filter(({ kind }) => kind === 'text')).toHaveLength(3);
  expect(zalo?.messages.map((message) => message.text).join(' ')).toContain('Câu thứ 109');
});

test('who gets the approved form reads the form; who is reached nowhere is shown nothing', async () => {
  const form = { template: { id: '1', parameters: { noi_dung: { from: 'text' as const, most: 60 } } } };
  expect(await shown('Mai tiêm sởi ở trạm.\nNhớ mang sổ.', { 'zalo-template': 1 }, form)).toEqual([{ channel: 'zalo', lang: 'vi', limit: 2000, messages: [{ kind: 'template', text: 'Mai tiêm sởi ở trạm.', buttons: [] }] }]);
  expect(await shown('Mai tiêm.', {})).toEqual([]);
});
