import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createStatus } from '#bot/http/status.ts';
import { receive } from '#bot/store/inbox.ts';
import { takeTime } from '#bot/store/prepared.ts';
import { StoreUnavailable, type Store } from '#bot/store/store.ts';
import { freshDatabase, hasPostgres } from '#test/machine.ts';
import { freshFolder, openOrThrow, said } from './fresh.ts';

/** No bound in a test is near what an honest statement takes on a slow machine, except the one that is meant to be met. */
const AMPLE_MS = 120_000;
const AMPLE = { statementMs: AMPLE_MS, lockMs: AMPLE_MS, idleMs: AMPLE_MS };

describe.skipIf(!hasPostgres())('PostgreSQL', () => {
  async function open(bounds: Partial<typeof AMPLE>, databaseUrl?: string): Promise<{ store: Store; url: string }> {
    const url = databaseUrl ?? await freshDatabase();
    const folder = freshFolder();
    const store = await openOrThrow({ dataDir: folder.path, databaseUrl: url, poolSize: 3, bounds: { ...AMPLE, ...bounds } });
    onTestFinished(async () => {
      await store.close();
      folder[Symbol.dispose]();
    });
    return { store, url };
  }

  /** Somebody else on the same database, who keeps a lock. */
  async function another(url: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  }

  const hear = (store: Store, id: string) => store.write((tx) => receive(tx, said('nha-1', 'xin chào', id), { inCall: false }));

  test('a statement that hangs is ended, its job refused, and its connection serves the next', async () => {
    const { store } = await open({ statementMs: 2_000 });
    const hanging = Array.from({ length: 2 }, () => store.write((tx) => sql`select pg_sleep(600)`.execute(tx.db)));
    for (const each of await Promise.allSettled(hanging)) expect(each).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
    await expect(store.read((tx) => sql`select pg_sleep(600)`.execute(tx.db))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await hear(store, 'a')).not.toBeNull();
  });

  test('rows that somebody else holds are not waited for without end; when they are free, all goes on', async () => {
    const { store, url } = await open({ lockMs: 500 });
    await hear(store, 'a');
    const other = await another(url);
    await other.query('begin');
    await other.query('select * from residents for update');
    await expect(store.write((tx) => tx.db.updateTable('residents').set({ greeted: 1 }).execute())).rejects.toBeInstanceOf(StoreUnavailable);
    await other.query('rollback');
    await store.write((tx) => tx.db.updateTable('residents').set({ greeted: 1 }).execute());
    expect(await store.read((tx) => tx.db.selectFrom('residents').select('greeted').execute())).toEqual([{ greeted: 1 }]);
  });

  test('a process halted in the middle of a job keeps its rows from nobody for long, and hears that nothing was written', async () => {
    const { store, url } = await open({ idleMs: 2_000 });
    await hear(store, 'a');
    const halted = store.write(async (tx) => {
      await tx.db.updateTable('residents').set({ greeted: 1 }).execute();
      // Until the server has taken the rows back.
      await (await another(url)).query("update residents set lang = 'jra'");
      await tx.db.updateTable('residents').set({ greeted: 1 }).execute();
    });
    await expect(halted).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await store.read((tx) => tx.db.selectFrom('residents').select(['greeted', 'lang']).execute())).toEqual([{ greeted: 0, lang: 'jra' }]);
  });

  test('new tables, and a job that takes its time, are bound by none of it', async () => {
    const url = await freshDatabase();
    const other = await another(url);
    // As another process does that is making the tables.
    await other.query('select pg_advisory_lock(7305471)');
    const opening = open({ lockMs: 100 }, url);
    await expect.poll(async () => (await other.query<{ waiting: number }>("select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted")).rows[0]?.waiting).toBe(1);
    await sleep(300);
    await other.query('select pg_advisory_unlock(7305471)');
    await opening;

    const { store } = await open({ statementMs: 2_000 });
    await store.write(async (tx) => {
      await takeTime(tx.db);
      await sql`select pg_sleep(4)`.execute(tx.db);
    });
    // The next on the same connections is bound again.
    await expect(store.read((tx) => sql`select pg_sleep(600)`.execute(tx.db))).rejects.toThrow('statement timeout');
  });

  test('a server that takes a statement and says nothing more is given up, and found again', async () => {
    const url = new URL(await freshDatabase());
    await using wire = await createWire({ host: url.hostname, port: Number(url.port) });
    url.host = `127.0.0.1:${wire.port}`;
    const { store } = await open({ statementMs: 10_000 }, url.href);
    await hear(store, 'a');
    wire.cut();
    // Whoever watches hears of it long before the statement is given up.
    const status = createStatus({ store, channels: () => [], knowledge: () => ({ cards: 1, expired: 0 }), version: '0' });
    expect(await (await status.app.request('/healthz')).json()).toMatchObject({ status: 'degraded', store: 'down' });
    await expect(hear(store, 'b')).rejects.toBeInstanceOf(StoreUnavailable);
    wire.mend();
    expect(await hear(store, 'b')).not.toBeNull();
  });
});

/** A wire to the server on which nothing arrives while it is cut, and no end either. */
async function createWire(server: { host: string; port: number }) {
  const ends = new Set<Socket>();
  let isCut = false;
  const listener = createServer((near) => {
    const far = connect(server);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      ends.add(from);
      from.on('data', (bytes) => { if (!isCut) to.write(bytes); });
      from.on('close', () => { to.destroy(); });
      from.on('error', () => undefined);
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const isAddress = (address: AddressInfo | string | null): address is AddressInfo => typeof address === 'object' && address !== null;
  const address = listener.address();
  if (!isAddress(address)) throw new Error('the wire has no port');
  return {
    port: address.port,
    cut: () => { isCut = true; },
    mend: () => { isCut = false; },
    [Symbol.asyncDispose]: async () => {
      for (const end of ends) end.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
