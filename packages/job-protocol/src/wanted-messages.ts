import { newId, type Job, type Message, type OutboxEntry, type QueueName } from '@clipscribe/contracts';
import { isUnplanned, waitingDeliveries } from './waiting-webhooks.ts';

/** An outbox entry for a message of this job. */
export function entry<Q extends QueueName>(
  job: Job,
  queue: Q,
  message: Omit<Message<Q>, 'v' | 'jobId' | 'traceparent'>,
  delayMs = 0,
): OutboxEntry {
  const trace = job.traceparent === undefined ? {} : { traceparent: job.traceparent };
  return { id: newId(), queue, body: JSON.stringify({ v: 1, jobId: job.id, ...message, ...trace }), delayMs };
}

export function videoEntry(job: Job, delayMs = 0): OutboxEntry {
  return entry(job, 'video', {}, delayMs);
}

export function chunkEntry(job: Job, chunk: number, delayMs = 0): OutboxEntry {
  return entry(job, 'transcribe', { chunk }, delayMs);
}

export function noticeEntry(job: Job, delayMs = 0): OutboxEntry {
  const outcome = job.notice?.kind ?? 'ready';
  const audioFileId = job.audio.fileId ?? null;
  const transcriptFileId = job.transcript.fileId ?? null;
  return entry(job, 'mp3', { audioFileId, transcriptFileId, outcome }, delayMs);
}

/** Without a delivery: has it found out whom to tell. */
export function webhookEntry(job: Job, delivery?: string, delayMs = 0): OutboxEntry {
  return entry(job, 'webhook', delivery === undefined ? {} : { delivery }, delayMs);
}

/** The messages that a job in this state needs, for work that nobody holds. */
export function wantedMessages(job: Job): OutboxEntry[] {
  const plan = isUnplanned(job) ? [webhookEntry(job)] : [];
  return [...runMessages(job), ...plan, ...waitingDeliveries(job).map(({ id }) => webhookEntry(job, id))];
}

function runMessages(job: Job): OutboxEntry[] {
  switch (job.state) {
    case 'queued':
    case 'converting':
      return job.lease ? [] : [videoEntry(job)];
    case 'transcribing':
      return job.chunks
        .filter((chunk) => chunk.state === 'pending' && !chunk.lease)
        .map((chunk) => chunkEntry(job, chunk.index));
    case 'succeeded':
    case 'partial':
    case 'failed':
    case 'cancelled':
      return job.notice?.state === 'pending' && !job.lease ? [noticeEntry(job)] : [];
    case 'deleting':
    case 'deleted':
      return [];
  }
}
