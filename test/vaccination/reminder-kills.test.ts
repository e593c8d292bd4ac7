import { expect, test } from 'vitest';
import { freshDatabase, hasPostgres } from '#test/machine.ts';
import { surviveReminderKills, type ReminderKillReport } from './reminder-kills.ts';

/** A kill leaves in doubt at most what goes out at once. */
const AT_ONCE = 8;

function expectFewInDoubt({ parents, kills, sent, unknown }: ReminderKillReport): void {
  expect(sent + unknown).toBe(parents);
  expect(unknown).toBeLessThanOrEqual(kills * AT_ONCE);
}

test('100 parents and five kills on SQLite: each is reminded once', { timeout: 400_000 }, async () => {
  expectFewInDoubt(await surviveReminderKills({ parents: 100, kills: 5, mostLifeMs: 200 }));
});

test.skipIf(!hasPostgres())('100 parents and five kills on PostgreSQL: each is reminded once', { timeout: 400_000 }, async () => {
  expectFewInDoubt(await surviveReminderKills({ parents: 100, kills: 5, mostLifeMs: 200, databaseUrl: await freshDatabase() }));
});
