import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0).reverse()) clean();
});

describe('npm start', () => {
  test('serves the chat and its health with no key and no server, and says that this is the sample place', async () => {
    const station = await start({});
    const [page, health] = await Promise.all([fetch(station.url), fetch(`${station.url}/healthz`)]);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Trạm Y tế xã Ia Mẫu');
    expect(await health.json()).toEqual({
      status: 'ok',
      store: 'up',
      channels: { 'web': 'up', 'telegram': 'off', 'zalo': 'off', 'zalo-bot': 'off' },
      knowledge: { cards: expect.any(Number), expired: 0 },
      version: '0.1.0',
    });
    expect(station.output()).toContain('Đang dùng xã mẫu');
    expect(station.output()).toContain('"event":"place.sample"');
  });

  test('answers a resident’s question with a card, its source and its date', async () => {
    const station = await start({});
    const { replies } = await ask(station.url, 'nhà hết gạo rồi làm sao');
    expect(replies).toEqual([expect.objectContaining({ cardId: 'support.food-emergency', lang: 'vi', text: expect.stringMatching(/Nguồn: .+\(\d.*\d{4}\)/) })]);
  });

  test('writes down a question that it passes on, before it says so', async () => {
    const station = await start({});
    await ask(station.url, 'gặp cán bộ');
    const metrics = await (await fetch(`${station.url}/metrics`)).text();
    expect(metrics).toContain('loa_tickets{state="open"} 1');
    expect(metrics).toContain('loa_inbox_total{channel="web"} 1');
    expect(metrics).toContain('loa_outbox{state="sent"} 1');
    expect(metrics).toMatch(/process_resident_memory_bytes \d+/);
  });

  test('ends everything within ten seconds of SIGTERM, also with a page open', async () => {
    const station = await start({});
    const stream = await fetch(`${station.url}/api/chat/events`, { headers: { cookie: await cookieOf(station.url) } });
    expect(stream.status).toBe(200);
    station.child.kill('SIGTERM');
    // What is not done after nine seconds the program gives up with code 1.
    expect(await station.ended).toEqual({ code: 0, signal: null });
    await expect(fetch(station.url)).rejects.toThrow();
  });

  test('keeps what was said across a restart', async () => {
    const dataDir = temporary();
    const first = await start({ DATA_DIR: dataDir });
    const cookie = await cookieOf(first.url);
    await ask(first.url, 'xin chào', cookie);
    first.child.kill('SIGTERM');
    await first.ended;
    const second = await start({ DATA_DIR: dataDir });
    expect(await (await fetch(second.url, { headers: { cookie } })).text()).toContain('xin chào');
  });
});

describe('what an operator got wrong', () => {
  test.each([
    ['PORT', 'tám nghìn', 'Biến PORT đang là “tám nghìn”. Cần: số cổng từ 0 đến 65535, ví dụ 8080.'],
    ['LOG_LEVEL', 'loud', 'Biến LOG_LEVEL đang là “loud”. Cần: một trong: debug, info, warn, error, silent.'],
    ['DATABASE_URL', 'mysql://u:secret@h/d', 'Biến DATABASE_URL đang là “***”. Cần: postgres://nguoi_dung:mat_khau@may:5432/ten.'],
  ])('%s: the name, the value and what was expected, exit 2', (name, value, sentence) => {
    const run = runToEnd({ [name]: value });
    expect(run.stderr.trim()).toBe(sentence);
    expect(run.status).toBe(2);
  });

  test('a place that is not there: the folder, and which variable points to it, exit 2', () => {
    const run = runToEnd({ PLACE: 'knowledge/places/none' });
    expect(run.stderr).toContain('Không đọc được thư mục của xã: knowledge/places/none. Biến PLACE');
    expect(run.status).toBe(2);
  });

  test('a place with a wrong number: file, field and form, exit 2', () => {
    const place = temporary();
    writeFileSync(join(place, 'place.yaml'), readFileSync(join(root, 'knowledge/places/mau/place.yaml'), 'utf8').replace('health: 0900 000 001', 'health: gọi cô Hoa'));
    const run = runToEnd({ PLACE: place });
    expect(run.stderr).toContain('place.yaml, mục duty.health: số điện thoại gồm chữ số và dấu cách, như 0900 000 000.');
    expect(run.status).toBe(2);
  });

  test('a port that is taken: one sentence, exit 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    cleanups.push(() => other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const run = await runToEndAsync({ PORT: String(port) });
    expect(run.stderr.trim()).toBe(`Cổng ${port} đang có chương trình khác dùng. Đặt PORT= một số khác.`);
    expect(run.status).toBe(1);
  });

  test('an address that this machine does not have: one sentence, exit 1', async () => {
    // Kept for documents (RFC 5737): nobody's.
    const run = await runToEndAsync({ PORT: '0', HOST: '203.0.113.7' });
    expect(run.stderr.trim()).toBe('Máy này không có địa chỉ 203.0.113.7. Xem lại HOST; 127.0.0.1 là chỉ máy này, 0.0.0.0 là mọi máy.');
    expect(run.status).toBe(1);
  });

  test('a lost key: no new one is made over old data', async () => {
    const dataDir = temporary();
    const station = await start({ DATA_DIR: dataDir });
    station.child.kill('SIGTERM');
    await station.ended;
    rmSync(join(dataDir, 'keys'), { recursive: true });
    const run = runToEnd({ DATA_DIR: dataDir });
    expect(run.stderr).toContain('Đừng tạo chìa mới');
    expect(run.status).toBe(1);
    expect(existsSync(join(dataDir, 'keys/master.key'))).toBe(false);
  });
});

