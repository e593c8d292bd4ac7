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

/**
 * A voice as Zalo's phones record it: AMR-NB at 12.2 kbit/s, fifty frames a second, each a byte that names the rate (RFC
 * 4867, section 5.3) and 31 bytes of speech. Debian's ffmpeg reads it and cannot write it, so the frames are made here;
 * what they say is a murmur.
 */
export function amr(seconds: number): Uint8Array {
  const frames = Math.round(seconds * 50);
  const file = Buffer.alloc(6 + frames * 32);
  file.write('#!AMR\n', 0, 'latin1');
  for (let frame = 0; frame < frames; frame += 1) {
    file[6 + frame * 32] = 0x3c;
    for (let at = 1; at < 32; at += 1) file[6 + frame * 32 + at] = (frame * 31 + at * 7) & 0xff;
  }
  return file;
}

/** A second of sound in the form that a browser's recorder or a phone makes. */
export function recorded(form: 'webm' | 'mp4' | 'ogg' | 'amr'): Uint8Array {
  if (form === 'amr') return amr(1);
  const how = { webm: ['-c:a', 'libopus', '-f', 'webm'], mp4: ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov', '-f', 'mp4'], ogg: ['-c:a', 'libopus', '-f', 'ogg'] }[form];
  return spawnSync('ffmpeg', ['-loglevel', 'error', '-f', 'wav', '-i', 'pipe:0', ...how, 'pipe:1'], { input: wav(1), maxBuffer: 10_000_000 }).stdout;
}

/** The first bytes of an archive, whatever it is called. */
export const ZIP = Buffer.from('504b0304140000000800', 'hex');
