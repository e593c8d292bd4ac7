import { afterEach, describe, expect, test } from 'vitest';
import { start } from '#bot/app.ts';
import { readConfig } from '#bot/config.ts';
import { createLog } from '#bot/log.ts';
import { hasRedis, redisUrl } from '#test/machine.ts';
import { asks, joined, openStation, type Station } from './house.ts';

/** What open pages of the console are told, over the wire that they read it from. */

let station: Station | null = null;
afterEach(async () => {
  await station?.stop();
  station = null;
});

/** An open page: everything that its stream has said so far. */
function listen(url: string, cookie: string): { said: () => string; status: Promise<number>; close: () => void } {
  const closing = new AbortController();
  const text = { said: '' };
  const status = (async () => {
    const response = await fetch(`${url}/staff/events?after=0&free=0`, { headers: { cookie }, signal: closing.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    void (async () => {
      for (;;) {
        const part = await reader?.read();
        if (part === undefined || part.done) return;
        text.said += part.value;
      }
    })().catch(() => undefined);
    return response.status;
  })();
  return { said: () => text.said, status, close: () => { closing.abort(); } };
}

test('a page is told the number that waits, and of each change once', async () => {
  station = await openStation();
  const staff = await joined(station, 'Lan');
  const page = listen(station.url, staff.cookie());
  expect(await page.status).toBe(200);
  await expect.poll(page.said).toContain('"waiting":0');
  await asks(station.url, 'gặp cán bộ');
  await expect.poll(page.said).toContain('"waiting":1');
  expect(page.said().match(/"waiting":1/gu)).toHaveLength(1);
  expect(page.said()).not.toContain('gặp');
  page.close();
});

test('a login that ends closes the stream with a sentence; without a login there is none', async () => {
  station = await openStation();
  const staff = await joined(station, 'Lan');
  const page = listen(station.url, staff.cookie());
  await expect.poll(page.said).toContain('"waiting":0');
  await station.store.write((tx) => tx.db.updateTable('staff_sessions').set({ expires_ms: 0 }).execute());
  await asks(station.url, 'gặp cán bộ');
  await expect.poll(page.said).toContain('event: over');
  expect(page.said()).not.toContain('"waiting":1');
  expect(await listen(station.url, staff.cookie()).status).toBe(401);
});

test('one browser holds a few streams at most; a page beyond them is refused and asks instead', async () => {
  station = await openStation();
  const staff = await joined(station, 'Lan');
  const pages = Array.from({ length: 9 }, () => listen(station?.url ?? '', staff.cookie()));
  expect((await Promise.all(pages.map((page) => page.status))).filter((status) => status === 503)).toHaveLength(1);
  expect(JSON.parse((await staff.get('/staff/news?after=0&free=0')).text)).toEqual({ waiting: 0, say: null, urgent: false });
  for (const page of pages) page.close();
  const { url } = station;
  await expect.poll(async () => {
    const again = listen(url, staff.cookie());
    const status = await again.status;
    again.close();
    return status;
  }).toBe(200);
});

describe.skipIf(!hasRedis())('several processes', () => {
  test('a page that is open at one process hears of a question that came to another', async () => {
    const open = await openStation({ REDIS_URL: redisUrl() });
    station = open;
    const config = readConfig({ PORT: '0', DATA_DIR: open.dataDir, LOG_LEVEL: 'silent', REDIS_URL: redisUrl() });
    if (!config.ok) throw new Error('no settings');
    const second = await start(config.config, { log: createLog('silent') });
    if (!second.ok) throw new Error(second.say);
    try {
      const staff = await joined(open, 'Lan');
      const page = listen(second.app.url, staff.cookie());
      await expect.poll(page.said).toContain('"waiting":0');
      await asks(open.url, 'gặp cán bộ');
      await expect.poll(page.said).toContain('"waiting":1');
      page.close();
    } finally {
      await second.app.stop();
    }
  });
});
