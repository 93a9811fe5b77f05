/** Before an engine is asked for anything, the speech is extracted, listened to and cut: that is a tenth of the way. */
const PREPARED = 0.1;

/** How far the transcript is, 0 to 1, when this share of the speech is prepared. */
export function preparedProgress(share: number): number {
  return PREPARED * Math.min(Math.max(share, 0), 1);
}

/** How far it is, 0 to 1, when the speech is prepared and so many of its chunks are transcribed. */
export function transcribedProgress(done: number, chunks: number): number {
  return PREPARED + (1 - PREPARED) * (done / chunks);
}
