import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitText } from '#bot/channels/split.ts';
import { writeKeyboard } from '#bot/channels/telegram/keyboard.ts';
import { buttonsOf } from '#bot/channels/zalo/render.ts';
import { cutWhole, letterCount } from '#knowledge/letters.ts';

const listed = (lang: string) => readFileSync(`locales/glossary/${lang}.words.tsv`, 'utf8').normalize('NFC').split('\n').slice(1).flatMap((line) => line.split('\t')[0] ?? '').filter((word) => word !== '');
/** Real words, and more of those with letters of two code points, in both ways of storing them. */
const all = [...listed('jra'), ...listed('bdq')];
const pairs = all.filter((word) => /[^a]\u0306/.test(word));
const word = fc.oneof(fc.constantFrom(...all), fc.constantFrom(...pairs), fc.constantFrom(...pairs).map((one) => one.normalize('NFD')));
const text = fc.array(word, { minLength: 1, maxLength: 60 }).map((words) => words.join(' '));

const graphemes = new Intl.Segmenter('vi', { granularity: 'grapheme' });
const lettersOf = (whole: string) => [...graphemes.segment(whole)].map(({ segment }) => segment);
/** Whether `part`, without what a cut may add, is made of whole letters from the beginning of `whole`. */
const begins = (part: string, whole: string) => lettersOf(part.replace(/…$/, '').trimEnd()).every((letter, i) => lettersOf(whole)[i] === letter);

test('messages in Jrai and Bahnar are cut between letters, at any length', () => {
  fc.assert(fc.property(text, fc.integer({ min: 8, max: 200 }), (whole, limit) => {
    for (const { from, to } of splitText(whole, limit)) expect(lettersOf(whole.slice(from, to)).join('')).toBe(whole.slice(from, to));
    const edges = new Set([...graphemes.segment(whole)].map(({ index }) => index).concat(whole.length));
    for (const { from, to } of splitText(whole, limit)) expect([edges.has(from), edges.has(to)]).toEqual([true, true]);
    const cut = cutWhole(whole, limit);
    expect(cut.length).toBeLessThanOrEqual(limit);
    expect(begins(cut, whole)).toBe(true);
    expect(letterCount(cut)).toBe(lettersOf(cut).length);
  }), { numRuns: 300 });
});

test('labels on Telegram and on Zalo are cut between letters', async () => {
  const memory = { get: () => Promise.resolve(null), set: () => Promise.resolve() };
  await fc.assert(fc.asyncProperty(text, async (whole) => {
    const label = whole.normalize('NFC');
    const keyboard = await writeKeyboard({ buttons: [{ label, value: 'v' }], layout: { form: 'plain' } }, memory);
    expect(begins(keyboard?.inline_keyboard[0]?.[0]?.text ?? '', label)).toBe(true);
    for (const { title } of buttonsOf({ buttons: [{ label, value: 'v' }], layout: { form: 'plain' } })) expect(begins(title, label)).toBe(true);
  }), { numRuns: 200 });
});
