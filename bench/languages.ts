import { readFileSync } from 'node:fs';
import { createIdentifier, mayAsk, type Identify, type Neighbour } from '#knowledge/identify/identify.ts';
import { identifierOnDemand } from '#knowledge/identify/onDemand.ts';
import { telexKeys } from '#knowledge/identify/telexKeys.ts';
import { bare, onVietnameseKeyboard } from '#knowledge/identify/words.ts';
import type { Lang } from '#knowledge/lang.ts';

/**
 * How often the language of a message is recognised, by its length in words and by how it is typed. The text was not used
 * to build the identifier: `languages/README.md` says where it comes from. Its words are stored out of their order, which
 * the identifier does not look at.
 */

/** Five words, all languages alike, with their letters and without: below these the benchmark has failed. */
export const FLOOR = { marked: 0.96, bare: 0.9 };
/** What is sought. */
export const SOUGHT = { marked: 0.98, bare: 0.95 };

const LENGTHS = [3, 5, 8, 12] as const;
const HOUSE = ['vi', 'jra', 'bdq', 'en'] as const satisfies readonly Lang[];
const NEIGHBOURS = ['ede', 'mnong', 'kriem'] as const satisfies readonly Neighbour[];

type Window = { of: string; from: string; length: number; text: string };

const STYLES = { marked: (text: string) => text, keyboard: onVietnameseKeyboard, bare } as const;
type Style = keyof typeof STYLES;

/** Part of the messages recognised, 0 to 1. */
export type Row = { style: Style | 'telex'; words: number; mean: number; of: Partial<Record<Lang, number>> };

export type LanguagesBench = {
  rows: Row[];
  /** Messages of a neighbour that were taken for no language of the house, by length: the higher the better. */
  neighbours: { near: Neighbour; words: number; kept: number }[];
  /** Vietnamese messages after which a resident would be asked for another language: the lower the better. */
  askedInVain: { words: number; part: number }[];
  msPerMessage: number;
};

/** Measures everything; takes some seconds. */
export function benchLanguages(identify: Identify = identifierOnDemand()): LanguagesBench {
  const windows = read();
  const rows: Row[] = [];
  for (const style of ['marked', 'keyboard', 'bare'] as const) {
    for (const words of LENGTHS) {
      const of = Object.fromEntries(HOUSE.map((lang) => [lang, part(windows.filter((window) => window.of === lang && window.length === words), ({ text }) => identify(STYLES[style](text)).lang === lang)]));
      rows.push({ style, words, mean: mean(Object.values(of)), of });
    }
  }
  for (const words of LENGTHS) {
    const typed = windows.filter(({ of, from, length }) => of === 'vi' && from !== 'questions as typed' && length === words);
    const right = part(typed, ({ text }) => identify(text.split(' ').map(telexKeys).join(' ')).lang === 'vi');
    rows.push({ style: 'telex', words, mean: right, of: { vi: right } });
  }

  const neighbours = NEIGHBOURS.flatMap((near) => LENGTHS.map((words) => ({ near, words, kept: part(windows.filter(({ of, length }) => of === near && length === words), ({ text }) => identify(text).lang === null) })));
  const askedInVain = LENGTHS.map((words) => ({
    words,
    part: part(windows.filter(({ of, length }) => of === 'vi' && length === words).flatMap((window) => [window, { ...window, text: bare(window.text) }]), ({ text }) => mayAsk(identify(text), 'vi', 0)),
  }));

  const msPerMessage = timed(windows);

  return { rows, neighbours, askedInVain, msPerMessage };
}

/** The words that are missed most, for whoever improves the lists: every window that was read wrongly. */
export function missed(identify: Identify, style: Style, words: number): { of: string; from: string; took: string; text: string }[] {
  return read()
    .filter(({ of, length }) => length === words && HOUSE.some((lang) => lang === of))
    .map(({ of, from, text }) => ({ of, from, text: STYLES[style](text), found: identify(STYLES[style](text)) }))
    .filter(({ of, found }) => found.lang !== of)
    .map(({ of, from, text, found }) => ({ of, from, took: found.lang ?? found.near ?? 'none', text }));
}

/** Passages of one language of this many words: running text, which asks for nothing. */
export function windowsOf(lang: Lang, words: number): string[] {
  return read().filter(({ of, length }) => of === lang && length === words).map(({ text }) => text);
}

/** With an identifier that has seen no word before; the processor's time, because the wall's depends on who else is at work. */
function timed(windows: readonly Window[]): number {
  const identify = createIdentifier();
  const before = process.cpuUsage();
  const words = windows.reduce((sum, { text }) => sum + identify(text).words, 0);
  if (words === 0) throw new Error('no message had a word: the benchmark measured nothing');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / windows.length;
}

function part(windows: readonly Window[], right: (window: Window) => boolean): number {
  return windows.length === 0 ? 0 : windows.filter(right).length / windows.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function read(): Window[] {
  return readFileSync(new URL('languages/windows.tsv', import.meta.url), 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
    .map(([of = '', from = '', length = '', text = '']) => ({ of, from, length: Number(length), text }));
}
