/** Which card a question is likest to, among the ways speakers are known to ask in one language. Pure. */

/** A question as keys under which all spellings of a word meet. */
export type Keys = readonly string[];

export type Nearest = {
  /** Cards by likeness, the nearest first, each with its best phrasing; likeness is 0 to 1, and 1 is the same words. */
  cards: { id: string; likeness: number }[];
};

/** Builds the index once; a lookup walks all phrasings, of which there are a few hundred. */
export function createPhrasings(phrasings: readonly { id: string; keys: Keys }[]): (question: Keys) => Nearest {
  const heldBy = new Map<string, number>();
  for (const { keys } of phrasings) for (const key of new Set(keys)) heldBy.set(key, (heldBy.get(key) ?? 0) + 1);
  const weigh = (key: string) => Math.log(1 + phrasings.length / (1 + (heldBy.get(key) ?? 0)));
  const sum = (keys: Iterable<string>) => [...keys].reduce((total, key) => total + weigh(key), 0);
  const known = phrasings.map(({ id, keys }) => ({ id, keys: new Set(keys), weight: sum(new Set(keys)) }));
  return (question) => {
    const asked = new Set(question);
    const weight = sum(asked);
    const best = new Map<string, number>();
    for (const phrasing of known) {
      const shared = sum([...asked].filter((key) => phrasing.keys.has(key)));
      const likeness = weight === 0 || phrasing.weight === 0 ? 0 : shared / Math.sqrt(weight * phrasing.weight);
      if (likeness > (best.get(phrasing.id) ?? 0)) best.set(phrasing.id, Math.min(1, likeness));
    }
    return { cards: [...best].map(([id, likeness]) => ({ id, likeness })).sort((a, b) => b.likeness - a.likeness) };
  };
}
