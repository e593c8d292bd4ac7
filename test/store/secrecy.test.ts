import { readdirSync, readFileSync, statSync, chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorker } from '#bot/delivery/worker.ts';
import { backUp, restore } from '#bot/store/backup.ts';
import { addChild } from '#bot/store/children.ts';
import { destroyPerson } from '#bot/store/erasure.ts';
import { messagesOf } from '#bot/store/held.ts';
import { findPerson } from '#bot/store/people.ts';
import { addOutside } from '#bot/store/revisions.ts';
import { rotateMasterKey } from '#bot/store/rotation.ts';
import { openStore, type Store } from '#bot/store/store.ts';
import { onBothEngines } from './engines.ts';
import { echoing, freshFolder, openOrThrow, plainPiece, said } from './fresh.ts';

/** Words that must be nowhere to be read: what was said, answered, asked of staff, kept as context, and who said it. */
const PLANTED = ['bí mật của chị Hơ Mai', 'chim-sẻ-đáp', 'câu-hỏi-cho-trạm', 'ngữ-cảnh-riêng', '0912345678', 'giọng-nói-77'];

const telling = {
  ...echoing,
  converse: () => ({
    replies: [{ ...plainPiece('chim-sẻ-đáp'), priority: 'reply' as const }],
    effects: [
      { kind: 'ticket' as const, ticket: { kind: 'question' as const, domain: 'health' as const, priority: 'normal' as const, question: 'câu-hỏi-cho-trạm', offered: [], reasons: ['score'] } },
      { kind: 'context' as const, context: { openQuestion: 'ngữ-cảnh-riêng', atMs: Date.now() } },
    ],
    judgement: null,
  }),
};

async function plant(store: Store): Promise<void> {
  const worker = createWorker({ store, handling: telling });
  await worker.handleNow(said('0912345678', 'bí mật của chị Hơ Mai'));
  await worker.receive({ ...said('0912345678', ''), content: { kind: 'voice', fileId: 'giọng-nói-77', durationSeconds: 4 } });
  await worker.stop();
}

function plantedIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  expect(files.length).toBeGreaterThan(0);
  return files.flatMap((path) => {
    const bytes = readFileSync(path);
    return PLANTED.filter((words) => bytes.includes(Buffer.from(words)) || bytes.includes(Buffer.from(words, 'utf16le'))).map((words) => `${path}: ${words}`);
  });
}

test('no word is in the database file, the log beside it, a backup or the key file', async () => {
  using folder = freshFolder();
  using backups = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  await plant(store);
  expect(readdirSync(folder.path)).toContain('loa.db-wal');
  expect(plantedIn(folder.path)).toEqual([]);
  await store.scrub();
  expect(plantedIn(folder.path)).toEqual([]);
  expect(backUp(store, backups.path, Date.now()).ok).toBe(true);
  expect(plantedIn(backups.path)).toEqual([]);
  await store.close();
});

test('the scan would find a word that is not sealed', async () => {
  using folder = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  await store.write((tx) => tx.db.insertInto('meta').values({ key: 'x', value: 'chim-sẻ-đáp' }).execute());
  expect(plantedIn(folder.path)).toHaveLength(1);
  await store.close();
});

test('the master key file is made once, with mode 600, and a store whose key file is missing or open to others is refused', async () => {
  using folder = freshFolder();
  const path = join(folder.path, 'keys', 'master.key');
  const first = await openOrThrow({ dataDir: folder.path });
  expect(first.masterKeyFile.created).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await first.close();
  const second = await openOrThrow({ dataDir: folder.path });
  expect(second.masterKeyFile.created).toBe(false);
  await second.close();

  chmodSync(path, 0o644);
  expect(await openStore({ dataDir: folder.path })).toEqual({ ok: false, problem: { kind: 'master-key-readable-by-others', path, mode: '644' } });
  chmodSync(path, 0o600);
  writeFileSync(path, 'not a key\n');
  expect(await openStore({ dataDir: folder.path })).toEqual({ ok: false, problem: { kind: 'master-key-malformed', path } });
  rmSync(path);
  expect(await openStore({ dataDir: folder.path })).toEqual({ ok: false, problem: { kind: 'master-key-missing', path } });
});

