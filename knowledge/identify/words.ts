/** The words of a Jrai, Bahnar or Vietnamese text: with their marks, an apostrophe before them, hyphens and apostrophes inside. */
const WORD = /['\u2018\u2019\u02BC]?[\p{L}\p{M}]+(?:['\u2019\u2010\u2011-][\p{L}\p{M}]+)*/gu;

/** Every word in order, as written. Numbers and signs are no words. */
export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** Puts `change(word)` in the place of every word; what lies between stays. */
export function mapWords(text: string, change: (word: string) => string): string {
  return text.replace(WORD, change);
}

const MARKS = /[\u0300-\u036F]+/g;

/** Lower case and without any mark: how a word looks when typed in haste on a Vietnamese phone. Apostrophes fall, `ƀ` is b, `đ` is d. */
export function bare(word: string): string {
  return word.toLowerCase().normalize('NFD').replace(MARKS, '').replace(/đ/g, 'd').replace(/ƀ/g, 'b').replace(/['\u2018\u2019\u02BC]/g, '').normalize('NFC');
}

/** Any breve but that of ă. */
const BREVE = /(?<!a)\u0306/g;
const HOOKS = /([cn])[\u030C\u0303]/g;

/** As a Vietnamese keyboard writes it: horns and hats stay, breves fall except on a, `ƀ č ñ` become b c n, apostrophes fall. */
export function onVietnameseKeyboard(word: string): string {
  return word
    .toLowerCase()
    .normalize('NFD')
    .replace(HOOKS, '$1')
    .replace(BREVE, '')
    .replace(/ƀ/g, 'b')
    .replace(/['\u2018\u2019\u02BC]/g, '')
    .normalize('NFC');
}
