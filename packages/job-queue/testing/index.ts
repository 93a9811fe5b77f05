export { eventually } from './eventually.ts';
export { describeJobQueue, type JobQueueHarness } from './job-queue-contract.ts';
export { Inbox } from './inbox.ts';
