export { insert } from './insert.ts';
export { sampleUpload } from './resumable-contract.ts';
export { describeJobStore, type JobStoreHarness } from './job-store-contract.ts';
export { sampleJob } from './sample-job.ts';
