import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { countInbox } from '#bot/store/inbox.ts';
import { countOutbox } from '#bot/store/outbox.ts';
import { listUnknown } from '#bot/store/sending.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';
import { until } from './listener.ts';
import type { StationOptions } from './station.ts';

export type KillReport = {
  kills: number;
  updates: number;
  /** Handled, by the store's own count. */
  handled: number;
  /** Answers that arrived twice. */
  doubled: number;
  /** Answers that did not arrive and are not listed as unknown either. */
  missing: number;
  /** Answers of which the station says that it does not know. */
  unknown: number;
  outOfOrder: number;
};

/**
 * Lets a station answer in a process of its own while people write, kills that process without warning `kills` times
 * at random moments, lets the last one finish, and counts. `seed` makes the moments repeatable as far as a machine can.
 */
export async function killRepeatedly(options: { mode: 'polling' | 'webhook'; kills: number; seed: number }): Promise<KillReport> {
  using folder = freshFolder();
  const random = mulberry(options.seed);
  const fake = await startFakeTelegram({ webhookTimeoutMs: 3000 });
  const port = await freePort();
  const station: StationOptions = { dataDir: folder.path, apiRoot: fake.root, token: fake.token, mode: options.mode, port, conversation: 'echo', sendTimeoutMs: 400 };
  const people = Array.from({ length: 8 }, (_, i) => fake.person(42 + i));
  const said = new Map<number, string[]>();
  const state = { writing: true };

  const crowd = (async () => {
    for (let n = 0; state.writing; n += 1) {
      const person = people[Math.floor(random() * people.length)];
      if (person === undefined) continue;
      person.says(`câu ${n}`);
      said.set(person.id, [...said.get(person.id) ?? [], `đáp: câu ${n}`]);
      await sleep(random() * 60);
    }
  })();

  let child: ChildProcess | null = null;
  try {
    for (let kill = 0; kill < options.kills; kill += 1) {
      child = await startChild(station);
      const before = answersOf(fake);
      // At once while it starts, or after it has begun to answer: both are moments at which the power goes.
      if (random() < 0.8) await until(() => answersOf(fake) > before, 20_000).catch(() => undefined);
      await sleep(random() * 250);
      await end(child);
    }
    state.writing = false;
    await crowd;
    child = await startChild(station);
    // A machine that is busy with other things has let a great deal pile up by now.
    await until(() => fake.updates.unconfirmed().length === 0, 240_000);
    await end(child, 'SIGTERM', 3000);
    return await settle();
  } finally {
    state.writing = false;
    if (child !== null) await end(child);
    await fake.stop();
  }

  async function settle(): Promise<KillReport> {
    // One more start of the same program sends what is still queued; nothing else may happen now.
    const last = await startChild(station);
    const store = await openOrThrow({ dataDir: folder.path });
    await until(async () => {
      const [inbox, outbox] = [await store.read(countInbox), await store.read(countOutbox)];
      return inbox.new === 0 && outbox.queued + outbox.sending === 0;
    }, 240_000);
    await end(last);
    const handled = (await store.read(countInbox)).done;
    const unknown = (await store.read((tx) => listUnknown(tx, 10_000))).length;
    await store.close();

    let [doubled, absent, outOfOrder] = [0, 0, 0];
    for (const { id } of people) {
      const arrived = fake.received(id).map((message) => message.text);
      const wanted = said.get(id) ?? [];
      doubled += arrived.length - new Set(arrived).size;
      absent += wanted.filter((text) => !arrived.includes(text)).length;
      const places = arrived.map((text) => wanted.indexOf(text));
      outOfOrder += places.filter((place, i) => i > 0 && place < (places[i - 1] ?? 0)).length;
    }
    return { kills: options.kills, updates: fake.updates.history().length, handled, doubled, missing: Math.max(0, absent - unknown), unknown, outOfOrder };
  }
}

function answersOf(fake: { counts: () => Map<number, number> }): number {
  return [...fake.counts().values()].reduce((sum, count) => sum + count, 0);
}

async function startChild(options: StationOptions): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['test/channels/telegram/station.ts', JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  return child;
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL', afterMs = 0): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  if (afterMs > 0) await sleep(afterMs);
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A small seeded generator (mulberry32). */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
