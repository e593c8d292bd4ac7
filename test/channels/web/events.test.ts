import { afterEach, expect, test, vi } from 'vitest';
import { createWebChannel, createWebAudience } from '#bot/channels/web/channel.ts';
import { answerBy, memoryStore, SAMPLES, serveWebChat, webChat, type MemoryStore, type Serving } from './house.ts';

const open: { stop: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const served of open.splice(0)) await served.stop();
  vi.useRealTimers();
});

test('a staff answer reaches every open tab at once, under its outbox number', async () => {
  const { store, served, cookie, visitor } = await someoneWhoWrote();
  const tabs = await Promise.all([listen(served, cookie), listen(served, cookie)]);
  const reply = store.tell(visitor, SAMPLES.person);
  for (const tab of tabs) {
    const event = await tab.next();
    expect(event.id).toBe(reply.id);
    expect(JSON.parse(event.data)).toEqual({ id: reply.id, text: SAMPLES.person.text, lang: 'vi', layout: SAMPLES.person.layout });
  }
});

test('without a number only what comes from now on is sent; with one, everything after it', async () => {
  const { store, served, cookie, visitor } = await someoneWhoWrote();
  const second = store.tell(visitor, SAMPLES.passed);
  const third = store.tell(visitor, SAMPLES.person);

  const resumed = await listen(served, cookie, { 'Last-Event-ID': '101' });
  expect((await resumed.next()).id).toBe(second.id);
  expect((await resumed.next()).id).toBe(third.id);

  const fresh = await listen(served, cookie);
  const fourth = store.tell(visitor, SAMPLES.plain);
  expect((await fresh.next()).id).toBe(fourth.id);
});

test('what was written while the server was down is read when it is back', async () => {
  const { store, served, cookie, visitor } = await someoneWhoWrote();
  await served.stop();
  const missed = store.tell(visitor, SAMPLES.person);
  const again = await serveWebChat(store, served.port);
  open.push(again);
  expect((await (await listen(again, cookie, { 'Last-Event-ID': '101' })).next()).id).toBe(missed.id);
});

test('nobody reads another visitor’s answers', async () => {
  const { store, served, cookie, visitor } = await someoneWhoWrote();
  const stranger = await listen(served, '');
  const mine = await listen(served, cookie);
  store.tell(visitor, SAMPLES.person);
  await mine.next();
  expect(stranger.seen()).toBe('retry: 3000\n\n');
});

test('“xoá trên máy này” ends the streams of other tabs', async () => {
  const { served, cookie } = await someoneWhoWrote();
  const tab = await listen(served, cookie);
  await fetch(`${served.url}/xoa`, { method: 'POST', headers: { Cookie: cookie }, redirect: 'manual' });
  expect(await tab.ended()).toBe(true);
});

test('more tabs than the limit are told to wait', async () => {
  const store = memoryStore(answerBy);
  const served = await serveWebChat(store, 0, { limits: { streamsPerVisitor: 2 } });
  open.push(served);
  const cookie = await write(served);
  await listen(served, cookie);
  await listen(served, cookie);
  const refused = await fetch(`${served.url}/api/chat/events`, { headers: { Cookie: cookie } });
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('60');
});

test('a stopping program ends its streams by itself', async () => {
  const { served, cookie } = await someoneWhoWrote();
  const tab = await listen(served, cookie);
  open.splice(0);
  await served.stop();
  expect(await tab.ended()).toBe(true);
});

test('a quiet stream gives a sign of life every 20 seconds, and then looks for what another process wrote', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const store = memoryStore(answerBy);
  const stopping = new AbortController();
  const app = await webChat({ ...store, subscribe: () => () => undefined }, { stopping: stopping.signal });
  const first = await app.request('/api/chat', { method: 'POST', body: '{"text":"a"}', headers: { 'Content-Type': 'application/json' } });
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  const tab = reader(await app.request('/api/chat/events', { headers: { Cookie: cookie } }));
  await tab.standing();
  await new Promise(setImmediate);
  const reply = store.tell(store.visitors()[0] ?? '', SAMPLES.person);
  await vi.advanceTimersByTimeAsync(19_000);
  expect(tab.seen()).toBe('retry: 3000\n\n');
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await tab.next()).id).toBe(reply.id);
  expect(tab.seen()).toContain('\n\n: \n\n');
  stopping.abort();
  expect(await tab.ended()).toBe(true);
});

test('the channel counts a row as sent once open pages were told to look', async () => {
  const audience = createWebAudience();
  const channel = createWebChannel(audience);
  let woken = 0;
  const leave = audience.subscribe('v', () => woken++);
  expect(await channel.send('v', SAMPLES.person)).toEqual({ kind: 'sent', platformMessageId: null });
  leave();
  expect(await channel.send('v', SAMPLES.person)).toEqual({ kind: 'sent', platformMessageId: null });
  expect(woken).toBe(1);
  expect(channel.health()).toBe('down');
  await channel.start();
  expect(channel.health()).toBe('up');
});

async function someoneWhoWrote(): Promise<{ store: MemoryStore; served: Serving; cookie: string; visitor: string }> {
  const store = memoryStore(answerBy);
  const served = await serveWebChat(store);
  open.push(served);
  const cookie = await write(served);
  return { store, served, cookie, visitor: store.visitors()[0] ?? '' };
}

async function write(served: Serving): Promise<string> {
  const res = await fetch(`${served.url}/api/chat`, { method: 'POST', body: '{"text":"a"}', headers: { 'Content-Type': 'application/json' } });
  return res.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** Opens a stream and waits until it stands. */
async function listen(served: Serving, cookie: string, headers: Record<string, string> = {}): Promise<Tab> {
  const tab = reader(await fetch(`${served.url}/api/chat/events`, { headers: { Cookie: cookie, ...headers } }));
  await tab.standing();
  return tab;
}

type Tab = { standing: () => Promise<void>; next: () => Promise<{ id: string; data: string }>; ended: () => Promise<boolean>; seen: () => string };

function reader(res: Response): Tab {
  expect(res.headers.get('content-type')).toBe('text/event-stream');
  const body: ReadableStreamDefaultReader<Uint8Array> | undefined = res.body?.getReader();
  if (body === undefined) throw new Error('no body');
  const decoder = new TextDecoder();
  let seen = '';
  let at = 0;
  const more = async (): Promise<boolean> => {
    const chunk = await body.read().catch(() => null);
    if (chunk === null || chunk.done) return false;
    seen += decoder.decode(chunk.value, { stream: true });
    return true;
  };
  return {
    standing: async () => {
      while (!seen.includes('retry: 3000\n\n') && (await more()));
    },
    next: async () => {
      for (;;) {
        const event = /data: (.*)\nid: (\d+)\n\n/.exec(seen.slice(at));
        if (event !== null) {
          at += event.index + event[0].length;
          return { data: event[1] ?? '', id: event[2] ?? '' };
        }
        if (!(await more())) throw new Error('the stream ended');
      }
    },
    ended: async () => {
      while (await more());
      return true;
    },
    seen: () => seen,
  };
}
