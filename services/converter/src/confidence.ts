import type { Transcript } from '@clipscribe/contracts';

type Marks = Pick<Transcript['segments'][number], 'confidence' | 'lowConfidence' | 'flags'>;

/**
 * From Whisper (`logprob_threshold` and `no_speech_threshold` in whisper/transcribe.py of
 * https://github.com/openai/whisper): below an average log probability of -1 a text counts as failed, and above 0.6
 * the model itself believes that nobody speaks.
 */
const MIN_CONFIDENCE = Math.exp(-1);
const MAX_NO_SPEECH = 0.6;

/** Finer than this says nothing. */
const DIGITS = 4;

/**
 * How sure an engine was of a segment. `confidence` is the geometric mean of the probabilities of its words or
 * tokens; `noSpeech` the probability that there is no speech in it. What the engine does not say is left out.
 */
export function confidenceMarks(confidence: number | undefined, noSpeech = 0): Marks {
  const rounded = confidence === undefined ? undefined : roundedConfidence(confidence);
  const isSilent = noSpeech > MAX_NO_SPEECH;
  const isLow = isSilent || (rounded !== undefined && rounded < MIN_CONFIDENCE);
  return {
    ...(rounded === undefined ? {} : { confidence: rounded }),
    ...(isLow ? { lowConfidence: true } : {}),
    ...(isSilent ? { flags: ['no-speech'] } : {}),
  };
}

/** A probability as transcripts keep it; sums in engines make more than 1 of it now and then. */
export function roundedConfidence(value: number): number {
  return Number(Math.min(Math.max(value, 0), 1).toFixed(DIGITS));
}

/** The geometric mean, which one word that was guessed pulls down; undefined for no words. */
export function meanConfidence(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(Math.max(value, 1e-6)), 0) / values.length);
}
