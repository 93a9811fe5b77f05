import type { Writable } from 'node:stream';

/** A stream that may be a terminal. */
export type TextStream = Writable & { isTTY?: boolean; columns?: number };

/**
 * Lines at the foot of the terminal that are drawn again and again, and the text that goes above them. All that is
 * printed passes through here, so that the two do not run into each other.
 */
export class Screen {
  readonly #stdout: TextStream;
  readonly #stderr: TextStream;
  #drawn = 0;
  #foot: readonly string[] = [];
  #isAway = false;

  readonly #canDraw: boolean;

  /** @param canDraw whether a terminal understands more than lines of text */
  constructor(stdout: TextStream, stderr: TextStream, canDraw = true) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#canDraw = canDraw;
  }

  /** Whether there is a terminal with a foot to draw at. */
  get isTerminal(): boolean {
    return this.#canDraw && this.#stderr.isTTY === true;
  }

  /** How wide a line of the foot may be, in columns: one less than there are, as some terminals wrap at the last. */
  get columns(): number {
    // Terminals that do not know how wide they are say 0.
    const { columns = 0 } = this.#stderr;
    return Math.max(1, (columns === 0 ? 80 : columns) - 1);
  }

  get isOutTerminal(): boolean {
    return this.#stdout.isTTY === true;
  }

  /** Bytes as they are; resolves when there is room for more. When there never is, the stream's `error` ends the program. */
  outBytes(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#stdout.write(bytes, (error) => {
        if (!error) resolve();
      });
    });
  }

  out(text: string): void {
    this.#above(this.#stdout, text);
  }

  err(text: string): void {
    this.#above(this.#stderr, text);
  }

  /** Replaces the lines at the foot, none of which may be wider than `columns`. */
  foot(lines: readonly string[]): void {
    this.#foot = lines;
    const text = this.#erase() + this.#draw();
    if (text !== '') this.#stderr.write(text);
  }

  /** Takes the foot away while something else has the terminal, such as a question. */
  async without<T>(act: () => Promise<T>): Promise<T> {
    this.#isAway = true;
    this.foot(this.#foot);
    try {
      return await act();
    } finally {
      this.#isAway = false;
      this.foot(this.#foot);
    }
  }

  #above(stream: TextStream, text: string): void {
    if (this.#drawn === 0) {
      stream.write(text);
      return;
    }
    this.#stderr.write(this.#erase());
    stream.write(text);
    this.#stderr.write(this.#draw());
  }

  /** Up to the first line of the foot, and nothing from there on (ECMA-48: CUU, ED). */
  #erase(): string {
    const up = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\r\u001b[J`;
    this.#drawn = 0;
    return up;
  }

  #draw(): string {
    if (this.#isAway) return '';
    this.#drawn = this.#foot.length;
    return this.#foot.map((line) => `${line}\n`).join('');
  }
}
