import { writeFile } from 'node:fs/promises';
import { placeFile } from '#bot/place/file.ts';
import { placeForVerb } from './open-store.ts';
import type { Verb } from './verb.ts';

/** `place export [--to FILE]`: the place with what the head changed in the console, in the form of its file. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:place.usage'),
  run: async (args, context) => {
    const { texts, out, err } = context;
    const [command, option, to] = args;
    if (command !== 'export' || (args.length !== 1 && !(args.length === 3 && option === '--to'))) {
      err.write(`${texts.say('vi', 'cli:place.usage')}\n`);
      return 2;
    }
    const place = await placeForVerb(context);
    if (place === null) return 1;
    if (to === undefined) {
      out.write(placeFile(place));
      return 0;
    }
    const written = await writeFile(to, placeFile(place)).then(() => true, () => false);
    (written ? out : err).write(`${texts.say('vi', written ? 'cli:place.exported' : 'cli:place.notWritten', { file: to })}\n`);
    return written ? 0 : 1;
  },
};
