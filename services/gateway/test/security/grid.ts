/** A table with a name for each row and column, as text. Rows come in the order in which they are first written to. */
export class Grid {
  readonly #columns: readonly string[];
  readonly #rows = new Map<string, Map<string, string>>();

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  set(row: string, column: string, cell: string): void {
    const cells = this.#rows.get(row) ?? new Map<string, string>();
    this.#rows.set(row, cells.set(column, cell));
  }

  toString(): string {
    const lines = [
      ['', ...this.#columns],
      ...[...this.#rows].map(([name, cells]) => [
        name,
        ...this.#columns.map((column) => cells.get(column) ?? '-'),
      ]),
    ];
    const widths = ['', ...this.#columns].map((_, at) =>
      Math.max(...lines.map((line) => line[at]?.length ?? 0)),
    );
    return lines
      .map((line) =>
        line
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd(),
      )
      .join('\n');
  }
}
