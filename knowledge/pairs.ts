/** Numbers of pairs of neighbours, many in little room: flat lists, where a Map would box every key. */
export type Pairs = {
  /** Undefined for two that never stood side by side. */
  get: (first: number, second: number) => number | undefined;
  set: (first: number, second: number, number: number) => void;
  size: () => number;
};

const FIRST_SIZE = 1_024;
/** Fuller than this, finding a place takes long. */
const FULL = 0.6;

/** A table by open addressing: a pair stands at its place or, where that is taken, at the next free one. */
export function createPairs(): Pairs {
  // Each place has the first of the pair and one more, the second, and the number; 0 is a free place.
  let places = new Uint32Array(FIRST_SIZE * 3);
  let size = 0;

  const placeOf = (first: number, second: number): number => {
    const mask = places.length / 3 - 1;
    let at = ((Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 7) & mask;
    while (places[at * 3] !== 0 && (places[at * 3] !== first + 1 || places[at * 3 + 1] !== second)) at = (at + 1) & mask;
    return at * 3;
  };

  const put = (first: number, second: number, number: number): void => {
    const at = placeOf(first, second);
    if (places[at] === 0) size += 1;
    places[at] = first + 1;
    places[at + 1] = second;
    places[at + 2] = number;
  };

  const grow = (): void => {
    const old = places;
    places = new Uint32Array(old.length * 2);
    size = 0;
    for (let at = 0; at < old.length; at += 3) if (old[at] !== 0) put((old[at] ?? 1) - 1, old[at + 1] ?? 0, old[at + 2] ?? 0);
  };

  return {
    get: (first, second) => {
      const at = placeOf(first, second);
      return places[at] === 0 ? undefined : places[at + 2];
    },
    set: (first, second, number) => {
      put(first, second, number);
      if (size > places.length / 3 * FULL) grow();
    },
    size: () => size,
  };
}
