import type { Stretch } from './voice-activity.ts';

/** So many levels a second. */
const RATE = 50;
/** A cut needs so much quiet around it, in levels: a fifth of a second. */
const AROUND = 10;
/** What has up to so many times the energy of the quietest place is as quiet: 6 dB. */
const QUIET_TIMES = 4;

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

  /** The place in a stretch, in seconds, around which it is quietest: the one nearest to its middle of those that are. */
  quietestIn({ start, end }: Stretch): number {
    const middle = (start + end) / 2;
    const places = this.#placesIn(
      Math.ceil(start * RATE),
      Math.min(Math.floor(end * RATE), this.#count) - AROUND,
    );
    const quiet = QUIET_TIMES * places.reduce((least, { energy }) => Math.min(least, energy), Infinity);
    const distances = places.filter(({ energy }) => energy <= quiet).map(({ at }) => at - middle);
    return (
      middle +
      distances.reduce((best, one) => (Math.abs(one) < Math.abs(best) ? one : best), distances[0] ?? 0)
    );
  }

  #placesIn(from: number, to: number): { at: number; energy: number }[] {
    return Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => {
      const around = this.#levels.subarray(from + index, from + index + AROUND);
      return { at: (from + index + AROUND / 2) / RATE, energy: around.reduce((sum, one) => sum + one, 0) };
    });
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
