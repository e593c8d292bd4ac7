import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FEATURES } from './features.ts';

/** The measured meaning of a score: a model from features to probability, and where certainty begins. */

const numbers = z.array(z.number());

const modelSchema = z.strictObject({ mean: numbers, scale: numbers, weights: numbers, bias: z.number() });

const calibrationSchema = z.strictObject({
  /** The names of the features, so that a file made for others is refused. */
  features: z.array(z.string()).refine((names) => names.join() === FEATURES.join()),
  /** After the features: for each of these, whether it is strange to the first card (`strangeNames`). */
  strange: z.array(z.string()),
  /** Whether the first card is right. */
  model: modelSchema,
  /** Whether the right card is among the first three. */
  offer: modelSchema,
  /** From this probability on, a card is the answer. */
  answerFrom: z.number().min(0).max(1),
  /** Below this probability of `offer` nothing is offered. */
  offerFrom: z.number().min(0).max(1),
  /** Cards that came first for what was not theirs: how often, of all times they came first. */
  greedy: z.record(z.string(), z.number()),
  /** Fingerprint of the base and lexicon it was measured on. */
  of: z.string(),
}).refine(({ model, offer, strange }) => [model, offer].every(({ mean, scale, weights }) => [mean, scale, weights].every((list) => list.length === FEATURES.length + strange.length)));

export type Calibration = z.infer<typeof calibrationSchema>;

const FILE = 'calibration.json';

const FLAT = { mean: FEATURES.map(() => 0), scale: FEATURES.map(() => 1), weights: FEATURES.map(() => 0), bias: 0 };

/** Never sure: every card is only offered. What a base without a usable measurement gets. */
export const NEVER_SURE: Calibration = {
  features: [...FEATURES],
  strange: [],
  model: FLAT,
  offer: FLAT,
  answerFrom: 1, offerFrom: 0, greedy: {}, of: '',
};

/** Reads `calibration.json` in `knowledgeDir`. Missing, or made for other features: `NEVER_SURE`, which is safe; the check says so. */
export async function loadCalibration(knowledgeDir: string): Promise<Calibration> {
  let raw: unknown;
  try {
    raw = JSON.parse(await readFile(join(knowledgeDir, FILE), 'utf8'));
  } catch {
    return NEVER_SURE;
  }
  const parsed = calibrationSchema.safeParse(raw);
  return parsed.success ? parsed.data : NEVER_SURE;
}

export async function saveCalibration(knowledgeDir: string, calibration: Calibration): Promise<void> {
  const round = (value: number) => Number(value.toFixed(5));
  const roundModel = (model: Calibration['model']) => ({ mean: model.mean.map(round), scale: model.scale.map(round), weights: model.weights.map(round), bias: round(model.bias) });
  const roundAll = (values: Record<string, number>) => Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, round(value)]));
  const rounded = { ...calibration, greedy: roundAll(calibration.greedy), answerFrom: round(calibration.answerFrom), offerFrom: round(calibration.offerFrom), model: roundModel(calibration.model), offer: roundModel(calibration.offer) };
  await writeFile(join(knowledgeDir, FILE), `${JSON.stringify(rounded, null, 1)}\n`);
}
