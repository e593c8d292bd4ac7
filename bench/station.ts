import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export type Station = {
  url: string;
  /** Resident memory of the program now, in MB. */
  residentMb: () => number;
  stop: () => Promise<void>;
};

/** Starts the program itself, without npm around it, in a folder of its own and on a free port. */
export async function startStation(env: Record<string, string> = {}): Promise<Station> {
  const dataDir = mkdtempSync(join(tmpdir(), 'loa-bench-'));
  const child = spawn(process.execPath, ['--max-semi-space-size=8', env['LOA_BENCH_COMMIT_DELAY_MS'] === undefined ? 'bot/start.mjs' : 'bench/station-child.ts'], { cwd: root, env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => { resolve(); }));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (found !== null) resolve(found[0]);
    });
    void ended.then(() => { reject(new Error('the station did not start')); });
  });
  return {
    url,
    residentMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(child.pid)}/status`, 'utf8'))?.[1] ?? '0') / 1024,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** One question by one stranger; resolves when the answer is there. */
export async function askStation(url: string, text: string): Promise<void> {
  const response = await fetch(`${url}/api/chat`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) });
  const body = await response.text();
  if (!response.ok || !body.includes('"id"')) throw new Error(`no answer: ${response.status} ${body.slice(0, 200)}`);
}
