const TONE_KEYS: Record<string, string> = { '\u0300': 'f', '\u0301': 's', '\u0303': 'x', '\u0309': 'r', '\u0323': 'j' };

/** The keys that Telex takes for a Vietnamese word when the input method is off: `tiêm` is `tieem`, `được` is `dduwowcj`. */
export function telexKeys(word: string): string {
  let tone = '';
  const keys = word
    .toLowerCase()
    .normalize('NFD')
    .replace(/đ/g, 'dd')
    .replace(/[\u0300\u0301\u0303\u0309\u0323]/g, (mark) => {
      tone = TONE_KEYS[mark] ?? '';
      return '';
    })
    .replace(/([aeo])\u0302/g, '$1$1')
    .replace(/([aou])[\u0306\u031B]/g, '$1w');
  return keys + tone;
}
