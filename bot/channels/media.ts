import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** A picture or voice note of this machine. Its hash finds the file id under which a platform already has it. */
export type Media = { bytes: Buffer; hash: string; filename: string };

/** Null when the file cannot be read: the text then goes alone. */
export async function readMedia(path: string): Promise<Media | null> {
  try {
    const bytes = await readFile(path);
    return bytes.length === 0 ? null : { bytes, hash: createHash('sha256').update(bytes).digest('base64url'), filename: basename(path) };
  } catch {
    return null;
  }
}
