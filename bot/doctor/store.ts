import { constants, existsSync, readdirSync, statSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Config } from '#bot/config.ts';
import { sayProblem } from '#bot/store-problem.ts';
import { SCHEMA_VERSION } from '#bot/store/migrations.ts';
import { listUnknown } from '#bot/store/sending.ts';
import type { Store, StoreProblem } from '#bot/store/store.ts';
import type { Texts } from '#locales/texts.ts';
import type { Examined } from './doctor.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

const ENOUGH_MB = 1000;
const LEAST_MB = 200;
const PROOF_KEY = 'doctor:looked';

/** Whether nothing has been stored here yet; looking must not be what makes the data and its key. */
export function storeIsNew(config: Config): boolean {
  return config.databaseUrl === null && !existsSync(join(config.dataDir, 'loa.db'));
}

/** Why the store does not open. */
export function storeIsShut(problem: StoreProblem | null, texts: Texts): Finding[] {
  return [wrong('store', 'doctor:store.shut', { why: problem === null ? texts.say('vi', 'cli:start.storeFailed') : sayProblem(texts, problem) })];
}

/** Engine, version, whether it can be written, room on the disk, where the key lies, what nobody knows to have arrived. Null: not made yet. */
export async function examineStore({ config }: Examined, store: Store | null): Promise<Finding[]> {
  if (store === null) return [await examineEmpty(config.dataDir), await examineDisk(config.dataDir)];
  const values = { engine: store.engine === 'sqlite' ? 'SQLite' : 'PostgreSQL', version: SCHEMA_VERSION };
  const written = await store.write(({ db, nowMs }) => (
    db.insertInto('meta').values({ key: PROOF_KEY, value: String(nowMs) }).onConflict((c) => c.column('key').doUpdateSet({ value: String(nowMs) })).execute()
  )).then(() => true, () => false);
  const unknown = await store.read((tx) => listUnknown(tx, 200));
  return [
    written ? ok('store', 'doctor:store.fine', values) : wrong('store', 'doctor:store.readOnly', values),
    await examineDisk(config.dataDir),
    examineKey(store.masterKeyFile.path, config),
    ...(unknown.length === 0 ? [] : [warning('unknown', 'doctor:unknown', { count: unknown.length })]),
  ];
}

/** Where nothing has been stored yet: whether the first start will be able to. */
async function examineEmpty(dataDir: string): Promise<Finding> {
  const dir = nearest(dataDir);
  const isWritable = statSync(dir).isDirectory() && await access(dir, constants.W_OK | constants.X_OK).then(() => true, () => false);
  return isWritable ? ok('store', 'doctor:store.new', { dir: dataDir }) : wrong('store', 'doctor:store.noFolder', { dir: dataDir });
}

/** The folder itself, or the one above it that is there. */
function nearest(dataDir: string): string {
  let dir = resolve(dataDir);
  while (!existsSync(dir) && dirname(dir) !== dir) dir = dirname(dir);
  return dir;
}

async function examineDisk(dataDir: string): Promise<Finding> {
  const dir = nearest(dataDir);
  const disk = await statfs(dir).catch(() => null);
  if (disk === null) return warning('disk', 'doctor:disk.unseen', { dir: dataDir });
  const freeMb = Math.floor((disk.bavail * disk.bsize) / 1_000_000);
  const values = { mb: freeMb, dir: dataDir };
  if (freeMb < LEAST_MB) return wrong('disk', 'doctor:disk.full', values);
  return freeMb < ENOUGH_MB ? warning('disk', 'doctor:disk.low', values) : ok('disk', 'doctor:disk.fine', values);
}

/** The key opens everything: it must not lie where a copy of the data is made. */
function examineKey(path: string, config: Config): Finding {
  const values = { path };
  if (resolve(dirname(path)) === resolve(config.dataDir)) return wrong('key', 'doctor:key.besideData', values);
  const inside = !relative(resolve(config.dataDir), resolve(path)).startsWith('..');
  return inside && hasBackups(config.dataDir) ? warning('key', 'doctor:key.besideBackups', values) : ok('key', 'doctor:key.fine', values);
}

/** Backups in the folder of the data are lost with its disk, and lie beside the key. */
function hasBackups(dataDir: string): boolean {
  return existsSync(dataDir) && readdirSync(dataDir).some((name) => /^loa-\d{8}T\d{6}\.db$/.test(name));
}
