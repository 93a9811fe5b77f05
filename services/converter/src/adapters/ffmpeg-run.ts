import type { ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import ffmpeg, { type FfmpegCommand } from 'fluent-ffmpeg';
import { containerGuards, decoderGuards } from '../media-lists.ts';
import { killGroup } from './run-tool.ts';

/** One run of ffmpeg. This is the only file that knows fluent-ffmpeg. */
export interface FfmpegRequest {
  /** In the folder of the output, or below: confined, ffmpeg sees no other. */
  input: string;
  output: string;
  /** Give up at the first error in the stream instead of reading on behind it. */
  strict: boolean;
  outputOptions: readonly string[];
  /** Where in the input to begin, in seconds; what lies before it is not decoded. */
  startSeconds?: number;
  /** Output beyond this many seconds is cut; the caller checks whether that happened. */
  maxSeconds: number;
  /** Killed as stalled when the position has not moved for so long; two minutes unless said otherwise. */
  stallMs?: number;
  signal: AbortSignal;
  onInput?: (length: Length) => void;
  onPosition?: (seconds: number) => void;
}

/** The length of an input in seconds, as its container declares it or as ffmpeg guesses it from the bit rate. */
export interface Length {
  seconds: number;
  guessed: boolean;
}

export interface FfmpegResult {
  /** Null when the container declares no length. */
  declaredSeconds: number | null;
}

/** ffmpeg ended badly. `log` is the end of what it printed. */
export class FfmpegError extends Error {
  override readonly name = 'FfmpegError';
  readonly log: string;
  readonly stalled: boolean;

  constructor(log: string, options: { stalled: boolean; cause?: unknown }) {
    super('ffmpeg failed', options);
    this.log = log;
    this.stalled = options.stalled;
  }
}

const STALL_MS = 120_000;

/** Makes ffmpeg be started by this program from now on. */
export function useLauncher(path: string): void {
  ffmpeg.setFfmpegPath(path);
}

/** Asks ffmpeg once what it can do, which fluent-ffmpeg keeps for all later runs. @returns false when MP3 cannot be written */
export function canWriteMp3(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    ffmpeg.getAvailableEncoders((error, encoders) => {
      if (error instanceof Error) reject(error);
      else resolve('libmp3lame' in encoders);
    });
  });
}

/** Runs ffmpeg on the first sound track of the input. @throws FfmpegError; the signal's reason when aborted */
export async function runFfmpeg(request: FfmpegRequest): Promise<FfmpegResult> {
  request.signal.throwIfAborted();
  const command = buildCommand(request);
  let stalled = false;
  let stall: NodeJS.Timeout | undefined;
  const kill = (): void => {
    killGroup(processOf(command)?.pid);
  };
  const giveUp = (): void => {
    stalled = true;
    kill();
  };
  const result = followLog(command, request, () => stall?.refresh());
  request.signal.addEventListener('abort', kill, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      command.on('start', () => {
        stall = setTimeout(giveUp, request.stallMs ?? STALL_MS);
        if (request.signal.aborted) setImmediate(kill);
      });
      command.on('end', () => {
        resolve();
      });
      command.on('error', (error: Error, _out: string | null, log: string | null) => {
        reject(new FfmpegError(`${log ?? ''}\n${error.message}`, { stalled, cause: error }));
      });
      command.run();
    });
    request.signal.throwIfAborted();
    return result;
  } catch (error) {
    request.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(stall);
    request.signal.removeEventListener('abort', kill);
  }
}

/**
 * Reads length and position from ffmpeg's log. For its own `progress` event fluent-ffmpeg would start an ffprobe
 * as well, which is not confined and which nobody stops.
 * @returns the result, which is complete when the command has ended
 */
function followLog(command: FfmpegCommand, request: FfmpegRequest, onMove: () => void): FfmpegResult {
  const result: FfmpegResult = { declaredSeconds: null };
  let guessed = false;
  let position = -1;
  command.on('stderr', (line: string) => {
    guessed ||= line.includes('Estimating duration from bitrate');
    const length = parseTimemark(/^ {2}Duration: (\S+),/.exec(line)?.[1]);
    if (length !== null) {
      if (!guessed) result.declaredSeconds = length;
      request.onInput?.({ seconds: length, guessed });
    }
    const seconds = parseTimemark(/^size=.* time=(\S+)/.exec(line)?.[1]);
    if (seconds === null || seconds <= position) return;
    position = seconds;
    onMove();
    request.onPosition?.(seconds);
  });
  return result;
}

/** Options go in word by word: fluent-ffmpeg splits a lone option at its space, and titles have spaces. */
function buildCommand(request: FfmpegRequest): FfmpegCommand {
  const start = request.startSeconds === undefined ? [] : ['-ss', String(request.startSeconds)];
  return ffmpeg({ stdoutLines: 200, cwd: dirname(request.output) })
    .input(`file:${request.input}`)
    .inputOptions(
      '-nostdin',
      '-y',
      ...(request.strict ? ['-xerror'] : []),
      ...start,
      ...containerGuards,
      ...decoderGuards,
    )
    .outputOptions('-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1')
    .outputOptions('-t', String(request.maxSeconds), ...request.outputOptions)
    .output(`file:${request.output}`);
}

/** fluent-ffmpeg keeps its process in a property that its types leave out, and offers no way to kill a group. */
function processOf(command: FfmpegCommand): ChildProcess | undefined {
  return (command as FfmpegCommand & { ffmpegProc?: ChildProcess }).ffmpegProc;
}

/** `HH:MM:SS.ss` in seconds; null for `N/A` and anything else. */
export function parseTimemark(text: string | undefined): number | null {
  const match = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)/.exec(text?.trim() ?? '');
  return match === null ? null : Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
}