const oldNode = spawnSync('which', ['-a', 'node'], { encoding: 'utf8' }).stdout.split('\n').find((path) => path !== '' && majorOf(path) < 24);

describe.skipIf(oldNode === undefined)('an old Node', () => {
  const old = oldNode ?? '';

  test('by hand, with a Node 24 beside it, runs the program all the same', () => {
    const run = spawnSync(old, ['bot/start.mjs', '--cli', 'help'], { cwd: root, encoding: 'utf8' });
    expect(run.stdout).toContain('ask "câu hỏi"');
    expect(run.status).toBe(0);
  });

  test('alone says one plain sentence in each of two languages and ends with 2', () => {
    const bare = temporary();
    mkdirSync(join(bare, 'bot'));
    cpSync(join(root, 'bot/start.mjs'), join(bare, 'bot/start.mjs'));
    cpSync(join(root, 'locales'), join(bare, 'locales'), { recursive: true });
    const run = spawnSync(old, ['bot/start.mjs'], { cwd: bare, encoding: 'utf8' });
    expect(run.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^Chương trình cần Node 24, máy này đang chạy Node \d+\.\d+\.\d+\. Hãy chạy: npm ci && npm start$/),
      expect.stringMatching(/^This program needs Node 24, and this is Node \d+\.\d+\.\d+\. Run: npm ci && npm start$/),
    ]);
    expect(run.status).toBe(2);
  });
});

type Station = { url: string; child: ChildProcessByStdio<null, Readable, Readable>; output: () => string; ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }> };

/** Starts the program as a station does, on a free port and in a folder of its own, and waits for its address. */
async function start(env: Record<string, string>): Promise<Station> {
  const child = spawn('npm', ['start'], { cwd: root, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => child.once('exit', (code, signal) => { resolve({ code, signal }); }));
  cleanups.push(() => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  });
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (found !== null && output.includes('"event":"started"')) resolve(found[0]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then(() => { reject(new Error(`it ended at once: ${output}`)); });
  });
  return { url, child, output: () => output, ended };
}

function runToEnd(env: Record<string, string>): { stderr: string; status: number | null } {
  return spawnSync('npm', ['--silent', 'start'], { cwd: root, env: environment({ LOG_LEVEL: 'silent', ...env }), encoding: 'utf8', timeout: 150_000 });
}

function runToEndAsync(env: Record<string, string>): Promise<{ stderr: string; status: number | null }> {
  const child = spawn('npm', ['--silent', 'start'], { cwd: root, env: environment({ LOG_LEVEL: 'silent', ...env }), stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once('close', (status) => { resolve({ stderr, status }); }));
}

/** npm's own remarks about this machine's settings do not belong to what the program says. */
function environment(env: Record<string, string>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], npm_config_loglevel: 'silent', PORT: '0', DATA_DIR: temporary(), ...env };
}

function temporary(): string {
  const dir = mkdtempSync(join(tmpdir(), 'loa-start-'));
  cleanups.push(() => { rmSync(dir, { recursive: true, force: true }); });
  return dir;
}

async function cookieOf(url: string): Promise<string> {
  return (await fetch(url)).headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function ask(url: string, text: string, cookie = ''): Promise<{ replies: unknown[] }> {
  const response = await fetch(`${url}/api/chat`, { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: JSON.stringify({ text }) });
  const body: unknown = await response.json();
  if (typeof body !== 'object' || body === null || !('replies' in body) || !Array.isArray(body.replies)) throw new Error(`no replies: ${JSON.stringify(body)}`);
  return { replies: body.replies };
}

function majorOf(node: string): number {
  return Number(/^v(\d+)/.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? '99');
}
