import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { countOutbox } from '#bot/store/outbox.ts';
import { epochOf } from '#knowledge/day.ts';
import { freshFolder, openOrThrow } from '#test/store/fresh.ts';
import { parent, publish, session } from './reminder-house.ts';

export type ReminderKillReport = { parents: number; kills: number; sent: number; unknown: number };

/** Hours lie between two lives, so that leases of the dead are over; days do not, so that it is still the same evening. */
const BETWEEN_LIVES_MS = 2 * 60_000;

/**
 * Parents are reminded of tomorrow's session by processes that are killed one after the other. At the end each of them
 * has been reminded once: nobody twice, nobody left out, and who may or may not have it is listed as unknown.
 */
export async function surviveReminderKills(options: { parents: number; kills: number; mostLifeMs: number; databaseUrl?: string }): Promise<ReminderKillReport> {
  using folder = freshFolder();
  const platformFile = join(folder.path, 'platform.log');
  const where = { dataDir: folder.path, ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }) };
  const eveMs = epochOf('2026-11-24', 18);
  const ground = await openOrThrow({ ...where, clock: () => eveMs });
  await publish(ground, session('2026-11-25'));
  await Promise.all(Array.from({ length: options.parents }, (_, n) => parent(ground, `nguoi-${n}`, '2026-11-22', [{ birth: '2026-09-12' }])));
  await ground.close();

  const live = async (life: number, lifeMs: number | null): Promise<void> => {
    const nowMs = Math.min(eveMs + life * BETWEEN_LIVES_MS, epochOf('2026-11-24', 20, 30));
    const child = spawn(process.execPath, [join(import.meta.dirname, 'reminding-process.ts'), JSON.stringify({ ...where, platformFile, nowMs })], { stdio: ['ignore', 'pipe', 'inherit'] });
    const heard = { idle: false };
    const gone = new Promise<void>((resolve) => child.once('exit', () => { resolve(); }));
    const ready = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line === 'ready') resolve();
        else heard.idle = true;
      });
    });
    await Promise.race([ready, gone]);
    if (lifeMs === null) {
      const store = await openOrThrow(where);
      for (;;) {
        const { queued, sending } = await store.read(countOutbox);
        if (heard.idle && queued === 0 && sending === 0) break;
        if (child.exitCode !== null) throw new Error(`the process ended by itself with ${child.exitCode}`);
        await sleep(30);
      }
      await store.close();
    } else {
      await sleep(lifeMs);
    }
    child.kill('SIGKILL');
    await gone;
  };
  for (let life = 0; life < options.kills; life += 1) await live(life, ((life * 37) % 10) / 10 * options.mostLifeMs);
  await live(options.kills, null);

  const store = await openOrThrow(where);
  const outbox = await store.read(countOutbox);
  const reminders = await store.read((tx) => tx.db.selectFrom('reminders').select('person_id').execute());
  await store.close();
  const sends = existsSync(platformFile) ? readFileSync(platformFile, 'utf8').split('\n').filter((line) => line !== '') : [];
  expect(new Set(sends).size).toBe(sends.length);
  expect(new Set(reminders.map((row) => row.person_id)).size).toBe(options.parents);
  expect(reminders).toHaveLength(options.parents);
  expect(outbox).toEqual({ queued: 0, sending: 0, failed: 0, sent: outbox.sent, unknown: options.parents - outbox.sent });
  expect(sends.length).toBeGreaterThanOrEqual(outbox.sent);
  return { parents: options.parents, kills: options.kills, sent: outbox.sent, unknown: outbox.unknown };
}
