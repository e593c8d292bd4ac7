import { fileURLToPath } from 'node:url';
import { cardFolders } from '#bot/conversation/assemble.ts';
import { sayFault, sayWanted } from '#bot/knowledge-faults.ts';
import { checkKnowledge } from '#knowledge/check.ts';
import { dayOf } from '#knowledge/day.ts';
import { loadCards } from '#knowledge/load.ts';
import type { Verb } from './verb.ts';

/** `knowledge check [--json]`: every fault of the base, which file, which field, what is expected. Only errors fail it. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:knowledge.usage'),
  run: async (args, { config, texts, out, err }) => {
    const [command, ...rest] = args;
    if (command !== 'check' || rest.some((arg) => arg !== '--json')) {
      err.write(`${texts.say('vi', 'cli:knowledge.usage')}\n`);
      return 2;
    }
    const today = dayOf(Date.now());
    const knowledgeDir = fileURLToPath(new URL('../../knowledge', import.meta.url));
    const [, placeCards] = cardFolders(config.place);
    const faults = await checkKnowledge({ knowledgeDir, today, ...(placeCards === undefined ? {} : { placeCards }) });
    const errors = faults.filter((fault) => fault.severity === 'error').length;
    if (rest.includes('--json')) {
      out.write(`${JSON.stringify(faults.map((fault) => ({ ...fault, expected: sayWanted(texts, fault.expected) })))}\n`);
    } else {
      for (const fault of faults) out.write(`${texts.say('vi', 'cli:knowledge.line', { ...sayFault(texts, fault), severity: texts.say('vi', `cli:knowledge.${fault.severity}`) })}\n`);
      const cards = (await loadCards(cardFolders(config.place), today)).cards.length;
      out.write(`${faults.length === 0 ? texts.say('vi', 'cli:knowledge.fine', { cards }) : texts.say('vi', 'cli:knowledge.summary', { cards, errors, warnings: faults.length - errors })}\n`);
    }
    return errors === 0 ? 0 : 1;
  },
};
