import { expect, test } from 'vitest';
import { freshDatabase, hasPostgres } from '#test/machine.ts';
import { surviveReminderKills } from './reminder-kills.ts';

test('100 parents and five kills on SQLite: each is reminded once', { timeout: 180_000 }, async () => {
  const report = await surviveReminderKills({ parents: 100, kills: 5, mostLifeMs: 200 });
  expect(report.sent).toBeGreaterThan(70);
});

test.skipIf(!hasPostgres())('100 parents and five kills on PostgreSQL: each is reminded once', { timeout: 180_000 }, async () => {
  const report = await surviveReminderKills({ parents: 100, kills: 5, mostLifeMs: 200, databaseUrl: await freshDatabase() });
  expect(report.sent).toBeGreaterThan(70);
});
