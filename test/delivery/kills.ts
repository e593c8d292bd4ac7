import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { countInbox } from '#bot/store/inbox.ts';
import { countOutbox } from '#bot/store/outbox.ts';
import { countTickets } from '#bot/store/tickets.ts';
import { seeded } from '#test/killing.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';

/** What a round of kills came to. */
export type KillReport = { messages: number; kills: number; sent: number; unknown: number; redelivered: number };

/**
 * Messages arrive while the process is killed at random moments, also while it starts, and started again. Whoever
 * brings a message brings it again until it is acknowledged, as platforms do. At the end: every message was handled
 * once, nothing was sent twice, and what is not known to be sent is listed as unknown.
 */
export async function surviveKills(options: { seed: number; kills: number; messages: number; databaseUrl?: string }): Promise<KillReport> {
  using folder = freshFolder();
  const random = seeded(options.seed);
  const platformFile = join(folder.path, 'platform.log');
  const where = { dataDir: folder.path, ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }) };
  const waiting = Array.from({ length: options.messages }, (_, n) => ({ platformId: `p${n}`, address: `nguoi-${n % 40}`, text: `m${n}` }));
  const acknowledged = new Set<string>();
  let redelivered = 0;
  const share = Math.ceil(options.messages / options.kills);

  const live = async (life: number, untilKilled: boolean): Promise<void> => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-process.ts'), JSON.stringify({ ...where, platformFile })], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ready = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line === 'ready') resolve();
        else acknowledged.add(line);
      });
    });
    child.stdin.on('error', () => undefined);
    const gone = new Promise<void>((resolve) => child.once('exit', () => { resolve(); }));
    const due = untilKilled ? waiting.slice(0, (life + 1) * share) : waiting;
    const feed = async (): Promise<void> => {
      await Promise.race([ready, gone]);
      const again = due.filter((message) => !acknowledged.has(message.platformId));
      redelivered += again.filter((message) => waiting.indexOf(message) < life * share).length;
      for (const message of again) {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.stdin.write(`${JSON.stringify(message)}\n`);
        await sleep(random() * 6);
      }
    };
    const feeding = feed();
    if (untilKilled) {
      // Every fourth time before it is ready; otherwise within the time it takes to be given its share.
      if (life % 4 === 3) await sleep(random() * 300);
      else await Promise.race([ready, gone]).then(() => sleep(20 + random() * share * 8));
      child.kill('SIGKILL');
    } else {
      await feeding;
      await settled(where, acknowledged, options.messages, child);
      child.kill('SIGTERM');
    }
    await Promise.all([gone, feeding]);
  };

  for (let life = 0; life < options.kills; life += 1) await live(life, true);
  await live(options.kills, false);

  expect(acknowledged.size).toBe(options.messages);
  const sends = existsSync(platformFile) ? readFileSync(platformFile, 'utf8').split('\n').filter((line) => line !== '') : [];
  const twice = sends.filter((text, at) => sends.indexOf(text) !== at);
  expect(twice).toEqual([]);

  const store = await openOrThrow(where);
  const [inbox, outbox, tickets] = await store.read(async (tx) => [await countInbox(tx), await countOutbox(tx), await countTickets(tx)] as const);
  const reached = await store.read((tx) => tx.db.selectFrom('outbox').innerJoin('tickets', 'tickets.inbox_id', 'outbox.inbox_id').select(['outbox.state', 'tickets.reasons']).execute());
  await store.close();
  expect(inbox).toEqual({ new: 0, done: options.messages, failed: 0 });
  expect(tickets.open).toBe(options.messages);
  expect(outbox).toEqual({ queued: 0, sending: 0, failed: 0, sent: outbox.sent, unknown: options.messages - outbox.sent });
  // What the store calls sent is exactly what the platform saw, apart from what it calls unknown.
  const named = (state: string): string[] => reached.filter((row) => row.state === state).map((row) => row.reasons.slice(2, -2));
  const seen = new Set(sends);
  expect(named('sent').filter((text) => !seen.has(text))).toEqual([]);
  const unknown = new Set(named('unknown'));
  expect(sends.filter((text) => !unknown.has(text)).toSorted()).toEqual(named('sent').toSorted());
  return { messages: options.messages, kills: options.kills, sent: outbox.sent, unknown: outbox.unknown, redelivered };
}

/** Waits until nothing is under way any more; how long that may take is the test's own time. */
async function settled(where: { dataDir: string; databaseUrl?: string }, acknowledged: Set<string>, messages: number, child: ChildProcess): Promise<void> {
  const store = await openOrThrow(where);
  try {
    for (;;) {
      const { queued, sending } = await store.read(countOutbox);
      const inbox = await store.read(countInbox);
      if (acknowledged.size === messages && inbox.new === 0 && queued === 0 && sending === 0) return;
      if (child.exitCode !== null) throw new Error(`the process ended by itself with ${child.exitCode}`);
      await sleep(50);
    }
  } finally {
    await store.close();
  }
}
