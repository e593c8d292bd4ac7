/** How alike two texts are by their letters, so that a slip costs a little and not the whole word. */

/** Which 3- to 5-letter sequences a text has and how often, by a hash, in order of the hash. */
export type Grams = { hashes: Uint32Array; counts: Uint16Array; length: number };

/** The letter sequences of a text in unmarked syllables joined by `_`. */
export function charGrams(letters: string): Grams {
  const text = `_${letters}_`;
  const all = new Uint32Array(Math.max(0, text.length * 3 - 9 + 3));
  let used = 0;
  for (let from = 0; from < text.length; from += 1) {
    let hash = 2166136261;
    for (let size = 1; size <= 5 && from + size <= text.length; size += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(from + size - 1), 16777619) >>> 0;
      if (size >= 3) all[used++] = hash;
    }
  }
  const sorted = all.subarray(0, used).sort();
  const hashes = new Uint32Array(used);
  const counts = new Uint16Array(used);
  let distinct = 0;
  for (const hash of sorted) {
    if (distinct === 0 || hashes[distinct - 1] !== hash) hashes[distinct++] = hash;
    counts[distinct - 1] = (counts[distinct - 1] ?? 0) + 1;
  }
  let square = 0;
  for (let at = 0; at < distinct; at += 1) square += (counts[at] ?? 0) ** 2;
  return { hashes: hashes.slice(0, distinct), counts: counts.slice(0, distinct), length: Math.sqrt(square) };
}

/** Likeness, 0-1. Both lists are in order, so one walk along them finds what they share. */
export function cosine(a: Grams, b: Grams): number {
  let sum = 0;
  for (let i = 0, j = 0; i < a.hashes.length && j < b.hashes.length;) {
    const left = a.hashes[i] ?? 0;
    const right = b.hashes[j] ?? 0;
    if (left === right) sum += (a.counts[i++] ?? 0) * (b.counts[j++] ?? 0);
    else if (left < right) i += 1;
    else j += 1;
  }
  return sum / Math.max(1e-9, a.length * b.length);
}
