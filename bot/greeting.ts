import { readFileSync } from 'node:fs';
import type { Texts } from '#locales/texts.ts';
import type { Log } from './log.ts';

export type Started = { url: string; /** The place is the one that ships, with invented numbers. */ sample: boolean; /** The file of a master key made just now. */ newKey: string | null };

/** What the person at the terminal must know; the log repeats the sample place for whoever reads it afterwards, and “started” is its last line. */
export function announce(texts: Texts, log: Log, { url, sample, newKey }: Started): void {
  const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  say(texts.say('vi', 'cli:start.chat', { url }));
  if (sample) say(texts.say('vi', 'cli:start.sample'));
  if (newKey !== null) say(texts.say('vi', 'cli:start.newKey', { file: newKey }));
  if (sample) log.warn('place.sample');
  log.info('started', { sample });
}

export function version(): string {
  const found = /"version": "([^"]+)"/.exec(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return found?.[1] ?? '0';
}
