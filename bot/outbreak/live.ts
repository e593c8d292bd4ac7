import { lookRegularly } from '#bot/store/looking.ts';
import { standingPins } from '#bot/store/pins.ts';
import type { Store } from '#bot/store/store.ts';
import { dayOf } from '#knowledge/day.ts';
import type { Pin } from './pins.ts';

/** A notice that is pinned or taken down, also in another process, is told within this time. */
const REFRESH_MS = 3_000;

export type LivePins = { current: () => readonly Pin[]; look: () => Promise<void>; stop: () => void };

/** The pinned notices, kept in memory so that a turn of conversation needs no query. */
export async function watchPins(store: Store, clock: () => number, onTrouble: (error: unknown) => void): Promise<LivePins> {
  const read = (): Promise<Pin[]> => store.read((tx) => standingPins(tx, dayOf(clock())));
  let pins = await read();
  const looking = lookRegularly(async () => { pins = await read(); }, REFRESH_MS, onTrouble);
  return { current: () => pins, ...looking };
}
