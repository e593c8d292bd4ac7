import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import { dangerousValues, hasMeasure, valuesSchema, type DangerValues } from './dangerValues.ts';
import type { DangerClass } from './judgement.ts';
import { rows } from './lexicon.ts';
import type { Normal, Syllable } from './normalise.ts';
import type { Likeness } from './likeness.ts';
import { compilePatterns, expandWords, findPatterns, hasPattern, type Match, type Patterns } from './patterns.ts';
import { faultsOf, FOR_PEOPLE, fromFailure, ruleMessage, wanted, type FieldFault } from './wanted.ts';

/**
 * Danger signs, before anything else is tried. What counts is written in `knowledge/danger/*.yaml`, which a health worker
 * can read and edit; here is only how it is applied. Where a message leaves doubt, it alarms.
 */

/** What a kept message may be: harmless, or one class of danger. */
export const MOODS = ['calm', 'medical', 'poisoning', 'suicide', 'violence'] as const;
export type Mood = (typeof MOODS)[number];

const line = z.string().trim().min(2);
const signSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/, { error: ruleMessage('shortName') }),
  class: z.enum(['medical', 'poisoning', 'suicide', 'violence']),
  stays: z.boolean().default(false),
  any: z.array(line).min(1),
  with: z.array(line).optional(),
  unless: z.array(line).optional(),
});
const signsSchema = z.strictObject({ words: z.record(z.string().regex(/^\p{Lu}+$/u, { error: ruleMessage('capitals') }), z.array(z.string().min(1)).min(1)), signs: z.array(signSchema).min(1) });
const frameNames = ['idioms', 'recovered', 'negated', 'past', 'knowledge', 'about', 'urgent', 'now', 'animals', 'animalsHarm'] as const;
const lines = z.array(line).min(1);
const framesSchema = z.strictObject({ idioms: lines, recovered: lines, negated: lines, past: lines, knowledge: lines, about: lines, urgent: lines, now: lines, animals: lines, animalsHarm: lines });

export type DangerFaults = (FieldFault & { file: string })[];
export type DangerRules = {
  signs: { id: string; class: DangerClass; stays: boolean; any: Patterns; with: Patterns | null; unless: Patterns | null }[];
  frames: Record<(typeof frameNames)[number], Patterns>;
  values: DangerValues;
  /** Every word of the files, so that the reader of messages knows them. */
  lines: string[];
  /** Kept messages to learn from. */
  examples: { mood: Mood; text: string }[];
};

/** What was found. `alarm`: act now. `recovered`: a sign that the writer says is over. `calm`: nothing, or only talk about it. */
export type Danger =
  /** `guessed`: every sign of it was read as a slip of other words. */
  | { state: 'alarm'; class: DangerClass; sign: string; guessed?: true }
  | { state: 'recovered'; sign: string }
  | { state: 'calm'; mentioned: string[] };

/** Reads the danger files in `dir`; what is wrong comes back with file, field and expected form. */
export async function loadDanger(dir: string): Promise<{ ok: true; rules: DangerRules } | { ok: false; faults: DangerFaults }> {
  const faults: DangerFaults = [];
  const read = async <T>(file: string, schema: z.ZodType<T>): Promise<T | null> => {
    try {
      const parsed = schema.safeParse(parseYaml((await readFile(join(dir, file), 'utf8')).normalize('NFC')), FOR_PEOPLE);
      if (parsed.success) return parsed.data;
      faults.push(...faultsOf(parsed.error, 'file').map((fault) => ({ file, ...fault })));
    } catch (error) {
      faults.push({ file, field: 'file', expected: fromFailure(error) });
    }
    return null;
  };
  const [signs, frames, values] = await Promise.all([read('signs.yaml', signsSchema), read('frames.yaml', framesSchema), read('values.yaml', valuesSchema)]);
  const examples = await readExamples(join(dir, EXAMPLES), faults);
  if (!signs || !frames || !values || faults.length > 0) return { ok: false, faults };

  const compile = (list: string[]) => compilePatterns(list.flatMap((pattern) => expandWords(pattern, signs.words)));
  const compiled = signs.signs.map((sign) => ({
    id: sign.id, class: sign.class, stays: sign.stays,
    any: compile(sign.any),
    with: sign.with ? compile(sign.with) : null,
    unless: sign.unless ? compile(sign.unless) : null,
  }));
  const frame = (name: (typeof frameNames)[number]) => compilePatterns(frames[name]);
  return {
    ok: true,
    rules: {
      signs: compiled,
      frames: {
        idioms: frame('idioms'), recovered: frame('recovered'), negated: frame('negated'), past: frame('past'),
        knowledge: frame('knowledge'), about: frame('about'), urgent: frame('urgent'), now: frame('now'), animals: frame('animals'), animalsHarm: frame('animalsHarm'),
      },
      values,
      examples,
      lines: [...Object.values(signs.words).flat(), ...signs.signs.flatMap((sign) => [...sign.any, ...(sign.with ?? []), ...(sign.unless ?? [])]), ...frameNames.flatMap((name) => frames[name])],
    },
  };
}

