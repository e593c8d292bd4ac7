import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { isOggOpus, oggMillis, soundFormOf } from '#bot/voices/sniff.ts';
import { createSoundMaker, UPLOAD_LIMIT_BYTES } from '#bot/voices/sound.ts';
import { hasFfmpeg, recorded, wav, ZIP } from './sounds.ts';

const without = createSoundMaker({ ffmpeg: '/nowhere/ffmpeg' });

describe('what is refused, with ffmpeg or without', () => {
  test.each([['with', createSoundMaker()], ['without', without]])('%s: nothing, an archive that calls itself sound, a page, and what is too large', async (_name, maker) => {
    expect(await maker.take(new Uint8Array())).toEqual({ ok: false, why: 'empty' });
    expect(await maker.take(ZIP)).toEqual({ ok: false, why: 'not-sound' });
    expect(await maker.take(Buffer.from('#EXTM3U\nfile:///etc/passwd\n'))).toEqual({ ok: false, why: 'not-sound' });
    expect(await maker.take(Buffer.from('<svg onload=alert(1)>'))).toEqual({ ok: false, why: 'not-sound' });
    expect(await maker.take(new Uint8Array(50 * 1024 * 1024))).toEqual({ ok: false, why: 'too-large' });
    expect(await maker.take(new Uint8Array(UPLOAD_LIMIT_BYTES + 1))).toEqual({ ok: false, why: 'too-large' });
  });

  test('any bytes at all are looked at without harm', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      soundFormOf(bytes);
      isOggOpus(bytes);
      oggMillis(bytes);
      return true;
    }));
  });
});

describe.skipIf(!hasFfmpeg())('with ffmpeg', () => {
  const maker = createSoundMaker();

  test.each(['webm', 'mp4', 'ogg', 'amr'] as const)('what a browser or a phone records as %s becomes Ogg/Opus, and MP3 beside it', async (form) => {
    const bytes = recorded(form);
    const taken = await maker.take(bytes);
    expect(taken).toMatchObject({ ok: true, sound: { noteType: 'audio/ogg' } });
    if (!taken.ok) return;
    expect(isOggOpus(taken.sound.note)).toBe(true);
    expect(taken.sound.millis).toBeGreaterThan(900);
    expect(taken.sound.millis).toBeLessThan(1300);
    expect(soundFormOf(taken.sound.plain ?? new Uint8Array())?.demuxer).toBe('mp3');
  });

  test('what begins like sound and is none, or breaks off, is refused, and no file stays behind', async () => {
    // A place of its own: others make sounds at the same time.
    const place = mkdtempSync(join(tmpdir(), 'loa-sounds-'));
    vi.stubEnv('TMPDIR', place);
    expect(await maker.take(Buffer.concat([Buffer.from('OggS'), randomBytes(5000)]))).toEqual({ ok: false, why: 'not-sound' });
    expect(await maker.take(Buffer.concat([Buffer.from('\0\0\0 ftypM4A '), randomBytes(5000)]))).toEqual({ ok: false, why: 'not-sound' });
    expect(await maker.take(recorded('ogg').subarray(0, 60))).toEqual({ ok: false, why: 'not-sound' });
    expect(readdirSync(place)).toEqual([]);
    vi.unstubAllEnvs();
    rmSync(place, { recursive: true });
  });

  test('more than three minutes are refused rather than cut', async () => {
    expect(await maker.take(wav(182, 8000))).toMatchObject({ ok: false, why: 'too-long' });
  });

  test('many at once take their turns and all are done', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => maker.take(wav(0.5))));
    expect(made.every((each) => each.ok)).toBe(true);
  });
});

describe('ffmpeg that does not come back, or says too much', () => {
  const stub = (script: string): { path: string; gone: () => void } => {
    const dir = mkdtempSync(join(tmpdir(), 'loa-stub-'));
    const path = join(dir, 'ffmpeg');
    writeFileSync(path, `#!/bin/sh\ncase "$*" in *-version*) exit 0;; esac\n${script}\n`);
    chmodSync(path, 0o755);
    return { path, gone: () => { rmSync(dir, { recursive: true }); } };
  };

  test('finds a recording that has to lie in a file in one without a name: what dies in the middle leaves nothing', async () => {
    const place = mkdtempSync(join(tmpdir(), 'loa-sounds-'));
    const seen = join(place, '..', `${basename(place)}-seen`);
    const { path, gone } = stub(`ls -A '${place}' > '${seen}'; wc -c < /dev/fd/3 >> '${seen}'; exit 1`);
    vi.stubEnv('TMPDIR', place);
    const bytes = Buffer.concat([Buffer.from('\0\0\0 ftypM4A '), randomBytes(5000)]);
    expect(await createSoundMaker({ ffmpeg: path }).take(bytes)).toEqual({ ok: false, why: 'not-sound' });
    vi.unstubAllEnvs();
    expect(readFileSync(seen, 'utf8').trim()).toBe(String(bytes.length));
    for (const each of [place, seen]) rmSync(each, { recursive: true });
    gone();
  });

  test('is ended after its time', async () => {
    const { path, gone } = stub('exec sleep 60');
    expect(await createSoundMaker({ ffmpeg: path, patienceMs: 300 }).take(wav(0.2))).toEqual({ ok: false, why: 'too-slow' });
    gone();
  });

  test('is ended when it gives without end', async () => {
    const { path, gone } = stub('exec cat /dev/zero');
    expect(await createSoundMaker({ ffmpeg: path }).take(wav(0.2))).toEqual({ ok: false, why: 'not-sound' });
    gone();
  });
});

describe('without ffmpeg', () => {
  test('the original is kept as it is, under what it really is', async () => {
    const bytes = wav(0.3);
    expect(await without.take(bytes)).toEqual({ ok: true, sound: { noteType: 'audio/wav', note: bytes, plain: null, millis: null } });
    expect(await without.hasFfmpeg()).toBe(false);
  });

  test.skipIf(!hasFfmpeg())('a voice note that is one already keeps its length', async () => {
    const taken = await without.take(recorded('ogg'));
    expect(taken.ok && taken.sound.millis !== null && taken.sound.millis > 900).toBe(true);
  });
});
