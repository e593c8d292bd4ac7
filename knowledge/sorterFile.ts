import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { pack, unpack } from './packed.ts';
import type { Sorter } from './sorter.ts';

/** The sorter of a base in a file beside its calibration: features as text, numbers compressed, as base64. */

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
  const sorter = sorterIn(parsed.data);
  if (sorter === null) return null;
  const { labels } = sorter;
  const whole = sorter.bias.length === labels.length && sorter.idf.length === sorter.features.size && sorter.start.length === sorter.features.size + 1
    && sorter.weights.length === sorter.start.at(-1) && sorter.classes.length === sorter.weights.length;
  return whole ? sorter : null;
}

/** Null where the numbers were damaged. */
function sorterIn({ labels, scale, features, idf, bias, start, classes, weights }: z.infer<typeof schema>): Sorter | null {
  try {
    return {
      labels, scale,
      features: new Map(features.split('\n').map((feature, number) => [feature, number])),
      idf: new Float32Array(unpack(idf)), bias: new Float32Array(unpack(bias)), start: new Uint32Array(unpack(start)),
      classes: new Uint16Array(unpack(classes)), weights: new Int8Array(unpack(weights)),
    };
  } catch {
    return null;
  }
}

export async function saveSorter(knowledgeDir: string, of: string, sorter: Sorter): Promise<void> {
  const file: z.infer<typeof schema> = {
    of, labels: sorter.labels, scale: sorter.scale, features: [...sorter.features.keys()].join('\n'),
    idf: pack(sorter.idf), bias: pack(sorter.bias), start: pack(sorter.start), classes: pack(sorter.classes), weights: pack(sorter.weights),
  };
  await writeFile(join(knowledgeDir, FILE), `${JSON.stringify(file, null, 1)}\n`);
}
