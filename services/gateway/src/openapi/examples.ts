import type {
  DeadLetterView,
  JobView,
  Me,
  TranscriptVersionView,
  Transcript,
  UserView,
  WebhookDeliveryView,
  WebhookPayload,
  WebhookView,
} from '@clipscribe/contracts';

/** One recording and its owner, as all examples tell of them. */
const jobId = '019aa5c3-7d10-7c3e-9f1b-2f6a51c0d8e4';
const audioId = '019aa5c3-9b42-7f0d-8c55-6f0e4b1d2a77';
const transcriptId = '019aa5c3-c1f8-7a94-b0de-93c5d8e2f611';
const webhookId = '019aa5b0-1e6f-7d21-a3c4-5b8f7e9d0c12';
const deliveryId = '019aa5c3-d0a3-7b66-8e17-c4a9f2b5e380';
const createdAt = '2026-01-31T09:30:00.000Z';
const finishedAt = '2026-01-31T09:30:41.000Z';

export const exampleUserId = '019aa5a0-02bc-7e4b-9d36-1c7f8a5e6b90';
export const exampleId = jobId;
export const exampleToken = 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiIwMTlhYTVhMCJ9.c2lnbmF0dXJl';
export const exampleSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const source = {
  name: 'talk.mp4',
  bytes: 1_048_576,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};
const options = { transcript: true, language: 'en', quality: 'V2' } as const;
const self = { self: `/jobs/${jobId}`, events: `/jobs/${jobId}/events` };

export const queuedJob: JobView = {
  ...{ id: jobId, state: 'queued', createdAt, updatedAt: createdAt, run: 1, source, options },
  audio: { state: 'pending', progress: 0 },
  transcript: { state: 'pending', progress: 0, version: 1 },
  links: self,
};

const heard = {
  state: 'done',
  ...{ progress: 1, fileId: transcriptId, bytes: 2310 },
  ...{ engine: 'pocketsphinx', language: 'en', secondsTranscribed: 3.6, words: 9 },
} as const;

export const doneJob: JobView = {
  ...queuedJob,
  ...{ state: 'succeeded', updatedAt: finishedAt, finishedAt },
  audio: {
    ...{ state: 'done', progress: 1, fileId: audioId, bytes: 48_077 },
    ...{ durationSeconds: 4.01, finishedAt: '2026-01-31T09:30:07.000Z' },
  },
  transcript: { ...heard, version: 1, chunks: { done: 1, total: 1 } },
  expires: { source: '2026-02-07T09:30:41.000Z', results: '2026-03-02T09:30:41.000Z' },
  links: {
    ...self,
    audio: `/jobs/${jobId}/audio`,
    download: `/download?fid=${audioId}`,
    transcript: `/jobs/${jobId}/transcript`,
    transcripts: `/jobs/${jobId}/transcripts`,
  },
};

const noSound = {
  code: 'NO_AUDIO_TRACK',
  reason: 'The video has no sound, so there is nothing to convert.',
};
export const cancelledJob: JobView = { ...queuedJob, state: 'cancelled', updatedAt: finishedAt, finishedAt };
export const failedJob: JobView = {
  ...cancelledJob,
  ...{ state: 'failed', error: noSound },
  audio: { state: 'failed', progress: 0, error: noSound },
};

export const exampleVersion: TranscriptVersionView = {
  ...{ version: 1, ...heard, options: { language: 'en' }, createdAt, finishedAt },
  links: { transcript: `/jobs/${jobId}/transcripts/1`, download: `/download?fid=${transcriptId}` },
};

export const exampleTranscript: Transcript = {
  ...{ v: 1, engine: 'pocketsphinx', model: null, language: 'en', durationSeconds: 4.01 },
  segments: [
    { start: 0.21, end: 3.4, text: 'The quick brown fox jumps over the lazy dog.', confidence: 0.83 },
  ],
  words: [
    { start: 0.21, end: 0.38, text: 'The', confidence: 0.98 },
    { start: 0.38, end: 0.71, text: 'quick', confidence: 0.91 },
  ],
};

export const exampleMe: Me = {
  ...{ userId: exampleUserId, email: 'ada@example.org', role: 'user', mail: { ready: true, failed: true } },
  limits: {
    ...{ storedBytes: 50_000_000_000, minutesPerDay: 600, jobsAtOnce: 20 },
    ...{ uploadBytes: 10_000_000_000, filesPerUpload: 20 },
  },
  used: { storedBytes: 1_234_567, minutesPerDay: 12.5, jobsAtOnce: 1 },
};

export const exampleWebhook: WebhookView = {
  ...{ id: webhookId, url: 'https://example.org/hook', events: ['job.succeeded', 'job.failed'] },
  ...{ enabled: true, createdAt },
  links: {
    self: `/webhooks/${webhookId}`,
    secret: `/webhooks/${webhookId}/secret`,
    deliveries: `/webhooks/${webhookId}/deliveries`,
  },
};

export const exampleDelivery: WebhookDeliveryView = {
  ...{ id: deliveryId, jobId, webhookId, url: 'https://example.org/hook', event: 'job.succeeded', run: 1 },
  ...{ state: 'delivered', createdAt: finishedAt, attemptCount: 1 },
  attempts: [{ at: '2026-01-31T09:30:42.000Z', durationMs: 84, status: 204 }],
  links: { job: `/jobs/${jobId}`, replay: `/jobs/${jobId}/webhooks/${deliveryId}/replay` },
};

const complete = (path: string): string => `https://clips.example.org${path}`;

export const examplePayload: WebhookPayload = {
  type: 'job.failed',
  timestamp: finishedAt,
  data: { job: { ...failedJob, links: { self: complete(self.self), events: complete(self.events) } } },
};

export const exampleUser: UserView = {
  ...{ id: exampleUserId, email: 'ada@example.org', role: 'user', disabled: false, createdAt },
};

export const exampleDeadLetter: DeadLetterView = {
  ...{ id: '019aa5c4-2f30-7d6b-9a58-0e7c3b1f4d92', queue: 'video', jobId, deadAt: finishedAt },
  ...{ reason: 'delivery limit', body: `{"v":1,"jobId":"${jobId}"}` },
};