test('a key file that is not this store\'s opens nothing, and says so without showing anything', async () => {
  using folder = freshFolder();
  using other = freshFolder();
  await (await openOrThrow({ dataDir: folder.path })).close();
  await (await openOrThrow({ dataDir: other.path })).close();
  await expect(openStore({ dataDir: folder.path, masterKeyPath: join(other.path, 'keys', 'master.key') })).rejects.toThrow('does not hold the key');
});

onBothEngines((fresh) => {
  test('the master key turns while a store is open elsewhere, and everything opens as before', async () => {
    await using ground = await fresh();
    await plant(ground.store);
    const other = await ground.beside();
    const before = other.masterKeyFile.newest().id;
    const { people, masterId } = await rotateMasterKey(ground.store);
    expect(people).toBe(1);
    expect(masterId).not.toBe(before);
    expect(readFileSync(ground.store.masterKeyFile.path, 'utf8')).not.toContain(before);

    const worker = createWorker({ store: other, handling: telling });
    expect((await worker.handleNow(said('0912345678', 'lại là tôi')))?.length).toBe(1);
    expect((await worker.handleNow(said('người mới', 'chào')))?.length).toBe(1);
    await worker.stop();
    const wrappedBy = await other.read((tx) => tx.db.selectFrom('keys').select('master_id').distinct().execute());
    expect(wrappedBy).toEqual([{ master_id: masterId }]);
    const again = await ground.beside();
    expect(await again.read(async (tx) => (await findPerson(tx, 'web', '0912345678'))?.id)).toBeTypeOf('string');
  });

  test('a rotation cut off after the new key was written is completed by the next one', async () => {
    await using ground = await fresh();
    await plant(ground.store);
    ground.store.masterKeyFile.add();
    const again = await ground.beside();
    const worker = createWorker({ store: again, handling: telling });
    expect((await worker.handleNow(said('người mới', 'chào')))?.length).toBe(1);
    await worker.stop();
    expect((await rotateMasterKey(again)).people).toBe(2);
    expect(await ground.store.read(async (tx) => (await findPerson(tx, 'web', 'người mới'))?.lang)).toBe('vi');
  });
});

test('who was erased is erased from an older backup with the next one; the others are there again', async () => {
  using folder = freshFolder();
  using backups = freshFolder();
  using elsewhere = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  const worker = createWorker({ store, handling: telling });
  await worker.handleNow(said('mot', 'tôi ở lại'));
  await worker.handleNow(said('hai', 'tôi xin xoá'));
  const older = backUp(store, backups.path, Date.UTC(2026, 10, 22));
  if (!older.ok) throw new Error(older.problem.kind);
  expect(older.backup).toMatchObject({ people: 2, dataFile: join(backups.path, 'loa-20261122T000000.db') });

  const wrapped = await store.write(async (tx) => {
    const person = await findPerson(tx, 'web', 'hai');
    const row = await tx.db.selectFrom('keys').select('wrapped').where('person_id', '=', person?.id ?? '').executeTakeFirstOrThrow();
    await destroyPerson(tx, person?.id ?? '');
    return Buffer.from(row.wrapped);
  });
  await store.scrub();
  for (const name of ['loa.db', 'loa.db-wal']) expect(readFileSync(join(folder.path, name)).includes(wrapped)).toBe(false);
  expect(backUp(store, backups.path, Date.UTC(2026, 10, 23)).ok).toBe(true);
  for (const name of readdirSync(backups.path)) {
    const bytes = readFileSync(join(backups.path, name));
    expect(bytes.includes(wrapped) || bytes.includes(wrapped.toString('base64'))).toBe(false);
  }
  await worker.stop();
  await store.close();

  expect(await restore(older.backup.dataFile, elsewhere.path, Date.now())).toEqual({ ok: true, restored: { people: 1, erasedSince: 1 } });
  expect(readdirSync(elsewhere.path)).toEqual(['loa.db']);
  expect(await restore(older.backup.dataFile, elsewhere.path, Date.now())).toMatchObject({ ok: false, problem: { kind: 'restore-would-overwrite' } });
  const restored = await openOrThrow({ dataDir: elsewhere.path, masterKeyPath: join(folder.path, 'keys', 'master.key') });
  expect(await restored.read((tx) => findPerson(tx, 'web', 'hai'))).toBeNull();
  const messages = await restored.read(async (tx) => {
    const person = await findPerson(tx, 'web', 'mot');
    return person ? messagesOf(tx, person) : [];
  });
  expect(messages.map((message) => message.direction)).toEqual(['in', 'out']);
  await restored.close();
});

