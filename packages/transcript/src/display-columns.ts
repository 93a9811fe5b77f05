import stringWidth from 'string-width';

/** Measuring takes some microseconds, and the same words come again and again in a recording. */
const measured = new Map<string, number>();
const MOST_MEASURED = 4096;
const LONGEST_MEASURED = 32;

/** The columns that a text takes: two for a fullwidth character or an emoji, none for a combining mark. */
export function displayColumns(text: string): number {
  if (text.length > LONGEST_MEASURED) return measure(text);
  const known = measured.get(text);
  if (known !== undefined) return known;
  const columns = measure(text);
  if (measured.size >= MOST_MEASURED) measured.clear();
  measured.set(text, columns);
  return columns;
}

function measure(text: string): number {
  return stringWidth(text, { countAnsiEscapeCodes: true });
}
