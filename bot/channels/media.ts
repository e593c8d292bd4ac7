import { createHash } from 'node:crypto';
import type { Sendable } from './channel.ts';

/** A picture, voice note or file. Its hash finds the file id under which a platform already has it. */
export type Media = { bytes: Buffer; hash: string; filename: string };

/** The picture of a piece; null when it has none, or when it is gone: the text then goes alone. */
export async function pictureIn({ image }: Sendable): Promise<Media | null> {
  const found = await image?.().catch(() => null) ?? null;
  return found === null ? null : mediaOf(found.bytes, found.filename);
}

/** What is at hand already; null when there is nothing in it. */
export function mediaOf(bytes: Uint8Array, filename: string): Media | null {
  return bytes.length === 0 ? null : { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), hash: createHash('sha256').update(bytes).digest('base64url'), filename };
}
