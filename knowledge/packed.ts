import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';

/** Lists of numbers as text, for the files of what was learnt. */

/** Compressed, as base64. */
export function pack(list: ArrayBufferView): string {
  return brotliCompressSync(Buffer.from(list.buffer, list.byteOffset, list.byteLength)).toString('base64');
}

/** A buffer of its own, so that numbers of any width begin at its beginning. Throws for what `pack` did not make. */
export function unpack(text: string): ArrayBuffer {
  const unpacked = brotliDecompressSync(Buffer.from(text, 'base64'));
  const own = new ArrayBuffer(unpacked.length);
  new Uint8Array(own).set(unpacked);
  return own;
}
