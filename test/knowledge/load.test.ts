import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadCards } from '#knowledge/load.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cards-'));
  await mkdir(join(dir, 'a'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

const card = (id: string, more = '') => `---
id: ${id}
topic: a
question: Câu hỏi là gì vậy
variants: [một cách hỏi, hai cách hỏi, ba cách hỏi, bốn cách hỏi, năm cách hỏi]
sources: [{ name: Một nguồn, date: 2026-05 }]
validFrom: 2026-01-01
validUntil: 2026-12-31
reviewBy: 2026-11-01
review: { status: sourced }
${more}---
Câu trả lời.
`;

describe('reading a folder of cards', () => {
  test('a card is offered on its first and last day, and not after', async () => {
    await writeFile(join(dir, 'a/a.one.md'), card('a.one'));
    for (const [day, count] of [['2025-12-31', 0], ['2026-01-01', 1], ['2026-12-31', 1], ['2027-01-01', 0]] as const) {
      const base = await loadCards(dir, day);
      expect(base.cards.length, day).toBe(count);
      expect(base.expired.length, day).toBe(1 - count);
    }
  });

  test('a broken card is left out and named, the others stay', async () => {
    await writeFile(join(dir, 'a/a.one.md'), card('a.one'));
    await writeFile(join(dir, 'a/a.two.md'), card('a.two').replace('question: Câu hỏi là gì vậy\n', ''));
    const base = await loadCards(dir, '2026-11-22');
    expect(base.cards.map(({ id }) => id)).toEqual(['a.one']);
    expect(base.faults).toEqual([expect.objectContaining({ file: 'a/a.two.md', field: 'question', severity: 'error' })]);
  });

  test('two cards with one id in a folder are a fault; in a later folder it is a replacement', async () => {
    await writeFile(join(dir, 'a/a.one.md'), card('a.one'));
    await writeFile(join(dir, 'a/b.md'), card('a.one'));
    expect((await loadCards(dir, '2026-11-22')).faults).toEqual([expect.objectContaining({ field: 'id' })]);
    const place = await mkdtemp(join(tmpdir(), 'place-'));
    await writeFile(join(place, 'a.one.md'), card('a.one').replace('Câu trả lời.', 'Câu của xã.'));
    await rm(join(dir, 'a/b.md'));
    const base = await loadCards([dir, place], '2026-11-22');
    expect(base.faults).toEqual([]);
    expect(base.cards.map(({ answer }) => answer)).toEqual(['Câu của xã.']);
    await rm(place, { recursive: true });
  });

  test('translations are no cards of their own', async () => {
    await writeFile(join(dir, 'a/a.one.md'), card('a.one'));
    await writeFile(join(dir, 'a/a.one.jra.md'), 'anything');
    expect((await loadCards(dir, '2026-11-22')).faults).toEqual([]);
  });
});
