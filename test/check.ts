import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * `npm run check`: types, lint, the base and the texts, side by side, each told as a whole when it ends. Fails when one
 * of them does. What the compiler found out last time is kept below `node_modules`; lint keeps nothing, because its
 * rules look at the types of other files, too.
 */

const root = fileURLToPath(new URL('..', import.meta.url));

const PARTS: readonly (readonly string[][])[] = [
  [['node_modules/typescript/bin/tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/check/types.json', '--pretty', 'false'], ['bot/start.mjs', '--cli', 'knowledge', 'check'], ['bot/start.mjs', '--cli', 'locales', 'check']],
  [['node_modules/eslint/bin/eslint.js', '.']],
];

const failed = (await Promise.all(PARTS.map(async (steps) => {
  const codes: number[] = [];
  for (const step of steps) codes.push(await run(step));
  return codes;
}))).flat().some((code) => code !== 0);
process.exitCode = failed ? 1 : 0;

/** Runs one step to its end, also after another has failed: one run names everything that is wrong. */
function run(args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });
}
