/**
 * The results of the queries in their order, while the next `ahead` of them are under way already. Whoever stops
 * consuming starts no more of them.
 */
export async function* readAhead<T>(
  queries: Iterable<() => Promise<T>>,
  ahead: number,
): AsyncGenerator<T, void, undefined> {
  const underWay: Promise<T>[] = [];
  for (const query of queries) {
    const result = query();
    // It is awaited later, or never, and must not count as unhandled until then.
    result.catch(() => undefined);
    underWay.push(result);
    const first = underWay.length > ahead ? underWay.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const result of underWay) yield await result;
}
