import { isVisible } from './clean-text.ts';
import { displayColumns } from './display-columns.ts';
import { hasNoSpaces } from './scripts.ts';
import { subtitleRules } from './subtitle-rules.ts';

/** A piece of text within which no line is broken: a word with its punctuation. */
export interface Unit {
  text: string;
  /** What stands between it and the unit before when both are on one line: mostly a space, or nothing. */
  gap: string;
  gapColumns: number;
  /** Columns of the text, without the gap. */
  columns: number;
}

/** Spaces at which a line may be broken: all but the no-break ones. U+3000 is the ideographic space. */
const chunks =
  /([ \u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]*)([^ \u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]+)/gu;

/** No line begins with these: closing punctuation (`!` in French and CJK stops too), small kana, marks, invisible ones. */
const joinsBefore =
  /^[\u00a0\u2007\u202f\p{Po}\p{Pe}\p{Pf}\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶー々ゝゞヽヾฯๆ]+$/u;

/** No line ends with these: opening brackets and quotes. */
const joinsAfter = /^[\u00a0\u2007\u202f\p{Ps}\p{Pi}\p{Cf}\p{Default_Ignorable_Code_Point}¿¡]+$/u;

/** Invisible characters without end must not become one unit, measured again with each of them. */
const LONGEST_JOINED = 256;

const words = new Intl.Segmenter('en', { granularity: 'word' });
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Cuts a clean text where lines may be broken: at spaces, and between words in scripts that have none. */
export function unitsOf(text: string): Unit[] {
  const units: Unit[] = [];
  for (const [, gap = '', chunk = ''] of text.matchAll(chunks)) {
    for (const [index, piece] of piecesOf(chunk).entries()) add(units, unit(piece, index === 0 ? gap : ''));
  }
  return units;
}

function unit(text: string, gap: string): Unit {
  return { text, gap, gapColumns: displayColumns(gap), columns: displayColumns(text) };
}

/** Appends a unit, or makes it one with the unit before where no line may be broken between them. */
function add(units: Unit[], next: Unit): void {
  const before = units.at(-1);
  if (before === undefined) {
    units.push(next);
    return;
  }
  const together = joinsBefore.test(next.text) || joinsAfter.test(before.text);
  if (together && fitTogether(before, next)) units[units.length - 1] = join(before, next);
  else if (!isVisible(before.text)) units[units.length - 1] = unit(next.text, before.gap);
  // What cannot be seen must not be a line of its own.
  else if (isVisible(next.text)) units.push(next);
}

function fitTogether(before: Unit, next: Unit): boolean {
  const columns = before.columns + next.gapColumns + next.columns;
  return columns <= subtitleRules.maxColumns && before.text.length + next.text.length <= LONGEST_JOINED;
}

function join(before: Unit, next: Unit): Unit {
  return unit(`${before.text}${next.gap}${next.text}`, before.gap);
}

/** A chunk is one piece, unless its script has no spaces or no line is long enough for it. */
function piecesOf(chunk: string): string[] {
  if (!hasNoSpaces(chunk) && displayColumns(chunk) <= subtitleRules.maxColumns) return [chunk];
  // The dictionaries for Chinese, Japanese, Thai and so on are chosen by the text, not by the locale.
  return Array.from(words.segment(chunk), ({ segment }) => segment).flatMap(cutLongWord);
}

function cutLongWord(word: string): string[] {
  if (displayColumns(word) <= subtitleRules.maxColumns) return [word];
  const lines: string[] = [];
  let line = { text: '', columns: 0 };
  for (const { segment } of graphemes.segment(word)) {
    const columns = line.columns + displayColumns(segment);
    if (columns <= subtitleRules.maxColumns || line.text === '') {
      line = { text: line.text + segment, columns };
    } else {
      lines.push(line.text);
      line = { text: segment, columns: columns - line.columns };
    }
  }
  return [...lines, line.text];
}
