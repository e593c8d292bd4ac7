import { expect, test } from 'vitest';
import { freshFolder, openOrThrow } from './fresh.ts';

test('what a platform waits for goes before everything that waits, however long the line is', async () => {
  using folder = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  const order: string[] = [];
  const job = (name: string, first: boolean) => store.write(({ db }) => {
    order.push(name);
    return db.insertInto('meta').values({ key: name, value: name }).execute();
  }, { first });
  const others = Array.from({ length: 50 }, (_, i) => job(`other ${i}`, false));
  const firsts = Array.from({ length: 3 }, (_, i) => job(`first ${i}`, true));
  await Promise.all(firsts);
  // The group that had begun may have taken some along.
  expect(order.indexOf('first 2')).toBeLessThan(25);
  await Promise.all(others);
  expect(order.filter((name) => name.startsWith('first'))).toEqual(['first 0', 'first 1', 'first 2']);
  expect(order.filter((name) => name.startsWith('other'))).toEqual(Array.from({ length: 50 }, (_, i) => `other ${i}`));
  expect((await store.read(({ db }) => db.selectFrom('meta').select('key').where('key', 'like', 'other %').execute())).length).toBe(50);
  await store.close();
});

test('what a platform brings while others are at work is heard between two of them, and goes into the same commit', async () => {
  using folder = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  const order: string[] = [];
  const job = (name: string, first: boolean) => store.write(({ db }) => {
    order.push(name);
    for (const untilMs = performance.now() + 5; performance.now() < untilMs;);
    return db.insertInto('meta').values({ key: name, value: name }).execute();
  }, { first });
  const brought = new Promise((resolve) => setTimeout(resolve, 5)).then(() => job('first', true));
  const others = Array.from({ length: 12 }, (_, i) => job(`other ${i}`, false));
  await brought;
  expect(order.indexOf('first')).toBeLessThan(4);
  await Promise.all(others);
  await store.close();
});

test('many that go first do not keep the others waiting for ever', async () => {
  using folder = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  const state = { over: false };
  const other = store.write(({ db }) => db.insertInto('meta').values({ key: 'other', value: '' }).execute()).then(() => { state.over = true; });
  for (let i = 0; i < 200 && !state.over; i += 1) await store.write(({ db }) => db.insertInto('meta').values({ key: `f${i}`, value: '' }).execute(), { first: true });
  expect(state.over).toBe(true);
  await other;
  await store.close();
});
