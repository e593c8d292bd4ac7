import { fold, words } from '#knowledge/text.ts';

/**
 * A question as it may leave the station: only words that the knowledge itself uses, so that a name, an address or
 * anything else that belongs to one person has no way out. What is left is enough to choose among cards.
 */
export function redact(question: string, knows: (foldedWord: string) => boolean): string {
  const composed = question.normalize('NFC');
  const spoken = [...composed.matchAll(/[\p{L}\p{N}]+/gu)].map((hit) => ({ typed: hit[0], at: hit.index }));
  const kept = spoken.map(({ typed, at }, i) => {
    if (/\p{N}/u.test(typed)) return isSmallNumber(typed, spoken[i - 1]?.typed, spoken[i + 1]?.typed) ? typed : GAP;
    const folded = words(typed.toLowerCase())[0]?.folded ?? '';
    if (!knows(folded)) return GAP;
    return isName(typed, at, composed) ? GAP : typed.toLowerCase();
  });
  return kept.join(' ').replaceAll(new RegExp(`${GAP}(?: ${GAP})+`, 'g'), GAP).trim();
}

const GAP = '…';

/** A number of one or two digits alone: a dose, an age, a day count. Longer ones, and dates, may be somebody's. */
function isSmallNumber(typed: string, before: string | undefined, after: string | undefined): boolean {
  return /^\d{1,2}(?:k|th|t)?$/i.test(fold(typed)) && !/^\d/.test(before ?? '') && !/^\d/.test(after ?? '');
}

/** Written with a capital although no sentence begins here, and not in capitals altogether: most likely a name. */
function isName(typed: string, at: number, text: string): boolean {
  if (!/^\p{Lu}\p{Ll}/u.test(typed)) return false;
  const before = text.slice(0, at).trimEnd();
  return before !== '' && !/[.?!:\n]$/.test(before);
}
