/**
 * What makes subtitles readable. The numbers are those that broadcasters and streaming services agree on: 42 columns,
 * two lines, at most 7 s, a gap of two frames at 25 frames a second, 17 to 20 characters a second.
 */
export const subtitleRules = {
  maxLines: 2,
  /** Columns of a line: a fullwidth character (CJK, emoji) takes two, a combining mark none. */
  maxColumns: 42,
  minMs: 1000,
  maxMs: 7000,
  /** Between two cues, so that the eye sees the change. */
  gapMs: 80,
  /** Cues stay longer than they are spoken to be read at this speed, where the next one leaves room. */
  columnsPerSecond: 17,
} as const;
