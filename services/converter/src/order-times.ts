interface Timed {
  start: number;
  end: number;
}

/**
 * Puts times, in seconds, in order and into the recording: 0 ≤ start ≤ end ≤ `durationSeconds`, and nothing begins
 * before what is in front of it has ended. The order of the items stays: it is the order of the text.
 */
export function orderTimes<T extends Timed>(items: readonly T[], durationSeconds: number): T[] {
  let earliest = 0;
  const starts = items.map(({ start }) => {
    earliest = Math.min(Math.max(start, earliest), durationSeconds);
    return earliest;
  });
  return items.map((item, index) => {
    const start = starts[index] ?? durationSeconds;
    const latest = starts[index + 1] ?? durationSeconds;
    return { ...item, start, end: Math.min(Math.max(item.end, start), latest) };
  });
}
