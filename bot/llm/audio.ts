import { spawn } from 'node:child_process';

/** A recording as a transcriber takes it. */
export type Recording = { bytes: Uint8Array; filename: string };

/** Kinds of recording by their first bytes; those that transcribers do not take are converted first. */
const KINDS: readonly { name: string; taken: boolean; is: (head: Buffer) => boolean }[] = [
  { name: 'voice.ogg', taken: true, is: (head) => head.toString('latin1', 0, 4) === 'OggS' },
  { name: 'voice.mp4', taken: true, is: (head) => head.toString('latin1', 4, 8) === 'ftyp' },
  { name: 'voice.webm', taken: true, is: (head) => head.readUInt32BE(0) === 0x1a45dfa3 },
  { name: 'voice.wav', taken: true, is: (head) => head.toString('latin1', 0, 4) === 'RIFF' },
  { name: 'voice.flac', taken: true, is: (head) => head.toString('latin1', 0, 4) === 'fLaC' },
  { name: 'voice.mp3', taken: true, is: (head) => head.toString('latin1', 0, 3) === 'ID3' || (head.readUInt16BE(0) & 0xffe0) === 0xffe0 },
  { name: 'voice.amr', taken: false, is: (head) => head.toString('latin1', 0, 5) === '#!AMR' },
];

/** Longest recording that is converted, in seconds. */
const MOST_SECONDS = 180;
const CONVERT_MS = 15_000;

/**
 * What can be transcribed of these bytes: as they are, or made into a wave file where `ffmpeg` is installed. Null for
 * anything that is no recording, or that this machine cannot convert.
 */
export async function recordingOf(bytes: Uint8Array, ffmpeg = 'ffmpeg'): Promise<Recording | null> {
  const head = Buffer.from(bytes.subarray(0, 16));
  const kind = head.length < 16 ? undefined : KINDS.find((known) => known.is(head));
  if (kind === undefined) return null;
  if (kind.taken) return { bytes, filename: kind.name };
  const wave = await convert(bytes, ffmpeg);
  return wave === null ? null : { bytes: wave, filename: 'voice.wav' };
}

function convert(bytes: Uint8Array, ffmpeg: string): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    const child = spawn(ffmpeg, ['-v', 'quiet', '-i', 'pipe:0', '-t', String(MOST_SECONDS), '-ar', '16000', '-ac', '1', '-f', 'wav', 'pipe:1'], { stdio: ['pipe', 'pipe', 'ignore'], timeout: CONVERT_MS });
    const parts: Buffer[] = [];
    child.on('error', () => { resolve(null); });
    child.stdout.on('data', (part: Buffer) => { parts.push(part); });
    child.on('close', (code) => { resolve(code === 0 && parts.length > 0 ? new Uint8Array(Buffer.concat(parts)) : null); });
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(bytes);
  });
}
