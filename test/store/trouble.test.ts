import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createWorker } from '#bot/delivery/worker.ts';
import { createStatus } from '#bot/http/status.ts';
import { backUp } from '#bot/store/backup.ts';
import { countInbox, receive } from '#bot/store/inbox.ts';
import { StoreUnavailable, type Store } from '#bot/store/store.ts';
import { hasPostgres, ownPostgres } from '#test/machine.ts';
import { echoing, freshFolder, openOrThrow, said } from './fresh.ts';

/** Writes messages until the store says no; gives the ids of those it said yes to. */
async function fill(store: Store, most: number, text: string): Promise<{ acknowledged: string[]; refused: unknown }> {
  const acknowledged: string[] = [];
  for (let n = 0; n < most; n += 1) {
    try {
      await store.write((tx) => receive(tx, said(`n${n % 20}`, text, `p${n}`), { inCall: false }));
      acknowledged.push(`p${n}`);
    } catch (refused) {
      return { acknowledged, refused };
    }
  }
  return { acknowledged, refused: null };
}

async function platformIds(store: Store): Promise<string[]> {
  return (await store.read((tx) => tx.db.selectFrom('inbox').select('platform_id').orderBy('id').execute())).map((row) => row.platform_id);
}

test('the server and the command line writing one file together lose nothing', { timeout: 400_000 }, async () => {
  using folder = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writing-process.ts'), JSON.stringify({ dataDir: folder.path, count: 300 })], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: string[] = [];
  const lines = createInterface({ input: child.stdout }).on('line', (line) => acknowledged.push(line));
  // Its last lines may come after its end.
  const ended = Promise.all([new Promise<number | null>((resolve) => child.once('exit', resolve)), once(lines, 'close')]).then(([code]) => code);
  // The server never pauses: the other must get its turn all the same.
  const worker = createWorker({ store, handling: echoing });
  let answered = 0;
  while (child.exitCode === null) {
    const rows = await Promise.all(Array.from({ length: 8 }, (_, i) => worker.handleNow(said(`web ${i}`, 'x', `web-${answered + i}`))));
    answered += rows.filter((each) => each?.length === 1).length;
  }
  expect(await ended).toBe(0);
  const ids = await platformIds(store);
  expect(acknowledged).toHaveLength(300);
  expect(ids.filter((id) => id.startsWith('cli-')).toSorted()).toEqual(acknowledged.toSorted());
  expect(ids.filter((id) => id.startsWith('web-'))).toHaveLength(answered);
  await worker.stop();
  await store.close();
});

test('a full disk: what was acknowledged stays, what was not is refused as such, reading goes on, and with room again so does writing', async () => {
  using folder = freshFolder();
  const empty = await openOrThrow({ dataDir: folder.path });
  await empty.close();
  // Room for what an empty store needs, and a little more.
  const small = await openOrThrow({ dataDir: folder.path, maxPages: statSync(join(folder.path, 'loa.db')).size / 4096 + 20 });
  const { acknowledged, refused } = await fill(small, 5000, 'x'.repeat(400));
  expect(refused).toBeInstanceOf(StoreUnavailable);
  expect(acknowledged.length).toBeGreaterThan(20);
  // Not one of those that share a commit may be acknowledged.
  const together = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => small.write((tx) => receive(tx, said(`n${n}`, 'y'.repeat(4000), `q${n}`), { inCall: false }))));
  const kept = together.flatMap((each, n) => (each.status === 'fulfilled' ? [`q${n}`] : []));
  expect(kept.length).toBeLessThan(10);
  expect(await platformIds(small)).toEqual([...acknowledged, ...kept]);
  // Whoever watches is told, although reading goes well.
  await expect(small.write((tx) => receive(tx, said('n1', 'y'.repeat(40_000), 'q-last'), { inCall: false }))).rejects.toBeInstanceOf(StoreUnavailable);
  const status = createStatus({ store: small, channels: () => [], knowledge: () => ({ cards: 1, expired: 0 }), version: '0' });
  expect(await (await status.app.request('/healthz')).json()).toMatchObject({ status: 'degraded', store: 'down' });
  await small.close();

  const roomy = await openOrThrow({ dataDir: folder.path });
  const worker = createWorker({ store: roomy, handling: echoing });
  while ((await roomy.read(countInbox)).new > 0) await worker.sweep();
  expect(roomy.takesWrites()).toBe(true);
  expect(await roomy.read(countInbox)).toEqual({ new: 0, done: acknowledged.length + kept.length, failed: 0 });
  await worker.stop();
  await roomy.close();
});

