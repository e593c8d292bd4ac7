import { existsSync } from 'node:fs';
import { createTexts } from '#locales/texts.ts';
import type { ConfigFault } from './config.ts';

/** Reads `.env` of the working folder if there is one; what the environment already says wins. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** Tells the person at the terminal which variable is wrong and what was expected of it. */
export async function sayConfigFaults(faults: ConfigFault[]): Promise<void> {
  const texts = await createTexts();
  for (const fault of faults) {
    const expected = texts.say('vi', `settings:${fault.name}.expected`);
    process.stderr.write(`${texts.say('vi', 'cli:config.fault', { name: fault.name, got: fault.got, expected })}\n`);
  }
}
