import { readFile } from 'node:fs/promises';
import { load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import { clean, words } from '#knowledge/text.ts';

/** Signs that the head of a station should hear of when they rise in a village. They are data, in `signs.yaml`. */

export const SIGNS = ['fever-rash', 'bite', 'no-rice'] as const;
export type Sign = (typeof SIGNS)[number];

export type SignRule = {
  /** So many people within `days` days, and at least twice what is usual, are told to the head. */
  people: number;
  days: number;
};

export type SignRules = { of: (text: string) => Sign[]; rule: (sign: Sign) => SignRule };

const ruleSchema = z.strictObject({ phrases: z.array(z.string()).min(1), people: z.number().int().min(2), days: z.number().int().min(1).max(14) });
const fileSchema = z.strictObject({ 'fever-rash': ruleSchema, 'bite': ruleSchema, 'no-rice': ruleSchema });

/** Throws when the file that ships cannot be read. */
export async function loadSigns(file = new URL('./signs.yaml', import.meta.url)): Promise<SignRules> {
  const rules = fileSchema.parse(parseYaml((await readFile(file, 'utf8')).normalize('NFC')));
  const lists = SIGNS.map((sign) => ({ sign, phrases: rules[sign].phrases.map((phrase) => spelt(phrase)) }));
  return {
    of: (text) => {
      const said = spelt(text);
      const isMarked = said.marked !== said.folded;
      return lists.filter(({ phrases }) => phrases.some((phrase) => (isMarked ? said.marked.includes(phrase.marked) : said.folded.includes(phrase.folded)))).map(({ sign }) => sign);
    },
    rule: (sign) => ({ people: rules[sign].people, days: rules[sign].days }),
  };
}

/** The words with a space on either side, so that a phrase is met only as whole words. */
function spelt(text: string): { marked: string; folded: string } {
  const list = words(clean(text));
  return { marked: ` ${list.map(({ marked }) => marked).join(' ')} `, folded: ` ${list.map(({ folded }) => folded).join(' ')} ` };
}
