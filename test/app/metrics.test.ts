import { expect, test } from 'vitest';
import { createStatus } from '#bot/http/status.ts';
import { StoreUnavailable } from '#bot/store/store.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';

test('while the store is away the numbers of the program itself are still told, and that it is away', async () => {
  using folder = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  let away = false;
  const status = createStatus({
    store: { ...store, read: (job) => (away ? Promise.reject(new StoreUnavailable('the disk is gone')) : store.read(job)) },
    channels: () => [],
    knowledge: () => ({ cards: 1, expired: 0 }),
    version: '0',
  });
  const scrape = async (): Promise<string> => {
    const response = await status.app.request('/metrics');
    expect(response.status).toBe(200);
    return response.text();
  };
  status.countInbound('web');
  expect(await scrape()).toMatch(/^loa_store_up 1$/mu);
  expect(await scrape()).toMatch(/^loa_inbox\{state="new"\} 0$/mu);
  away = true;
  const text = await scrape();
  expect(text).toMatch(/^loa_store_up 0$/mu);
  expect(text).toMatch(/^loa_inbox_total\{channel="web"\} 1$/mu);
  expect(text).not.toMatch(/^loa_inbox\{/mu);
  await store.close();
});
