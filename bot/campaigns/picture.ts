import type { PictureFile } from '#bot/store/campaign-pictures.ts';
import { run } from '#bot/voices/program.ts';

/**
 * Makes of an uploaded picture one that every channel takes: at most 1280 pixels wide and 1 MB, which is Zalo's limit,
 * and without what the camera wrote into it, such as where it was taken. Nothing of the input is believed.
 */

/** Largest upload, in bytes. */
export const PICTURE_UPLOAD_BYTES = 8 * 1024 * 1024;
/** Largest picture that is kept, in bytes. */
export const PICTURE_BYTES = 1024 * 1024;
const WIDEST = 1280;
/** The largest picture of an ordinary phone; a few kilobytes can say that they are far more, and would fill the memory. */
const MOST_PIXELS = 110_000_000;
const PATIENCE_MS = 20_000;

export const PICTURE_FAULTS = ['empty', 'too-large', 'not-picture', 'needs-smaller'] as const;
export type PictureFault = (typeof PICTURE_FAULTS)[number];
export type PictureResult = { ok: true; picture: PictureFile } | { ok: false; why: PictureFault };

/** Never throws for what the bytes hold. Where there is no ffmpeg only small JPEG and PNG files are taken. */
export async function makePicture(bytes: Uint8Array, { ffmpeg = 'ffmpeg' }: { ffmpeg?: string } = {}): Promise<PictureResult> {
  if (bytes.length === 0) return { ok: false, why: 'empty' };
  if (bytes.length > PICTURE_UPLOAD_BYTES) return { ok: false, why: 'too-large' };
  const form = formOf(bytes);
  if (form === null) return { ok: false, why: 'not-picture' };
  const has = await run(ffmpeg, ['-hide_banner', '-version'], new Uint8Array(), LIMITS);
  if (has.kind !== 'made') return asItIs(bytes, form);
  for (const quality of ['4', '10', '20']) {
    const made = await run(ffmpeg, [
      '-hide_banner', '-nostdin', '-loglevel', 'error', '-threads', '1', '-max_pixels', String(MOST_PIXELS), '-protocol_whitelist', 'pipe', '-f', `${form}_pipe`, '-i', 'pipe:0', '-frames:v', '1',
      '-map_metadata', '-1', '-vf', `scale='min(${WIDEST},iw)':-2,format=yuvj420p`, '-c:v', 'mjpeg', '-q:v', quality, '-f', 'mjpeg', 'pipe:1',
    ], bytes, LIMITS);
    if (made.kind !== 'made' || made.out.length === 0) return { ok: false, why: 'not-picture' };
    if (made.out.length <= PICTURE_BYTES) return { ok: true, picture: { type: 'image/jpeg', bytes: made.out } };
  }
  return { ok: false, why: 'needs-smaller' };
}

const LIMITS = { patienceMs: PATIENCE_MS, mostBytes: PICTURE_UPLOAD_BYTES };

type Form = 'jpeg' | 'png' | 'webp';

function formOf(bytes: Uint8Array): Form | null {
  const head = Buffer.from(bytes.subarray(0, 12));
  if (head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'jpeg';
  if (head.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return 'png';
  return head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP' ? 'webp' : null;
}

function asItIs(bytes: Uint8Array, form: Form): PictureResult {
  if (form === 'webp') return { ok: false, why: 'not-picture' };
  const bare = form === 'jpeg' ? withoutCameraNotes(Buffer.from(bytes)) : withoutPngNotes(Buffer.from(bytes));
  if (bare === null) return { ok: false, why: 'not-picture' };
  return bare.length > PICTURE_BYTES ? { ok: false, why: 'needs-smaller' } : { ok: true, picture: { type: form === 'jpeg' ? 'image/jpeg' : 'image/png', bytes: bare } };
}

/** A PNG with nothing but what its picture is made of: no place, no time, no words; null when its pieces do not add up. */
function withoutPngNotes(png: Buffer): Buffer | null {
  const kept: Buffer[] = [png.subarray(0, 8)];
  for (let at = 8; at + 12 <= png.length;) {
    const end = at + 12 + png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    if (end > png.length) return null;
    // A capital letter in front: without it there is no picture. And what is clear stays clear.
    if (/^[A-Z]/u.test(kind) || kind === 'tRNS') kept.push(png.subarray(at, end));
    if (kind === 'IEND') return Buffer.concat(kept);
    at = end;
  }
  return null;
}

/** A JPEG without its application segments and comments (0xE1 to 0xEF, 0xFE); null when its segments do not add up. */
function withoutCameraNotes(jpeg: Buffer): Buffer | null {
  const kept: Buffer[] = [jpeg.subarray(0, 2)];
  for (let at = 2; at + 4 <= jpeg.length;) {
    const marker = jpeg[at + 1] ?? 0;
    if (jpeg[at] !== 0xff) return null;
    // From the start of scan on there is only the picture itself.
    if (marker === 0xda) return Buffer.concat([...kept, jpeg.subarray(at)]);
    const end = at + 2 + jpeg.readUInt16BE(at + 2);
    if (!((marker >= 0xe1 && marker <= 0xef) || marker === 0xfe)) kept.push(jpeg.subarray(at, end));
    at = end;
  }
  return null;
}
