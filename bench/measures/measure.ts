/** One line of the benchmark: a ratio (or a difference) of two things measured in the same run. */
export interface Measure {
  id: string;
  what: string;
  /** The figure that is judged. */
  value: number;
  unit: string;
  /** Absent for what is told, and not judged. */
  limit?: { kind: 'at most' | 'at least'; value: number };
  /** What the figure was computed from. */
  details: Record<string, number | readonly number[]>;
}

export function holds({ value, limit }: Measure): boolean {
  if (limit === undefined) return true;
  return limit.kind === 'at most' ? value <= limit.value : value >= limit.value;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('nothing was measured');
  return middle;
}

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('nothing was measured');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Seconds that the work took. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}
