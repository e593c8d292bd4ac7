import { readFileSync } from 'node:fs';

/** Whether Vietnamese words put one after the other ask when or where the station vaccinates. */
export function asksForSession(words: string): boolean {
  const said = ` ${words.toLowerCase()} `;
  const has = (kind: Kind) => LISTS[kind].some((phrase) => said.includes(` ${phrase} `));
  return has('shot') && (has('time') || DATE.test(said)) && !has('other');
}

type Kind = 'shot' | 'time' | 'other';

const LISTS = read();
const DATE = / \d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})? /;

function read(): Record<Kind, string[]> {
  const rows = readFileSync(new URL('./session.tsv', import.meta.url), 'utf8').normalize('NFC').split('\n').filter((line) => line !== '' && !line.startsWith('# ')).map((line) => line.split('\t'));
  const of = (kind: Kind) => rows.flatMap(([name, phrase = '']) => (name === kind ? [phrase] : []));
  return { shot: of('shot'), time: of('time'), other: of('other') };
}
