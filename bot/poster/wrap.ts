import { letterCount } from '#knowledge/letters.ts';

/** Lines of at most about `room` letters, broken between words and never in a phone number; a longer word keeps a line of its own. */
export function wrapWords(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.normalize('NFC').replace(/(\d)\s(?=\d)/g, '$1\u00a0').split(/[^\S\u00a0]+/).filter((each) => each !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && letterCount(longer) > room) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}
