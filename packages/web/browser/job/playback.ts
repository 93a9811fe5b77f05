import { signal } from '@preact/signals';
import { call } from '../state/api.ts';
import { isReachable, untilReachable } from '../state/connection.ts';
import { session } from '../state/session.ts';

/** The cookie for files is good for an hour. */
const RENEW_MS = 30 * 60_000;

/**
 * Plays the MP3 of a job. The browser's own player asks for the ranges it needs and shows a cookie that opens this job
 * alone, because it cannot send a token.
 */
export class Playback {
  /** While the sound is being opened, whether it is to play then. */
  readonly isPlaying = signal(false);
  /** Seconds. */
  readonly time = signal(0);
  readonly duration = signal(0);
  readonly rate = signal(1);
  /** What does not work: getting the sound, or making it heard. */
  readonly failure = signal<'loading' | 'playing' | null>(null);
  readonly audio = new Audio();
  readonly #jobId: string;
  readonly #renewal: ReturnType<typeof setInterval>;
  readonly #stopWatching: () => void;
  #frame = 0;
  #isOpening = false;
  #isSecondTry = false;
  #isClosed = false;

  /** @param duration seconds, as the gateway says; the player itself knows it later, and less well */
  constructor(jobId: string, duration: number) {
    this.#jobId = jobId;
    this.duration.value = duration;
    this.audio.preload = 'metadata';
    for (const name of ['play', 'pause']) {
      this.audio.addEventListener(name, () => {
        if (!this.#isOpening) this.isPlaying.value = !this.audio.paused;
        this.#changed();
      });
    }
    this.audio.addEventListener('seeked', () => {
      this.#changed();
    });
    this.audio.addEventListener('playing', () => {
      this.#isSecondTry = false;
    });
    this.audio.addEventListener('error', () => {
      this.#recover();
    });
    this.#renewal = setInterval(() => void this.renew(), RENEW_MS);
    let token = session.value?.token;
    // The cookie ends with the login that it was given to.
    this.#stopWatching = session.subscribe((next) => {
      if (next !== null && next.token !== token) void this.renew();
      token = next?.token;
    });
    void this.#open();
  }

  /** Lets the browser's player and its downloads ask for the files of this job. */
  async renew(): Promise<void> {
    await call(`/jobs/${this.#jobId}/media-cookie`, { method: 'POST', cookies: true }).catch(() => undefined);
  }

  toggle(): void {
    if (!this.isPlaying.value) {
      this.#play();
    } else {
      this.isPlaying.value = false;
      this.audio.pause();
    }
  }

  seek(seconds: number): void {
    const to = Math.min(Math.max(0, seconds), this.duration.value);
    this.audio.currentTime = to;
    this.time.value = to;
  }

  /** Plays from there. */
  playFrom(seconds: number): void {
    this.seek(seconds);
    this.#play();
  }

  setRate(rate: number): void {
    this.rate.value = rate;
    this.audio.playbackRate = rate;
    this.audio.defaultPlaybackRate = rate;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#renewal);
    this.#stopWatching();
    cancelAnimationFrame(this.#frame);
    this.audio.pause();
    this.audio.removeAttribute('src');
    this.audio.load();
  }

  #play(): void {
    if (this.#isOpening) {
      this.isPlaying.value = true;
    } else if (this.failure.value === 'loading') {
      // A player that has failed does not begin anew by itself.
      this.isPlaying.value = true;
      void this.#open();
    } else {
      this.audio.play().catch(() => {
        this.isPlaying.value = !this.audio.paused;
      });
    }
  }

  /** Begins, or goes on at the place where it stands; when the gateway is away, as soon as it is back. */
  async #open(): Promise<void> {
    this.#isOpening = true;
    cancelAnimationFrame(this.#frame);
    await this.renew();
    while (!isReachable.value && !this.#isClosed) {
      this.failure.value = 'loading';
      await untilReachable();
      await this.renew();
    }
    this.#isOpening = false;
    if (this.#isClosed) return;
    this.failure.value = null;
    this.audio.src = `/jobs/${this.#jobId}/audio`;
    if (this.time.value === 0 && !this.isPlaying.value) return;
    this.audio.preload = 'auto';
    // WebKit that is told of a place before it can play stands still there.
    const goOn = (): void => {
      this.seek(this.time.value);
      if (this.isPlaying.value) this.#play();
    };
    this.audio.addEventListener('canplay', goOn, { once: true });
  }

  /** The cookie may have ended while the computer slept, or the connection was lost: not all browsers ask again then. */
  #recover(): void {
    if (this.#isOpening || this.#isClosed) return;
    if (this.audio.error?.code === MediaError.MEDIA_ERR_DECODE) {
      // It would be no other sound the next time. Firefox without a device for sound ends here, and goes on in silence.
      this.failure.value = 'playing';
    } else if (this.#isSecondTry) {
      this.failure.value = 'loading';
      this.audio.pause();
      this.isPlaying.value = false;
    } else {
      this.#isSecondTry = true;
      void this.#open();
    }
  }

  #changed(): void {
    // Events of a player that has failed say nothing of the next one.
    if (this.#isOpening) return;
    if (this.audio.error === null) this.failure.value = null;
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
