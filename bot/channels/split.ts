/** Cuts a long text for a channel with a limit: where a reader would pause, and never inside a letter with its marks. */

export type Cut = { from: number; to: number };

const graphemes = new Intl.Segmenter('vi', { granularity: 'grapheme' });
const sentences = new Intl.Segmenter('vi', { granularity: 'sentence' });
const words = new Intl.Segmenter('vi', { granularity: 'word' });

/**
 * The parts of `text`, each at most `limit` UTF-16 units long, without the white space between them. A paragraph's end
 * is preferred when it fills at least half of the part, then a line's, then a sentence's, then a word's.
 */
export function splitText(text: string, limit: number): Cut[] {
  const cuts: Cut[] = [];
  let from = skipSpace(text, 0);
  while (from < text.length) {
    const to = text.length - from <= limit ? text.length : from + breakIn(text.slice(from, from + limit + LOOK_AHEAD), limit);
    const end = trimmedEnd(text, from, to);
    if (end > from) cuts.push({ from, to: end });
    from = skipSpace(text, to);
  }
  return cuts;
}

/** What follows the limit decides whether a letter ends there: a joined picture of people is a dozen units long. */
const LOOK_AHEAD = 64;

/** Where to end the first part of `window`, which is longer than `limit`. */
function breakIn(window: string, limit: number): number {
  const half = limit / 2;
  for (const mark of ['\n\n', '\n']) {
    const at = window.lastIndexOf(mark, limit);
    if (at >= half) return at;
  }
  // A break is where the segment begins that reaches over the limit.
  for (const segmenter of [sentences, words]) {
    const at = startOver(segmenter, window, limit);
    if (at > (segmenter === sentences ? half / 2 : 0)) return at;
  }
  const letter = startOver(graphemes, window, limit);
  if (letter > 0) return letter;
  // One letter under more marks than a message holds: between two of the marks, still not inside one.
  return /[\uD800-\uDBFF]/.test(window.charAt(limit - 1)) ? limit - 1 : limit;
}

function startOver(segmenter: Intl.Segmenter, window: string, limit: number): number {
  return segmenter.segment(window).containing(limit)?.index ?? 0;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  // A space that carries a mark of its own is a letter.
  while (at < text.length && /^(?:[\n\r]|\s(?![\p{M}\p{Grapheme_Extend}]))/u.test(text.slice(at, at + 3))) at += 1;
  return at;
}

function trimmedEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && /\s/.test(text.charAt(end - 1))) end -= 1;
  return end;
}
