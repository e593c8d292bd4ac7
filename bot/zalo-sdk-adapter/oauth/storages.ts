import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../json.ts';
import { readTokenRecord, type TokenRecord, type TokenStorage } from './record.ts';

/** Forgets everything when the process ends, and with it the account. For tests. */
export class MemoryTokenStorage implements TokenStorage {
  #record: TokenRecord | null = null;

  read(): Promise<TokenRecord | null> {
    return Promise.resolve(structuredClone(this.#record));
  }

  swap(expectedVersion: number, next: TokenRecord): Promise<boolean> {
    if ((this.#record?.version ?? 0) !== expectedVersion) return Promise.resolve(false);
    this.#record = structuredClone(next);
    return Promise.resolve(true);
  }
}

/**
 * Keeps the record in a folder of its own, readable by its owner only; safe for several processes on one machine.
 *
 * Every version is a file of its own. It is written beside, flushed to the disk, and then linked under its name, which
 * the file system does for one process only: so a half-written record never has a name, and two processes cannot both
 * write the same version. Needs hard links (every Linux and macOS file system and NTFS; not FAT).
 */
export class FileTokenStorage implements TokenStorage {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(): Promise<TokenRecord | null> {
    for (;;) {
      const newest = (await this.#versions()).at(-1);
      if (newest === undefined) return null;
      try {
        const record = readTokenRecord(parseJson(await readFile(this.#path(newest), 'utf8')));
        if (record?.version !== newest) throw new Error(`${this.#path(newest)} is damaged; remove it and authorise the account again`);
        return record;
      } catch (error) {
        // Another process has moved on and removed it in the meantime.
        if (!hasCode(error, 'ENOENT')) throw error;
      }
    }
  }

  async swap(expectedVersion: number, next: TokenRecord): Promise<boolean> {
    if (next.version !== expectedVersion + 1) throw new RangeError(`version ${next.version} does not follow ${expectedVersion}`);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    if (((await this.#versions()).at(-1) ?? 0) !== expectedVersion) return false;
    const beside = join(this.#folder, `writing-${process.pid}-${randomBytes(6).toString('hex')}`);
    try {
      await writeDurably(beside, JSON.stringify(next));
      await link(beside, this.#path(next.version));
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await rm(beside, { force: true });
    }
    await flushFolder(this.#folder);
    const versions = await this.#versions();
    // (1) A very slow writer may have linked a version that others had written, left behind and removed.
    if (versions.at(-1) !== next.version) return this.#isStored(next);
    await this.#tidy(versions.filter((version) => version < next.version - 1));
    return true;
  }

  /** Removes old versions, and what processes left half-written when they were killed. The write is done: nothing here may fail it. */
  async #tidy(old: readonly number[]): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    const left = await Promise.all(names.filter((name) => name.startsWith('writing-')).map((name) => this.#olderThan(name, 600_000)));
    const paths = [...old.map((version) => this.#path(version)), ...left.flat()];
    await Promise.all(paths.map((path) => rm(path, { force: true }).catch(() => undefined)));
  }

  async #olderThan(name: string, ageMs: number): Promise<string[]> {
    const path = join(this.#folder, name);
    const found = await stat(path).catch(() => null);
    return found !== null && Date.now() - found.mtimeMs > ageMs ? [path] : [];
  }

  /** See (1): whether the versions after `next` come from it, which they do if they still hold its tokens or its mark. */
  async #isStored(next: TokenRecord): Promise<boolean> {
    const now = await this.read();
    return now !== null && now.version >= next.version && now.refresh_token === next.refresh_token && now.pending?.id === next.pending?.id;
  }

  async #versions(): Promise<number[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
    return names.flatMap((name) => /^tokens-(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number).sort((one, other) => one - other);
  }

  #path(version: number): string {
    return join(this.#folder, `tokens-${version}.json`);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without this a new name may be lost in a power cut. Windows has no such call, and no such need. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
