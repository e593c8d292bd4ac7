import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { repliesTo } from '#bot/store/outbox.ts';
import type { Store } from '#bot/store/store.ts';

/** What the proofs share in which a process is killed: the process, the moments, and what the store then says. */

/** Runs a program with its options as JSON, and resolves once it has said anything or has ended. */
export async function startChild(program: string, options: object): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  return child;
}

/** Without warning, unless another signal is named; resolves once it is gone. */
export async function endChild(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL', afterMs = 0): Promise<void> {
  if (afterMs > 0) await sleep(afterMs);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** A small generator (mulberry32) that gives the same everywhere: the moments can be repeated as far as a machine can. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The words of every answer of which the station says that it does not know whether it arrived. */
export async function answersInDoubt(store: Store): Promise<string[]> {
  return store.read(async (tx) => {
    const rows = await tx.db.selectFrom('outbox').select(['id', 'inbox_id']).where('state', '=', 'unknown').execute();
    const texts: string[] = [];
    for (const row of rows) {
      const replies = row.inbox_id === null ? [] : await repliesTo(tx, row.inbox_id);
      texts.push(...replies.filter(({ id }) => id === row.id).map(({ piece }) => piece.text));
    }
    return texts;
  });
}
