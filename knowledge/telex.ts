/**
 * Telex residue: what is left when the input method was off. `tieem` was meant as `tiêm`, `dduwowcj` as `được`.
 * Only the unmarked reading is wanted here, so tones and letter marks are dropped, not composed.
 */

const TONES = /[sfrxj]/;
const MAX_LENGTH = 12;

/** Unmarked readings of a word of raw Telex keys, likeliest first, each once. The word itself is never among them. */
export function telexReadings(word: string): string[] {
  if (word.length < 2 || word.length > MAX_LENGTH || !/^[a-z]+$/.test(word)) return [];
  const found = new Set<string>();
  for (const toneless of withoutTone(word)) {
    const plain = toneless.replace(/^dd/, 'd').replace(/dd$/, '').replace(/^w/, 'u').replace(/aa/g, 'a').replace(/ee/g, 'e').replace(/oo/g, 'o').replace(/w/g, '');
    found.add(plain);
    // The doubling key may come last: `tieme` for `tiêm`, `dangd` for `đang`.
    const last = plain.at(-1) ?? '';
    if (/[aeo]/.test(last) && plain.slice(0, -2).includes(last)) found.add(plain.slice(0, -1));
    if (last === 'd' && plain.startsWith('d')) found.add(plain.slice(0, -1));
  }
  found.delete(word);
  return [...found].filter((reading) => reading.length > 0);
}

function withoutTone(word: string): string[] {
  const results = [];
  if (TONES.test(word.at(-1) ?? '')) results.push(word.slice(0, -1));
  for (let i = word.length - 2; i > 0; i -= 1) {
    if (TONES.test(word[i] ?? '') && /[aeiouyw]/.test(word.slice(0, i))) results.push(word.slice(0, i) + word.slice(i + 1));
  }
  results.push(word);
  return results;
}
