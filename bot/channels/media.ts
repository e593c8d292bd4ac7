import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** A picture, voice note or file. Its hash finds the file id under which a platform already has it. */
export type Media = { bytes: Buffer; hash: string; filename: string };

/** Null when the file cannot be read: the text then goes alone. */
export async function readMedia(path: string): Promise<Media | null> {
  try {
    return mediaOf(await readFile(path), basename(path));
  } catch {
    return null;
  }
}

/** What is at hand already; null when there is nothing in it. */
export function mediaOf(bytes: Uint8Array, filename: string): Media | null {
  return bytes.length === 0 ? null : { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), hash: createHash('sha256').update(bytes).digest('base64url'), filename };
}
