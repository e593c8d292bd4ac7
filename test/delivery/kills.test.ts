import { expect, test } from 'vitest';
import { freshDatabase, hasPostgres } from '#test/machine.ts';
import { surviveKills } from './kills.ts';

test('500 messages and ten kills on SQLite: each acknowledged message is answered once, nothing is sent twice', { timeout: 400_000 }, async () => {
  const report = await surviveKills({ seed: 20_261_122, kills: 10, messages: 500 });
  expect(report.sent).toBeGreaterThan(400);
});

test.skipIf(!hasPostgres())('500 messages and ten kills on PostgreSQL: each acknowledged message is answered once, nothing is sent twice', { timeout: 400_000 }, async () => {
  const report = await surviveKills({ seed: 20_261_122, kills: 10, messages: 500, databaseUrl: await freshDatabase() });
  expect(report.sent).toBeGreaterThan(400);
});
