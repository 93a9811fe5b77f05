import { signal } from '@preact/signals';
import { call } from '../state/api.ts';

/** The cookie for files is good for an hour. */
const RENEW_MS = 30 * 60_000;

/**
 * Plays the MP3 of a job. The browser's own player asks for the ranges it needs and shows a cookie that opens this job
 * alone, because it cannot send a token.
 */
export class Playback {
  readonly isPlaying = signal(false);
  /** Seconds. */
  readonly time = signal(0);
  readonly duration = signal(0);
  readonly rate = signal(1);
  readonly hasFailed = signal(false);
  readonly audio = new Audio();
  readonly #jobId: string;
  readonly #renewal: ReturnType<typeof setInterval>;
  #frame = 0;
  #isSecondTry = false;

  /** @param duration seconds, as the gateway says; the player itself knows it later, and less well */
  constructor(jobId: string, duration: number) {
    this.#jobId = jobId;
    this.duration.value = duration;
    this.audio.preload = 'metadata';
    this.audio.addEventListener('play', () => {
      this.#changed();
    });
    this.audio.addEventListener('pause', () => {
      this.#changed();
    });
    this.audio.addEventListener('seeked', () => {
      this.#changed();
    });
    this.audio.addEventListener('playing', () => {
      this.#isSecondTry = false;
    });
    this.audio.addEventListener('error', () => void this.#openAgain());
    this.#renewal = setInterval(() => void this.renew(), RENEW_MS);
    void this.#open();
  }

  /** Lets the browser's player and its downloads ask for the files of this job. */
  async renew(): Promise<void> {
    await call(`/jobs/${this.#jobId}/media-cookie`, { method: 'POST', cookies: true }).catch(() => undefined);
  }

  toggle(): void {
    if (this.audio.paused) void this.audio.play().catch(() => undefined);
    else this.audio.pause();
  }

  seek(seconds: number): void {
    const to = Math.min(Math.max(0, seconds), this.duration.value);
    this.audio.currentTime = to;
    this.time.value = to;
  }

  /** Plays from there. */
  playFrom(seconds: number): void {
    this.seek(seconds);
    void this.audio.play().catch(() => undefined);
  }

  setRate(rate: number): void {
    this.rate.value = rate;
    this.audio.playbackRate = rate;
    this.audio.defaultPlaybackRate = rate;
  }

  close(): void {
    clearInterval(this.#renewal);
    cancelAnimationFrame(this.#frame);
    this.audio.pause();
    this.audio.removeAttribute('src');
    this.audio.load();
  }

  async #open(): Promise<void> {
    await this.renew();
    this.audio.src = `/jobs/${this.#jobId}/audio`;
  }

  /** The cookie may have ended while the computer slept. */
  async #openAgain(): Promise<void> {
    if (!this.audio.hasAttribute('src')) return;
    if (this.#isSecondTry) {
      this.hasFailed.value = true;
      return;
    }
    this.#isSecondTry = true;
    const wasPlaying = this.isPlaying.value;
    const { value } = this.time;
    await this.#open();
    this.audio.currentTime = value;
    if (wasPlaying) void this.audio.play().catch(() => undefined);
  }

  #changed(): void {
    this.isPlaying.value = !this.audio.paused;
    this.hasFailed.value = false;
    cancelAnimationFrame(this.#frame);
    this.#tick();
  }

  /** With every picture of the screen while it plays: `timeupdate` comes four times a second, and words are shorter. */
  #tick(): void {
    this.time.value = this.audio.currentTime;
    if (!this.audio.paused)
      this.#frame = requestAnimationFrame(() => {
        this.#tick();
      });
  }
}
