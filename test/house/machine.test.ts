import pg from 'pg';
import { createClient } from 'redis';
import { expect, test } from 'vitest';
import { freshDatabase, hasPostgres, hasRedis, redisUrl } from '#test/machine.ts';

test.skipIf(!hasPostgres())('a test gets a real PostgreSQL database of its own', async () => {
  const client = new pg.Client({ connectionString: await freshDatabase() });
  await client.connect();
  const tables = await client.query("SELECT count(*)::int AS n FROM information_schema.tables WHERE table_schema = 'public'");
  await client.end();
  expect(tables.rows).toEqual([{ n: 0 }]);
});

test.skipIf(!hasRedis())('a test reaches a real Redis', async () => {
  const client = createClient({ url: redisUrl() });
  await client.connect();
  const pong = await client.ping();
  client.destroy();
  expect(pong).toBe('PONG');
});
