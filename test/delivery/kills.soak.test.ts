import { expect, test } from 'vitest';
import { freshDatabase, hasPostgres } from '#test/machine.ts';
import { surviveKills, type KillReport } from './kills.ts';

const ROUNDS = 50;
const KILLS = 10;

async function rounds(engine: string, databaseUrl: () => Promise<string | undefined>): Promise<void> {
  const total = { messages: 0, kills: 0, sent: 0, unknown: 0, redelivered: 0 } satisfies KillReport;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const url = await databaseUrl();
    const report = await surviveKills({ seed: round, kills: KILLS, messages: 500, ...(url === undefined ? {} : { databaseUrl: url }) });
    for (const key of ['messages', 'kills', 'sent', 'unknown', 'redelivered'] as const) total[key] += report[key];
    process.stdout.write(`${engine} kills ${total.kills}/${ROUNDS * KILLS}: ${total.messages} messages, ${total.sent} sent, ${total.unknown} unknown, ${total.redelivered} brought again\n`);
  }
  expect(total.kills).toBe(500);
}

test('500 kills on SQLite lose nothing and send nothing twice', { timeout: 3_600_000 }, () => rounds('SQLite', () => Promise.resolve(undefined)));
test.skipIf(!hasPostgres())('500 kills on PostgreSQL lose nothing and send nothing twice', { timeout: 3_600_000 }, () => rounds('PostgreSQL', freshDatabase));
