/**
 * Text as people send it, made comparable. Everything here is bounded: a message of any length costs no more than one
 * of `MAX_CHARS` characters.
 */

/** Characters of a message that are read: three quarters from its beginning, one quarter from its end, where an urgent line may hide. */
export const MAX_CHARS = 2_000;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\uFE0F]+/gu;
const SYLLABLE = /[\p{L}\p{N}]+/gu;
const MARKS = /[\u0300-\u036F]+/g;

/** One written word: as typed (lower case, composed) and without any mark. */
export type Word = { marked: string; folded: string };

/** Composed, lower case, without control or invisible characters, runs of spaces joined, cut to `MAX_CHARS`. */
export function clean(text: string): string {
  const cut = text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS * 0.75)} \n ${text.slice(-MAX_CHARS * 0.25)}`;
  return cut.normalize('NFKC').toLowerCase().replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim().slice(0, MAX_CHARS + 3);
}

/** Without marks, as people type in haste: `đ` becomes `d`, tones and letter marks fall. Keeps case and everything else. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(MARKS, '').replace(/đ/g, 'd').replace(/Đ/g, 'D').replace(/ƀ/g, 'b').normalize('NFC');
}

/** The words of an already cleaned text, in order. */
export function words(cleaned: string): Word[] {
  return (cleaned.match(SYLLABLE) ?? []).map((marked) => ({ marked, folded: fold(marked) }));
}

/**
 * Whether a word as typed may be `meant`: same letters, and no letter carries another mark than in `meant`.
 * A dropped mark is compatible; `từ` for `tự` is not. Both lower case and composed.
 */
export function compatible(typed: string, meant: string): boolean {
  if (typed === meant) return true;
  const a = [...typed.normalize('NFD').replace(/đ/g, 'd\u0335')];
  const b = [...meant.normalize('NFD').replace(/đ/g, 'd\u0335')];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const marksA = new Set<string>();
    const marksB = new Set<string>();
    if (a[i] !== b[j]) return false;
    i += 1;
    j += 1;
    while (i < a.length && isMark(a[i])) marksA.add(a[i++] ?? '');
    while (j < b.length && isMark(b[j])) marksB.add(b[j++] ?? '');
    for (const mark of marksA) if (!marksB.has(mark)) return toneMoved(marksA, typed, meant);
  }
  return true;
}

/** Old and new places of a tone (`hoà`, `hòa`) are the same word. */
function toneMoved(marks: Set<string>, typed: string, meant: string): boolean {
  return marks.size > 0 && [...typed.normalize('NFD')].sort().join('') === [...meant.normalize('NFD')].sort().join('');
}

function isMark(char: string | undefined): boolean {
  return char !== undefined && /[\u0300-\u036F]/.test(char);
}
