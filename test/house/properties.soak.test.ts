import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'vitest';

const ROUNDS = 5;

const files = ['test/**/*.test.ts', 'bot/zalo-sdk-adapter/test/**/*.test.ts'].flatMap((pattern) => globSync(pattern))
  .filter((file) => !file.endsWith('.soak.test.ts') && readFileSync(file, 'utf8').includes("from 'fast-check'"));

test('every property holds for seeds that nobody chose', { timeout: 3_600_000 }, () => {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const seed = String(randomInt(2 ** 31));
    const run = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...files], { env: { ...process.env, LOA_SOAK: 'false', LOA_SEED: seed }, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    process.stdout.write(`properties ${round}/${ROUNDS}, seed ${seed}: ${run.stdout.trimEnd().split('\n').at(-1) ?? ''}\n`);
    if (run.status !== 0) throw new Error(`again with LOA_SEED=${seed} npx vitest run FILE\n${run.stdout}\n${run.stderr}`);
  }
});
