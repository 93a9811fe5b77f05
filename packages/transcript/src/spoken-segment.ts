/** A passage of the transcript: clean text on one line, never blank. */
export interface SpokenSegment {
  startMs: number;
  endMs: number;
  text: string;
}
