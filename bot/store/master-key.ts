import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The master key lives in a file of its own, apart from the data: one line a key, `id base64`. The store says which one
 * is in use; there is more than one line only while a rotation is under way. Without this file nothing personal in the store
 * can be read, by anyone, ever; whoever runs the station keeps a copy of it somewhere else than the backups.
 */

export type MasterKey = { id: string; key: Buffer };

export type MasterKeyFile = {
  readonly path: string;
  /** True when this start made the file: the moment to say that it must be copied to a safe place. */
  readonly created: boolean;
  /** The newest key, as of the last reading. */
  newest: () => MasterKey;
  /** The key with this id, or null when the file, read again, does not hold it. */
  byId: (id: string) => MasterKey | null;
  /** Adds a new key; the others stay readable. */
  add: () => MasterKey;
  /** Drops every key but the one with this id, which must be there. */
  keepOnly: (id: string) => void;
};

export type MasterKeyProblem =
  | { kind: 'master-key-missing'; path: string }
  | { kind: 'master-key-readable-by-others'; path: string; mode: string }
  | { kind: 'master-key-malformed'; path: string };

/**
 * Opens the key file. With `create`, a missing file is made with mode 600; without it (a store with people in it) a
 * missing file is a problem to report, because a fresh key would open nothing.
 */
export function openMasterKey(path: string, options: { create: boolean }): { ok: true; file: MasterKeyFile } | { ok: false; problem: MasterKeyProblem } {
  const created = !existsSync(path);
  if (created) {
    if (!options.create) return { ok: false, problem: { kind: 'master-key-missing', path } };
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    write(path, [fresh()]);
  }
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) return { ok: false, problem: { kind: 'master-key-readable-by-others', path, mode: mode.toString(8) } };
  const first = read(path);
  if (first === null) return { ok: false, problem: { kind: 'master-key-malformed', path } };

  let known: MasterKey[] = first;
  const reread = (): MasterKey[] => (known = read(path) ?? known);
  const last = (keys: MasterKey[]): MasterKey => keys.at(-1) ?? first[0];

  return {
    ok: true,
    file: {
      path,
      created,
      newest: () => last(known),
      byId: (id) => known.find((key) => key.id === id) ?? reread().find((key) => key.id === id) ?? null,
      add: () => {
        const key = fresh();
        known = [...reread(), key];
        write(path, known);
        return key;
      },
      keepOnly: (id) => {
        const kept = reread().filter((key) => key.id === id);
        if (kept.length === 0) throw new Error(`the master key file does not hold ${id}; nothing was dropped`);
        known = kept;
        write(path, known);
      },
    },
  };
}

function fresh(): MasterKey {
  return { id: randomBytes(6).toString('hex'), key: randomBytes(32) };
}

function read(path: string): [MasterKey, ...MasterKey[]] | null {
  const keys = readFileSync(path, 'utf8').split('\n').filter((line) => line.trim() !== '').map((line) => {
    const [, id, key] = /^([0-9a-f]{12}) ([A-Za-z0-9+/]{43}=)$/.exec(line.trim()) ?? [];
    return id === undefined || key === undefined ? null : { id, key: Buffer.from(key, 'base64') };
  });
  const sound = keys.filter((key) => key !== null);
  const [first, ...rest] = sound;
  return first === undefined || sound.length !== keys.length ? null : [first, ...rest];
}

/** Written beside and renamed, so that a crash leaves the old file or the new one and never half of one. */
function write(path: string, keys: MasterKey[]): void {
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', 0o600);
  try {
    writeSync(file, keys.map(({ id, key }) => `${id} ${key.toString('base64')}\n`).join(''));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
