/**
 * Random numbers that a seed decides: the same seed gives the same numbers, on every machine. The generator is
 * SplitMix32 over a hash of the seed (FNV-1a); it is good enough for plans, and for nothing that has to be secret.
 */
export class SeededRandom {
  readonly #seed: string;
  #state: number;

  constructor(seed: string) {
    this.#seed = seed;
    this.#state = fnv1a(seed);
  }

  /** A generator of its own by name: what one of them is asked for changes nothing about the others. */
  fork(name: string): SeededRandom {
    return new SeededRandom(`${this.#seed}/${name}`);
  }

  /** From `low` up to, but not including, `high`. */
  between(low: number, high: number): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return low + (((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32) * (high - low);
  }

  /** A whole number from 0 up to, but not including, `count`. */
  below(count: number): number {
    return Math.floor(this.between(0, count));
  }

  chance(probability: number): boolean {
    return this.between(0, 1) < probability;
  }

  /** @throws RangeError when there is nothing to pick from */
  pick<T>(items: readonly T[]): T {
    const index = this.below(items.length);
    if (index >= items.length) throw new RangeError('there is nothing to pick from');
    return items[index] as T; // within its bounds, so it is there
  }

  /** Picks a key of the table, each as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][]; // keys of the table are K
    let left = this.between(
      0,
      entries.reduce((sum, [, weight]) => sum + weight, 0),
    );
    for (const [key, weight] of entries) if ((left -= weight) < 0) return key;
    return this.pick(entries)[0];
  }

  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const order = items.map((item) => ({ item, at: this.between(0, 1) }));
    return order.sort((one, other) => one.at - other.at).map(({ item }) => item);
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
