import { lookRegularly } from '#bot/store/looking.ts';
import { placeCounter, standingEdits } from '#bot/store/place-edits.ts';
import type { Store } from '#bot/store/store.ts';
import type { Place } from '#knowledge/place.ts';
import { layEdits, type LaidPlace } from './lay.ts';

/** What is changed in another process is told here within this time. */
const REFRESH_MS = 2_000;

export type LivePlace = {
  /**
   * The place as it is now. It is one object for the life of the program and is filled anew when something is changed, so
   * whoever keeps it keeps the truth; whoever keeps a part of it keeps what was true then.
   */
  place: Place;
  /** The place as its file has it. */
  file: Place;
  laid: () => LaidPlace;
  /** Reads the edits again if there are new ones; resolves once they are told. */
  look: () => Promise<void>;
  /** Hears of every change, after the place has been filled anew. */
  onChange: (hear: () => void) => void;
  stop: () => void;
};

/** `say` hears of sections whose edit does not read any more. */
export async function watchPlace(store: Store, file: Place, options: { onTrouble: (error: unknown) => void; onFaults: (sections: string[]) => void }): Promise<LivePlace> {
  const place = structuredClone(file);
  const hearers: (() => void)[] = [];
  let known = -1;
  let laid: LaidPlace = { place: file, edited: [], conflicts: [], faults: [] };
  const read = async (): Promise<void> => {
    const counter = await store.read(placeCounter);
    if (counter === known) return;
    laid = layEdits(file, await store.read(standingEdits));
    fill(place, laid.place);
    known = counter;
    if (laid.faults.length > 0) options.onFaults(laid.faults);
    for (const hear of hearers) hear();
  };
  await read();
  return {
    place, file, ...lookRegularly(read, REFRESH_MS, options.onTrouble),
    laid: () => laid,
    onChange: (hear) => {
      hearers.push(hear);
    },
  };
}

/** The place as files and edits have it now, for a command that looks once. */
export async function placeNow(store: Store, file: Place): Promise<Place> {
  return layEdits(file, await store.read(standingEdits)).place;
}

function fill(held: Place, next: Place): void {
  if (next.hospital === undefined) delete held.hospital;
  Object.assign(held, next);
}