test('a backup into what is no folder is refused in words, not thrown', async () => {
  using folder = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  writeFileSync(join(folder.path, 'tep'), '');
  expect(backUp(store, join(folder.path, 'tep', 'sao'), Date.now())).toEqual({ ok: false, problem: { kind: 'backup-not-written' } });
  await store.close();
});

/** A disk of its own needs a mount, which only root may do, and not in every container. */
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

describe.skipIf(!canMount)('a real disk', () => {
  async function onDisk(size: string, story: (path: string) => Promise<void>): Promise<void> {
    using folder = freshFolder();
    const path = join(folder.path, 'disk');
    mkdirSync(path);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]).status).toBe(0);
    try {
      await story(path);
    } finally {
      spawnSync('umount', ['-l', path]);
    }
  }

  test('that fills up refuses writing, keeps what was acknowledged, and goes on when there is room', () => onDisk('700k', async (path) => {
    const store = await openOrThrow({ dataDir: path });
    const { acknowledged, refused } = await fill(store, 5000, 'x'.repeat(400));
    expect(refused).toBeInstanceOf(StoreUnavailable);
    expect(await platformIds(store)).toEqual(acknowledged);
    spawnSync('mount', ['-o', 'remount,size=20m', path]);
    await store.write((tx) => receive(tx, said('mot', 'có chỗ rồi', 'sau'), { inCall: false }));
    expect(await platformIds(store)).toEqual([...acknowledged, 'sau']);
    await store.close();
  }));

  test('that is too small for a backup keeps the backups before it, and no half of the new one', () => onDisk('2m', async (path) => {
    using folder = freshFolder();
    const store = await openOrThrow({ dataDir: folder.path });
    expect(backUp(store, path, Date.now())).toMatchObject({ ok: true });
    const before = readdirSync(path).toSorted();
    await fill(store, 1500, 'x'.repeat(1000));
    expect(backUp(store, path, Date.now() + 60_000)).toEqual({ ok: false, problem: { kind: 'backup-not-written' } });
    expect(readdirSync(path).toSorted()).toEqual(before);
    await store.close();
  }));

  test('that turns read-only refuses writing in the same way, and a store on it is not opened', () => onDisk('20m', async (path) => {
    const store = await openOrThrow({ dataDir: path });
    const { acknowledged } = await fill(store, 5, 'x');
    await store.close();
    spawnSync('mount', ['-o', 'remount,ro', path]);
    await expect(openOrThrow({ dataDir: path })).rejects.toBeInstanceOf(StoreUnavailable);
    spawnSync('mount', ['-o', 'remount,rw', path]);
    const again = await openOrThrow({ dataDir: path });
    expect(await platformIds(again)).toEqual(acknowledged);
    await again.close();
  }));
});

describe.skipIf(!hasPostgres())('PostgreSQL', () => {
  test('restarted under load: what was acknowledged is there and answered, and nothing ends the process', async () => {
    const server = await ownPostgres();
    using folder = freshFolder();
    const store = await openOrThrow({ dataDir: folder.path, databaseUrl: server.url });
    const worker = createWorker({ store, handling: echoing, sweepEveryMs: 100 });
    worker.start();
    const acknowledged: string[] = [];
    const refusals: unknown[] = [];
    let going = true;
    const load = Promise.all(Array.from({ length: 6 }, async (_, who) => {
      for (let n = 0; going; n += 1) {
        await worker.receive(said(`n${who}`, 'x', `p${who}-${n}`)).then(() => acknowledged.push(`p${who}-${n}`), (error: unknown) => refusals.push(error));
        await sleep(5);
      }
    }));
    await sleep(500);
    await server.restart();
    await sleep(1000);
    going = false;
    await load;
    for (const refusal of refusals) expect(refusal).toBeInstanceOf(StoreUnavailable);
    await expect.poll(async () => (await store.read(countInbox)).new).toBe(0);
    const ids = new Set(await platformIds(store));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    const answers = await store.read((tx) => tx.db.selectFrom('outbox').select(['inbox_id', ({ fn }) => fn.countAll<number>().as('n')]).groupBy('inbox_id').execute());
    expect(answers.every((row) => row.n === 1)).toBe(true);
    expect(answers).toHaveLength(ids.size);
    await worker.stop();
    await store.close();
    await server.stop();
  });
});
