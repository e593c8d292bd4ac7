import { spawnSync } from 'node:child_process';

/** Sound for tests: made in code where it can be, by ffmpeg where a browser would make it. */

/** A tone as a WAV file. */
export function wav(seconds: number, rate = 16_000): Uint8Array {
  const samples = Math.round(seconds * rate);
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let n = 0; n < samples; n += 1) file.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * n) / rate)), 44 + n * 2);
  return file;
}

export function hasFfmpeg(): boolean {
  return spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
}

/** A second of sound in the form that a browser's recorder makes. */
export function recorded(form: 'webm' | 'mp4' | 'ogg' | 'amr'): Uint8Array {
  const how = { webm: ['-c:a', 'libopus', '-f', 'webm'], mp4: ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov', '-f', 'mp4'], ogg: ['-c:a', 'libopus', '-f', 'ogg'], amr: ['-ar', '8000', '-c:a', 'libopencore_amrnb', '-f', 'amr'] }[form];
  return spawnSync('ffmpeg', ['-loglevel', 'error', '-f', 'wav', '-i', 'pipe:0', ...how, 'pipe:1'], { input: wav(1), maxBuffer: 10_000_000 }).stdout;
}

/** The first bytes of an archive, whatever it is called. */
export const ZIP = Buffer.from('504b0304140000000800', 'hex');
