import { fileURLToPath } from 'node:url';
import { KNOWLEDGE_DIR } from '#bot/conversation/assemble.ts';
import { sayFault } from '#bot/knowledge-faults.ts';
import { dayOf } from '#knowledge/day.ts';
import { loadCards } from '#knowledge/load.ts';
import { loadTranslations } from '#knowledge/translation.ts';
import { checkTexts } from '#locales/check.ts';
import { checkLanguages } from '#locales/checkCards.ts';
import { cardTexts, checkWords } from '#locales/words.ts';
import { join } from 'node:path';
import type { Verb } from './verb.ts';

/** `locales check`: every language against the Vietnamese, and each word of Jrai and Bahnar, cards included, against what is attested. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:locales.usage'),
  run: async (args, { texts, out, err }) => {
    if (args[0] !== 'check' || args.length > 1) {
      err.write(`${texts.say('vi', 'cli:locales.usage')}\n`);
      return 2;
    }
    const dir = fileURLToPath(new URL('../../locales', import.meta.url));
    const cards = (await loadCards(join(KNOWLEDGE_DIR, 'cards'), dayOf(Date.now()))).filed.map(({ card }) => card);
    const translations = await loadTranslations(join(KNOWLEDGE_DIR, 'cards'), cards);
    const unread = checkTexts(dir);
    const faults = [
      ...unread.map((fault) => `${fault.file} ${fault.key}: ${texts.say('vi', `cli:locales.fault.${fault.rule}`)}`),
      ...translations.faults.map((fault) => texts.say('vi', 'cli:place.fault', sayFault(texts, fault))),
      // Words of a file that is no text cannot be looked at.
      ...(unread.some(({ rule }) => rule === 'not-json') ? [] : [
        ...checkWords(dir, cardTexts(translations.all)).map((fault) => `${fault.file} ${fault.key}: ${texts.say('vi', `cli:locales.fault.${fault.rule}`, { word: fault.word })}`),
        ...checkLanguages(dir, cards, translations).map((fault) => `${fault.file} ${fault.key}: ${texts.say('vi', `cli:locales.fault.${fault.rule}`, { detail: fault.detail })}`),
      ]),
    ];
    for (const line of faults) out.write(`${line}\n`);
    if (faults.length === 0) out.write(`${texts.say('vi', 'cli:locales.fine')}\n`);
    return faults.length === 0 ? 0 : 1;
  },
};
