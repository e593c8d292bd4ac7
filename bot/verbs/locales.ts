import { fileURLToPath } from 'node:url';
import { checkTexts } from '#locales/check.ts';
import type { Verb } from './verb.ts';

/** `locales check`: every language against the Vietnamese. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:locales.usage'),
  run: (args, { texts, out, err }) => {
    if (args[0] !== 'check' || args.length > 1) {
      err.write(`${texts.say('vi', 'cli:locales.usage')}\n`);
      return Promise.resolve(2);
    }
    const faults = checkTexts(fileURLToPath(new URL('../../locales', import.meta.url)));
    for (const fault of faults) out.write(`${fault.file} ${fault.key}: ${texts.say('vi', `cli:locales.fault.${fault.rule}`)}\n`);
    if (faults.length === 0) out.write(`${texts.say('vi', 'cli:locales.fine')}\n`);
    return Promise.resolve(faults.length === 0 ? 0 : 1);
  },
};
