import type { Stretch } from './voice-activity.ts';

/** So many levels a second. */
const RATE = 50;
/** A cut needs so much quiet around it, in levels: a fifth of a second. */
const AROUND = 10;

/** How loud a recording is, 50 times a second, so that the quietest place of a pause can be found. */
export class SoundLevels {
  readonly #samplesPerLevel: number;
  #levels = new Float32Array(2 ** 14);
  #count = 0;
  #energy = 0;
  #samples = 0;

  constructor(sampleRate: number) {
    this.#samplesPerLevel = sampleRate / RATE;
  }

  /** Takes the next samples, from -1 to 1. */
  add(samples: Float32Array): void {
    for (const sample of samples) {
      this.#energy += sample * sample;
      this.#samples += 1;
      if (this.#samples === this.#samplesPerLevel) this.#push();
    }
  }

  /** The place in a stretch, in seconds, around which it is quietest; its middle when it is too short to tell. */
  quietestIn({ start, end }: Stretch): number {
    const from = Math.ceil(start * RATE);
    const to = Math.min(Math.floor(end * RATE), this.#count) - AROUND;
    let best = { energy: Infinity, at: (start + end) / 2 };
    for (let first = from; first <= to; first += 1) {
      const energy = this.#levels.subarray(first, first + AROUND).reduce((sum, level) => sum + level, 0);
      if (energy < best.energy) best = { energy, at: (first + AROUND / 2) / RATE };
    }
    return best.at;
  }

  #push(): void {
    if (this.#count === this.#levels.length) {
      const grown = new Float32Array(2 * this.#count);
      grown.set(this.#levels);
      this.#levels = grown;
    }
    this.#levels[this.#count] = this.#energy;
    this.#count += 1;
    this.#energy = 0;
    this.#samples = 0;
  }
}
