import { join } from 'node:path';
import { openForVerb } from './open-store.ts';
import { storeIsNew } from '#bot/doctor/store.ts';
import { keepRetention } from '#bot/residents/retention.ts';
import { backUp, restore } from '#bot/store/backup.ts';
import { copyStore } from '#bot/store/copy.ts';
import { rotateMasterKey } from '#bot/store/rotation.ts';
import { listUnknown, repeatUnknown } from '#bot/store/sending.ts';
import { openStore, type Store } from '#bot/store/store.ts';
import { sayProblem } from '#bot/store-problem.ts';
import type { TextKey, Values } from '#locales/texts.ts';
import type { ExitCode, Verb, VerbContext } from './verb.ts';

/** Unknown sends that are listed at once. */
const LISTED = 200;

/** `store copy [--back] | backup FOLDER | restore FILE | rotate-key | unknown | repeat NUMBER… | forget-old`: the operator's hand on the data. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:store.usage'),
  run: async ([command = '', ...rest], context) => {
    const [argument] = rest;
    switch (command) {
      case 'copy':
        return rest.length === 0 || (rest.length === 1 && argument === '--back') ? copy(context, argument === '--back') : wrong(context);
      case 'backup':
        return argument !== undefined && rest.length === 1 ? whereItIs(context, (store) => Promise.resolve(backup(store, argument, context))) : wrong(context);
      case 'restore':
        return argument !== undefined && rest.length === 1 ? putBack(argument, context) : wrong(context);
      case 'rotate-key':
        return rest.length === 0 ? whereItIs(context, (store) => rotate(store, context)) : wrong(context);
      case 'unknown':
        return rest.length === 0 ? openForVerb(context, (store) => unknown(store, context)) : wrong(context);
      case 'repeat':
        return rest.length > 0 && rest.every((id) => /^\d+$/.test(id)) ? openForVerb(context, (store) => repeat(store, rest.map(Number), context)) : wrong(context);
      case 'forget-old':
        return rest.length === 0 ? openForVerb(context, (store) => forgetOld(store, context)) : wrong(context);
      default:
        return wrong(context);
    }
  },
};

function wrong({ texts, err }: VerbContext): ExitCode {
  err.write(`${texts.say('vi', 'cli:store.usage')}\n`);
  return 2;
}

/** Opens the store for what makes no sense without one: a wrong `DATA_DIR` must not look like an empty station. */
function whereItIs(context: VerbContext, act: (store: Store) => Promise<ExitCode>): Promise<ExitCode> {
  const { config } = context;
  return storeIsNew(config) ? Promise.resolve(tell(context, 'cli:store.nothingThere', { dir: config.dataDir }, 1)) : openForVerb(context, act);
}

/** Moves a station from the SQLite file in `DATA_DIR` to the empty database at `DATABASE_URL`, or back into a folder without one. */
async function copy(context: VerbContext, back: boolean): Promise<ExitCode> {
  const { config } = context;
  if (config.databaseUrl === null) return tell(context, 'cli:store.copyNeedsUrl', {}, 2);
  if (!back && storeIsNew({ ...config, databaseUrl: null })) return tell(context, 'cli:store.nothingThere', { dir: config.dataDir }, 1);
  // Both are sealed by the same master key, which stays where it is.
  const file = { dataDir: config.dataDir };
  const server = { ...file, databaseUrl: config.databaseUrl };
  const from = await openStore(back ? server : file);
  if (!from.ok) return tellRaw(context, sayProblem(context.texts, from.problem));
  const to = await openStore(back ? file : server).catch(() => null);
  try {
    if (to === null) return tell(context, 'cli:start.storeFailed', {}, 1);
    if (!to.ok) return tellRaw(context, sayProblem(context.texts, to.problem));
    const result = await copyStore(from.store, to.store);
    if (!result.ok) return tell(context, `cli:store.${result.problem.kind}`, { table: result.problem.table }, 1);
    for (const [table, rows] of result.rows) context.out.write(`${table}: ${rows}\n`);
    return tell(context, back ? 'cli:store.copiedBack' : 'cli:store.copied', { dir: config.dataDir }, 0);
  } finally {
    await from.store.close();
    if (to?.ok === true) await to.store.close();
  }
}

function backup(store: Store, folder: string, context: VerbContext): ExitCode {
  const result = backUp(store, folder, Date.now());
  if (!result.ok) return tell(context, `cli:store.${result.problem.kind}`, { folder }, 1);
  const { dataFile, keysFile, people, bytes } = result.backup;
  return tell(context, 'cli:store.backedUp', { dataFile, keysFile, people, kilobytes: Math.ceil(bytes / 1024), key: store.masterKeyFile.path }, 0);
}

async function putBack(file: string, context: VerbContext): Promise<ExitCode> {
  const result = await restore(file, context.config.dataDir, Date.now());
  if (!result.ok) {
    const { problem } = result;
    return problem.kind === 'newer-database' ? tellRaw(context, sayProblem(context.texts, problem)) : tell(context, `cli:store.${problem.kind}`, { path: problem.path }, 1);
  }
  return tell(context, 'cli:store.restored', { ...result.restored, key: join(context.config.dataDir, 'keys', 'master.key') }, 0);
}

async function rotate(store: Store, context: VerbContext): Promise<ExitCode> {
  const { people } = await rotateMasterKey(store);
  return tell(context, 'cli:store.rotated', { people, path: store.masterKeyFile.path }, 0);
}

async function unknown(store: Store, context: VerbContext): Promise<ExitCode> {
  const rows = await store.read((tx) => listUnknown(tx, LISTED));
  for (const row of rows) context.out.write(`${row.id}  ${row.channel}  ${row.kind}  ${new Date(row.createdMs).toISOString()}\n`);
  return tell(context, 'cli:store.unknown', { count: rows.length }, 0);
}

async function repeat(store: Store, ids: number[], context: VerbContext): Promise<ExitCode> {
  const count = await store.write((tx) => repeatUnknown(tx, ids, tx.nowMs));
  return tell(context, 'cli:store.repeated', { count }, count === ids.length ? 0 : 1);
}

async function forgetOld(store: Store, context: VerbContext): Promise<ExitCode> {
  const report = await keepRetention(store, { textDays: context.config.retentionDays, nowMs: Date.now() });
  return tell(context, 'cli:store.forgotten', { ...report, days: context.config.retentionDays }, 0);
}

function tell(context: VerbContext, key: TextKey, values: Values, code: ExitCode): ExitCode {
  return tellRaw(context, context.texts.say('vi', key, values), code);
}

function tellRaw({ out, err }: VerbContext, line: string, code: ExitCode = 1): ExitCode {
  (code === 0 ? out : err).write(`${line}\n`);
  return code;
}
