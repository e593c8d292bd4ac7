import { expect, test } from 'vitest';
import { freshDatabase, hasPostgres } from '#test/machine.ts';
import { surviveReminderKills } from './reminder-kills.ts';

async function tenThousand(engine: string, databaseUrl?: string): Promise<void> {
  const report = await surviveReminderKills({ parents: 10_000, kills: 20, mostLifeMs: 3_000, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  process.stdout.write(`${engine}: ${report.parents} parents, ${report.kills} kills, ${report.sent} sent, ${report.unknown} unknown\n`);
  expect(report.sent).toBeGreaterThan(9_500);
}

test('10,000 parents and twenty kills on SQLite: each is reminded once', { timeout: 3_600_000 }, () => tenThousand('SQLite'));
test.skipIf(!hasPostgres())('10,000 parents and twenty kills on PostgreSQL: each is reminded once', { timeout: 3_600_000 }, async () => tenThousand('PostgreSQL', await freshDatabase()));
