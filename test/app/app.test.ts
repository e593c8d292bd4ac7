import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { start, type App } from '#bot/app.ts';
import { readConfig } from '#bot/config.ts';
import { createLog } from '#bot/log.ts';
import { openStore } from '#bot/store/store.ts';
import { demandSince } from '#bot/store/translating.ts';
import { freshDatabase, hasPostgres } from '#test/machine.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

describe('nothing that a person wrote or is known by', () => {
  const canaries = { words: 'canarichimvang bị sốt', child: 'H’Lancanari', phone: '0987654321', cookie: 'CanaryCanaryCanary1234' };

  test('is in a log line, a metric, the health page, the database, its log or a backup', async () => {
    const lines: string[] = [];
    const dataDir = temporary();
    const app = await open(dataDir, {}, lines);
    for (const text of [canaries.words, `con tên ${canaries.child} gọi ${canaries.phone}`, 'gặp cán bộ', 'dữ liệu của tôi', '😀', 'xoá dữ liệu của tôi', `${canaries.words} `.repeat(90)]) {
      await say(app, text, canaries.cookie);
    }
    await fetch(`${app.url}/api/chat`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"text": "${canaries.words}` });
    const pages = (await Promise.all(['/healthz', '/metrics'].map(async (path) => (await fetch(app.url + path)).text()))).join('');
    const backups = temporary();
    expect((await bot(['store', 'backup', backups], { DATA_DIR: dataDir })).status).toBe(0);
    await app.stop();

    const files = [dataDir, backups].flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name))));
    expect(files.length).toBeGreaterThan(3);
    expect(lines.length).toBeGreaterThan(5);
    for (const [what, canary] of Object.entries(canaries)) {
      expect(lines.join('\n'), `log: ${what}`).not.toContain(canary);
      expect(pages, `pages: ${what}`).not.toContain(canary);
      for (const bytes of files) expect(bytes.includes(Buffer.from(canary)), `file: ${what}`).toBe(false);
    }
  });
});

describe('a resident’s wishes, through the front door', () => {
  test('everything held is shown, erased on a second word, and gone', async () => {
    const app = await open(temporary());
    const cookie = 'AbcdefghijklmnopqrstuA';
    await say(app, 'chích ngừa cho bé có mất tiền không', cookie);
    const held = await say(app, 'dữ liệu của tôi', cookie);
    expect(held).toContain('chích ngừa cho bé có mất tiền không');
    expect(await say(app, 'xoá dữ liệu của tôi', cookie)).toContain('Xoá rồi không lấy lại được');
    expect(await say(app, '1', cookie)).toContain('Đã xoá.');
    expect(await say(app, 'dữ liệu của tôi', cookie)).not.toContain('chích ngừa');
  });

  test.each(['dừng', 'Đừng nhắn nữa', 'thôi k nhận tin nữa', 'stop', 'ngừng gửi tin cho tui'])('"%s" stops announcements at once', async (words) => {
    const app = await open(temporary());
    expect(await say(app, words, 'AbcdefghijklmnopqrstuA')).toContain('Đã dừng.');
  });

  test('correcting what is held goes to a person, with a time', async () => {
    const app = await open(temporary());
    expect(await say(app, 'sửa thông tin của tôi', 'AbcdefghijklmnopqrstuA')).toContain('Việc này cần cán bộ trạm làm');
  });
});

describe('what residents ask most', () => {
  test('is known to translators by card and by the language of who asked, and by nothing else', async () => {
    const dataDir = temporary();
    const app = await open(dataDir);
    await say(app, 'tiếng jrai', 'AbcdefghijklmnopqrstuA');
    await say(app, 'rửa tay thế nào cho đúng', 'AbcdefghijklmnopqrstuA');
    await say(app, 'rửa tay thế nào cho đúng', 'AbcdefghijklmnopqrstuB');
    await say(app, 'gặp cán bộ', 'AbcdefghijklmnopqrstuB');
    await app.stop();
    const opened = await openStore({ dataDir });
    if (!opened.ok) throw new Error(opened.problem.kind);
    cleanups.push(() => opened.store.close());
    expect([...await opened.store.read((tx) => demandSince(tx, '2020-01-01', 'jra'))]).toEqual([['5k.disinfect', { all: 2, own: 1 }]]);
  });
});

