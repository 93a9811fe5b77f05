import type { Speech } from './speech-api-behaviour.ts';
import type { ReceivedSpeech } from './speech-api-request.ts';

const vocabulary =
  'the a river market morning house bread small white father mother walked toward old garden under quiet stone ' +
  'bridge letter window summer winter never always seven lanterns across harbour music paper slowly turned green ' +
  'island with before after lost found open closed story road mountain every other child spoke again of rain';

/** The text of an answer and its content type, in the form that was asked for. */
export function answerBody(speech: Speech, request: ReceivedSpeech): { body: string; contentType: string } {
  const { responseFormat, durationSeconds } = request;
  if (responseFormat === 'json')
    return asJson({ text: speech.text, usage: { type: 'duration', seconds: Math.ceil(durationSeconds) } });
  if (responseFormat === 'verbose_json') return asJson(verbose(speech, request));
  if (responseFormat === 'diarized_json') return asJson(diarized(speech, durationSeconds));
  return { body: `${speech.text}\n`, contentType: 'text/plain' };
}

function asJson(value: object): { body: string; contentType: string } {
  return { body: JSON.stringify(value), contentType: 'application/json' };
}

/** CreateTranscriptionResponseVerboseJson of https://github.com/openai/openai-openapi. */
function verbose(speech: Speech, { durationSeconds, timestampGranularities }: ReceivedSpeech): object {
  const wants = new Set(timestampGranularities.length > 0 ? timestampGranularities : ['segment']);
  const segments = segmentsOf(speech, durationSeconds).map((segment, id) => ({
    ...{ id, seek: 0, ...segment, text: ` ${segment.text.trim()}`, tokens: [50364, 2425], temperature: 0 },
    ...{ avg_logprob: -0.3, compression_ratio: 1.2, no_speech_prob: 0.01 },
  }));
  return {
    ...{
      task: 'transcribe',
      language: speech.language ?? 'english',
      duration: durationSeconds,
      text: speech.text,
    },
    ...(wants.has('word') ? { words: speech.words ?? [] } : {}),
    ...(wants.has('segment') ? { segments } : {}),
    usage: { type: 'duration', seconds: Math.ceil(durationSeconds) },
  };
}

/** CreateTranscriptionResponseDiarizedJson of https://github.com/openai/openai-openapi. */
function diarized(speech: Speech, durationSeconds: number): object {
  const segments = segmentsOf(speech, durationSeconds).map((segment, index) => ({
    ...{ type: 'transcript.text.segment', id: `seg_${index}`, speaker: 'A', ...segment },
  }));
  return { task: 'transcribe', duration: durationSeconds, text: speech.text, segments };
}

function segmentsOf(speech: Speech, durationSeconds: number): NonNullable<Speech['segments']> {
  const whole = { start: 0, end: durationSeconds, text: speech.text };
  return speech.segments ?? (speech.text === '' ? [] : [whole]);
}

/** Words that nobody said, one after the other until the end; the same seed gives the same ones. */
export function madeUpSpeech(seed: string, durationSeconds: number, wordsPerSecond = 2): Speech {
  const choices = vocabulary.split(' ');
  let state = Number.parseInt(seed.slice(0, 7), 16);
  const words = Array.from({ length: Math.floor(durationSeconds * wordsPerSecond) }, (_, index) => {
    // Numerical Recipes' linear congruential generator; its high bits are the good ones.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const start = index / wordsPerSecond;
    return { start, end: start + 0.8 / wordsPerSecond, word: choices[(state >>> 16) % choices.length] ?? '' };
  });
  return asSpeech(words, 10);
}

/** A phrase over and over until the end. */
export function loopingSpeech(durationSeconds: number, phrase = 'Thank you for watching.'): Speech {
  const count = Math.max(12, Math.floor(durationSeconds / 2));
  const segments = Array.from({ length: count }, (_, index) => ({
    ...{
      start: (index * durationSeconds) / count,
      end: ((index + 1) * durationSeconds) / count,
      text: phrase,
    },
  }));
  return { text: segments.map(({ text }) => text).join(' '), segments };
}

/** Segments of so many words each. */
function asSpeech(words: NonNullable<Speech['words']>, perSegment: number): Speech {
  const segments = Array.from({ length: Math.ceil(words.length / perSegment) }, (_, index) => {
    const part = words.slice(index * perSegment, (index + 1) * perSegment);
    const text = part.map(({ word }) => word).join(' ');
    return { start: part[0]?.start ?? 0, end: part.at(-1)?.end ?? 0, text };
  });
  return { text: words.map(({ word }) => word).join(' '), segments, words };
}
