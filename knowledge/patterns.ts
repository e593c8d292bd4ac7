import type { Syllable } from './normalise.ts';
import { compatible, fold, remembered, sameMarks } from './text.ts';

/**
 * Lines of the word files as patterns over syllables. `môi/mặt … tím` means: one of two words, at most four between,
 * then a third. A leading `!` asks for the marks, where the words without them would be others.
 */

type Part = readonly { marked: string; folded: string }[];

/** `marked`: some of its words have marks. */
export type Pattern = { parts: { any: Part; gap: boolean }[]; exact: boolean; marked: boolean; line: string };

/** Patterns by every unmarked word they may begin with, so that a message is read once. */
export type Patterns = ReadonlyMap<string, Pattern[]>;

/** `guessed`: a word of it was read as a slip of another. `bare`: the line has marks, and the message typed none of them. */
export type Match = { start: number; end: number; pattern: Pattern; guessed: boolean; bare: boolean };

const GAP = 4;
/** Readings believed less than this are guesses at a slip; chat spelling and Telex are believed more. */
const SLIP_BELOW = 0.45;

function parsePattern(line: string): Pattern {
  const exact = line.startsWith('!');
  const parts: Pattern['parts'] = [];
  let gap = false;
  for (const piece of (exact ? line.slice(1) : line).normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean)) {
    if (piece === '…' || piece === '...') gap = true;
    else {
      parts.push({ any: partOf(piece), gap });
      gap = false;
    }
  }
  return { parts, exact, marked: parts.some(({ any }) => any.some(({ marked, folded }) => marked !== folded)), line };
}

/** The same alternatives stand in thousands of lines once groups are written out; they are kept once. */
const partOf = remembered((piece): Part => piece.split('/').map((marked) => ({ marked, folded: fold(marked) })));

/**
 * A line with the names of word groups (in capitals) written out. Single words of a group become alternatives in one
 * line; each longer one makes a line of its own.
 */
export function expandWords(line: string, groups: Readonly<Record<string, string[]>>): string[] {
  let expanded = [''];
  for (const piece of line.split(/\s+/)) {
    const group = groups[piece];
    const single = group?.filter((word) => !word.includes(' ')).join('/') ?? piece;
    const choices = [...(single === '' ? [] : [single]), ...(group?.filter((word) => word.includes(' ')) ?? [])];
    expanded = expanded.flatMap((head) => choices.map((choice) => (head === '' ? choice : `${head} ${choice}`)));
  }
  return expanded;
}

export function compilePatterns(lines: string[]): Patterns {
  const index = new Map<string, Pattern[]>();
  for (const line of lines) {
    const pattern = parsePattern(line);
    for (const { folded } of pattern.parts[0]?.any ?? []) {
      const list = index.get(folded);
      if (list) list.push(pattern);
      else index.set(folded, [pattern]);
    }
  }
  return index;
}

/** Every match; `taken` positions are not available. */
export function findPatterns(patterns: Patterns, syllables: Syllable[], taken?: ReadonlySet<number>): Match[] {
  const found: Match[] = [];
  syllables.forEach((syllable, start) => {
    for (const key of keysOf(syllable)) {
      for (const pattern of patterns.get(key) ?? NONE) {
        const match = matchFrom(pattern, syllables, start, taken);
        if (match) found.push({ start, pattern, ...match });
      }
    }
  });
  return found;
}

const NONE: readonly Pattern[] = [];

/** The words that a pattern may begin with to match here; of most syllables there is one. */
function keysOf({ folded, others }: Syllable): Iterable<string> {
  return others.length === 0 ? [folded] : new Set([folded, ...others.map((other) => other.folded)]);
}

export function hasPattern(patterns: Patterns, syllables: Syllable[], taken?: ReadonlySet<number>): boolean {
  for (const [start, syllable] of syllables.entries()) {
    for (const key of keysOf(syllable)) {
      for (const pattern of patterns.get(key) ?? NONE) if (matchFrom(pattern, syllables, start, taken) !== null) return true;
    }
  }
  return false;
}

/** Position after the match, or null. A guessed reading may stand for one word of a pattern of two or more. */
function matchFrom(pattern: Pattern, syllables: Syllable[], start: number, taken: ReadonlySet<number> | undefined): { end: number; guessed: boolean; bare: boolean } | null {
  if (!goesOn(pattern, syllables[start + 1])) return null;
  let guesses = 0;
  let marks = false;
  let at = start;
  // Counted by hand: nothing of a message is read more often than this.
  for (let index = 0; index < pattern.parts.length; index += 1) {
    const part = pattern.parts[index];
    if (part === undefined) break;
    const last = index === 0 ? at : Math.min(syllables.length - 1, at + (part.gap ? GAP : 0));
    let here = -1;
    for (let i = at; i <= last; i += 1) {
      const syllable = syllables[i];
      if (!syllable || taken?.has(i)) continue;
      const fit = fits(part.any, syllable, pattern.exact);
      if (fit === 'no') continue;
      if (fit === 'guess') guesses += 1;
      marks ||= syllable.marked !== syllable.folded;
      here = i;
      break;
    }
    if (here < 0) return null;
    at = here + 1;
  }
  if (guesses > 0 && (guesses >= pattern.parts.length || guesses > 2)) return null;
  return { end: at, guessed: guesses > 0, bare: !marks && pattern.marked };
}

/** Whether the next syllable may be the second word: most lines fail there, and it is quicker to see than how the first one fits. */
function goesOn(pattern: Pattern, next: Syllable | undefined): boolean {
  const second = pattern.parts[1];
  if (second === undefined || second.gap) return true;
  if (next === undefined || next.others.length > 0) return next !== undefined;
  for (const { folded } of second.any) if (folded === next.folded) return true;
  return false;
}

function fits(any: Part, syllable: Syllable, exact: boolean): 'yes' | 'guess' | 'no' {
  let bare = false;
  for (const { marked, folded } of any) {
    if (syllable.folded !== folded) continue;
    if (syllable.exact && !sameMarks(syllable.marked, marked)) {
      // A word left bare, or with only its letter's mark, among marked ones may still be a hurried one.
      bare ||= syllable.marked === folded || compatible(syllable.marked, marked);
      continue;
    }
    if (compatible(syllable.marked, marked) && !(exact && syllable.marked === folded && marked !== folded)) return 'yes';
  }
  if (exact) return 'no';
  if (bare) return 'guess';
  const other = syllable.others.find((reading) => any.some(({ folded }) => folded === reading.folded));
  return !other ? 'no' : other.weight < SLIP_BELOW ? 'guess' : 'yes';
}
