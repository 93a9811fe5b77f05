/** Lets those with the same key in one after the other, in the order of their coming. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Gives what `work` gives, or throws what it throws. Who comes to its turn after more than `longestWaitMs` gets what
   * `tooLate` gives instead.
   */
  async take<T>(
    key: string,
    work: () => Promise<T>,
    { longestWaitMs = Number.POSITIVE_INFINITY, tooLate = work } = {},
  ): Promise<T> {
    const cameAt = performance.now();
    const inTurn = (): Promise<T> => (performance.now() - cameAt > longestWaitMs ? tooLate() : work());
    const before = this.#last.get(key);
    const mine = before === undefined ? work() : before.then(inTurn, inTurn);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }
}
