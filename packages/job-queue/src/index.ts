export * from './amqp-job-queue.ts';
export * from './job-queue.ts';
export * from './open-job-queue.ts';
export * from './read-dead-letters.ts';
export * from './sqlite-job-queue.ts';
