import { terminalStates, type Job } from '@clipscribe/contracts';
import { filesOf, resultFilesOf, sourceFilesOf } from './job-files.ts';
import { omit } from './omit.ts';
import { startDeletion } from './owner-steps.ts';
import type { Change } from './transition.ts';

/** The uploaded file is no longer needed; it is removed next. */
export function expireSource(keepMs: number): Change {
  return (job, now) => {
    if (!isOver(job, keepMs, now) || job.source.expiredAt !== undefined) return null;
    return { ...job, source: { ...job.source, expiredAt: now } };
  };
}

/** The MP3 and the transcripts have been there for long enough; their files are removed next. */
export function expireResults(keepMs: number): Change {
  return (job, now) => {
    if (!isOver(job, keepMs, now) || resultFilesOf(job).length === 0) return null;
    const { earlierTranscripts: earlier } = job;
    return {
      ...job,
      audio: withoutFile(job.audio, now),
      transcript: withoutFile(job.transcript, now),
      ...(earlier === undefined
        ? {}
        : { earlierTranscripts: earlier.map((version) => withoutFile(version, now)) }),
    };
  };
}

/** The whole job goes, as if its owner had deleted it. */
export function expireJob(keepMs: number): Change {
  return (job, now) => (isOver(job, keepMs, now) ? startDeletion(job, now) : null);
}

/** The files that a step of these has made superfluous. */
export function expiredFiles(before: Job, after: Job): string[] {
  const kept = new Set(filesOf(after));
  return [...sourceFilesOf(before), ...resultFilesOf(before)].filter((id) => !kept.has(id));
}

/** True when the run ended long enough ago and nothing is left to do: no lease, no mail, no webhook on its way. */
function isOver(job: Job, keepMs: number, now: number): boolean {
  if (!terminalStates.includes(job.state) || job.dueAt !== null) return false;
  return (job.finishedAt ?? job.updatedAt) + keepMs <= now;
}

function withoutFile<S extends { fileId?: string; expiredAt?: number }>(
  stage: S,
  now: number,
): Omit<S, 'fileId'> & { expiredAt?: number } {
  return stage.fileId === undefined ? stage : { ...omit(stage, 'fileId'), expiredAt: now };
}
