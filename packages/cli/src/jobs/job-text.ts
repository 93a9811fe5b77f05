import { fields } from '@clipscribe/terminal';
import type { JobView } from '@clipscribe/contracts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Progress } from '../screen/progress-board.ts';
import { bytesText, secondsText } from '../screen/units.ts';
import { isOver } from './follow-job.ts';

/** Where a job stands, as a line for people. */
export function jobLine({ id, state, source, audio, transcript, error }: JobView): string {
  const length =
    audio.durationSeconds === undefined ? '' : `, ${secondsText(audio.durationSeconds)} of sound`;
  const problem = error ?? transcript.error ?? audio.error;
  const why = problem === undefined ? '' : `: ${problem.reason} (${problem.code})`;
  const none = transcript.speech === 'none' ? ', nobody speaks in it' : '';
  return `${source.name}: ${state}${why}${length}${none}, job ${id}`;
}

/** How far a job has come, for its bar. */
export function jobProgress({ state, audio, transcript }: JobView): Progress {
  if (state === 'converting') return { stage: 'converting', fraction: audio.progress };
  if (state !== 'transcribing') return { stage: state };
  const { chunks } = transcript;
  const detail = chunks === undefined ? {} : { detail: `${chunks.done} of ${chunks.total} pieces` };
  return { stage: 'transcribing', fraction: transcript.progress, ...detail };
}

/** Everything that is known about one job, as names and values. */
export function jobDetails(job: JobView): string {
  const { source, audio, transcript } = job;
  return fields({
    id: job.id,
    file: `${source.name} (${bytesText(source.bytes)})`,
    state: isOver(job) ? job.state : `${job.state}, ${jobProgress(job).stage}`,
    error: job.error && `${job.error.reason} (${job.error.code})`,
    created: job.createdAt,
    finished: job.finishedAt,
    MP3:
      audio.bytes === undefined
        ? audio.state
        : `${bytesText(audio.bytes)}, ${secondsText(audio.durationSeconds ?? 0)}`,
    transcript:
      transcript.words === undefined ? transcript.state : `${transcript.state}, ${transcript.words} words`,
    language: transcript.language,
  });
}

/** A job that ended without everything that was asked for, as an error; undefined for one that succeeded. */
export function failureOf(job: JobView): CliError | undefined {
  if (job.state === 'succeeded') return undefined;
  const problem = job.error ?? job.transcript.error ?? job.audio.error;
  const details = { exitCode: exitCodes.jobNotDone };
  if (problem !== undefined)
    return new CliError(problem.code, `the job is ${job.state}: ${problem.reason}`, details);
  return new CliError('JOB_NOT_DONE', `the job is ${job.state}`, details);
}
