export * from './job-store.ts';
export { MongoJobStore } from './mongo-job-store.ts';
export { openJobStore } from './open-job-store.ts';
export { SqliteJobStore } from './sqlite-job-store.ts';
