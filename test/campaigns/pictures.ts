import { crc32, deflateSync } from 'node:zlib';

/** A PNG of one colour, made in code; `notes` stand beside the picture, as a camera or an editor leaves them. */
export function png(width: number, height: number, notes?: string): Uint8Array {
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 0x70)]);
  const body = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([START, head(width, height, [8, 2, 0, 0, 0]), ...(notes === undefined ? [] : [chunk('tEXt', Buffer.from(notes)), chunk('eXIf', Buffer.from(notes))]), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))]);
}

/** A whole PNG of 14,400 by 14,400 pixels, black, which packs to almost nothing. */
export function vastPng(): Uint8Array {
  const body = deflateSync(Buffer.alloc(14_400 * (1 + 14_400 / 8)));
  return Buffer.concat([START, head(14_400, 14_400, [1, 0, 0, 0, 0]), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))]);
}

const START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** `form`: bits of a value, kind of colour, and three zeros. */
function head(width: number, height: number, form: readonly number[]): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set(form, 8);
  return chunk('IHDR', data);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(8 + named.length);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), 4 + named.length);
  return whole;
}

/** What stands at the beginning of a JPEG from a phone: where it was taken, among other things; then the picture. */
export function jpegWithNotes(notes: string): Uint8Array {
  const segment = (marker: number, data: Buffer): Buffer => Buffer.concat([Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff]), data]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), segment(0xe0, Buffer.from('JFIF\0')), segment(0xe1, Buffer.from(`Exif\0\0${notes}`)), segment(0xfe, Buffer.from(notes)), segment(0xdb, Buffer.alloc(65)), Buffer.from([0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9])]);
}
