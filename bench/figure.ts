/** One measured number, with the goal it is held against and, where there is one, the peer's number of the same run. */
export type Figure = {
  what: string;
  value: number;
  unit: string;
  /** What is asked: at most (`<=`) or at least (`>=`) so much. */
  goal?: { sign: '<=' | '>='; value: number };
  peer?: { name: string; value: number };
};

/** One benchmark: measures, and gives its figures. Runs alone on two cores. */
export type Bench = { name: string; run: () => Promise<Figure[]> };

export function meets(figure: Figure): boolean | null {
  if (figure.goal === undefined) return null;
  return figure.goal.sign === '<=' ? figure.value <= figure.goal.value : figure.value >= figure.goal.value;
}

/** The `share` quantile (0-1) of `values`, nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
