import { describe, expect, test } from 'vitest';
import { createWorker } from '#bot/delivery/worker.ts';
import { copyStore } from '#bot/store/copy.ts';
import { messagesOf } from '#bot/store/held.ts';
import { countInbox } from '#bot/store/inbox.ts';
import { findPerson } from '#bot/store/people.ts';
import { freshDatabase, hasPostgres } from '#test/machine.ts';
import { echoing, freshFolder, openOrThrow, said } from './fresh.ts';

describe.skipIf(!hasPostgres())('store copy', () => {
  test('a station moves from SQLite to PostgreSQL, counted and checked, and goes on there', async () => {
    using folder = freshFolder();
    const from = await openOrThrow({ dataDir: folder.path });
    const before = createWorker({ store: from, handling: echoing });
    await Promise.all(Array.from({ length: 1203 }, (_, i) => before.handleNow(said(`Người ${i % 300}`, `câu ${i}`))));
    await before.stop();

    const databaseUrl = await freshDatabase();
    const to = await openOrThrow({ dataDir: folder.path, databaseUrl });
    const result = await copyStore(from, to);
    expect(result.ok ? Object.fromEntries(result.rows) : result).toMatchObject({ residents: 300, keys: 300, inbox: 1203, outbox: 1203 });
    expect(await copyStore(from, to)).toEqual({ ok: false, problem: { kind: 'copy-target-not-empty', table: 'residents' } });
    await Promise.all([from.close(), to.close()]);

    const moved = await openOrThrow({ dataDir: folder.path, databaseUrl });
    const after = createWorker({ store: moved, handling: echoing });
    expect((await after.handleNow(said('Người 7', 'vẫn là tôi')))?.map((row) => row.piece.text)).toEqual(['đáp: vẫn là tôi']);
    const messages = await moved.read(async (tx) => {
      const person = await findPerson(tx, 'web', 'Người 7');
      return person ? messagesOf(tx, person) : [];
    });
    expect(messages).toHaveLength(2 * 4 + 2);
    expect(await moved.read(countInbox)).toEqual({ new: 0, done: 1204, failed: 0 });
    await after.stop();
    await moved.close();
  });
});
