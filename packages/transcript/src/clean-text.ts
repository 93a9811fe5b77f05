/** Everything that a format could take for the end of a line; U+0085, U+2028 and U+2029 among them. */
const lineBreaks = /[\t\n\v\f\r\u0085\u2028\u2029]/gu;

/** Other control characters, and the byte order mark, which means nothing inside a text. */
const controls = /[\p{Cc}\ufeff]/gu;

/** True when there is anything to see in a text: more than spaces and invisible characters. */
export function isVisible(text: string): boolean {
  return /[^\s\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(text);
}

/** A text as one line that can be written into any format as UTF-8; its characters stay in logical order. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(lineBreaks, ' ').replace(controls, '').replace(/ {2,}/g, ' ').trim();
}
