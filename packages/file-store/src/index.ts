export * from './digest-stream.ts';
export { FileExistsError } from './file-exists-error.ts';
export * from './file-store.ts';
export { GridfsFileStore } from './gridfs-file-store.ts';
export * from './local-file-store.ts';
export * from './open-file-store.ts';
export { FileContentError } from './read-gridfs-file.ts';