const EXAMPLES = 'examples.tsv';

async function readExamples(path: string, faults: DangerFaults): Promise<DangerRules['examples']> {
  const list = rows(await readFile(path, 'utf8').catch(() => ''));
  if (list.length === 0) faults.push({ file: EXAMPLES, field: 'file', expected: wanted('keptMessages') });
  return list.flatMap(([name, text]) => {
    const mood = MOODS.find((known) => known === name);
    if (mood && text !== '') return [{ mood, text }];
    faults.push({ file: EXAMPLES, field: text, expected: wanted('mood', { moods: MOODS.join(', ') }) });
    return [];
  });
}

/** The sign of an alarm that no line names: the message only sounds like kept ones. */
export const LIKENESS = 'likeness';

const URGENCY: Record<DangerClass, number> = { suicide: 4, violence: 3, poisoning: 2, medical: 1 };
const NEGATION_REACH = 3;
/** A message of fewer words is too short to sound like anything. */
const LEAST_LIKE = 2;
/** A message of fewer words must be all the more alike. */
const FEW = 6;
/** A shorter message with a measured value that is no danger is about that value. */
const MEASURED = 10;

/**
 * Looks for danger in a message as read. Pure. `sorted`: how likely the sorter finds that it belongs to the kept messages
 * of danger rather than to any card, wish or question of staff, 0-1; null without a sorter.
 */
export function findDanger(message: Normal, rules: DangerRules, likeness: Likeness<Mood>, sorted: number | null): Danger {
  const syllables = message.spoken;
  const { frames } = rules;
  const idiomatic = new Set(findPatterns(frames.idioms, syllables).flatMap(positions));

  const hits = rules.signs.flatMap((sign) => {
    if (sign.with && !hasPattern(sign.with, syllables)) return [];
    if (sign.unless && hasPattern(sign.unless, syllables)) return [];
    return findPatterns(sign.any, syllables, idiomatic).map((match) => ({ sign, match }));
  });
  const values = dangerousValues(message.cleaned, rules.values);
  const moods = likeness(message.syllables.map((syllable) => syllable.folded));
  const alarming = 1 - moods.calm;
  if (hits.length === 0 && values.length === 0) {
    const framed = isFramed(frames, syllables, idiomatic) || hasMeasure(message.cleaned);
    const alike = syllables.length < (hasMeasure(message.cleaned) ? MEASURED : LEAST_LIKE) ? null : soundsLike(moods, sorted, rules.values, framed || syllables.length < FEW);
    return alike ?? { state: 'calm', mentioned: [] };
  }

  const past = pastSpans(frames, syllables);
  const recovered = clausesOf(frames.recovered, syllables, hits.map((hit) => hit.match));
  const urgent = hasPattern(frames.urgent, syllables);
  const asking = hasPattern(frames.knowledge, withoutHits(syllables, hits.map((hit) => hit.match)));
  // Words of the sign itself may be part of the asking; believed only beside a message that sounds calm.
  const loosely = hasPattern(frames.knowledge, syllables) || hasPattern(frames.about, syllables);
  const happening = hasPattern(frames.now, syllables);
  const calmlyAsked = asking && !urgent && (!happening || alarming < rules.values.calmBelowLikeness);
  const about = hasPattern(frames.about, withoutHits(syllables, hits.map((hit) => hit.match)));

  // Thanks and greetings around a sign must not drown it: its own clause counts as well.
  const near = (clause: number) => Math.max(alarming, 1 - likeness(syllables.filter((syllable) => syllable.clause === clause).map((syllable) => syllable.folded)).calm);

  let over: string | null = null;
  let worst: { class: DangerClass; sign: string } | null = null;
  let guessed = true;
  for (const { sign, match } of hits) {
    const clause = syllables[match.start]?.clause ?? 0;
    const last = syllables[match.end - 1]?.clause ?? clause;
    if (past.some((span) => (span.clause === clause || span.clause === last) && match.start < span.until)) continue;
    if (isAnimals(frames, syllables, clause)) continue;
    // A sign found only by guessing at a slip needs the rest of the message to sound like danger, too.
    const here = near(clause);
    if (match.guessed && here < rules.values.guessedFromLikeness) continue;
    if (!sign.stays && (recovered.has(clause) || isNegated(frames.negated, syllables, match))) {
      over ??= sign.id;
      continue;
    }
    if (sign.stays && isNegated(frames.negated, syllables, match) && !hasPattern(frames.recovered, syllables)) continue;
    // Without marks the letters are often those of other words, too.
    if (match.bare && here < (urgent ? rules.values.calmCertainBelow : rules.values.bareFromLikeness)) continue;
    // A clause that cries out by itself is not talked over by the kindest rest ("cảm ơn hôm trước nha. khó thở quá").
    const cries = here >= rules.values.alarmFromLikenessFramed;
    // Surely everyday talk as a whole, whatever one line reads into it. What was swallowed is asked about calmly, too.
    if (!cries && alarming < rules.values.calmCertainBelow && !(sign.class === 'poisoning' && isPlain(match) && !loosely)) continue;
    // A sign in a message that otherwise sounds like everyday talk.
    if (!cries && alarming < rules.values.everydayBelowLikeness && !urgent && (!sign.stays || loosely)) continue;
    const grave = sign.class === 'suicide' || sign.class === 'violence';
    if (grave ? about && (!happening || alarming < rules.values.calmBelowLikeness) : calmlyAsked) continue;
    guessed &&= match.guessed;
    if (!worst || URGENCY[sign.class] > URGENCY[worst.class]) worst = { class: sign.class, sign: sign.id };
  }
  if (values.length > 0 && (!calmlyAsked || alarming >= rules.values.calmBelowLikeness) && numbersOutside(syllables, new Set([...past.map((span) => span.clause), ...recovered]))) {
    worst ??= { class: 'medical', sign: values[0] ?? 'value' };
    guessed = false;
  }
  if (worst) return { state: 'alarm', ...worst, ...(guessed ? { guessed } : {}) };
  if (over !== null && !asking) return { state: 'recovered', sign: over };
  const mentioned = { state: 'calm' as const, mentioned: [...new Set(hits.map((hit) => hit.sign.id))] };
  return soundsLike(moods, sorted, rules.values, true) ?? mentioned;
}

