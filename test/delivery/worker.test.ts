import { expect, test } from 'vitest';
import { createWorker } from '#bot/delivery/worker.ts';
import { echoing, freshFolder, openOrThrow, said } from '#test/store/fresh.ts';

test('a message is written down, handled and answered', async () => {
  using folder = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  const worker = createWorker({ store, handling: echoing });

  const rows = await worker.handleNow(said('mot', 'chào', 'w1'));
  expect(rows?.map((row) => [row.piece.text, row.state, row.seq])).toEqual([['đáp: chào', 'sent', 1]]);
  expect((await worker.handleNow(said('mot', 'chào', 'w1')))?.map((row) => row.id)).toEqual(rows?.map((row) => row.id));

  await worker.stop();
  await store.close();
});
