import { existsSync } from 'node:fs';
import { exportBase, importBase } from '#bot/base/exchange.ts';
import { cardFolders, KNOWLEDGE_DIR } from '#bot/conversation/assemble.ts';
import { sayFault, sayUnreadable, sayWanted } from '#bot/knowledge-faults.ts';
import { recalibrate } from '#knowledge/calibrate.ts';
import { checkKnowledge } from '#knowledge/check.ts';
import { dayOf } from '#knowledge/day.ts';
import { loadCards } from '#knowledge/load.ts';
import { readUnderstanding } from '#knowledge/understanding.ts';
import { openForVerb } from './open-store.ts';
import type { ExitCode, Verb, VerbContext } from './verb.ts';

/**
 * `knowledge check [--json]`: every fault of the base, which file, which field, what is expected. Only errors fail it.
 * `knowledge export [--to FOLDER]` writes what staff changed in the console to files, `knowledge import FOLDER` takes it in.
 * `knowledge calibrate`: measures the base anew and writes what was measured.
 */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:knowledge.usage'),
  run: async (args, context) => {
    const { config, texts, out, err } = context;
    const [command, ...rest] = args;
    if (command === 'export' && (rest.length === 0 || rest.length === 2 && rest[0] === '--to')) return exporting(rest[1], context);
    if (command === 'import' && rest.length === 1) return importing(rest[0] ?? '', context);
    if (command === 'calibrate' && rest.length === 0) return calibrate({ config, texts, out, err });
    if (command !== 'check' || rest.some((arg) => arg !== '--json')) {
      err.write(`${texts.say('vi', 'cli:knowledge.usage')}\n`);
      return 2;
    }
    const today = dayOf(Date.now());
    const [, placeCards] = cardFolders(config.place);
    const faults = await checkKnowledge({ knowledgeDir: KNOWLEDGE_DIR, today, ...(placeCards === undefined ? {} : { placeCards }) });
    const errors = faults.filter((fault) => fault.severity === 'error').length;
    if (rest.includes('--json')) {
      out.write(`${JSON.stringify(faults.map((fault) => ({ ...fault, expected: sayWanted(texts, fault.expected) })))}\n`);
    } else {
      for (const fault of faults) out.write(`${texts.say('vi', 'cli:knowledge.line', { ...sayFault(texts, fault), severity: texts.say('vi', `cli:knowledge.${fault.severity}`) })}\n`);
      const cards = (await loadCards(cardFolders(config.place), today)).cards.length;
      out.write(`${faults.length === 0 ? texts.say('vi', 'cli:knowledge.fine', { cards }) : texts.say('vi', 'cli:knowledge.summary', { cards, errors, warnings: faults.length - errors })}\n`);
    }
    return errors === 0 ? 0 : 1;
  },
};

function exporting(to: string | undefined, context: VerbContext): Promise<ExitCode> {
  const { config, texts, out, err } = context;
  return openForVerb(context, async (store) => {
    const done = await exportBase(store, { placeDir: config.place, today: dayOf(Date.now()), ...(to === undefined ? {} : { to }) }).catch((thrown: unknown) => orNotWritten(thrown));
    if (done === null) {
      err.write(`${texts.say('vi', 'cli:knowledge.exportNotWritten', { folder: to ?? KNOWLEDGE_DIR })}\n`);
      return 1;
    }
    const { files, questions } = done;
    for (const file of files) out.write(`${file}\n`);
    out.write(`${files.length + questions === 0 ? texts.say('vi', 'cli:knowledge.nothingToExport') : texts.say('vi', 'cli:knowledge.exported', { cards: files.length, questions })}\n`);
    return 0;
  });
}

function importing(from: string, context: VerbContext): Promise<ExitCode> {
  const { config, texts, out, err } = context;
  if (!existsSync(from)) {
    err.write(`${texts.say('vi', 'cli:knowledge.noFolder', { folder: from })}\n`);
    return Promise.resolve(1);
  }
  return openForVerb(context, async (store) => {
    const done = await importBase(store, { placeDir: config.place, today: dayOf(Date.now()), from });
    for (const fault of done.refused) err.write(`${texts.say('vi', 'cli:knowledge.line', { ...sayFault(texts, fault), severity: texts.say('vi', 'cli:knowledge.error') })}\n`);
    out.write(`${texts.say('vi', 'cli:knowledge.imported', { published: done.published.length, unchanged: done.unchanged.length, refused: new Set(done.refused.map(({ file }) => file)).size, questions: done.questions })}\n`);
    return done.refused.length === 0 ? 0 : 1;
  });
}

async function calibrate({ config, texts, out, err }: Pick<VerbContext, 'config' | 'texts' | 'out' | 'err'>): Promise<ExitCode> {
  const today = dayOf(Date.now());
  const [, placeCards] = cardFolders(config.place);
  const read = await readUnderstanding(KNOWLEDGE_DIR);
  if (!read.ok) {
    err.write(`${sayUnreadable(texts, read.faults)}\n`);
    return 1;
  }
  const cards = (await loadCards(cardFolders(config.place), today)).cards.length;
  out.write(`${texts.say('vi', 'cli:knowledge.calibrating', { cards })}\n`);
  try {
    await recalibrate(KNOWLEDGE_DIR, today, placeCards);
  } catch (thrown) {
    orNotWritten(thrown);
    err.write(`${texts.say('vi', 'cli:knowledge.notWritten', { dir: KNOWLEDGE_DIR })}\n`);
    return 1;
  }
  out.write(`${texts.say('vi', 'cli:knowledge.calibrated', { cards })}\n`);
  return 0;
}

/** What the disk says of a file is told to whoever asked for it; anything else is a fault of ours. */
function orNotWritten(thrown: unknown): null {
  if (thrown instanceof Error && 'code' in thrown) return null;
  throw thrown;
}
