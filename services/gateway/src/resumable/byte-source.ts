/** A stream of bytes, taken in pieces of at most a wanted size. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer | undefined;
  #isOver = false;

  constructor(content: AsyncIterable<Buffer>) {
    this.#chunks = content[Symbol.asyncIterator]();
  }

  /** Waits for the next byte or the end. @throws what the content throws */
  async hasMore(): Promise<boolean> {
    while (this.#rest === undefined && !this.#isOver) {
      const step = await this.#chunks.next();
      if (step.done === true) this.#isOver = true;
      else if (step.value.length > 0) this.#rest = step.value;
    }
    return this.#rest !== undefined;
  }

  /** The next 1 to `max` bytes, or null at the end. @throws what the content throws */
  async take(max: number): Promise<Buffer | null> {
    if (!(await this.hasMore()) || this.#rest === undefined) return null;
    const chunk = this.#rest.subarray(0, max);
    this.#rest = this.#rest.length > max ? this.#rest.subarray(max) : undefined;
    return chunk;
  }
}
