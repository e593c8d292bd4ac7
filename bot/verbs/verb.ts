import type { Readable, Writable } from 'node:stream';
import type { Texts } from '#locales/texts.ts';
import type { Config } from '#bot/config.ts';

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

export type VerbContext = { config: Config; texts: Texts; out: Writable; err: Writable; input: Readable };

/** One intention of the command line. */
export type Verb = {
  /** The line that `help` prints. */
  usage: (texts: Texts) => string;
  run: (args: string[], context: VerbContext) => Promise<ExitCode>;
};
