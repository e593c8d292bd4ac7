import { StoreUnavailable } from '#bot/store/store.ts';
import type { ExitCode, VerbContext } from './verb.ts';

/** What the disk says of a file that somebody named. */
const FILE_CODES = ['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'EEXIST', 'EROFS'] as const;
/** While writing, the system no longer says to which file. */
const NO_ROOM: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/**
 * The one place where a verb's surprises end: a store that went away and a file that cannot be had are said as what to do,
 * everything else as it is, for whoever mends the program.
 */
export function sayTrouble(error: unknown, { texts, err }: Pick<VerbContext, 'texts' | 'err'>): ExitCode {
  if (error instanceof StoreUnavailable) {
    err.write(`${texts.say('vi', 'cli:start.storeFailed')}\n`);
    return 1;
  }
  if (error instanceof Error && 'code' in error && NO_ROOM.includes(error.code)) {
    err.write(`${texts.say('vi', 'cli:verb.noRoom')}\n`);
    return 1;
  }
  const file = fileIn(error);
  if (file !== null) {
    err.write(`${texts.say('vi', `cli:verb.file.${file.code}`, { path: file.path })}\n`);
    return 1;
  }
  err.write(`${texts.say('vi', 'cli:verb.surprise')}\n${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  return 1;
}

function fileIn(error: unknown): { code: (typeof FILE_CODES)[number]; path: string } | null {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error) || typeof error.path !== 'string') return null;
  const code = FILE_CODES.find((known) => known === error.code);
  return code === undefined ? null : { code, path: error.path };
}
