/** A count for each set of labels, kept as plain numbers until somebody asks for the metrics. */
export type Tally<Label extends string> = {
  labels: readonly Label[];
  count: (labels: Record<Label, string>, by?: number) => void;
  counts: () => [labels: Record<Label, string>, count: number][];
};

export function createTally<Label extends string>(labels: readonly Label[]): Tally<Label> {
  const counts = new Map<string, [Record<Label, string>, number]>();
  return {
    labels,
    count: (of, by = 1) => {
      const key = labels.map((label) => of[label]).join('\n');
      const row = counts.get(key);
      if (row === undefined) counts.set(key, [of, by]);
      else row[1] += by;
    },
    counts: () => [...counts.values()],
  };
}
