import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import type { Syllable } from './normalise.ts';
import { compilePatterns, findPatterns, type Patterns } from './patterns.ts';
import { FOR_PEOPLE } from './wanted.ts';

/** Where one message asks for two things, where it goes on from the last answer, and what an answer must not be taken for. */
export type Joints = {
  between: Patterns;
  followUp: Patterns;
  /** Asking whether it is this illness. */
  diagnosis: Patterns;
  /** Asking how much of a medicine. */
  dose: Patterns;
  /** Asking which medicine. */
  medicine: Patterns;
};

const list = z.array(z.string().min(1)).min(1);
const schema = z.strictObject({ between: list, followUp: list, diagnosis: list, dose: list, medicine: list });

/** Reads `joints.yaml`; a broken file is an installation fault and throws. */
export async function loadJoints(dir: string): Promise<Joints> {
  const raw: unknown = parseYaml((await readFile(join(dir, 'joints.yaml'), 'utf8')).normalize('NFC'));
  const lists = schema.parse(raw, FOR_PEOPLE);
  return { between: compilePatterns(lists.between), followUp: compilePatterns(lists.followUp), diagnosis: compilePatterns(lists.diagnosis), dose: compilePatterns(lists.dose), medicine: compilePatterns(lists.medicine) };
}

/** Shorter parts say too little to be a question of their own. */
const LEAST = 3;
const MOST_PARTS = 4;

/** The parts of a message between stops and joining words; empty when it has only one. */
export function partsOf(syllables: Syllable[], joints: Joints): Syllable[][] {
  const cuts = new Set(findPatterns(joints.between, syllables).map((match) => match.start));
  const parts: Syllable[][] = [];
  let part: Syllable[] = [];
  syllables.forEach((syllable, at) => {
    if (at > 0 && (cuts.has(at) || syllable.clause !== syllables[at - 1]?.clause)) {
      parts.push(part);
      part = [];
    }
    part.push(syllable);
  });
  parts.push(part);
  const long = parts.filter((found) => found.length >= LEAST).slice(0, MOST_PARTS);
  return long.length > 1 ? long : [];
}
