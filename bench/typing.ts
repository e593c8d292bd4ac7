import { fold } from '#knowledge/text.ts';

/** Ways in which the same question is typed, each seeded by the question itself, so that every run types alike. */

export type Style = 'as written' | 'no marks' | 'slips' | 'chat' | 'telex';

const SLIP_RATE = 0.08;
const CHAT_RATE = 0.9;
const TELEX_RATE = 0.3;

export const STYLES: readonly { name: Style; type: (text: string) => string }[] = [
  { name: 'as written', type: (text) => text },
  { name: 'no marks', type: fold },
  { name: 'slips', type: slips },
  { name: 'chat', type: chat },
  { name: 'telex', type: telex },
];

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** Each letter goes wrong in 8 of 100 cases: its neighbour on the keyboard, dropped, swapped with the next, or doubled. */
function slips(text: string): string {
  const random = randomOf(text, 1);
  const letters = Array.from(text);
  let typed = '';
  for (let i = 0; i < letters.length; i += 1) {
    const letter = letters[i] ?? '';
    if (!/\p{L}/u.test(letter) || random() >= SLIP_RATE) {
      typed += letter;
      continue;
    }
    const kind = Math.floor(random() * 4);
    if (kind === 0) typed += neighbour(letter, random());
    else if (kind === 2) {
      typed += (letters[i + 1] ?? '') + letter;
      i += 1;
    } else if (kind === 3) typed += letter + letter;
  }
  return typed;
}

function neighbour(letter: string, chance: number): string {
  const plain = fold(letter).toLowerCase();
  const row = ROWS.find((keys) => keys.includes(plain));
  if (row === undefined) return letter;
  const at = row.indexOf(plain);
  return row[Math.max(0, Math.min(row.length - 1, at + (chance < 0.5 && at > 0 ? -1 : 1)))] ?? letter;
}

/** What phones in Vietnam are full of. Written here anew, apart from the lexicon that reads it. */
const CHAT: readonly [string, string][] = [
  ['không', 'k'], ['được', 'dc'], ['gì', 'j'], ['vậy', 'v'], ['rồi', 'r'], ['bao nhiêu', 'bn'], ['như thế nào', 'ntn'], ['mọi người', 'mn'],
  ['người', 'ng'], ['với', 'vs'], ['em', 'e'], ['anh', 'a'], ['chị', 'c'], ['trước', 'trc'], ['bây giờ', 'bh'], ['giờ', 'h'], ['cũng', 'cx'],
  ['tháng', 'th'], ['vắc xin', 'vx'], ['bảo hiểm y tế', 'bhyt'], ['bệnh viện', 'bv'], ['bác sĩ', 'bs'], ['xét nghiệm', 'xn'], ['số điện thoại', 'sđt'],
  ['hôm nay', 'hnay'], ['biết', 'bt'], ['luôn', 'lun'], ['phải', 'fai'], ['điện thoại', 'đt'], ['đang', 'đg'], ['mình', 'mk'], ['sao', 's'],
];

/** Chat spelling for 9 of 10 words that have one; then one word in seven loses its marks. */
function chat(text: string): string {
  const random = randomOf(text, 2);
  let typed = text.toLowerCase();
  for (const [meant, short] of CHAT) typed = typed.replace(new RegExp(`(?<![\\p{L}\\p{N}])${meant}(?![\\p{L}\\p{N}])`, 'gu'), (whole) => (random() < CHAT_RATE ? short : whole));
  return typed.split(' ').map((word) => (random() < 0.15 ? fold(word) : word)).join(' ');
}

const TELEX_TONES: Readonly<Record<string, string>> = { '\u0301': 's', '\u0300': 'f', '\u0309': 'r', '\u0303': 'x', '\u0323': 'j' };

/** Three words in ten are the raw keys of the Telex input method, the tone at the end. */
function telex(text: string): string {
  const random = randomOf(text, 3);
  return text.split(' ').map((word) => (random() < TELEX_RATE ? keysOf(word) : word)).join(' ');
}

function keysOf(word: string): string {
  let tone = '';
  let keys = '';
  for (const char of word.normalize('NFD')) {
    const last = keys.at(-1) ?? '';
    if (TELEX_TONES[char] !== undefined) tone = TELEX_TONES[char];
    else if (char === '\u0302') keys += last;
    else if (char === '\u0306' || char === '\u031B') keys += 'w';
    else if (char === 'đ') keys += 'dd';
    else keys += char;
  }
  return /\p{L}$/u.test(keys) ? keys + tone : keys;
}

/** Repeatable chances for one text and one purpose (mulberry32 over an FNV hash). */
function randomOf(text: string, salt: number): () => number {
  let state = 2166136261 ^ salt;
  for (let i = 0; i < text.length; i += 1) state = Math.imul(state ^ text.charCodeAt(i), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
