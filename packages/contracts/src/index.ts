export * from './failures.ts';
export * from './http.ts';
export * from './ids.ts';
export * from './job.ts';
export * from './messages.ts';
export * from './options.ts';
export * from './problems.ts';
export * from './transcript.ts';
