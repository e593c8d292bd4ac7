/** What a file that calls itself sound really is, by its first bytes; its name and its declared type are not believed. */

/** What ffmpeg is told to read it as, so that it never guesses and never follows a playlist. */
export type SoundForm = { demuxer: 'ogg' | 'matroska' | 'mov' | 'wav' | 'mp3' | 'amr' | 'aac' | 'flac'; type: string };

const text = (bytes: Uint8Array, from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1');

/** Null for everything that is no sound we know. */
export function soundFormOf(bytes: Uint8Array): SoundForm | null {
  const [first = 0, second = 0] = bytes;
  if (text(bytes, 0, 4) === 'OggS') return { demuxer: 'ogg', type: 'audio/ogg' };
  if (text(bytes, 0, 4) === '\x1a\x45\xdf\xa3') return { demuxer: 'matroska', type: 'audio/webm' };
  if (text(bytes, 4, 8) === 'ftyp') return { demuxer: 'mov', type: 'audio/mp4' };
  if (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 12) === 'WAVE') return { demuxer: 'wav', type: 'audio/wav' };
  if (text(bytes, 0, 5) === '#!AMR') return { demuxer: 'amr', type: 'audio/amr' };
  if (text(bytes, 0, 4) === 'fLaC') return { demuxer: 'flac', type: 'audio/flac' };
  if (text(bytes, 0, 3) === 'ID3') return { demuxer: 'mp3', type: 'audio/mpeg' };
  // Frames begin with eleven ones; with no layer it is AAC, otherwise MPEG audio.
  if (first === 0xff && (second & 0xf6) === 0xf0) return { demuxer: 'aac', type: 'audio/aac' };
  if (first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) !== 0) return { demuxer: 'mp3', type: 'audio/mpeg' };
  return null;
}

/** Whether it can go out as a voice note as it is. */
export function isOggOpus(bytes: Uint8Array): boolean {
  return text(bytes, 0, 4) === 'OggS' && text(bytes, 0, 64).includes('OpusHead');
}

/** How long an Ogg/Opus file is, by the count in its last page (48,000 a second); null when no page says. */
export function oggMillis(bytes: Uint8Array): number | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = file.lastIndexOf('OggS');
  if (at < 0 || at + 14 > file.length) return null;
  const samples = Number(file.readBigInt64LE(at + 6));
  return Number.isSafeInteger(samples) && samples >= 0 && samples < 48_000 * 86_400 ? Math.round(samples / 48) : null;
}
