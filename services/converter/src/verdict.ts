import { JobFailure, type FailureCode } from '@clipscribe/contracts';
import { MAX_CHANNELS, MAX_STREAMS } from './media-lists.ts';

/** What a failed conversion left to judge by. */
export interface Evidence {
  /** The end of ffmpeg's own log. */
  log: string;
  stalled: boolean;
  probe: {
    readable: boolean;
    log: string;
    streams: number;
    durationSeconds: number | null;
    sound: { codec: string; supported: boolean; channels: number } | null;
  };
  maxDurationSeconds: number;
}

/** ffmpeg prints the file's own tags indented: only what begins a line is ffmpeg speaking. */
const noSpace = /^\S.*(No space left on device|Disk quota exceeded)/im;
const tooComplex = /^\S.*(exceeds max_streams|Too many channels)/im;
/** The sound could be decoded, and something failed after that. */
const decoded = /^Error (reinitializing filters|while processing the decoded data)/m;
/** Said of files whose container was recognised. */
const damage =
  /^\S.*(moov atom not found|error reading header|End of file|truncat|header missing|damaged|Invalid sample rate|channels not set)/im;

/**
 * Why a conversion failed, as a code for the owner; null when the file looks sound enough to be read again
 * without stopping at errors. Faults of our own side come first: a full disk is never "bad media".
 */
export function verdict({ log, stalled, probe, maxDurationSeconds }: Evidence): JobFailure | null {
  if (isDiskFull(log)) return new JobFailure('STORAGE_FULL');
  if (stalled) return new JobFailure('STALLED');
  // ffmpeg reports a refused stream as lack of memory, too.
  if (tooComplex.test(`${log}\n${probe.log}`)) return new JobFailure('TOO_COMPLEX');
  if (/Cannot allocate memory|signal SIGXCPU|signal SIGXFSZ|File too large/.test(log))
    return new JobFailure('RESOURCE_LIMIT');
  if (/signal SIG(KILL|TERM|INT)/.test(log)) return new JobFailure('WORKER_LOST');
  const code = probe.readable
    ? contentVerdict(probe, maxDurationSeconds, decoded.test(log))
    : containerVerdict(`${log}\n${probe.log}`);
  return code === null ? null : new JobFailure(code);
}

/** True when ffmpeg's log says that it could not write. */
export function isDiskFull(log: string): boolean {
  return noSpace.test(log);
}

function containerVerdict(log: string): FailureCode {
  if (log.includes('detected only with low score')) return 'NOT_MEDIA';
  return damage.test(log) ? 'CORRUPT_MEDIA' : 'NOT_MEDIA';
}

function contentVerdict(
  probe: Evidence['probe'],
  maxDurationSeconds: number,
  wasDecoded: boolean,
): FailureCode | null {
  if (probe.streams > MAX_STREAMS) return 'TOO_COMPLEX';
  // A decoder that is fed noise, such as an encrypted track, guesses any number of channels.
  if ((probe.sound?.channels ?? 0) > MAX_CHANNELS) return wasDecoded ? 'TOO_COMPLEX' : 'CORRUPT_MEDIA';
  if (probe.streams === 0) return 'NOT_MEDIA';
  if (probe.sound === null) return 'NO_AUDIO_TRACK';
  if ((probe.durationSeconds ?? 0) > maxDurationSeconds) return 'TOO_LONG';
  return probe.sound.supported ? null : 'UNSUPPORTED_MEDIA';
}
