/** Sums by a whole number above 0, many in little room: two flat lists instead of a Map's boxes. */
export type Counts = { add: (key: number, by: number) => void; get: (key: number) => number | undefined };

const FIRST_SIZE = 1_024;
/** Fuller than this, finding a place takes long. */
const FULL = 0.7;

/** A table by open addressing: a key stands at its place or, where that is taken, at the next free one. */
export function createCounts(): Counts {
  let keys = new Uint32Array(FIRST_SIZE);
  let sums = new Float64Array(FIRST_SIZE);
  let used = 0;

  const placeOf = (key: number): number => {
    const mask = keys.length - 1;
    let at = (Math.imul(key, 0x9e3779b1) >>> 8) & mask;
    while (keys[at] !== 0 && keys[at] !== key) at = (at + 1) & mask;
    return at;
  };

  const grow = (): void => {
    const [oldKeys, oldSums] = [keys, sums];
    keys = new Uint32Array(oldKeys.length * 2);
    sums = new Float64Array(oldSums.length * 2);
    oldKeys.forEach((key, from) => {
      if (key === 0) return;
      const at = placeOf(key);
      keys[at] = key;
      sums[at] = oldSums[from] ?? 0;
    });
  };

  return {
    add: (key, by) => {
      let at = placeOf(key);
      if (keys[at] === 0) {
        used += 1;
        if (used > keys.length * FULL) {
          grow();
          at = placeOf(key);
        }
        keys[at] = key;
      }
      sums[at] = (sums[at] ?? 0) + by;
    },
    get: (key) => {
      const at = placeOf(key);
      return keys[at] === 0 ? undefined : sums[at];
    },
  };
}