/** Whether anything in the message says that it is no danger now. */
function isFramed(frames: DangerRules['frames'], syllables: Syllable[], idiomatic: ReadonlySet<number>): boolean {
  return idiomatic.size > 0 || (['past', 'recovered', 'knowledge', 'about', 'animals'] as const).some((name) => hasPattern(frames[name], syllables));
}

/**
 * An alarm for a message that no line names, when it is much like the kept ones. Two learners of different make are asked,
 * one that knows calm talk and one that knows every card: where either errs alone, their mean does not.
 */
function soundsLike(moods: Record<Mood, number>, sorted: number | null, values: DangerValues, framed: boolean): Danger | null {
  let worst: DangerClass = 'medical';
  for (const mood of MOODS) if (mood !== 'calm' && moods[mood] > moods[worst]) worst = mood;
  // Every complaint sounds a little like an emergency; nothing harmless sounds much like a cry for help.
  const from = framed ? values.alarmFromLikenessFramed : worst === 'medical' ? values.alarmFromLikenessMedical : values.alarmFromLikeness;
  const alike = sorted === null ? 1 - moods.calm : (1 - moods.calm + sorted) / 2;
  if (alike < from) return null;
  return { state: 'alarm', class: worst, sign: LIKENESS };
}

/** Where the past is spoken of: the clause, and how far in the message it reaches: up to a "giờ" that comes after it. */
function pastSpans(frames: DangerRules['frames'], syllables: Syllable[]): { clause: number; until: number }[] {
  return findPatterns(frames.past, syllables).map((match) => {
    const clause = syllables[match.start]?.clause ?? 0;
    const now = syllables.findIndex((syllable, at) => at >= match.end && syllable.clause === clause && (syllable.folded === 'gio' || syllable.folded === 'nay'));
    return { clause, until: now < 0 ? syllables.length : now };
  });
}

/** Whether a number stands in a clause that speaks of now. */
function numbersOutside(syllables: Syllable[], clauses: ReadonlySet<number>): boolean {
  return syllables.some((syllable) => /^\d+$/.test(syllable.folded) && !clauses.has(syllable.clause));
}

function positions(match: Match): number[] {
  return Array.from({ length: match.end - match.start }, (_, i) => match.start + i);
}

/** Written with its marks, and no slip had to be guessed. */
function isPlain({ bare, guessed }: Match): boolean {
  return !bare && !guessed;
}

/** Clauses with one of the patterns; `tỉnh rồi` inside `bất tỉnh rồi` is part of the sign, and so is `không còn` of `không còn biết gì`. */
function clausesOf(patterns: Patterns, syllables: Syllable[], hits: Match[]): Set<number> {
  const found = findPatterns(patterns, syllables).filter((match) => !hits.some((hit) => hit.start < match.start && match.start < hit.end || hit.start === match.start && match.end <= hit.end));
  return new Set(found.flatMap(positions).map((at) => syllables[at]?.clause ?? 0));
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
