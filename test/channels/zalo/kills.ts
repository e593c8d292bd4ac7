import { setTimeout as sleep } from 'node:timers/promises';
import { RETRY_LADDER_MS, startFakeZalo, type Clock } from 'zalo-sdk-adapter/fake';
import { LIMITS_PER_SECOND } from '#bot/delivery/limits.ts';
import { countInbox } from '#bot/store/inbox.ts';
import { countOutbox } from '#bot/store/outbox.ts';
import { answersInDoubt, endChild, seeded, startChild } from '#test/killing.ts';
import { freePort } from '#test/machine.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';
import { until } from '../serve.ts';
import { wireOf, type StationOptions } from './station.ts';

const STATION = 'test/channels/zalo/station.ts';

/** An answer that took longer than its time on a slow machine is not what is looked for here: that it is sent again has tests of its own. */
const NEVER_AGAIN_MS = 24 * 3_600_000;

/** So many messages wait for their answer at most before the next are written. */
const MOST_WAITING = 40;

export type KillReport = {
  kills: number;
  written: number;
  /**
   * Those of which Zalo was told that they are taken. On a machine so slow that the station is hardly ever there, Zalo
   * gives up on the others after its ladder, as the real one does; of them nobody here ever heard.
   */
  taken: number;
  /** Handled, by the store's own count. */
  handled: number;
  /** Answers that arrived twice. */
  doubled: number;
  /** Answers to what was taken that did not arrive and are not listed as unknown either. */
  missing: number;
  /** Answers of which the station says that it does not know. */
  unknown: number;
};

/** Zalo's ladder of repetitions, 150 times faster: half a minute is a fifth of a second. */
const HURRY = 150;
const hurried: Clock = {
  now: Date.now,
  at: (whenMs, job) => {
    setTimeout(() => void job(), Math.max(0, whenMs - Date.now()) / HURRY).unref();
  },
};

/**
 * Lets a station answer in a process of its own while people write, kills that process without warning `kills` times at
 * random moments of receiving, answering and sending, lets the last one finish, and counts. `seed` makes the moments
 * repeatable as far as a machine can.
 */
export async function killRepeatedly(options: { kills: number; seed: number }): Promise<KillReport> {
  using folder = freshFolder();
  const random = seeded(options.seed);
  const fake = await startFakeZalo({ clock: hurried });
  const port = await freePort();
  const station: StationOptions = { dataDir: folder.path, zalo: wireOf(fake), seedRefreshToken: fake.oauth.issue().refresh_token, port, conversation: 'echo', sendTimeoutMs: 400, receiptGraceMs: NEVER_AGAIN_MS, perSecond: LIMITS_PER_SECOND.zalo };
  const people = Array.from({ length: 8 }, (_, i) => fake.person(`251252362541250${i}`));
  const said = new Map<string, string[]>(people.map(({ id }) => [id, []]));
  const state = { writing: true };
  /** What was written and sent when the station last came up. */
  let came = { written: 0, sent: 0 };
  let child = await startChild(STATION, station);
  const webhook = `http://127.0.0.1:${port}/webhooks/zalo`;
  await fake.webhook.register(webhook);

  // On a slow machine a start takes long: what piles up meanwhile must not be more than it can ever answer here.
  const tooMany = (written: number): boolean => state.writing && written - came.written > MOST_WAITING + fake.sent.length - came.sent;

  const crowd = (async () => {
    for (let n = 0; state.writing; n += 1) {
      while (tooMany(n)) await sleep(20);
      const person = people[Math.floor(random() * people.length)];
      if (person === undefined) continue;
      said.get(person.id)?.push(`đáp: câu ${n}`);
      // Nobody waits for the station, and now and then a message is brought twice.
      void person.writes(`câu ${n}`, { copies: random() < 0.2 ? 2 : 1 });
      // A little faster than the answers may go out, so that a backlog grows.
      await sleep(random() * 120);
    }
  })();

  try {
    for (let kill = 0; kill < options.kills; kill += 1) {
      const before = fake.sent.length;
      if (random() < 0.8) await until(() => fake.sent.length > before, 5000).catch(() => undefined);
      await sleep(random() * 250);
      await endChild(child);
      child = await startChild(STATION, station);
      came = { written: [...said.values()].flat().length, sent: fake.sent.length };
      // Zalo has given up on the station, and an officer switches the webhook on again.
      if (!fake.webhook.subscribed) await fake.webhook.register(webhook);
    }
    state.writing = false;
    await crowd;
    const written = [...said.values()].flat().length;
    const store = await openOrThrow({ dataDir: folder.path });
    // What Zalo has not got rid of by the end of its ladder it never will.
    const ladderEndsMs = performance.now() + RETRY_LADDER_MS.reduce((sum, ms) => sum + ms, 2 * 60_000) / HURRY;
    await until(async () => {
      const [inbox, outbox] = [await store.read(countInbox), await store.read(countOutbox)];
      return (inbox.done === written || performance.now() > ladderEndsMs) && inbox.new === 0 && outbox.queued + outbox.sending === 0;
    }, 240_000).catch(() => undefined);
    await sleep(500);
    await endChild(child);
    const handled = (await store.read(countInbox)).done;
    const inDoubt = await answersInDoubt(store);
    await store.close();
    const taken = new Set(fake.webhook.deliveries.filter(({ status }) => status === 200).map(({ body }) => `đáp: ${/"text":"(câu \d+)"/.exec(body)?.[1] ?? ''}`));
    const ofThem = [...said.values()].flat().filter((text) => taken.has(text));
    let [doubled, missing] = [0, 0];
    for (const person of people) {
      const arrived = person.received.map(({ text }) => text ?? '');
      doubled += arrived.length - new Set(arrived).size;
      missing += (said.get(person.id) ?? []).filter((text) => taken.has(text) && !arrived.includes(text) && !inDoubt.includes(text)).length;
    }
    return { kills: options.kills, written, taken: ofThem.length, handled, doubled, missing, unknown: inDoubt.length };
  } finally {
    state.writing = false;
    await endChild(child);
    await fake.stop();
  }
}
