import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import { clean, foldWord, words } from './text.ts';
import { FOR_PEOPLE } from './wanted.ts';

/** Whose work a question is when a person has to answer it, and which messages are reports that the law puts a clock on. */
export type Matters = {
  /** By the cards that were offered when all of them agree, else by the words; health where nothing says otherwise. */
  domainOf: (question: string, cardIds: readonly string[]) => 'health' | 'social' | 'food' | 'order';
  /** Null: an ordinary question. */
  reportIn: (question: string) => Report | null;
};

export type Report = 'suspected-case' | 'vaccine-reaction';

const list = z.array(z.string().min(1)).min(1);
const domain = z.strictObject({ words: list, cards: list });
const report = z.strictObject({ words: list, not: list });
const schema = z.strictObject({ food: domain, social: domain, order: domain, suspectedCase: report, vaccineReaction: report });

/** What is more particular comes first: rice is also a support. */
const DOMAINS = ['food', 'order', 'social'] as const;

/** Reads `matters.yaml` in the folder of word lists; a broken file is an installation fault and throws with the field's name. */
export async function loadMatters(dir: string): Promise<Matters> {
  const raw: unknown = parseYaml((await readFile(join(dir, 'matters.yaml'), 'utf8')).normalize('NFC'));
  const lists = schema.parse(raw, FOR_PEOPLE);
  const holds = (text: string, phrases: readonly string[]): number => phrases.filter((phrase) => text.includes(` ${phrase} `)).length;
  const ofCard = (id: string): ReturnType<Matters['domainOf']> => DOMAINS.find((name) => lists[name].cards.some((known) => (known.endsWith('.') ? id.startsWith(known) : id === known))) ?? 'health';
  return {
    domainOf: (question, cardIds) => {
      const text = plain(question);
      const said = DOMAINS.map((name) => ({ name, hits: holds(text, lists[name].words) })).filter(({ hits }) => hits > 0).sort((a, b) => b.hits - a.hits);
      if (said[0] !== undefined) return said[0].name;
      const offered = [...new Set(cardIds.map(ofCard))];
      return offered.length === 1 ? offered[0] ?? 'health' : 'health';
    },
    reportIn: (question) => {
      const text = plain(question);
      const tells = ({ words: phrases, not }: z.infer<typeof report>): boolean => holds(text, phrases) > 0 && holds(text, not) === 0;
      return tells(lists.vaccineReaction) ? 'vaccine-reaction' : tells(lists.suspectedCase) ? 'suspected-case' : null;
    },
  };
}

function plain(question: string): string {
  return ` ${words(clean(question)).map((word) => foldWord(word.folded)).join(' ')} `;
}
