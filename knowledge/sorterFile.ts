import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Sorter } from './sorter.ts';

/** The sorter of a base in a file beside its calibration: features as text, numbers as base64. */

const FILE = 'sorter.json';

const schema = z.strictObject({
  /** Fingerprint of the base that it was learnt from; the calibration bears the same. */
  of: z.string(),
  labels: z.array(z.string()),
  scale: z.number(),
  features: z.string(),
  idf: z.base64(),
  bias: z.base64(),
  start: z.base64(),
  classes: z.base64(),
  weights: z.base64(),
});

/** Reads `sorter.json` in `knowledgeDir`; null when it is missing, broken or not of the base `of`. */
export async function loadSorter(knowledgeDir: string, of: string): Promise<Sorter | null> {
  let raw: unknown;
  try {
    raw = JSON.parse(await readFile(join(knowledgeDir, FILE), 'utf8'));
  } catch {
    return null;
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success || parsed.data.of !== of) return null;
  const { labels, scale, features, ...numbers } = parsed.data;
  const sorter = {
    labels, scale,
    features: new Map(features.split('\n').map((feature, number) => [feature, number])),
    idf: new Float32Array(bytes(numbers.idf)), bias: new Float32Array(bytes(numbers.bias)), start: new Uint32Array(bytes(numbers.start)),
    classes: new Uint16Array(bytes(numbers.classes)), weights: new Int8Array(bytes(numbers.weights)),
  };
  const whole = sorter.bias.length === labels.length && sorter.idf.length === sorter.features.size && sorter.start.length === sorter.features.size + 1
    && sorter.weights.length === sorter.start.at(-1) && sorter.classes.length === sorter.weights.length;
  return whole ? sorter : null;
}

export async function saveSorter(knowledgeDir: string, of: string, sorter: Sorter): Promise<void> {
  const text = (list: ArrayBufferView) => Buffer.from(list.buffer, list.byteOffset, list.byteLength).toString('base64');
  const file: z.infer<typeof schema> = {
    of, labels: sorter.labels, scale: sorter.scale, features: [...sorter.features.keys()].join('\n'),
    idf: text(sorter.idf), bias: text(sorter.bias), start: text(sorter.start), classes: text(sorter.classes), weights: text(sorter.weights),
  };
  await writeFile(join(knowledgeDir, FILE), `${JSON.stringify(file, null, 1)}\n`);
}

/** A buffer of its own, so that numbers of any width begin at its beginning. */
function bytes(text: string): ArrayBuffer {
  const buffer = Buffer.from(text, 'base64');
  const own = new ArrayBuffer(buffer.length);
  new Uint8Array(own).set(buffer);
  return own;
}
