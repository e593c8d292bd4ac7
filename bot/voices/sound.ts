import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sound } from '#bot/store/recordings.ts';
import { run, type Run } from './program.ts';
import { isOggOpus, oggMillis, soundFormOf, type SoundForm } from './sniff.ts';

/**
 * Takes what somebody recorded or uploaded and makes a voice of it that any channel can carry: Ogg/Opus, and MP3 beside
 * it for phones that play no Opus. Without ffmpeg the original is kept as it is. Nothing of the input is believed.
 */

/** Largest upload, in bytes; also of what is kept where nothing can be made smaller. */
export const UPLOAD_LIMIT_BYTES = 8 * 1024 * 1024;
/** Longest recording. */
export const LONGEST_MS = 3 * 60_000;
/** What a voice of that length comes to at most; anything beyond is no voice. */
const MADE_LIMIT_BYTES = 3 * 1024 * 1024;
const PATIENCE_MS = 60_000;
/** Conversions at once; the rest wait their turn, because the computer answers residents meanwhile. */
const AT_ONCE = 2;

export const SOUND_FAULTS = ['empty', 'too-large', 'not-sound', 'too-long', 'too-slow'] as const;
export type SoundFault = (typeof SOUND_FAULTS)[number];
export type SoundResult = { ok: true; sound: Sound } | { ok: false; why: SoundFault };

export type SoundMaker = {
  /** Never throws for what the bytes hold. */
  take: (bytes: Uint8Array) => Promise<SoundResult>;
  /** Whether ffmpeg answers; looked up once. */
  hasFfmpeg: () => Promise<boolean>;
};

export type SoundMakerOptions = {
  /** @defaultValue `ffmpeg`, looked for on the path */
  ffmpeg?: string;
  /** @defaultValue 60 s for one conversion */
  patienceMs?: number;
};

export function createSoundMaker(options: SoundMakerOptions = {}): SoundMaker {
  const program = options.ffmpeg ?? 'ffmpeg';
  const patienceMs = options.patienceMs ?? PATIENCE_MS;
  let present: Promise<boolean> | null = null;
  const hasFfmpeg = (): Promise<boolean> => (present ??= run(program, ['-hide_banner', '-version'], new Uint8Array(), { patienceMs, mostBytes: MADE_LIMIT_BYTES }).then(({ kind }) => kind === 'made'));

  let busy = 0;
  const waiting: (() => void)[] = [];
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (busy >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
    else busy += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };

  const convert = async (bytes: Uint8Array, form: SoundForm): Promise<SoundResult> => {
    // A little beyond the limit, so that what is too long is seen and not cut.
    const made = await read(program, bytes, form, ['-t', String(LONGEST_MS / 1000 + 2), ...OPUS], patienceMs);
    if (made.kind === 'slow') return { ok: false, why: 'too-slow' };
    const millis = made.kind === 'made' ? oggMillis(made.out) : null;
    if (made.kind !== 'made' || millis === null || millis < 100) return { ok: false, why: 'not-sound' };
    if (millis > LONGEST_MS + 1000) return { ok: false, why: 'too-long' };
    const plain = await read(program, made.out, { demuxer: 'ogg', type: 'audio/ogg' }, MP3, patienceMs);
    return { ok: true, sound: { noteType: 'audio/ogg', note: made.out, plain: plain.kind === 'made' && plain.out.length > 0 ? plain.out : null, millis } };
  };

  return {
    hasFfmpeg,
    take: async (bytes) => {
      if (bytes.length === 0) return { ok: false, why: 'empty' };
      if (bytes.length > UPLOAD_LIMIT_BYTES) return { ok: false, why: 'too-large' };
      const form = soundFormOf(bytes);
      if (form === null) return { ok: false, why: 'not-sound' };
      if (await hasFfmpeg()) return inTurn(() => convert(bytes, form));
      const millis = isOggOpus(bytes) ? oggMillis(bytes) : null;
      return millis !== null && millis > LONGEST_MS + 1000 ? { ok: false, why: 'too-long' } : { ok: true, sound: { noteType: form.type, note: bytes, plain: null, millis } };
    },
  };
}

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-threads', '1'];
const ONE_VOICE = ['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1', '-ac', '1'];
const OPUS = [...ONE_VOICE, '-ar', '48000', '-c:a', 'libopus', '-b:a', '24k', '-application', 'voip', '-f', 'ogg', 'pipe:1'];
const MP3 = [...ONE_VOICE, '-ar', '24000', '-c:a', 'libmp3lame', '-b:a', '40k', '-write_xing', '0', '-f', 'mp3', 'pipe:1'];

/** Only MP4 is read from a file, because its index may stand at its end. It has no name any more when the first word is written: whatever dies, nothing is left that somebody could find. */
async function read(program: string, bytes: Uint8Array, form: SoundForm, how: string[], patienceMs: number): Promise<Run> {
  if (form.demuxer !== 'mov') return run(program, [...QUIET, '-protocol_whitelist', 'pipe', '-f', form.demuxer, '-i', 'pipe:0', ...how], bytes, { patienceMs, mostBytes: MADE_LIMIT_BYTES });
  const path = join(tmpdir(), `loa-sound-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
    // By place, so that whoever reads through the same handle begins at the beginning.
    for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten;
    return await run(program, [...QUIET, '-protocol_whitelist', 'file,pipe', '-f', 'mov', '-i', '/dev/fd/3', ...how], new Uint8Array(), { patienceMs, mostBytes: MADE_LIMIT_BYTES, file: file.fd });
  } finally {
    await file.close();
  }
}
