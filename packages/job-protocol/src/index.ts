export * from './chunk-steps.ts';
export * from './count-messages.ts';
export { finishReady } from './finish.ts';
export * from './finish-upload.ts';
export * from './delete-job.ts';
export { dueAt } from './due.ts';
export * from './expiry-steps.ts';
export * from './held-lease.ts';
export { isGone } from './is-gone.ts';
export * from './job-files.ts';
export { jobView } from './job-view.ts';
export type { Work, WorkContext } from './leased-work.ts';
export * from './lease-slot.ts';
export * from './new-job.ts';
export * from './notice-steps.ts';
export type { AttemptEnd } from './observe-work.ts';
export * from './owner-steps.ts';
export * from './retention.ts';
export { revive } from './revive.ts';
export * from './sweeper.ts';
export * from './timing.ts';
export {
  isFull,
  MAX_TRANSCRIPTS,
  newestVersion,
  servedTranscript,
  transcriptsOf,
} from './transcript-versions.ts';
export type { HeardBy } from './transcription-costs.ts';
export * from './transition.ts';
export * from './video-steps.ts';
export * from './webhook-backoff.ts';
export { MAX_DELIVERIES, planWebhooks, type WebhookTarget } from './webhook-plan.ts';
export * from './webhook-steps.ts';
export * from './work-handler.ts';
