export { indexOf } from './job-index.ts';
export * from './job-store.ts';
export { MongoJobStore } from './mongo-job-store.ts';
export type { HeardHour, OwnerUsage, Reserved, UsageOptions } from './owner-usage.ts';
export { USAGE_WINDOW_MS } from './owner-usage.ts';
export { openJobStore } from './open-job-store.ts';
export { SqliteJobStore } from './sqlite-job-store.ts';
export { isVideoWaiting, waitingChunks } from './waiting-work.ts';
