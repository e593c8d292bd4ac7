import { fileURLToPath } from 'node:url';
import { readFile } from 'node:fs/promises';
import { createOpenJudge, type OpenJudge } from '#knowledge/judge.ts';
import { loadUnderstanding } from '#knowledge/understanding.ts';
import { loadCards } from '#knowledge/load.ts';

/** The base that ships, as tests of its understanding use it; read once for a test file. */

export const KNOWLEDGE_DIR = fileURLToPath(new URL('../../knowledge', import.meta.url));
export const TODAY = '2026-11-22';

export async function openBase(): Promise<OpenJudge> {
  const [understanding, base] = await Promise.all([loadUnderstanding(KNOWLEDGE_DIR), loadCards(`${KNOWLEDGE_DIR}/cards`, TODAY)]);
  return createOpenJudge(base.cards, understanding);
}

/** The rows of a file of cases beside the tests, without its comments. */
export async function cases(name: string): Promise<string[][]> {
  const text = await readFile(new URL(name, import.meta.url), 'utf8');
  return text.normalize('NFC').split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
}
