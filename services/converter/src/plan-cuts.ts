import { quietStretches, type Pause, type Stretch, type VoiceActivity } from './voice-activity.ts';

/** A chunk to be cut; one that begins before the end of the one in front of it repeats that sound. */
export interface Piece extends Stretch {
  /** Where in it nobody speaks for a while. */
  quiet: Stretch[];
}

/**
 * More chunks than this make the job too large: its document holds about 600 bytes for each, is written again with
 * every step of every chunk, and may have 16 MB in MongoDB. Longer recordings get longer chunks.
 */
export const MAX_CHUNKS = 1000;

/** In seconds. Without a voice for so long, a part of the recording is no chunk's. */
const SKIPPED = 60;
/** What is kept on either side of such a part, since a voice is noticed a little late. */
const MARGIN = 2;
/** So much is in both chunks where a cut may go through a word. */
const OVERLAP = 10;
/** A pause is as good as any from this length on. */
const LONG_PAUSE = 1;
/** Engines tend to invent words where nobody speaks for longer than this. */
const QUIET = 5;

interface Limits {
  longest: number;
  skipped: number;
  margin: number;
  overlap: number;
}

/**
 * Plans the chunks of a recording: each at most `chunkSeconds` long and at least a quarter of that where there is
 * enough to cut, with the cuts in pauses; where nobody pauses, two chunks overlap. Every stretch of voice is in one.
 * Times are whole milliseconds, which are whole samples at 16 kHz.
 */
export function planCuts(activity: VoiceActivity, chunkSeconds: number): Piece[] {
  const limits = limitsFor(activity.durationSeconds, chunkSeconds);
  return regions(activity, limits)
    .flatMap((region) => cutRegion(region, activity.pauses, limits))
    .map(({ start, end }) => ({ start: toMilliseconds(start), end: toMilliseconds(end) }))
    .map((piece) => ({ ...piece, quiet: quietStretches(piece, activity.voice, QUIET) }))
    .filter(hasVoice);
}

function hasVoice({ start, end, quiet }: Piece): boolean {
  return quiet[0]?.start !== start || quiet[0].end !== end;
}

/** Long recordings get longer chunks, up to ten minutes, so that there are never more than MAX_CHUNKS. */
function limitsFor(durationSeconds: number, chunkSeconds: number): Limits {
  const longest = Math.max(chunkSeconds, Math.min(durationSeconds / 250, 600));
  const skipped = Math.max(Math.min(SKIPPED, longest), durationSeconds / 280);
  return {
    longest,
    skipped,
    margin: Math.min(MARGIN, skipped / 4),
    overlap: Math.min(OVERLAP, longest / 3),
  };
}

/** The parts of the recording in which somebody speaks every now and then. */
function regions({ durationSeconds, voice }: VoiceActivity, { skipped, margin }: Limits): Stretch[] {
  if (voice.length === 0) return [];
  const quiet = quietStretches({ start: 0, end: durationSeconds }, voice, skipped);
  const found: Stretch[] = [];
  let start = 0;
  for (const { start: from, end: to } of quiet) {
    if (from > 0) found.push({ start, end: from + margin });
    start = to - margin;
  }
  if (quiet.at(-1)?.end !== durationSeconds) found.push({ start, end: durationSeconds });
  return found;
}

function cutRegion(region: Stretch, pauses: readonly Pause[], { longest, overlap }: Limits): Stretch[] {
  const pieces: Stretch[] = [];
  let { start } = region;
  while (region.end - start > longest) {
    // No piece is left over that would be too short to be understood.
    const latest = Math.min(start + longest, region.end - longest / 4);
    const pause = bestPause(pauses, { start: start + longest / 2, end: latest });
    pieces.push({ start, end: pause?.quietest ?? latest });
    start = pause?.quietest ?? latest - overlap;
  }
  return [...pieces, { start, end: region.end }];
}

/** The longest pause, or a late one that is nearly as long: fewer chunks are cheaper and know more of the context. */
function bestPause(pauses: readonly Pause[], window: Stretch): Pause | undefined {
  let best: { pause: Pause; worth: number } | undefined;
  for (let index = firstWithin(pauses, window.start); index < pauses.length; index += 1) {
    const pause = pauses[index];
    if (pause === undefined || pause.quietest > window.end) break;
    const lateness = (pause.quietest - window.start) / (window.end - window.start);
    const worth = Math.min((pause.end - pause.start) / LONG_PAUSE, 1) + lateness / 2;
    if (best === undefined || worth >= best.worth) best = { pause, worth };
  }
  return best?.pause;
}

/** Index of the first pause whose quietest place is at `start` or later, found by halving. */
function firstWithin(pauses: readonly Pause[], start: number): number {
  let [low, high] = [0, pauses.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pauses[middle]?.quietest ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
