import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'bot/zalo-sdk-adapter/test/**/*.test.ts'],
    exclude: ['test/**/*.soak.test.ts', '**/node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores are the reference machine; more workers only make the real servers fight for them.
    maxWorkers: 2,
    env: { TZ: 'Asia/Ho_Chi_Minh' },
  },
});