test('nothing of who was erased comes back with an older backup: no draft of their question, no group, no child', async () => {
  using folder = freshFolder();
  using backups = freshFolder();
  using elsewhere = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  await plant(store);
  const held = async (of: Store): Promise<number[]> => of.read(async ({ db }) => Promise.all((['children', 'resident_groups', 'outside_questions'] as const).map(async (table) =>
    (await db.selectFrom(table).select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirstOrThrow()).n)));
  const personId = await store.write(async (tx) => {
    const person = await findPerson(tx, 'web', '0912345678');
    if (person === null) throw new Error('nobody there');
    const { id: ticketId } = await tx.db.selectFrom('tickets').select('id').where('person_id', '=', person.id).executeTakeFirstOrThrow();
    await addChild(tx, person, { nickname: 'Mí', birth: '2026-01-05', given: [], lateTold: [] });
    await tx.db.insertInto('resident_groups').values({ person_id: person.id, group_id: 'parents', at_ms: tx.nowMs }).execute();
    await addOutside(tx, { theme: 'khác', question: PLANTED[2] ?? '', state: 'draft', accountId: null, ticketId });
    return person.id;
  });
  const older = backUp(store, backups.path, Date.UTC(2026, 10, 22));
  if (!older.ok) throw new Error(older.problem.kind);
  await store.write((tx) => destroyPerson(tx, personId));
  expect(backUp(store, backups.path, Date.UTC(2026, 10, 23)).ok).toBe(true);
  await store.close();

  expect(await restore(older.backup.dataFile, elsewhere.path, Date.now())).toEqual({ ok: true, restored: { people: 0, erasedSince: 1 } });
  expect(plantedIn(elsewhere.path)).toEqual([]);
  const restored = await openOrThrow({ dataDir: elsewhere.path, masterKeyPath: join(folder.path, 'keys', 'master.key') });
  expect(await held(restored)).toEqual([0, 0, 0]);
  expect(await restored.read(({ db }) => db.selectFrom('tickets').select(['state', 'closed_ms', 'held_until_ms']).executeTakeFirstOrThrow())).toMatchObject({ state: 'closed', closed_ms: expect.any(Number), held_until_ms: null });
  await restored.close();
});

test('what is no backup, has no keys or keys that cannot be read, is said and leaves the folder empty', async () => {
  await using ground = await backedUp();
  const { backups, elsewhere, backup } = ground;
  const picture = join(backups.path, 'ảnh.db');
  writeFileSync(picture, 'not a database at all, whatever its name says');
  expect(await restore(picture, elsewhere.path, Date.now())).toMatchObject({ ok: false, problem: { kind: 'restore-not-a-backup' } });
  writeFileSync(backup.keysFile, '[{"personId":');
  expect(await restore(backup.dataFile, elsewhere.path, Date.now())).toMatchObject({ ok: false, problem: { kind: 'restore-no-keys' } });
  rmSync(backup.keysFile);
  expect(await restore(backup.dataFile, elsewhere.path, Date.now())).toMatchObject({ ok: false, problem: { kind: 'restore-no-keys' } });
  expect(readdirSync(elsewhere.path)).toEqual([]);
});

test('the database, what lies beside it, a backup and what is restored are for their owner alone', async () => {
  await using ground = await backedUp();
  const { folder, backups, elsewhere, backup } = ground;
  expect((await restore(backup.dataFile, elsewhere.path, Date.now())).ok).toBe(true);
  const files = [folder, backups, elsewhere].flatMap(({ path }) => readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name)));
  const open = files.filter((path) => (statSync(path).mode & 0o077) !== 0);
  expect(files.length).toBeGreaterThan(6);
  expect(open).toEqual([]);
});

/** A store with somebody's words, its backup, and an empty folder for what comes of that. */
async function backedUp() {
  const [folder, backups, elsewhere] = [freshFolder(), freshFolder(), freshFolder()];
  const store = await openOrThrow({ dataDir: folder.path });
  await plant(store);
  const made = backUp(store, backups.path, Date.UTC(2026, 10, 22));
  if (!made.ok) throw new Error(made.problem.kind);
  return {
    folder, backups, elsewhere, backup: made.backup,
    [Symbol.asyncDispose]: async () => {
      await store.close();
      for (const each of [folder, backups, elsewhere]) each[Symbol.dispose]();
    },
  };
}
