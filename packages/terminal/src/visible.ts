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

/** Text for standard error, each line of which says who speaks. */
export function messageLines(text: string): string {
  return text
    .split('\n')
    .map((line) => `clipscribe: ${visible(line)}\n`)
    .join('');
}
