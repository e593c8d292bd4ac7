/**
 * Text as people send it, made comparable. Everything here is bounded: a message of any length costs no more than one
 * of `MAX_CHARS` characters.
 */

/** Characters of a message that are read: three quarters from its beginning, one quarter from its end, where an urgent line may hide. */
export const MAX_CHARS = 2_000;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\uFE0F]+/gu;
const SYLLABLE = /[\p{L}\p{N}]+/gu;
const MARKS = /[\u0300-\u036F]+/g;

/** Text of nothing but printable ASCII, line ends and composed Vietnamese letters, as most is: nothing in it needs composing or leaving out. */
const TIDY = /^[\n -~À-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]$/u;

/** What is known of a character: that it was looked at, is tidy, belongs in a word, or stands beyond the table. */
const LOOKED_AT = 1;
const IS_TIDY = 2;
const OF_WORD = 4;
const FAR = 8;
/** Of every character up to the punctuation after the Vietnamese letters: asking a table is far quicker than asking an expression. */
const kinds = new Uint8Array(0x2100);

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= kinds.length) return FAR;
  const known = kinds[code] ?? 0;
  if (known !== 0) return known;
  const char = String.fromCharCode(code);
  return (kinds[code] = LOOKED_AT | (TIDY.test(char) ? IS_TIDY : 0) | (/[\p{L}\p{N}]/u.test(char) ? OF_WORD : 0));
}

function isTidy(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if ((kindAt(text, at) & IS_TIDY) === 0) return false;
  return true;
}

/** One written word: as typed (lower case, composed) and without any mark. */
export type Word = { marked: string; folded: string };

/** Composed, lower case, without control or invisible characters, runs of spaces joined, cut to `MAX_CHARS`. */
export function clean(text: string): string {
  const cut = text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS * 0.75)} \n ${text.slice(-MAX_CHARS * 0.25)}`;
  if (isTidy(cut)) {
    const lower = cut.toLowerCase();
    return (lower.includes('\n') || lower.includes('  ') ? lower.replace(/\s+/g, ' ') : lower).trim();
  }
  return cut.normalize('NFKC').toLowerCase().replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim().slice(0, MAX_CHARS + 3);
}

/** Without marks, as people type in haste: `đ` becomes `d`, tones and letter marks fall. Keeps case and everything else. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(MARKS, '').replace(/đ/g, 'd').replace(/Đ/g, 'D').replace(/ƀ/g, 'b').normalize('NFC');
}

/** The words of an already cleaned text, in order. */
export function words(cleaned: string): Word[] {
  return writtenWords(cleaned).map((marked) => ({ marked, folded: foldWord(marked) }));
}

/** The same, only as typed. */
export function writtenWords(cleaned: string): string[] {
  const found: string[] = [];
  let from = -1;
  for (let at = 0; at < cleaned.length; at += 1) {
    const kind = kindAt(cleaned, at);
    if ((kind & FAR) !== 0) return cleaned.match(SYLLABLE) ?? [];
    if ((kind & OF_WORD) !== 0) {
      if (from < 0) from = at;
    } else if (from >= 0) {
      found.push(cleaned.slice(from, at));
      from = -1;
    }
  }
  if (from >= 0) found.push(cleaned.slice(from));
  return found;
}

/** Whether a letter may stand three times in a row; sometimes true where none does, never false where one does. */
export function mayRepeat(text: string): boolean {
  let before = 0;
  let last = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((code === last && code === before) || (code >= 0xd800 && code < 0xe000)) return true;
    before = last;
    last = code;
  }
  return false;
}

/** `fold` for one word, remembered: a language has few words, and a base uses each of them often. */
export function foldWord(word: string): string {
  return PLAIN.test(word) ? word : folds(word);
}

const PLAIN = /^[a-z0-9]+$/;
const MOST_REMEMBERED = 20_000;

/** What is made of a word, kept for the next time it is met; only for what depends on the word alone and nobody changes. */
export function remembered<T>(make: (word: string) => T): (word: string) => T {
  const known = new Map<string, T>();
  return (word) => {
    const before = known.get(word);
    if (before !== undefined) return before;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const made = make(word);
    known.set(word, made);
    return made;
  };
}

const folds = remembered(fold);

/**
 * Whether a word as typed may be `meant`: same letters, and no letter carries a mark that `meant` does not have there.
 * A dropped mark is compatible; `từ` for `tự` is not. Both lower case and composed.
 */
export function compatible(typed: string, meant: string): boolean {
  if (typed === meant) return true;
  // Bare letters may be anything that has them.
  if (PLAIN.test(typed)) return typed === foldWord(meant);
  if (foldWord(typed) !== foldWord(meant)) return false;
  if (sameMarks(typed, meant)) return true;
  const a = lettersOf(typed);
  const b = lettersOf(meant);
  return a.length === b.length && a.every(({ letter, marks }, i) => letter === b[i]?.letter && [...marks].every((mark) => b[i]?.marks.has(mark)));
}

/** The same word with the same marks; old and new places of a tone (`hoà`, `hòa`) are the same. */
export function sameMarks(typed: string, meant: string): boolean {
  return typed === meant || (typed.length === meant.length && foldWord(typed) === foldWord(meant) && sortedMarks(typed) === sortedMarks(meant));
}

const sortedMarks = remembered((word) => Array.from(word.normalize('NFD').replace(/đ/g, 'd\u0335')).sort().join(''));

const lettersOf = remembered((word) => {
  const letters: { letter: string; marks: Set<string> }[] = [];
  for (const char of word.normalize('NFD').replace(/đ/g, 'd\u0335')) {
    if (/[\u0300-\u036F]/.test(char)) letters.at(-1)?.marks.add(char);
    else letters.push({ letter: char, marks: new Set() });
  }
  return letters;
});
