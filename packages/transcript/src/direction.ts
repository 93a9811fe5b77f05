const leftToRightMark = '\u200e';
const rightToLeftMark = '\u200f';

/** Letters of the scripts that run from right to left; digits and punctuation have no direction of their own. */
const rightToLeft =
  /(?=\p{L})[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u;

const strong = /[\p{L}\u200e\u200f]/u;

/**
 * Keeps the lines of a cue in the direction of its text. Players take each line for a paragraph that runs the way of
 * its first letter (rule P2 of the Unicode Bidirectional Algorithm, which WebVTT prescribes), so a line of an Arabic
 * sentence that happens to begin with a Latin name would turn around. Such a line, and no other, gets a mark in front.
 */
export function keepDirection(lines: readonly string[]): string[] {
  if (!lines.some((line) => rightToLeft.test(line))) return [...lines];
  const letters = lines.join('').match(/\p{L}/gu) ?? [];
  const backwards = letters.filter((letter) => rightToLeft.test(letter)).length;
  const cueRunsBackwards = backwards * 2 > letters.length;
  const mark = cueRunsBackwards ? rightToLeftMark : leftToRightMark;
  return lines.map((line) => (runsBackwards(line) === cueRunsBackwards ? line : mark + line));
}

function runsBackwards(line: string): boolean {
  const first = strong.exec(line)?.[0] ?? leftToRightMark;
  return first === rightToLeftMark || rightToLeft.test(first);
}
