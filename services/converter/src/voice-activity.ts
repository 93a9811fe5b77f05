/** A part of a recording, in seconds from its beginning. */
export interface Stretch {
  start: number;
  end: number;
}

/** Between two stretches of voice. */
export interface Pause extends Stretch {
  /** Where in it a cut does the least harm. */
  quietest: number;
}

/** Where in a recording somebody speaks. */
export interface VoiceActivity {
  durationSeconds: number;
  /** In order and apart from each other. */
  voice: readonly Stretch[];
  /** In order, one between every two stretches of voice. */
  pauses: readonly Pause[];
}

/** Tells speech from silence, noise and music. */
export interface VoiceDetector {
  /** Begins to listen to a recording. */
  listen: () => VoiceListener;
  close: () => Promise<void>;
}

export interface VoiceListener {
  /** Takes the next part of the recording, a file of samples as `MediaTools.toSamples` writes it. */
  hear: (path: string) => Promise<void>;
  /** Ends the recording. */
  finish: () => Promise<VoiceActivity>;
  /** Forgets what was heard; to be called at the end in any case. */
  stop: () => Promise<void>;
}

/** What is assumed where nothing can tell: there is voice all over. */
export function voiceAllOver(durationSeconds: number): VoiceActivity {
  return { durationSeconds, voice: [{ start: 0, end: durationSeconds }], pauses: [] };
}

/** Parts of `within` of at least `seconds` without any voice. */
export function quietStretches(within: Stretch, voice: readonly Stretch[], seconds: number): Stretch[] {
  const found: Stretch[] = [];
  let start = within.start;
  for (const stretch of voice) {
    if (stretch.end <= within.start) continue;
    if (stretch.start >= within.end) break;
    if (stretch.start - start >= seconds) found.push({ start, end: stretch.start });
    start = stretch.end;
  }
  if (within.end - start >= seconds) found.push({ start, end: within.end });
  return found;
}
