import { afterAll, expect, it } from '@jest/globals';

/** One row of a table of hostile inputs. `no` is its number in the list of cases that the project goes by. */
export interface Case {
  no: string;
  what: string;
  /** What must be seen. Where several answers are right, an expression that they match. */
  expected: string | RegExp;
  /** How the table puts it, where an expression would not tell. */
  inWords?: string;
  /** Does it, and tells what was seen. */
  see: () => Promise<string>;
}

interface Row {
  no: string;
  what: string;
  expected: string;
  seen: string;
  ok: boolean;
}

/** Judges every case in a test of its own, and prints the table at the end of the tests around it. */
export function judge(title: string, cases: readonly Case[]): void {
  const rows: Row[] = [];
  afterAll(() => {
    // console.log would put a stack trace under each table.
    process.stdout.write(format(title, rows));
  });
  it.each(cases.map((one) => [`${one.no} ${one.what}`, one] as const))(
    '%s',
    async (_name, { no, what, expected, inWords, see }) => {
      const row = { no, what, expected: inWords ?? String(expected), seen: 'nothing', ok: false };
      rows.push(row);
      try {
        row.seen = await see();
      } catch (error) {
        row.seen = error instanceof Error ? error.message : String(error);
        throw error;
      }
      row.ok = typeof expected === 'string' ? row.seen === expected : expected.test(row.seen);
      if (typeof expected === 'string') expect(row.seen).toBe(expected);
      else expect(row.seen).toMatch(expected);
    },
  );
}

function format(title: string, rows: readonly Row[]): string {
  const lines = [
    ['no.', 'what', 'expected', 'seen', 'verdict'],
    ...rows.map(({ no, what, expected, seen, ok }) => [no, what, expected, seen, ok ? 'ok' : 'FAILED']),
  ].map((cells) => cells.map((cell) => oneLine(cell)));
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const passed = rows.filter(({ ok }) => ok).length;
  return `\n${title}\n\n${text.join('\n')}\n\n${String(passed)} of ${String(rows.length)} as expected\n\n`;
}

const MAX_CELL = 60;

function oneLine(cell: string): string {
  const flat = cell.replace(/\s+/g, ' ');
  return flat.length <= MAX_CELL ? flat : `${flat.slice(0, MAX_CELL - 1)}…`;
}
