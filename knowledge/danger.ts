import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { dangerousValues, valuesSchema, type DangerValues } from './dangerValues.ts';
import type { DangerClass } from './judgement.ts';
import type { Normal, Syllable } from './normalise.ts';
import { compilePatterns, findPatterns, hasPattern, type Match, type Patterns } from './patterns.ts';

/**
 * Danger signs, before anything else is tried. What counts is written in `knowledge/danger/*.yaml`, which a health worker
 * can read and edit; here is only how it is applied. Where a message leaves doubt, it alarms.
 */

const line = z.string().trim().min(2);
const signSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/, { error: 'a short name in small letters' }),
  class: z.enum(['medical', 'poisoning', 'suicide', 'violence']),
  stays: z.boolean().default(false),
  any: z.array(line).min(1),
  with: z.array(line).optional(),
  unless: z.array(line).optional(),
});
const signsSchema = z.strictObject({ signs: z.array(signSchema).min(1) });
const frameNames = ['idioms', 'recovered', 'negated', 'past', 'knowledge', 'now', 'animals', 'animalsHarm'] as const;
const framesSchema = z.strictObject(Object.fromEntries(frameNames.map((name) => [name, z.array(line).min(1)])) as Record<(typeof frameNames)[number], z.ZodArray<z.ZodString>>);

export type DangerFaults = { file: string; field: string; expected: string }[];
export type DangerRules = {
  signs: { id: string; class: DangerClass; stays: boolean; any: Patterns; with: Patterns | null; unless: Patterns | null }[];
  frames: Record<(typeof frameNames)[number], Patterns>;
  values: DangerValues;
  /** Every word of the files, so that the reader of messages knows them. */
  lines: string[];
};

/** What was found. `alarm`: act now. `recovered`: a sign that the writer says is over. `calm`: nothing, or only talk about it. */
export type Danger =
  | { state: 'alarm'; class: DangerClass; sign: string }
  | { state: 'recovered'; sign: string }
  | { state: 'calm'; mentioned: string[] };

/** Reads the danger files in `dir`; what is wrong comes back with file, field and expected form. */
export async function loadDanger(dir: string): Promise<{ ok: true; rules: DangerRules } | { ok: false; faults: DangerFaults }> {
  const faults: DangerFaults = [];
  const read = async <T>(file: string, schema: z.ZodType<T>): Promise<T | null> => {
    try {
      const parsed = schema.safeParse(parseYaml((await readFile(join(dir, file), 'utf8')).normalize('NFC')));
      if (parsed.success) return parsed.data;
      faults.push(...parsed.error.issues.map((issue) => ({ file, field: issue.path.join('.'), expected: issue.message })));
    } catch (error) {
      faults.push({ file, field: 'file', expected: error instanceof Error ? error.message : 'a readable file' });
    }
    return null;
  };
  const [signs, frames, values] = await Promise.all([read('signs.yaml', signsSchema), read('frames.yaml', framesSchema), read('values.yaml', valuesSchema)]);
  if (!signs || !frames || !values) return { ok: false, faults };

  const compiled = signs.signs.map((sign) => ({
    id: sign.id, class: sign.class, stays: sign.stays,
    any: compilePatterns(sign.any),
    with: sign.with ? compilePatterns(sign.with) : null,
    unless: sign.unless ? compilePatterns(sign.unless) : null,
  }));
  const frame = (name: (typeof frameNames)[number]) => compilePatterns(frames[name]);
  return {
    ok: true,
    rules: {
      signs: compiled,
      frames: {
        idioms: frame('idioms'), recovered: frame('recovered'), negated: frame('negated'), past: frame('past'),
        knowledge: frame('knowledge'), now: frame('now'), animals: frame('animals'), animalsHarm: frame('animalsHarm'),
      },
      values,
      lines: [...signs.signs.flatMap((sign) => [...sign.any, ...(sign.with ?? []), ...(sign.unless ?? [])]), ...frameNames.flatMap((name) => frames[name])],
    },
  };
}

const URGENCY: Record<DangerClass, number> = { suicide: 4, violence: 3, poisoning: 2, medical: 1 };
const NEGATION_REACH = 3;

/** Looks for danger in a message as read. Pure. */
export function findDanger(message: Normal, rules: DangerRules): Danger {
  const syllables = message.spoken;
  const { frames } = rules;
  const idiomatic = new Set(findPatterns(frames.idioms, syllables).flatMap(positions));

  const hits = rules.signs.flatMap((sign) => {
    if (sign.with && !hasPattern(sign.with, syllables)) return [];
    if (sign.unless && hasPattern(sign.unless, syllables)) return [];
    return findPatterns(sign.any, syllables, idiomatic).map((match) => ({ sign, match }));
  });
  const values = dangerousValues(message.cleaned, rules.values);
  if (hits.length === 0 && values.length === 0) return { state: 'calm', mentioned: [] };

  const past = clausesOf(frames.past, syllables);
  const recovered = clausesOf(frames.recovered, syllables);
  const asking = hasPattern(frames.knowledge, withoutHits(syllables, hits.map((hit) => hit.match)));
  const happening = hasPattern(frames.now, syllables);
  const calmlyAsked = asking && !happening;

  let over: string | null = null;
  let worst: { class: DangerClass; sign: string } | null = null;
  for (const { sign, match } of hits) {
    const clause = syllables[match.start]?.clause ?? 0;
    const last = syllables[match.end - 1]?.clause ?? clause;
    if (past.has(clause) || past.has(last)) continue;
    if (isAnimals(frames, syllables, clause)) continue;
    if (!sign.stays && (recovered.has(clause) || isNegated(frames.negated, syllables, match))) {
      over ??= sign.id;
      continue;
    }
    if (sign.stays && isNegated(frames.negated, syllables, match) && !hasPattern(frames.recovered, syllables)) continue;
    if (calmlyAsked) continue;
    if (!worst || URGENCY[sign.class] > URGENCY[worst.class]) worst = { class: sign.class, sign: sign.id };
  }
  if (values.length > 0 && !calmlyAsked && past.size === 0 && recovered.size === 0) worst ??= { class: 'medical', sign: values[0] ?? 'value' };
  if (worst) return { state: 'alarm', ...worst };
  if (over !== null && !asking) return { state: 'recovered', sign: over };
  return { state: 'calm', mentioned: [...new Set(hits.map((hit) => hit.sign.id))] };
}

function positions(match: Match): number[] {
  return Array.from({ length: match.end - match.start }, (_, i) => match.start + i);
}

function clausesOf(patterns: Patterns, syllables: Syllable[]): Set<number> {
  return new Set(findPatterns(patterns, syllables).flatMap((match) => positions(match).map((at) => syllables[at]?.clause ?? 0)));
}

function withoutHits(syllables: Syllable[], matches: Match[]): Syllable[] {
  const hit = new Set(matches.flatMap(positions));
  return syllables.filter((_, at) => !hit.has(at));
}

/** "không", "hết", "chưa bị" right before the sign, in the same clause. */
function isNegated(negated: Patterns, syllables: Syllable[], match: Match): boolean {
  const clause = syllables[match.start]?.clause;
  const before = syllables.slice(Math.max(0, match.start - NEGATION_REACH), match.start).filter((syllable) => syllable.clause === clause);
  return findPatterns(negated, before).some((found) => before.length - found.end <= 1);
}

function isAnimals(frames: DangerRules['frames'], syllables: Syllable[], clause: number): boolean {
  const here = syllables.filter((syllable) => syllable.clause === clause);
  return hasPattern(frames.animals, here) && !hasPattern(frames.animalsHarm, here);
}
