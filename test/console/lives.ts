import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** One life of the whole program in a process of its own. `link` makes the first account, while there is none. */
export type Life = { child: ChildProcessByStdio<null, Readable, null>; url: string; link: string; ended: Promise<void> };

/** Resolves once the program has said where it is, and while there is no account (`first`) with which link the first one is made. */
export async function live(dataDir: string, { first, env = {} }: { first: boolean; env?: Record<string, string> }): Promise<Life> {
  const child = spawn(process.execPath, ['bot/main.ts'], { cwd: root, env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => { resolve(); }));
  const output = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if ((first ? /\/staff\/join\/\S+\n/u : /\/staff\n/u).test(text)) resolve(text);
    });
    void ended.then(() => { reject(new Error('the program did not start')); });
  });
  const url = /http:\/\/127\.0\.0\.1:\d+/u.exec(output)?.[0] ?? '';
  return { child, url, link: /\/staff\/join\/\S+/u.exec(output)?.[0] ?? '', ended };
}
