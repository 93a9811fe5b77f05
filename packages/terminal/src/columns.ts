import { displayColumns } from '@clipscribe/transcript';
import { visible } from './visible.ts';

/** Columns as wide as their widest cell; the last one is as long as it is, so free text belongs there. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map(visible));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((cells) => displayColumns(cells[column] ?? ''))),
  );
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => (column === cells.length - 1 ? cell : padEnd(cell, widths[column] ?? 0)))
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

/** The text with spaces behind it until it takes so many columns on the screen. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayColumns(text)));
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text if it fits into so many columns, else its beginning with an ellipsis; no character is cut in two. */
export function truncate(text: string, columns: number): string {
  if (displayColumns(text) <= columns) return text;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (displayColumns(kept + segment) > columns - 1) break;
    kept += segment;
  }
  return columns < 1 ? '' : `${kept}…`;
}
