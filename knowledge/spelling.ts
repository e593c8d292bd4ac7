/** Typing slips: words at one slip's distance (a letter more, less, other, or two swapped), found by an index of deletions. */

/** A word that may have been meant, and how much of the typed word's weight it gets. */
export type Guess = { folded: string; weight: number };

export type Speller = {
  /** At most three known words one slip away, likeliest first; `before` and `after` are the neighbours, if any. */
  suggest: (folded: string, before: string | undefined, after: string | undefined) => Guess[];
};

const WEIGHTS = [0.7, 0.3, 0.3];
/** What standing beside a known neighbour is worth, against a letter's slip of up to 2. */
const CONTEXT = 3;
const CLEAR_LEAD = 1.5;
const CLEAR_WEIGHT = 0.95;
const MIN_LENGTH = 3;
const MAX_LENGTH = 14;
const KEYS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/**
 * `counts`: known unmarked words and how often each occurs. `together`: whether two words are known side by side,
 * which tells far more than frequency.
 */
export function createSpeller(counts: ReadonlyMap<string, number>, together: (first: string, second: string) => boolean): Speller {
  const index = new Map<string, string[]>();
  for (const word of counts.keys()) {
    if (word.length < MIN_LENGTH - 1 || word.length > MAX_LENGTH || !/^[a-z]+$/.test(word)) continue;
    for (const key of [word, ...deletions(word)]) {
      const list = index.get(key);
      if (list) list.push(word);
      else index.set(key, [word]);
    }
  }

  function suggest(folded: string, before: string | undefined, after: string | undefined): Guess[] {
    if (folded.length < MIN_LENGTH || folded.length > MAX_LENGTH) return [];
    const seen = new Set<string>();
    const ranked: { word: string; rank: number }[] = [];
    for (const key of [folded, ...deletions(folded)]) {
      for (const word of index.get(key) ?? []) {
        if (seen.has(word) || word === folded) continue;
        seen.add(word);
        const slip = slipCost(folded, word);
        if (slip === null) continue;
        const context = (before !== undefined && together(before, word) ? CONTEXT : 0) + (after !== undefined && together(word, after) ? CONTEXT : 0);
        ranked.push({ word, rank: context + Math.log1p(counts.get(word) ?? 0) * 0.5 - slip });
      }
    }
    ranked.sort((a, b) => b.rank - a.rank || (a.word < b.word ? -1 : 1));
    const [best, next] = ranked;
    // Known beside its neighbour, and nothing else near it: as good as typed.
    if (best && best.rank >= CONTEXT && best.rank - (next?.rank ?? 0) >= CLEAR_LEAD) return [{ folded: best.word, weight: CLEAR_WEIGHT }];
    return ranked.slice(0, WEIGHTS.length).map(({ word }, i) => ({ folded: word, weight: WEIGHTS[i] ?? 0 }));
  }

  return { suggest };
}

function deletions(word: string): string[] {
  return Array.from(word, (_, i) => word.slice(0, i) + word.slice(i + 1));
}

/** How unlikely the slip is, 0 to 2; null when more than one slip lies between. */
function slipCost(typed: string, meant: string): number | null {
  let start = 0;
  while (start < typed.length && typed[start] === meant[start]) start += 1;
  const a = typed.slice(start);
  const b = meant.slice(start);
  // The first letter is seldom wrong.
  const place = start === 0 ? 0.7 : 0;
  if (a.length === b.length) {
    if (a.slice(1) === b.slice(1)) return place + (neighbours(a[0] ?? '', b[0] ?? '') ? 0.3 : 1.3);
    if (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2)) return place + 0.2;
    return null;
  }
  if (a.length === b.length + 1 && a.slice(1) === b) return place + (typed[start] === typed[start - 1] || a[0] === a[1] ? 0.1 : 0.9);
  if (b.length === a.length + 1 && b.slice(1) === a) return place + 0.5;
  return null;
}

function neighbours(a: string, b: string): boolean {
  for (let row = 0; row < KEYS.length; row += 1) {
    const column = KEYS[row]?.indexOf(a) ?? -1;
    if (column < 0) continue;
    for (let other = row - 1; other <= row + 1; other += 1) {
      const at = KEYS[other]?.indexOf(b) ?? -1;
      if (at >= 0) return Math.abs(at - column) <= 1;
    }
  }
  return false;
}
