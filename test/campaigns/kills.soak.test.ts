import { test } from 'vitest';
import { freshDatabase, hasPostgres, hasRedis, redisUrl } from '#test/machine.ts';
import { surviveKills } from './kills.ts';

test('5,000 people and 200 kills on SQLite: nobody without, nobody twice', { timeout: 3_600_000 }, async () => {
  const report = await surviveKills({ seed: 7, kills: 200, people: 5000, processes: 1, perSecond: 60 });
  process.stdout.write(`SQLite: ${report.kills} kills, ${report.people} people, ${report.sent} sent, ${report.unknown} unknown\n`);
});

test.skipIf(!hasPostgres() || !hasRedis())('5,000 people and 200 kills of three processes on PostgreSQL and Redis: nobody without, nobody twice', { timeout: 3_600_000 }, async () => {
  const report = await surviveKills({ seed: 8, kills: 200, people: 5000, processes: 3, perSecond: 30, databaseUrl: await freshDatabase(), redisUrl: redisUrl() });
  process.stdout.write(`PostgreSQL and Redis: ${report.kills} kills, ${report.people} people, ${report.sent} sent, ${report.unknown} unknown\n`);
});
