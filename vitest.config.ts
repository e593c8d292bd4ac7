import { defineConfig } from 'vitest/config';

/** `npm run soak` takes the long proofs, `npm test` everything else. */
const soak = process.env['LOA_SOAK'] === 'true';

export default defineConfig({
  test: {
    include: soak ? ['test/**/*.soak.test.ts'] : ['test/**/*.test.ts', 'bot/zalo-sdk-adapter/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...(soak ? [] : ['test/**/*.soak.test.ts'])],
    globalSetup: ['test/setup.ts'],
    setupFiles: ['test/chance.ts'],
    reporters: ['default', './test/closing-line.ts'],
    // Ends what hangs; how fast things are is the benchmarks' matter, and a busy machine is no failure.
    testTimeout: soak ? 3_600_000 : 180_000,
    hookTimeout: 180_000,
    // What is waited for comes or it does not; a second, which is the usual patience, is a guess about the machine.
    expect: { poll: { timeout: 60_000 } },
    // Two cores are the reference machine; more workers only make the real servers fight for them.
    maxWorkers: 2,
    env: { TZ: 'Asia/Ho_Chi_Minh' },
  },
});
