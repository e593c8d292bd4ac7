import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { StoreUnavailable } from '#bot/store/store.ts';
import { sayTrouble } from '#bot/verbs/trouble.ts';
import { createTexts } from '#locales/texts.ts';

const texts = await createTexts();

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'loa-verbs-'));
  onTestFinished(() => { rmSync(path, { recursive: true, force: true }); });
  return path;
}

/** The command line as an operator's shell runs it. */
function shell(command: string, dataDir: string) {
  return spawnSync('bash', ['--norc', '-c', command], { env: { PATH: process.env['PATH'], NODE: process.execPath, DATA_DIR: dataDir }, encoding: 'utf8' });
}

test('whoever reads the first lines only has them without a stack of errors below, and the verb comes to its end', () => {
  const run = shell('"$NODE" bot/cli.ts doctor | head -n 1; echo "${PIPESTATUS[0]}"', folder());
  expect(run.stderr).toBe('');
  expect(run.stdout.split('\n')).toEqual([expect.stringContaining('xã mẫu'), '1', '']);
});

test('a file that cannot be written is told in one sentence, whichever verb was to write it', () => {
  const dataDir = folder();
  const nowhere = join(dataDir, 'khong-co', 'lich.ics');
  const run = shell(`"$NODE" bot/cli.ts sessions export '${nowhere}'`, dataDir);
  expect({ status: run.status, said: run.stderr }).toEqual({ status: 1, said: `Không có ${nowhere}. Xem lại tên tệp và thư mục.\n` });
});

test('a store that goes away, a full disk and a fault of ours each have their words, and only the last shows where', () => {
  const said = (error: unknown): string => {
    const err = new PassThrough();
    expect(sayTrouble(error, { texts, err })).toBe(1);
    return String(err.read());
  };
  expect(said(new StoreUnavailable('away'))).toBe(`${texts.say('vi', 'cli:start.storeFailed')}\n`);
  expect(said(Object.assign(new Error('full'), { code: 'ENOSPC' }))).toBe('Đĩa hết chỗ. Dọn bớt rồi chạy lại.\n');
  expect(said(new TypeError('odd'))).toMatch(/^Chương trình gặp lỗi chưa lường trước\..*\nTypeError: odd\n +at /su);
});
