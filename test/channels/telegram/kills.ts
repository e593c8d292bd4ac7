import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS_PER_SECOND } from '#bot/delivery/limits.ts';
import { countInbox } from '#bot/store/inbox.ts';
import { countOutbox } from '#bot/store/outbox.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';
import { answersInDoubt, endChild, seeded, startChild } from '#test/killing.ts';
import { freePort } from '#test/machine.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';
import { until } from '../serve.ts';
import type { StationOptions } from './station.ts';

const STATION = 'test/channels/telegram/station.ts';

/** An answer that took longer than its time on a slow machine is not what is looked for here: that it is sent again has tests of its own. */
const NEVER_AGAIN_MS = 24 * 3_600_000;

/** So many messages wait for their answer at most before the next are written. */
const MOST_WAITING = 100;

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
  const random = seeded(options.seed);
  const fake = await startFakeTelegram({ webhookTimeoutMs: 3000 });
  const port = await freePort();
  const station: StationOptions = { dataDir: folder.path, apiRoot: fake.root, token: fake.token, mode: options.mode, port, conversation: 'echo', sendTimeoutMs: 400, receiptGraceMs: NEVER_AGAIN_MS, perSecond: LIMITS_PER_SECOND.telegram };
  const people = Array.from({ length: 8 }, (_, i) => fake.person(42 + i));
  const said = new Map<number, string[]>();
  const state = { writing: true };
  /** What was written and answered when the station last came up. */
  let came = { written: 0, answered: 0 };

  // On a slow machine a start takes long: what piles up meanwhile must not be more than it can ever answer here.
  const tooMany = (written: number): boolean => state.writing && written - came.written > MOST_WAITING + answersOf(fake) - came.answered;

  const crowd = (async () => {
    for (let n = 0; state.writing; n += 1) {
      while (tooMany(n)) await sleep(20);
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
      child = await startChild(STATION, station);
      came = { written: [...said.values()].flat().length, answered: answersOf(fake) };
      const before = answersOf(fake);
      // At once while it starts, or after it has begun to answer: both are moments at which the power goes.
      if (random() < 0.8) await until(() => answersOf(fake) > before, 20_000).catch(() => undefined);
      await sleep(random() * 250);
      await endChild(child);
    }
    state.writing = false;
    await crowd;
    child = await startChild(STATION, station);
    // A machine that is busy with other things has let a great deal pile up by now.
    await until(() => fake.updates.unconfirmed().length === 0, 240_000);
    await endChild(child, 'SIGTERM', 3000);
    return await settle();
  } finally {
    state.writing = false;
    if (child !== null) await endChild(child);
    await fake.stop();
  }

  async function settle(): Promise<KillReport> {
    // One more start of the same program sends what is still queued; nothing else may happen now.
    const last = await startChild(STATION, station);
    const store = await openOrThrow({ dataDir: folder.path });
    await until(async () => {
      const [inbox, outbox] = [await store.read(countInbox), await store.read(countOutbox)];
      return inbox.new === 0 && outbox.queued + outbox.sending === 0;
    }, 240_000);
    await endChild(last);
    const handled = (await store.read(countInbox)).done;
    const inDoubt = await answersInDoubt(store);
    await store.close();

    let [doubled, missing, outOfOrder] = [0, 0, 0];
    for (const { id } of people) {
      const arrived = fake.received(id).map((message) => message.text);
      const wanted = said.get(id) ?? [];
      doubled += arrived.length - new Set(arrived).size;
      missing += wanted.filter((text) => !arrived.includes(text) && !inDoubt.includes(text)).length;
      const places = arrived.map((text) => wanted.indexOf(text));
      outOfOrder += places.filter((place, i) => i > 0 && place < (places[i - 1] ?? 0)).length;
    }
    return { kills: options.kills, updates: fake.updates.history().length, handled, doubled, missing, unknown: inDoubt.length, outOfOrder };
  }
}

function answersOf(fake: { counts: () => Map<number, number> }): number {
  return [...fake.counts().values()].reduce((sum, count) => sum + count, 0);
}
