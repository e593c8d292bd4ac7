import { expect, test } from 'vitest';
import { freshDatabase, hasPostgres, hasRedis, redisUrl } from '#test/machine.ts';
import { surviveKills } from './kills.ts';

test('600 people and ten kills on SQLite: nobody without, nobody twice, every unknown one listed', { timeout: 400_000 }, async () => {
  const report = await surviveKills({ seed: 20_261_122, kills: 10, people: 600, processes: 1, perSecond: 100 });
  expect(report.sent).toBeGreaterThan(500);
});

test.skipIf(!hasPostgres() || !hasRedis())('600 people, three processes and ten kills on PostgreSQL and Redis: nobody without, nobody twice, every unknown one listed', { timeout: 400_000 }, async () => {
  const report = await surviveKills({ seed: 20_261_122, kills: 10, people: 600, processes: 3, perSecond: 100, databaseUrl: await freshDatabase(), redisUrl: redisUrl() });
  expect(report.sent).toBeGreaterThan(500);
});
