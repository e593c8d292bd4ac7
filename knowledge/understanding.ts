import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { loadCalibration, NEVER_SURE, type Calibration } from './calibration.ts';
import { loadDanger, type DangerRules } from './danger.ts';
import { loadGuard, type GuardRules } from './guard.ts';
import type { Identify } from './identify/identify.ts';
import { identifierOnDemand } from './identify/onDemand.ts';
import { loadIntents, type IntentRules } from './intents.ts';
import { loadJoints, type Joints } from './joints.ts';
import { loadLexicon, rows, type Lexicon } from './lexicon.ts';
import type { Sorter } from './sorter.ts';
import type { Learnt } from './learnt.ts';
import { loadLearnt } from './learntFile.ts';
import { loadSorter } from './sorterFile.ts';
import { codeOf, faultsOf, fromFailure, type FieldFault } from './wanted.ts';

/** Everything understanding rests on besides the cards; read once at start, shared by every judge. */
export type Understanding = {
  lexicon: Lexicon;
  intents: IntentRules;
  danger: DangerRules;
  /** Tells languages apart; built when first needed. */
  identify: Identify;
  guard: GuardRules;
  /** Questions that belong to staff, kept by them by theme: the base must not answer these. */
  notCovered: [theme: string, question: string][];
  /** Ways of asking for what is not a card, by intent. */
  examples: [intent: string, question: string][];
  joints: Joints;
  /** Both are made when the base is published; without them nothing is sure. */
  calibration: Calibration;
  sorter: Sorter | null;
  /** The learners of danger and of wishes; without them each judge learns them for itself. */
  learnt: Learnt | null;
};

/** What is wrong with one file below the folder of knowledge. */
export type UnderstandingFault = FieldFault & { file: string };

export type UnderstandingRead = { ok: true; understanding: Understanding } | { ok: false; faults: UnderstandingFault[] };

/** Reads the lexicon and the danger signs below `knowledgeDir`. What a person broke there comes back with file, field and expected form. */
export async function readUnderstanding(knowledgeDir: string): Promise<UnderstandingRead> {
  const dir = join(knowledgeDir, 'lexicon');
  const faults: UnderstandingFault[] = [];
  const read = async <T>(file: string, load: () => Promise<T>): Promise<T | null> => {
    try {
      return await load();
    } catch (thrown) {
      const broken = thrown instanceof z.ZodError ? faultsOf(thrown, 'file') : [{ field: 'file', expected: fromFailure(thrown) }];
      faults.push(...broken.map((fault) => ({ ...fault, file: `lexicon/${file}` })));
      return null;
    }
  };
  const list = (file: string) => read(file, async () => rows(await readFile(join(dir, file), 'utf8')));
  const [lexicon, intents, danger, guard, notCovered, examples, calibration, joints] = await Promise.all([
    read('*', () => loadLexicon(dir)), read('intents.yaml', () => loadIntents(dir)), loadDanger(join(knowledgeDir, 'danger')),
    read('things.yaml, kinds.yaml', () => loadGuard(dir)), list('not-covered.tsv'), list('examples.tsv'), loadCalibration(knowledgeDir), read('joints.yaml', () => loadJoints(dir)),
  ]);
  const [sorter, learnt] = await Promise.all([calibration.of === '' ? null : loadSorter(knowledgeDir, calibration.of), loadLearnt(knowledgeDir)]);
  if (!danger.ok) faults.push(...danger.faults.map((fault) => ({ ...fault, file: `danger/${fault.file}` })));
  if (faults.length > 0 || !danger.ok || !lexicon || !intents || !guard || !notCovered || !examples || !joints) return { ok: false, faults };
  return { ok: true, understanding: { lexicon, intents, danger: danger.rules, identify: identifierOnDemand(), guard, notCovered, examples, joints, sorter, learnt, calibration: sorter === null ? NEVER_SURE : calibration } };
}

/** As `readUnderstanding`, for whoever cannot go on without: throws with file, field and expected form. */
export async function loadUnderstanding(knowledgeDir: string): Promise<Understanding> {
  const read = await readUnderstanding(knowledgeDir);
  if (!read.ok) throw new Error(read.faults.map((fault) => `${fault.file} ${fault.field}: ${codeOf(fault.expected)}`).join('\n'));
  return read.understanding;
}
