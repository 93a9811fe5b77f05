export * from './digest-stream.ts';
export * from './file-store.ts';
export * from './local-file-store.ts';
export * from './open-file-store.ts';
