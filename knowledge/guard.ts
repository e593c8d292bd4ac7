import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import type { Syllable } from './normalise.ts';
import { compilePatterns, findPatterns, hasPattern, type Match, type Patterns } from './patterns.ts';
import { FOR_PEOPLE } from './wanted.ts';

/**
 * The guard: what a question names and what kind of question it is. A card that never mentions the named thing, or is
 * never asked in that way, does not answer directly, however alike the words are.
 */

const thingsSchema = z.record(z.string(), z.array(z.string().min(1)));
const kindsSchema = z.record(z.string(), z.array(z.string().min(1)));

export type GuardRules = {
  things: Patterns;
  /** Name of the thing that a line of the file belongs to, as `class:first name`. */
  nameOf: ReadonlyMap<string, string>;
  kinds: ReadonlyMap<string, Patterns>;
  lines: string[];
};

/** What one text names and asks. */
export type Facets = { things: ReadonlySet<string>; kinds: ReadonlySet<string> };

/** Reads `things.yaml` and `kinds.yaml`; a broken file is an installation fault and throws. */
export async function loadGuard(dir: string): Promise<GuardRules> {
  const read = async (name: string): Promise<unknown> => parseYaml((await readFile(join(dir, name), 'utf8')).normalize('NFC'));
  const things = thingsSchema.parse(await read('things.yaml'), FOR_PEOPLE);
  const kinds = kindsSchema.parse(await read('kinds.yaml'), FOR_PEOPLE);
  const nameOf = new Map<string, string>();
  for (const [group, list] of Object.entries(things)) {
    for (const names of list) {
      const [first = '', ...others] = names.split(',').map((name) => name.trim());
      for (const name of [first, ...others]) nameOf.set(name, `${group}:${first.replace('!', '')}`);
    }
  }
  return {
    things: compilePatterns([...nameOf.keys()]),
    nameOf,
    kinds: new Map(Object.entries(kinds).map(([kind, list]) => [kind, compilePatterns(list)])),
    lines: [...nameOf.keys(), ...Object.values(kinds).flat()],
  };
}

/** What a text names and asks. A longer name covers a shorter one inside it (`viêm gan b` is not also `viêm gan`). */
export function facetsOf(syllables: Syllable[], rules: GuardRules): Facets {
  const bare = withoutMarks(syllables);
  const longest: Match[] = [];
  for (const match of findPatterns(rules.things, bare).sort((a, b) => a.start - b.start || b.end - a.end)) {
    // `sổ mũi 2 ngày` names a running nose, not a second dose.
    if (match.start >= (longest.at(-1)?.end ?? 0)) longest.push(match);
  }
  const kinds = new Set<string>();
  for (const [kind, patterns] of rules.kinds) if (hasPattern(patterns, bare)) kinds.add(kind);
  return { things: new Set(longest.map((match) => rules.nameOf.get(match.pattern.line) ?? match.pattern.line)), kinds };
}

/** All names in a text, the shorter ones inside longer ones too: what a card can be said to mention. */
export function mentions(syllables: Syllable[], rules: GuardRules): Set<string> {
  return new Set(findPatterns(rules.things, withoutMarks(syllables)).map((match) => rules.nameOf.get(match.pattern.line) ?? match.pattern.line));
}

/** Facets are read from the letters alone, so that a question is judged the same however it is typed. */
function withoutMarks(syllables: Syllable[]): Syllable[] {
  return syllables.map((syllable) => ({ ...syllable, marked: syllable.folded, exact: false }));
}
