import { expect, test } from 'vitest';
import { sayFacts } from '#bot/conversation/assemble.ts';
import { loadCards } from '#knowledge/load.ts';
import { fillPlaceholders, loadPlace, type Place } from '#knowledge/place.ts';
import { createTexts } from '#locales/texts.ts';

const loaded = await loadPlace('knowledge/places/mau');
if (!loaded.ok) throw new Error(loaded.file);
const texts = await createTexts();
const without: Place = { ...loaded.place };
delete without.hospital;
const here = sayFacts(loaded.place, texts);
const nowhere = sayFacts(without, texts);

test('a card names the hospital with its number', () => {
  expect(fillPlaceholders('Bệnh viện gần nhất: {{hospital.name}}, {{hospital.phone}}.', here)).toBe('Bệnh viện gần nhất: Trung tâm Y tế Mẫu, 0900 000 005.');
});

test('where nobody has confirmed a hospital, the station is named once, and a line of a list with nothing else goes', () => {
  expect(fillPlaceholders('Bệnh viện gần nhất: {{hospital.name}}, {{hospital.phone}}.', nowhere)).toBe('Bệnh viện gần nhất: hỏi trạm 0900 000 000.');
  expect(fillPlaceholders('- Trạm: {{station.phone}}\n- {{hospital.name}}: {{hospital.phone}}\n- Cấp cứu: 115', nowhere)).toBe('- Trạm: 0900 000 000\n- Cấp cứu: 115');
});

test('no card of the base repeats the word to ask the station, or leaves a place open, in a commune without a hospital', async () => {
  const { cards } = await loadCards('knowledge/cards', '2026-11-22');
  for (const card of cards) {
    for (const part of [card.answer, card.more ?? '', card.clinical ?? '']) {
      const told = fillPlaceholders(part, nowhere);
      expect(told, card.id).not.toMatch(/hỏi trạm [\d ]+\W{1,3}(số )?hỏi trạm|[Hh]ỏi hỏi|tới hỏi trạm|\{\{/);
      expect(fillPlaceholders(part, here), card.id).not.toContain('{{');
    }
  }
});
