export * from './chunk-steps.ts';
export { finishReady } from './finish.ts';
export * from './delete-job.ts';
export { dueAt } from './due.ts';
export * from './held-lease.ts';
export * from './job-files.ts';
export * from './lease-slot.ts';
export * from './new-job.ts';
export * from './notice-steps.ts';
export * from './owner-steps.ts';
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
export * from './work-handler.ts';
