import { JobFailure } from '@clipscribe/contracts';
import type { Log } from '@clipscribe/runtime';
import { findRepetition, type Repetition } from '../repetition.ts';
import type { Heard, SpeechRequest, Transcriber } from '../transcriber.ts';
import { readAnswer } from './openai-answer.ts';
import type { EndpointConfig } from './openai-endpoint.ts';
import { OpenaiEndpoints } from './openai-endpoints.ts';
import { promptFor } from './openai-prompt.ts';

const BASE_TIMEOUT_MS = 60_000;

/** All requests for one chunk together: a message may be held for 25 minutes (RELIABILITY, "Consume"). */
const MAX_ATTEMPT_MS = 22 * 60_000;

/**
 * At 0 the model raises the temperature itself when it is not sure. A loop is left by starting above that; Whisper
 * goes up in steps of 0.2 (`temperature` in whisper/transcribe.py of https://github.com/openai/whisper).
 */
const TEMPERATURE = 0;
const TEMPERATURE_AGAINST_LOOPS = 0.4;

interface Hearing {
  heard: Heard;
  repetition: Repetition;
}

/** The speech-to-text API of OpenAI, and every server that speaks it. */
export class OpenaiTranscriber implements Transcriber {
  readonly engine = 'openai';
  readonly model: string;
  readonly #endpoints: OpenaiEndpoints;
  readonly #baseTimeoutMs: number;

  /** `baseTimeoutMs` is the time for an answer on top of the length of the recording. */
  constructor(options: {
    endpoints: readonly EndpointConfig[];
    model: string;
    log: Log;
    baseTimeoutMs?: number;
  }) {
    this.model = options.model;
    this.#baseTimeoutMs = options.baseTimeoutMs ?? BASE_TIMEOUT_MS;
    this.#endpoints = new OpenaiEndpoints(options.endpoints, options.model, options.log);
  }

  /** An answer in a loop is asked for once more, in another way; what loops after all is flagged. */
  async transcribe(request: SpeechRequest, signal: AbortSignal): Promise<Heard> {
    const deadline = performance.now() + MAX_ATTEMPT_MS;
    const ask = (temperature: number, prompt?: string): Promise<Hearing> =>
      this.#hear(request, { temperature, prompt, signal, deadline });
    const first = await ask(TEMPERATURE, promptFor(request.prompt, request.previousText));
    if (first.repetition.looped.size === 0) return first.heard;
    try {
      return { ...flagged(sounder(first, await ask(TEMPERATURE_AGAINST_LOOPS))), answers: 2 };
    } catch (error) {
      // What was heard first is paid for, and better than nothing.
      if (error instanceof JobFailure) return flagged(first);
      throw error;
    }
  }

  async #hear(
    { path, durationSeconds, language }: SpeechRequest,
    how: { temperature: number; prompt: string | undefined; signal: AbortSignal; deadline: number },
  ): Promise<Hearing> {
    const timeoutMs = this.#baseTimeoutMs + durationSeconds * 1000;
    const heard = await this.#endpoints.ask({ ...how, path, language, timeoutMs }, (answer) =>
      readAnswer(answer, durationSeconds),
    );
    const repetition = findRepetition(heard.segments.map(({ text }) => text));
    return { heard: { ...heard, language: language ?? heard.language }, repetition };
  }
}

/** The one with more text outside of loops; a loop stands in the place of what was said. */
function sounder(first: Hearing, second: Hearing): Hearing {
  const gain = second.repetition.soundLetters - first.repetition.soundLetters;
  if (gain !== 0) return gain > 0 ? second : first;
  return second.repetition.loopedLetters <= first.repetition.loopedLetters ? second : first;
}

function flagged({ heard, repetition: { looped } }: Hearing): Heard {
  const segments = heard.segments.map((segment, index) =>
    looped.has(index) ? { ...segment, flags: [...(segment.flags ?? []), 'repetition'] } : segment,
  );
  return { ...heard, segments };
}