describe('the command line beside a running station', () => {
  test('publishes a session that the chat tells of within seconds', async () => {
    const dataDir = temporary();
    const app = await open(dataDir);
    const run = await bot(['sessions', 'import', '-'], { DATA_DIR: dataDir }, 'ngày,giờ,nơi,làng\n25/12/2099,7:30-11:00,Nhà rông Mẫu,Plei Mẫu\n');
    expect(run.stdout).toContain('Thêm 1');
    let asked = 10;
    await expect.poll(() => say(app, 'buổi tiêm sắp tới là ngày nào', `AbcdefghijklmnopqrsA${asked += 1}`), { interval: 500 }).toContain('Nhà rông Mẫu');
    expect(await (await fetch(`${app.url}/lich.ics`)).text()).toContain('BEGIN:VEVENT');
  });

  test.skipIf(!hasPostgres())('moves a station to PostgreSQL, counted, and the resident goes on where they were', async () => {
    const dataDir = temporary();
    const cookie = 'AbcdefghijklmnopqrstuB';
    const before = await open(dataDir);
    await say(before, 'nhà hết gạo rồi làm sao', cookie);
    await before.stop();
    const databaseUrl = await freshDatabase();
    const copied = await bot(['store', 'copy'], { DATA_DIR: dataDir, DATABASE_URL: databaseUrl });
    expect(copied.stdout).toContain('Đã chuyển và đếm khớp mọi bảng');
    expect((await bot(['store', 'copy'], { DATA_DIR: dataDir, DATABASE_URL: databaseUrl })).status).toBe(1);
    const after = await open(dataDir, { DATABASE_URL: databaseUrl });
    expect(await say(after, 'dữ liệu của tôi', cookie)).toContain('nhà hết gạo rồi làm sao');
    await say(after, 'hết nước sạch thì làm sao', cookie);
    await after.stop();

    const home = temporary();
    cpSync(join(dataDir, 'keys'), join(home, 'keys'), { recursive: true });
    expect((await bot(['store', 'copy', '--back'], { DATA_DIR: dataDir, DATABASE_URL: databaseUrl })).status).toBe(1);
    expect((await bot(['store', 'copy', '--back'], { DATA_DIR: home, DATABASE_URL: databaseUrl })).stdout).toContain(`mọi bảng vào ${home}.`);
    const again = await open(home);
    expect(await say(again, 'dữ liệu của tôi', cookie)).toMatch(/nhà hết gạo.*hết nước sạch/su);
  });

  test('a wrong DATA_DIR is no empty station: nothing is copied, backed up or made', async () => {
    const nowhere = join(temporary(), 'khong-co');
    for (const args of [['backup', temporary()], ['copy'], ['rotate-key']]) {
      expect((await bot(['store', ...args], { DATA_DIR: nowhere, ...(args[0] === 'copy' ? { DATABASE_URL: 'postgres://127.0.0.1:9/none' } : {}) })).status).toBe(1);
    }
    expect(existsSync(nowhere)).toBe(false);
  });

  test('restores a backup in which an erased person stays erased', async () => {
    const [dataDir, backups, restored] = [temporary(), temporary(), temporary()];
    const cookie = 'AbcdefghijklmnopqrstuC';
    const app = await open(dataDir);
    await say(app, 'nhà hết gạo rồi làm sao', cookie);
    expect((await bot(['store', 'backup', backups], { DATA_DIR: dataDir })).status).toBe(0);
    const old = readdirSync(backups).find((name) => name.endsWith('.db')) ?? '';
    await say(app, 'xoá dữ liệu của tôi', cookie);
    await say(app, '1', cookie);
    expect((await bot(['store', 'backup', backups], { DATA_DIR: dataDir })).status).toBe(0);
    await app.stop();
    const run = await bot(['store', 'restore', join(backups, old)], { DATA_DIR: restored });
    expect(run.stdout).toContain('1 người đã xoá sau bản sao vẫn được xoá');
  });
});

async function open(dataDir: string, env: Record<string, string> = {}, lines?: string[]): Promise<App> {
  const config = readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'debug', ...env });
  if (!config.ok) throw new Error('the test has a wrong environment');
  const sink = new Writable({ write: (chunk, _encoding, done) => { lines?.push(String(chunk)); done(); } });
  const started = await start(config.config, { log: createLog('debug', sink) });
  if (!started.ok) throw new Error(started.say);
  let running = true;
  const stop = async (): Promise<void> => {
    if (running) await started.app.stop();
    running = false;
  };
  cleanups.push(stop);
  return { ...started.app, stop };
}

/** What a resident reads in reply. */
async function say(app: App, text: string, cookie: string): Promise<string> {
  const response = await fetch(`${app.url}/api/chat`, { method: 'POST', headers: { 'content-type': 'application/json', 'cookie': `loa_chat=${cookie}` }, body: JSON.stringify({ text }) });
  const body: unknown = await response.json();
  if (typeof body !== 'object' || body === null || !('replies' in body) || !Array.isArray(body.replies)) return '';
  return body.replies.map((reply: unknown) => (typeof reply === 'object' && reply !== null && 'text' in reply ? String(reply.text) : '')).join('\n');
}

/** Beside the running station, as an operator types it. Never blocks this process, in which the station runs. */
function bot(args: string[], env: Record<string, string>, input = ''): Promise<{ stdout: string; status: number | null }> {
  const child = spawn('npm', ['run', '--silent', 'bot', '--', ...args], { cwd: root, env: environment(env), stdio: ['pipe', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (status) => { resolve({ stdout, status }); }));
}

function environment(env: Record<string, string>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], npm_config_loglevel: 'silent', ...env };
}

function temporary(): string {
  const dir = mkdtempSync(join(tmpdir(), 'loa-app-'));
  cleanups.push(() => { rmSync(dir, { recursive: true, force: true }); });
  return dir;
}
