import { readFileSync } from 'node:fs';
import { load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import { clean, words } from '#knowledge/text.ts';

/**
 * Whether two messages ask the very same thing, so surely that nobody has to look. Much stricter than what is offered to
 * staff: nearly every word is the same, and every number, and whatever turns a question round.
 */
const SAME = 0.85;
const LEAST_WORDS = 3;
/** A forwarded text that is passed on grows a line or loses one. */
const SAME_FORWARDED = 0.8;
const LEAST_FORWARDED = 8;

/** The word lists, read once: without them nothing is ever the same. */
const lists = z.strictObject({ courtesy: z.array(z.string()), spelled: z.record(z.string(), z.string()), turning: z.array(z.string()), openings: z.array(z.string()) })
  .parse(parseYaml(readFileSync(new URL('../../knowledge/lexicon/same-question.yaml', import.meta.url), 'utf8')));
const COURTESY: ReadonlySet<string> = new Set(lists.courtesy);
const SPELLED: ReadonlyMap<string, string> = new Map(Object.entries(lists.spelled));
const TURNING: ReadonlySet<string> = new Set(lists.turning);

export type Asked = { words: ReadonlySet<string>; turning: string; count: number };

/** A question made comparable; compute once for what is compared often. */
export function askedIn(text: string): Asked {
  const said = words(clean(text)).flatMap(({ folded }) => (SPELLED.get(folded) ?? folded).split(' ')).join(' ');
  const all = lists.openings.reduce((left, opening) => left.replaceAll(` ${opening} `, ' '), ` ${said} `).split(' ').filter((word) => word !== '');
  const content = all.filter((word) => !COURTESY.has(word) || TURNING.has(word));
  const turning = [...new Set(content.filter((word) => TURNING.has(word) || /\d/u.test(word)))].sort().join(' ');
  return { words: new Set(content), turning, count: content.length };
}

/** `forwarded`: both are texts that go round, and not questions. */
export function isSame(a: Asked, b: Asked, forwarded = false): boolean {
  const least = forwarded ? LEAST_FORWARDED : LEAST_WORDS;
  if (a.words.size < least || b.words.size < least || (!forwarded && a.turning !== b.turning)) return false;
  const common = [...a.words].filter((word) => b.words.has(word)).length;
  return common / (a.words.size + b.words.size - common) >= (forwarded ? SAME_FORWARDED : SAME);
}
