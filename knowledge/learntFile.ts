import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MOODS } from './danger.ts';
import { WISHES } from './intents.ts';
import type { Learnt } from './learnt.ts';
import type { LikenessModel } from './likeness.ts';
import { pack, unpack } from './packed.ts';

/** The learners of danger and of wishes in a file beside the sorter: words as text, numbers compressed, as base64. */

const FILE = 'likeness.json';

const modelSchema = z.strictObject({ labels: z.array(z.string()), scale: z.number().positive(), bias: z.array(z.number()), weights: z.string() });
const schema = z.strictObject({ of: z.string(), words: z.string(), start: z.string(), seconds: z.string(), kept: z.string(), moods: modelSchema, wishes: modelSchema });

/** Reads `likeness.json` in `knowledgeDir`; null when it is missing or broken. */
export async function loadLearnt(knowledgeDir: string): Promise<Learnt | null> {
  try {
    const { of, words, moods, wishes, ...numbers } = schema.parse(JSON.parse(await readFile(join(knowledgeDir, FILE), 'utf8')));
    const vocabulary = { words: new Map(words.split('\n').map((word, number) => [word, number])), start: new Uint32Array(unpack(numbers.start)), seconds: new Uint32Array(unpack(numbers.seconds)) };
    const terms = vocabulary.words.size + vocabulary.seconds.length;
    const learnt = { of, vocabulary, moods: modelOf(MOODS, moods, terms), wishes: modelOf(WISHES, wishes, terms), kept: new Uint32Array(unpack(numbers.kept)) };
    return vocabulary.start.length === vocabulary.words.size + 1 && vocabulary.start.at(-1) === vocabulary.seconds.length ? learnt : null;
  } catch {
    return null;
  }
}

export async function saveLearnt(knowledgeDir: string, { of, vocabulary, moods, wishes, kept }: Learnt): Promise<void> {
  const model = ({ labels, scale, bias, weights }: LikenessModel<string>): z.infer<typeof modelSchema> => ({ labels: [...labels], scale, bias: [...bias], weights: pack(planes(weights, labels.length)) });
  const file: z.infer<typeof schema> = {
    of, words: [...vocabulary.words.keys()].join('\n'), start: pack(vocabulary.start), seconds: pack(vocabulary.seconds), kept: pack(kept),
    moods: model(moods), wishes: model(wishes),
  };
  await writeFile(join(knowledgeDir, FILE), `${JSON.stringify(file, null, 1)}\n`);
}

function modelOf<Label extends string>(labels: readonly Label[], file: z.infer<typeof modelSchema>, terms: number): LikenessModel<Label> {
  const stored = new Int16Array(unpack(file.weights));
  if (file.labels.join() !== labels.join() || file.bias.length !== labels.length || stored.length !== terms * labels.length) throw new Error('a learner of something else');
  return { labels, scale: file.scale, bias: Float64Array.from(file.bias), weights: planes(stored, terms) };
}

/** Rows of `width` as columns: all weights of one label together compress better. The same with the other width turns them back. */
function planes(numbers: Int16Array, width: number): Int16Array {
  const height = numbers.length / width;
  const turned = new Int16Array(numbers.length);
  for (let row = 0, at = 0; row < height; row += 1) for (let column = 0; column < width; column += 1, at += 1) turned[column * height + row] = numbers[at] ?? 0;
  return turned;
}
