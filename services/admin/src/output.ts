/** Where a command puts what it found or did. */
export interface Output {
  /** The result, in the form that was asked for: JSON for scripts, or text for people. */
  result: (forScripts: unknown, forPeople: () => string) => void;
  /** Something worth knowing that is no part of the result. */
  note: (text: string) => void;
}

export interface TextSink {
  write: (text: string) => unknown;
}

export function createOutput(stdout: TextSink, stderr: TextSink, { json }: { json: boolean }): Output {
  return {
    result: (forScripts, forPeople) => {
      stdout.write(`${json ? JSON.stringify(forScripts, undefined, 2) : forPeople()}\n`);
    },
    note: (text) => {
      stderr.write(messageLines(text));
    },
  };
}

/** Text for standard error, each line of which says who speaks. */
export function messageLines(text: string): string {
  return text
    .split('\n')
    .map((line) => `clipscribe: ${visible(line)}\n`)
    .join('');
}

/** Columns as wide as their widest cell; the last one is as long as it is, so free text belongs there. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map(visible));
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names and values below each other; what is undefined is left out. */
export function fields(values: Readonly<Record<string, string | undefined>>): string {
  const shown = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${visible(value)}`).join('\n');
}

/** ISO 8601 in UTC, from ms since the epoch. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/**
 * Text from outside, such as a file's name, with everything written out that could steer a terminal or hide
 * what follows: control characters, and those that turn the direction of writing.
 */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Bidi_C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
